"""Snapshots: what is current at one moment, for a workstation that starts from nothing.

It is told in entries, so that there is one way to follow them: the newest open alarms, what
was done about open incidents, who is signed on, what is held back.  Old alarms are left out;
so that every open incident is known as it stands, its newest entry carries it whole as
``standing``, or a short object stands in the place of that entry if it is left out as well.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from alarmgw.entries import join, numbered
from alarmgw.fitting import encode
from alarmgw.store import incidents
from alarmgw.store.chain import parsed
from alarmgw.workflow import Incident

#: Open incidents that are told, the most urgent ones first.
INCIDENTS = 4000

#: Steps of open incidents that are told, the newest ones.
STEPS = 1000

#: Octets of entries, because they wait in memory until somebody has read them.
ROOM = 4 * 1024 * 1024

#: Newest entries among which the newest alarm is looked for, where none is of an incident.
LOOKED_THROUGH = 10_000

Numbered = tuple[int, bytes]

_ALARMS = """
    WITH newest AS (SELECT seq, alarm FROM open_alarm ORDER BY seq DESC LIMIT ?1)
    SELECT seq FROM newest UNION
    SELECT * FROM (SELECT follower.seq FROM follower JOIN newest ON follower.first = newest.alarm
    JOIN incident_alarm ON incident_alarm.seq = follower.seq
    JOIN incident ON incident.id = incident_alarm.incident WHERE incident.state != 'closed'
    ORDER BY follower.seq DESC LIMIT ?1) UNION
    SELECT adopted_alarm.seq FROM adopted_alarm JOIN newest USING (alarm)
"""

_STEPS = """
    SELECT incident_step.seq FROM incident
    JOIN incident_step ON incident_step.incident = incident.id
    JOIN entry ON entry.seq = incident_step.seq
    WHERE incident.state != 'closed' AND entry.type != 'displayed'
    ORDER BY incident_step.seq DESC LIMIT ?1
"""

_SHIFT = "SELECT seq FROM operator_session UNION SELECT seq FROM suppression LIMIT ?1"


# The index of alarms has another order.
_NEWEST_ALARM = """
    SELECT body FROM entry NOT INDEXED WHERE seq BETWEEN ?1 AND ?2 AND type = 'alarm'
    ORDER BY seq DESC LIMIT 1
"""


@frozen
class Snapshot:
    """What is open at one moment, for whoever starts from nothing.

    ``open_total`` counts alarms; ``more_incidents`` the open incidents that are not told.
    ``last_alarm`` is when the newest alarm's mail was complete, open or not.
    """

    head: int
    open_total: int
    entries: tuple[Numbered, ...]
    more_incidents: int = 0
    last_alarm: str | None = None


def snapshot(connection: sqlite3.Connection, limit: int, room: int = ROOM) -> Snapshot:
    """The newest ``limit`` open alarms and all else that is current, and the count of all alarms.

    With the alarms come the pictures that joined them, the newest ``limit`` of those, and whose
    adopted ones are now.  A ``limit`` of 0 is for who wants to know the count alone.
    """
    head = connection.execute("SELECT max(seq) FROM entry").fetchone()[0] or 0
    total = connection.execute("SELECT count(*) FROM open_alarm").fetchone()[0]
    if not limit:
        return Snapshot(head, total, ())
    standing = _most_urgent_first(connection)
    entries = _entries(connection, standing[:INCIDENTS], limit, room)
    more, newest = len(standing[INCIDENTS:]), _newest_alarm(connection, head)
    return Snapshot(head, total, entries, more_incidents=more, last_alarm=newest)


def _newest_alarm(connection: sqlite3.Connection, head: int) -> str | None:
    """When it came.  What is no alarm of an incident is looked for among the newest entries."""
    known = connection.execute("SELECT max(seq) FROM incident_alarm").fetchone()[0] or 0
    for among in ((max(known, head - LOOKED_THROUGH), head), (known, known)):
        found = connection.execute(_NEWEST_ALARM, among).fetchone()
        if found is not None:
            entry = parsed(found[0]) or {}  # a damaged one keeps nobody from the rest
            moment: str | None = (entry.get("times") or {}).get("eom") or entry.get("time")
            return moment
    return None


def _entries(
    connection: sqlite3.Connection, standing: Sequence[Incident], limit: int, room: int
) -> tuple[Numbered, ...]:
    standings = {one.seq: one for one in standing}
    told = {seq: _slim(one) for seq, one in standings.items()}
    room -= sum(map(len, told.values()))
    alarms = sorted(_numbers(connection, _ALARMS, limit), reverse=True)
    for seq in (
        *_numbers(connection, _SHIFT, STEPS),
        *_numbers(connection, _STEPS, STEPS),
        *alarms,
    ):
        entry = _whole(connection, seq, standings)
        room -= len(entry) - len(told.get(seq, b""))
        if room < 0:
            break
        told[seq] = entry
    return tuple(sorted(told.items()))


def _most_urgent_first(connection: sqlite3.Connection) -> Sequence[Incident]:
    found = incidents.open_incidents(connection)
    return sorted(found, key=lambda one: (one.priority, -one.last_seq))


def _numbers(connection: sqlite3.Connection, query: str, limit: int) -> list[int]:
    return [seq for (seq,) in connection.execute(query, (limit,))]


def _whole(connection: sqlite3.Connection, seq: int, standings: Mapping[int, Incident]) -> bytes:
    """An entry in its public form, with the incident that it has left as it stands now."""
    type_, body, content = connection.execute(
        "SELECT entry.type, entry.body, content.body FROM entry"
        " LEFT JOIN content USING (seq) WHERE seq = ?",
        (seq,),
    ).fetchone()
    public = join(body, content)
    if type_ == "closed":
        public = _without_ended(json.loads(public), standings)
    if seq in standings:
        public = encode({**json.loads(public), "standing": standings[seq].as_json()})
    return numbered(seq, public)


def _without_ended(closed: dict[str, Any], standings: Mapping[int, Incident]) -> bytes:
    """A closing that was taken back opens no follow-up anew that has been closed since."""
    rest = closed["rest"]
    if rest is not None and all(one.id != rest["id"] for one in standings.values()):
        closed["rest"] = None
    return encode(closed)


def _slim(incident: Incident) -> bytes:
    return encode(
        {
            "seq": incident.seq,
            "type": "standing",
            "incident": incident.id,
            "standing": incident.as_json(),
        }
    )
