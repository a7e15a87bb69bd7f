"""Incidents as they stand: a projection of the entries, by the one fold of `alarmgw.workflow`.

Functions on any connection of the journal's database.  What decides (`placed`, `case`) reads in
the writer's transaction, so that what it decides is true when it is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

import attrs
from attrs import evolve

from alarmgw.entries import join, numbered
from alarmgw.model import utc_text
from alarmgw.workflow import (
    CLOSED,
    Extent,
    Incident,
    after,
    fits,
    follow_up,
    followed,
    key_of,
    may_join,
    opened,
    place,
)
from alarmgw.workflow_actions import LIMITS, PUT_BACK, UNATTENDED, Case

#: What was done to an incident, or happened to it.
STEPS = (
    "accepted",
    "parked",
    "returned",
    "closed",
    "noted",
    "unattended",
    "late",
    "displayed",
)

#: The tables that `project_alarm` and `project_step` keep, beside ``open_alarm``.
TABLES = ("incident", "incident_alarm", "incident_step")

_NAMES = tuple(name.name for name in attrs.fields(Incident))
_FLAGS = ("unattended", "late")
_values = attrgetter(*_NAMES)
_INCIDENT = f"SELECT {', '.join(_NAMES)} FROM incident"
_KEEP = (
    f"INSERT INTO incident ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _NAMES)}"
)

#: An entry in its two halves, for `join`.
_ENTRY = "SELECT entry.seq, entry.body, content.body FROM entry LEFT JOIN content USING (seq)"


# asking


def incident(connection: sqlite3.Connection, id_: str) -> Incident | None:
    """The incident of that id, open or closed."""
    found = _incidents(connection, "id = ?", id_)
    return found[0] if found else None


def incident_of(connection: sqlite3.Connection, alarm: str) -> Incident | None:
    """The incident that an alarm belongs to now."""
    return _incident_of(connection, alarm)


def open_incidents(connection: sqlite3.Connection) -> list[Incident]:
    """All that are not closed, the oldest first."""
    found = _incidents(connection, "state != 'closed'")
    return sorted(found, key=lambda one: one.first_seq)


def of_session(connection: sqlite3.Connection, session: str) -> list[Incident]:
    """What was accepted in a session and is accepted still."""
    return _incidents(
        connection, "state != 'closed' AND state = 'accepted' AND session = ?", session
    )


def due(connection: sqlite3.Connection, now: datetime) -> list[Incident]:
    """The incidents that `workflow_actions.elapsed` may change now, and hardly any others."""
    passed = {limit: utc_text(now - timedelta(seconds=limit)) for limit in set(LIMITS.values())}
    limits = " ".join(f"WHEN {number} THEN '{passed[limit]}'" for number, limit in LIMITS.items())
    return _incidents(
        connection,
        "state != 'closed' AND CASE state WHEN 'parked' THEN due <= ? OR since > ?"
        f" WHEN 'new' THEN NOT late AND since <= CASE priority {limits} END"
        " ELSE NOT unattended AND coalesce(touched, since) <= ? END",
        utc_text(now),
        utc_text(now + PUT_BACK),
        utc_text(now - UNATTENDED),
    )


def case(connection: sqlite3.Connection, id_: str, action: Mapping[str, Any], seen: int) -> Case:
    """What `workflow_actions.decide` must know; ``seen`` is the number that was drawn."""
    if action.get("do") == "displayed":
        return _drawn(connection, action.get("alarm"))
    found = incident(connection, id_)
    if found is not None and action.get("do") == "close":
        up_to = min(seen, _head(connection))
        covered, rest = extents(connection, found, up_to)
        return Case(incident=found, up_to=up_to, covered=covered, rest=rest)
    return Case(incident=found)


def extents(
    connection: sqlite3.Connection, incident: Incident, up_to: int
) -> tuple[Extent | None, Extent | None]:
    """What a close covers that has seen up to a number, and the rest.

    The rest begins with an alarm: a restore that nobody has seen opens nothing.
    """
    if up_to < incident.first_seq:
        return None, None
    row = connection.execute(
        "SELECT seq, alarm, time FROM incident_alarm WHERE incident = ? AND seq > ?"
        " AND NOT restore ORDER BY seq LIMIT 1",
        (incident.id, up_to),
    ).fetchone()
    if row is None:
        first = incident.first_seq, incident.id, incident.opened
        return _extent(connection, incident, *first, incident.last_seq), None
    seq, alarm, time = row
    covered = _extent(
        connection, incident, incident.first_seq, incident.id, incident.opened, seq - 1
    )
    return covered, _extent(connection, incident, seq, alarm, time, incident.last_seq)


def alarms_of(connection: sqlite3.Connection, id_: str) -> list[tuple[int, bytes]]:
    """The alarm entries of an incident, in their order, in their public form."""
    return _public(connection, "SELECT seq FROM incident_alarm WHERE incident = ?", id_)


def entries_of(connection: sqlite3.Connection, id_: str) -> list[tuple[int, bytes]]:
    """All that the journal says of an incident: its alarms, and what was done."""
    return _public(
        connection,
        "SELECT seq FROM incident_alarm WHERE incident = ?1"
        " UNION ALL SELECT seq FROM incident_step WHERE incident = ?1",
        id_,
    )


# deciding


def placed(
    connection: sqlite3.Connection, entry: Mapping[str, Any]
) -> tuple[str | None, Incident | None]:
    """Where an alarm goes that is about to be written: the incident's id, and that if it is open.

    What a journal of an older program has without an incident is placed by the same rule.
    """
    if not may_join(entry):
        return None, None
    open_ones = _of_key(connection, key_of(entry))
    first = _incident_of(connection, entry.get("joins"))
    id_ = place(entry, open_ones, first)
    joined = [one for one in (*open_ones, first) if one is not None and one.id == id_]
    return id_, joined[0] if joined else None


# projecting


def project_alarm(
    connection: sqlite3.Connection,
    seq: int,
    entry: Mapping[str, Any],
    joined: Incident | None = None,
) -> str | None:
    """Put an alarm into its incident (``joined``, where that was read just now); answers which."""
    id_ = entry["incident"]
    if id_ is None:
        id_, joined = placed(connection, entry)
    if id_ is None:
        return None
    if id_ == entry["alarm"]:
        new = opened(seq, entry)
        before = _of_key(connection, new.key)
        _keep(connection, evolve(new, follows=followed(entry, before)))
    else:
        _follow(connection, joined or _known(connection, id_), seq, entry)
    connection.execute(
        "INSERT INTO incident_alarm (seq, alarm, incident, time, priority, restore)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (seq, entry["alarm"], id_, entry["time"], entry["priority"], entry["kind"] == "restore"),
    )
    return str(id_)


def waits_with(connection: sqlite3.Connection, first: str | None, id_: str) -> bool:
    """Whether late pictures need not be listed: their alarm is, in the same incident."""
    if first is None:
        return False
    found = connection.execute(
        "SELECT 1 FROM open_alarm JOIN incident_alarm USING (seq)"
        " WHERE open_alarm.alarm = ? AND incident = ?",
        (first, id_),
    )
    return found.fetchone() is not None


def project_step(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> None:
    """Change an incident as an entry of `STEPS` says."""
    id_ = entry["incident"]
    if id_ is None:  # a note for the next shift
        return
    connection.execute("INSERT INTO incident_step (seq, incident) VALUES (?, ?)", (seq, id_))
    if entry["type"] == "displayed":
        return
    changed = _follow(connection, _known(connection, id_), seq, entry)
    if entry["type"] == "accepted":
        first = "UPDATE incident SET accepted = ? WHERE id = ? AND accepted IS NULL"
        connection.execute(first, (entry["time"], id_))
    elif entry["type"] == "closed":
        _close(connection, changed, seq, entry)
    elif entry["type"] == "returned" and entry["why"] == "undone":
        _open_again(connection, id_)


def project_old_closing(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> None:
    """A ``closed`` of the first schema's journals names an alarm, and closes that alone."""
    connection.execute("DELETE FROM open_alarm WHERE alarm = ?", (entry["alarm"],))
    found = _incident_of(connection, entry["alarm"])
    waiting = connection.execute(
        "SELECT 1 FROM incident_alarm JOIN open_alarm USING (seq) WHERE incident = ?",
        (found.id if found else None,),
    )
    if found is not None and waiting.fetchone() is None:
        _keep(connection, evolve(found, state=CLOSED, since=entry["time"], seq=seq))


