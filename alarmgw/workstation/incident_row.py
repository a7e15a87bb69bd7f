"""What the list on the page needs of an incident: one short row, made of what is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alarmgw.workflow import Incident
from alarmgw.workstation.gathered import WORDS, Alarm, Gathered
from alarmgw.workstation.rows import sender_of, short

#: Pictures are counted up to here.
MOST_PICTURES = 999

#: All that is told while nobody is signed on.
VEILED = (
    "incident",
    "list",
    "state",
    "priority",
    "opened",
    "last",
    "count",
    "seq",
    "holder",
    "since",
)

Row = dict[str, Any]

_STANDING = (
    "key",
    "list",
    "state",
    "priority",
    "opened",
    "count",
    "first_seq",
    "holder",
    "workstation",
    "since",
    "due",
    "unattended",
    "offered_to",
    "offered_until",
    "follows",
)


def incident_row(incident: Incident, gathered: Gathered) -> Row:
    """The row of an open incident.  What only its alarms tell is null where none is known."""
    alarms = gathered.telling()
    return {
        "incident": incident.id,
        **{name: getattr(incident, name) for name in _STANDING},
        "last": incident.last_alarm,
        "seq": incident.last_seq,
        **_whose(incident, alarms),
        "sources": gathered.sources,
        **_said(alarms),
        "pictures": min(MOST_PICTURES, gathered.pictures),
        "picture": _picture(alarms),
        "sounded": gathered.sounded,
        "adopted": any(alarm.adopted for alarm in alarms),
    }


def veiled(row: Mapping[str, Any]) -> Row:
    """What of a row is told while nobody is signed on: its key names a place or a sender.

    ``list`` then says of what belongs to nobody that it is unassigned.
    """
    told = {name: row[name] for name in VEILED}
    is_unassigned = row["list"] == "alarm" and row["key"].startswith("unassigned:")
    return {**told, "list": "unassigned"} if is_unassigned and not row["source"] else told


def _whose(incident: Incident, alarms: tuple[Alarm, ...]) -> Row:
    """Source and site of the newest alarm that has them, else as the incident's key has them."""
    kind, _, name = incident.key.partition(":")
    entries = [alarm.entry for alarm in reversed(alarms)]
    return {
        "site": _newest(entries, "site") or (name if kind == "site" else None),
        "source": short(_newest(entries, "source") or (name if kind == "source" else None)),
        "sender": short(sender_of(entries[0]) if entries else _key_sender(kind, name)),
    }


def _said(alarms: tuple[Alarm, ...]) -> Row:
    """What the most urgent alarm says, the earliest of those, and which other events there are."""
    in_order = sorted(alarms, key=lambda one: one.urgency)
    words = dict.fromkeys(
        event.get("event")
        for alarm in in_order
        for event in alarm.entry.get("events") or ()
        if event.get("event")
    )
    first = in_order[0].entry if in_order else {}
    event = (first.get("events") or [{}])[0]
    return {
        "event": short(event.get("event")),
        "events": [short(word) for word in list(words)[:WORDS]],
        "state_word": event.get("state"),
        "channel": short(event.get("channel")),
        "camera": short(event.get("camera")),
        "subject": short(first.get("subject")),
    }


def _picture(alarms: tuple[Alarm, ...]) -> Row | None:
    """The newest alarm's first picture, of those that have one."""
    for alarm in reversed(alarms):
        for part in alarm.entry.get("pictures") or ():
            if part.get("name"):
                return {"alarm": alarm.id, "name": part["name"]}
    return None


def _newest(entries: Iterable[Mapping[str, Any]], name: str) -> Any:
    return next((entry[name] for entry in entries if entry.get(name) is not None), None)


def _key_sender(kind: str, name: str) -> str | None:
    sender, _, peer = name.partition("|")
    return (sender or peer or None) if kind == "unassigned" else None
