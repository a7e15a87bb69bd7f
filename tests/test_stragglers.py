"""Pictures that come late join their alarm; what may be another event does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alarmgw.entries import joining_entry
from alarmgw.model import Event, Handling, Meaning, Unpacked
from alarmgw.recent import RecentAlarm
from alarmgw.stragglers import joined_by
from tests.journals import part
from tests.test_recent import entry

MOTION = Meaning(kind="alarm", events=(Event(event="motion", channel="3"),))
NOTHING_SAID = Meaning(kind="alarm", events=(Event(event="unknown_alarm"),))
FIRST = RecentAlarm.of(entry(1, meaning=MOTION))


def mail(
    seconds: float = 30,
    meaning: Meaning = MOTION,
    subject: str | None = "Bewegung",
    text: str | None = "Zaun",
    pictures: int = 1,
    **changes: Any,
) -> dict[str, Any]:
    """A mail so many seconds after the first one."""
    parts = tuple(part(f"0{number}-a.jpg") for number in range(pictures))
    unpacked = Unpacked(subject=subject, text=text, pictures=parts)
    return entry(2, timedelta(seconds=seconds), meaning=meaning, unpacked=unpacked, **changes)


def joins(
    entry: dict[str, Any],
    window: int | None = 60,
    earlier: tuple[RecentAlarm, ...] = (FIRST,),
    is_open: bool = True,
) -> str | None:
    """The alarm that it joins."""
    first = joined_by(entry, window, earlier, lambda alarm: is_open)
    return first and first.alarm


def test_pictures_of_the_same_event_join_it() -> None:
    """The same words for the same channel within the window, which includes its end."""
    assert joins(mail()) == FIRST.alarm
    assert joins(mail(60)) == FIRST.alarm


def test_nothing_joins_unless_the_source_is_set_up_for_it() -> None:
    """Off by default."""
    assert joins(mail(), window=None) is None


def test_after_the_window_it_is_an_alarm() -> None:
    """And so is what came before the first one."""
    assert joins(mail(60.1)) is None
    assert joins(mail(-1)) is None


def test_a_mail_without_pictures_is_an_alarm() -> None:
    """It would add nothing but what it says."""
    assert joins(mail(pictures=0)) is None


def test_another_event_or_place_is_an_alarm() -> None:
    """The word, the channel or the camera differ."""
    for other in (
        Event(event="person", channel="3"),
        Event(event="motion", channel="4"),
        Event(event="motion", channel="3", camera="Tor"),
    ):
        assert joins(mail(meaning=Meaning(kind="alarm", events=(other,)))) is None


def test_bare_pictures_join_whatever_was_told() -> None:
    """They say nothing: no event, no text, no subject of their own."""
    assert joins(mail(meaning=NOTHING_SAID, subject=None, text=" \n")) == FIRST.alarm
    assert joins(mail(meaning=NOTHING_SAID, text=None)) == FIRST.alarm


def test_unknown_words_are_no_bare_pictures() -> None:
    """Nobody knows what they mean: that is never lost."""
    assert joins(mail(meaning=NOTHING_SAID)) is None
    assert joins(mail(meaning=NOTHING_SAID, subject="Tor 7", text=None)) is None


def test_the_same_unknown_words_are_the_same_event() -> None:
    """A device of which we know no word may have late pictures, too."""
    first = RecentAlarm.of(entry(1, meaning=NOTHING_SAID, unpacked=Unpacked(subject="Tor 7")))
    late = mail(meaning=NOTHING_SAID, subject="Tor 7", text="x")
    assert joins(late, earlier=(first,)) == first.alarm


def test_what_is_more_urgent_never_joins() -> None:
    """A higher class sounds; a lower one need not."""
    urgent, calm = (Handling(priority=n, handling="queue", rule="x") for n in (2, 4))
    assert joins(mail(handling=urgent)) is None
    assert joins(mail(handling=calm)) == FIRST.alarm


def test_what_is_handled_otherwise_does_not_join() -> None:
    """An alarm for the queue must not disappear behind a suppressed one."""
    aside = RecentAlarm.of(
        entry(1, meaning=MOTION, handling=Handling(priority=3, handling="suppressed", rule="x"))
    )
    assert joins(mail(), earlier=(aside,)) is None


def test_only_alarms_are_joined_and_join() -> None:
    """An end, a fault or a test stands for itself."""
    fault = Meaning(kind="fault", events=MOTION.events)
    assert joins(mail(meaning=fault), earlier=(RecentAlarm.of(mail(0, meaning=fault)),)) is None


def test_a_closed_alarm_is_not_joined() -> None:
    """Nobody looks at it any more."""
    assert joins(mail(), is_open=False) is None


def test_what_joined_is_not_joined() -> None:
    """The window begins with the first alarm and does not move on with what joins it."""
    late = RecentAlarm.of(joining_entry(mail(40), FIRST.alarm))
    assert joins(mail(50), earlier=(late, FIRST)) == FIRST.alarm
    assert joins(mail(70), earlier=(late, FIRST)) is None
