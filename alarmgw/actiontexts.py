"""Action texts (Maßnahmentexte): what is done at an alarm, and which one holds."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from alarmgw.codec.eventwords import UNKNOWN, vocabulary
from alarmgw.model import ActionText, Event, Source
from alarmgw.store.sites import Site


def action_text(site: Site | None, source: Source | None, events: Sequence[Event]) -> str | None:
    """The action text that holds for an alarm of ``source`` at ``site`` with these ``events``.

    What is nearer to the alarm comes first: the source's before the site's, and of each the one
    for the event before the general one; of several events the most urgent one that has a text.
    """
    for owner in (source, site):
        if owner is None:
            continue
        text = _of_event(owner.action_texts, events) or owner.action_text
        if text:
            return text
    return None


def _of_event(texts: Iterable[ActionText], events: Sequence[Event]) -> str | None:
    by_event = {one.event: one.text for one in texts}
    told = [event.event for event in sorted(events, key=_urgency) if event.event in by_event]
    return by_event[told[0]] if told else None


def _urgency(event: Event) -> int:
    words = vocabulary().words
    return words.get(event.event, words[UNKNOWN]).priority


def read_action_texts(text: str) -> tuple[ActionText, ...]:
    """Texts by event, as somebody wrote them: ``fire: 112 | tamper: …``.  Raises `ValueError`.

    An event may be called by its German or English name, too.

    >>> read_action_texts("Brand: 112 anrufen")
    (ActionText(event='fire', text='112 anrufen'),)
    """
    found: dict[str, str] = {}
    for piece in text.split("|"):
        if not piece.strip():
            continue
        name, _, said = (part.strip() for part in piece.partition(":"))
        event = _events_by_name().get(name.casefold())
        if event is None:
            raise ValueError(
                f"{name!r} is no event: write fire: text | tamper: text,"
                " with the words of docs/events.rst"
            )
        if not said or event in found:
            raise ValueError(f"{name} needs one text: write {event}: what is to be done")
        found[event] = said
    return tuple(ActionText(event=event, text=found[event]) for event in sorted(found))


def written_action_texts(texts: Iterable[Mapping[str, str]]) -> str:
    """Texts (as `records.facts` has them) as `read_action_texts` takes them."""
    return " | ".join(f"{one['event']}: {one['text']}" for one in texts)


@functools.cache
def _events_by_name() -> Mapping[str, str]:
    """Words and their names in both languages; a word comes before another one's name."""
    words = vocabulary().words.values()
    names = {name.casefold(): word.word for word in words for name in (word.german, word.english)}
    return {**names, **{word.word: word.word for word in words}}