def _known(connection: sqlite3.Connection, id_: str) -> Incident:
    """An incident that must be there.  Raises `ValueError`."""
    found = incident(connection, id_)
    if found is None:
        raise ValueError(f"there is no incident {id_}")
    return found


def _follow(
    connection: sqlite3.Connection, before: Incident, seq: int, entry: Mapping[str, Any]
) -> Incident:
    """Fold one entry.  Raises `ValueError` for one that the table does not allow."""
    if not fits(before, entry):
        raise ValueError(f"{entry['type']} does not fit {before.id}, which is {before.state}")
    changed = after(before, seq, entry)
    _keep(connection, changed)
    return changed


def _close(
    connection: sqlite3.Connection, closed: Incident, seq: int, entry: Mapping[str, Any]
) -> None:
    """What was seen is open no more; the rest is the follow-up's."""
    later = follow_up(closed, seq, entry)
    if later is not None:
        _keep(connection, later)
        connection.execute(
            "UPDATE incident_alarm SET incident = ? WHERE incident = ? AND seq >= ?",
            (later.id, closed.id, later.first_seq),
        )
    connection.execute(
        "DELETE FROM open_alarm WHERE seq IN (SELECT seq FROM incident_alarm WHERE incident = ?)",
        (closed.id,),
    )
    if later is not None:
        _open_again(connection, later.id)


