"""What a mail's words mean.  Understanding makers is to come; every mail is an alarm until then."""

from __future__ import annotations

from collections.abc import Sequence

from alarmgw.model import Event, Meaning

RAW_CHARACTERS = 256


def understand(subject: str | None, text: str | None, labels: Sequence[str] = ()) -> Meaning:
    """The kind and the events of a mail, from its words and the names of its pictures and files.

    >>> understand("Motion Detected", None, ()).events[0].event_raw
    'Motion Detected'
    """
    raw = (subject or "").strip() or _first_line(text or "")
    event = Event(event="unknown_alarm", event_raw=raw[:RAW_CHARACTERS] or None)
    return Meaning(kind="alarm", events=(event,))


def _first_line(text: str) -> str:
    """The first line that says anything."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
