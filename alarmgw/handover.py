"""The hand-over of a shift: what stands open, and what was written for who comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alarmgw.asking import Asking, Result
from alarmgw.store import heldback, incidents, shiftlog, shifts, titles, unassigned
from alarmgw.store.names import with_names
from alarmgw.store.relief import relief
from alarmgw.workflow import ALARMS, FAULTS, PARKED, Incident

#: Incidents that are told of each kind, the most urgent ones.
MOST = 100

_PEOPLE = ("operator", "role", "workstation", "since")


def handover(asking: Asking) -> Result:
    """Everything on the page of the hand-over; ``counts`` says how many there are of each."""
    connection = asking.connection
    standing = incidents.open_incidents(connection)
    lists = {
        "open": [one for one in standing if one.list == ALARMS and one.state != PARKED],
        "parked": [one for one in standing if one.state == PARKED],
        "faults": [one for one in standing if one.list == FAULTS],
    }
    held = with_names(connection, [one.as_json() for one in shifts.suppressions(connection)])
    last = shiftlog.last_handover(connection)
    since, head = shiftlog.covered(last), shiftlog.head(connection)
    known = relief(connection, asking.operator, head)
    nobodys = unassigned.how_many(connection)
    counts = {**{name: len(found) for name, found in lists.items()}, "suppressed": len(held)}
    return {
        "up_to": head,
        "from": list(known.givers),
        "may_take": known.may_take,
        "last": {name: last[name] for name in ("time", "from", "to", "note")} if last else None,
        **{name: _told(connection, found) for name, found in lists.items()},
        "unassigned": nobodys,
        "suppressions": held,
        "ended": with_names(connection, heldback.ended_since(connection, since)),
        "notes": shiftlog.notes_since(connection, since),
        "signed_on": people(asking)["people"],
        **shiftlog.counted_since(connection, since),
        "counts": {**counts, "unassigned": nobodys},
    }


def people(asking: Asking) -> Result:
    """Who is signed on where."""
    found = shifts.sessions(asking.connection)
    return {"people": [{name: getattr(one, name) for name in _PEOPLE} for one in found]}


def _told(connection: Any, found: Sequence[Incident]) -> list[Result]:
    """The most urgent ones with their titles; of the same class the older one comes first."""
    ordered = sorted(found, key=lambda one: (one.priority, one.first_seq))
    return with_names(connection, [titles.titled(connection, one) for one in ordered[:MOST]])
