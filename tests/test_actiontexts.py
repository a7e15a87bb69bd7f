"""Action texts: what is nearest to the alarm holds, and only known events have one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmgw.actiontexts import action_text, read_action_texts, written_action_texts
from alarmgw.codec.eventwords import vocabulary
from alarmgw.model import ActionText, Event, Source
from alarmgw.store.sites import Site

FIRE = (ActionText(event="fire", text="112"),)
SITE = Site(number="1", action_text="Wache", action_texts=FIRE)


def camera(text: str | None = None, **texts: str) -> Source:
    """A source with these action texts."""
    by_event = tuple(ActionText(event=event, text=said) for event, said in texts.items())
    return Source(address="a@x", action_text=text, action_texts=by_event)


@pytest.mark.parametrize(
    ("site", "source", "event", "expected"),
    [
        (SITE, camera("Licht an", fire="Löscher"), "fire", "Löscher"),
        (SITE, camera("Licht an"), "fire", "Licht an"),
        (SITE, camera(), "fire", "112"),
        (SITE, camera(), "motion", "Wache"),
        (SITE, None, "motion", "Wache"),
        (None, camera("Licht an", fire="Löscher"), "motion", "Licht an"),
        (None, camera(), "motion", None),
        (None, None, "motion", None),
        (Site(number="1", action_texts=FIRE), camera(), "motion", None),
    ],
)
def test_the_nearest_text_holds(
    site: Site | None, source: Source | None, event: str, expected: str | None
) -> None:
    """The source's before the site's, and of each the event's before the general one."""
    assert action_text(site, source, [Event(event=event)]) == expected


def test_of_several_events_the_most_urgent_one_counts() -> None:
    """However a mail orders them; one without a text does not hide another's."""
    source = camera("Licht an", fire="Löscher", motion="Hinsehen")
    mail = [Event(event="panic"), Event(event="motion"), Event(event="fire")]
    assert action_text(None, source, mail) == "Löscher"
    assert action_text(None, source, [Event(event="tamper")]) == "Licht an"


def test_an_event_that_is_no_word_of_ours_has_the_general_text() -> None:
    """A later version's entries, perhaps."""
    assert action_text(None, camera("Licht an"), [Event(event="meteorite")]) == "Licht an"


def test_events_may_be_called_by_their_names() -> None:
    """A German spreadsheet says Brand; several lines and semicolons belong to the text."""
    assert read_action_texts("Brand: 112;\ndann Maier | TAMPER : Errichter: 0731 5 |") == (
        ActionText(event="fire", text="112;\ndann Maier"),
        ActionText(event="tamper", text="Errichter: 0731 5"),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("112 anrufen", "'112 anrufen' is no event"),
        ("flood: Pumpe", "'flood' is no event"),
        ("fire:", "write fire: what is to be done"),
        ("fire: a | Brand: b", "write fire: what is to be done"),
    ],
)
def test_what_is_no_text_of_an_event_is_refused(text: str, reason: str) -> None:
    """The sentence says which word is wrong and what to write."""
    with pytest.raises(ValueError, match=reason):
        read_action_texts(text)


WORDS = st.sampled_from(sorted(vocabulary().words))
SAID = st.text("aZäß 1:;,.\n", min_size=1).map(str.strip).filter(bool)


@given(st.dictionaries(WORDS, SAID))
def test_what_was_written_reads_the_same(texts: dict[str, str]) -> None:
    """An export can be imported again without a change."""
    rows = [{"event": event, "text": said} for event, said in texts.items()]
    read = read_action_texts(written_action_texts(rows))
    assert {one.event: one.text for one in read} == texts
    assert [one.event for one in read] == sorted(texts)