def _open_again(connection: sqlite3.Connection, id_: str) -> None:
    """All its alarms are open, but late pictures wait with the alarm that they joined."""
    alarms = (
        "INSERT OR IGNORE INTO open_alarm (seq, alarm) SELECT incident_alarm.seq,"
        " incident_alarm.alarm FROM incident_alarm LEFT JOIN follower USING (seq)"
        " WHERE incident = ? AND"
    )
    connection.execute(f"{alarms} follower.seq IS NULL", (id_,))
    connection.execute(
        f"{alarms} follower.first NOT IN (SELECT open_alarm.alarm FROM open_alarm"
        " JOIN incident_alarm USING (seq) WHERE incident = ?)",
        (id_, id_),
    )


def _keep(connection: sqlite3.Connection, incident: Incident) -> None:
    connection.execute(_KEEP, _values(incident))


def _incidents(connection: sqlite3.Connection, where: str, *values: Any) -> list[Incident]:
    rows = connection.execute(f"{_INCIDENT} WHERE {where}", values).fetchall()
    return [_incident(row) for row in rows]


def _incident(row: tuple[Any, ...]) -> Incident:
    facts = dict(zip(_NAMES, row, strict=True))
    for name in _FLAGS:
        facts[name] = bool(facts[name])
    return Incident(**facts)


def _of_key(connection: sqlite3.Connection, key: str) -> list[Incident]:
    return _incidents(connection, "key = ? AND state != 'closed'", key)


def _incident_of(connection: sqlite3.Connection, alarm: str | None) -> Incident | None:
    """The incident that an alarm belongs to."""
    if alarm is None:
        return None
    found = _incidents(
        connection, "id = (SELECT incident FROM incident_alarm WHERE alarm = ?)", alarm
    )
    return found[0] if found else None


def _extent(
    connection: sqlite3.Connection, incident: Incident, first: int, id_: str, opened: str, last: int
) -> Extent:
    alarms, priority, last_seq, last_alarm = connection.execute(
        "SELECT count(*), min(priority) FILTER (WHERE NOT restore), max(seq), max(time)"
        " FROM incident_alarm WHERE incident = ? AND seq BETWEEN ? AND ?",
        (incident.id, first, last),
    ).fetchone()
    return Extent(
        id=id_,
        alarms=alarms,
        priority=priority,
        opened=opened,
        last_alarm=last_alarm,
        first_seq=first,
        last_seq=last_seq,
    )


def _drawn(connection: sqlite3.Connection, alarm: object) -> Case:
    """The incident of an alarm, and what of the alarm was on a screen before."""
    name = alarm if isinstance(alarm, str) else None
    rows = connection.execute(
        "SELECT json_extract(CAST(body AS TEXT), '$.what') FROM entry"
        " WHERE alarm = ? AND type = 'displayed'",
        (name,),
    )
    displayed = frozenset(what for (what,) in rows)
    return Case(incident=_incident_of(connection, name), displayed=displayed)


def _public(connection: sqlite3.Connection, numbers: str, id_: str) -> list[tuple[int, bytes]]:
    rows = connection.execute(f"{_ENTRY} WHERE entry.seq IN ({numbers}) ORDER BY entry.seq", (id_,))
    return [(seq, numbered(seq, join(body, content))) for seq, body, content in rows]


def _head(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT max(seq) FROM entry").fetchone()
    return row[0] or 0
