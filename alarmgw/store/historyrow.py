"""A row of the record: what a list shows of one entry, every text with an end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Longer texts end with an ellipsis; the entry has them whole.
SUBJECT_CHARACTERS = 200
NOTE_CHARACTERS = 1000

#: Different words of one mail that are named.
WORDS = 4

_AS_IT_IS = (
    "seq",
    "time",
    "type",
    "alarm",
    "incident",
    "source",
    "site",
    "kind",
    "priority",
    "handling",
    "outcome",
    "cause",
    *("how", "why", "from", "until", "holder"),  # what a step says of itself
)
_OF_EVENT = ("event", "state", "channel", "camera")


def row_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The row of an entry with its number; what it does not have is null."""
    events = [event for event in entry.get("events") or () if isinstance(event, dict)]
    first = events[0] if events else entry
    words = list(dict.fromkeys(event["event"] for event in events if event.get("event")))
    # In a changed record ``operator`` is a record's name: who changed it is told apart from that.
    doer = (entry.get("by") or {}) if entry.get("type") == "config" else entry
    envelope = entry.get("envelope") or {}
    return {
        **{name: entry.get(name) for name in _AS_IT_IS},
        **{name: doer.get(name) for name in ("operator", "workstation")},
        **{name: short(first.get(name), SUBJECT_CHARACTERS) for name in _OF_EVENT},
        "sender": short(envelope.get("from") or envelope.get("peer"), SUBJECT_CHARACTERS),
        "events": words[:WORDS],
        "subject": short(entry.get("subject"), SUBJECT_CHARACTERS),
        "note": short(entry.get("note") or entry.get("reason"), NOTE_CHARACTERS),
        "pictures": len(entry.get("pictures") or ()),
        "over": _over(entry.get("over")),
    }


def _over(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What a suppression that is over held back; whose it was says the row itself."""
    if told is None:
        return None
    names = ("by", "since", "alarms", "first", "last")
    reason = short(told["reason"], NOTE_CHARACTERS)
    return {**{name: told[name] for name in names}, "reason": reason}


def short(text: Any, characters: int) -> Any:
    """A text of at most so many characters; anything else as it is."""
    if isinstance(text, str) and len(text) > characters:
        return text[: characters - 1] + "…"
    return text
