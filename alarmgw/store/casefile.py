"""An incident's file: how it stands, its newest alarms, and all that was done; open or closed.

An alarm that is in no incident, such as a test, has a file of its own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from alarmgw.entries import join
from alarmgw.fitting import encode
from alarmgw.store import incidents
from alarmgw.store.chain import parsed
from alarmgw.store.historyrow import short

#: Alarms that are told, and steps: the newest ones.
ALARMS = 200
STEPS = 500

#: Octets of the alarms, and of the steps.
ALARM_BYTES = 150 * 1024
STEP_BYTES = 80 * 1024

#: Of an alarm's text so much is told; its entry has it whole.
TEXT_CHARACTERS = 2000

_ENTRIES = """
    SELECT entry.seq, entry.body, content.body FROM {0}
    JOIN entry USING (seq) LEFT JOIN content USING (seq)
    WHERE {0}.incident = ? ORDER BY seq DESC LIMIT ?
"""

_ALONE = """
    SELECT entry.seq, entry.body, content.body FROM entry LEFT JOIN content USING (seq)
    WHERE entry.seq IN (SELECT seq FROM entry WHERE alarm = ?1 AND type IN ('alarm', 'resend')
    UNION SELECT entry.seq FROM follower JOIN entry USING (seq)
    WHERE first = ?1 AND type = 'alarm') ORDER BY entry.seq DESC LIMIT ?2
"""

_RESENDS = """
    SELECT follower.first, count(*) FROM follower
    JOIN entry ON entry.seq = follower.seq AND entry.type = 'resend'
    WHERE follower.first IN (SELECT value FROM json_each(?)) GROUP BY 1
"""

_ADOPTED = """
    SELECT adopted_alarm.alarm, adopted_alarm.seq FROM adopted_alarm
    WHERE adopted_alarm.alarm IN (SELECT value FROM json_each(?)) ORDER BY adopted_alarm.seq
"""

#: What an adoption says of whose an alarm is.
_OWNER = ("source", "site", "tenant")


def case_file(connection: sqlite3.Connection, id_: str) -> dict[str, Any]:
    """All that an incident's view needs; its ``incident`` is null where there is none of that id.

    ``more`` older alarms and ``more_entries`` older steps are left out; ``resends`` says how
    often the mails of its alarms came again, ``adopted`` whose those are now that were nobody's.
    """
    found = incidents.incident(connection, id_)
    alarms = _newest(_read(connection, _of("incident_alarm"), id_, ALARMS), ALARM_BYTES)
    steps = _newest(_read(connection, _of("incident_step"), id_, STEPS), STEP_BYTES)
    return {
        "incident": found.as_json() if found else None,
        "alarms": alarms,
        "more": _count(connection, "incident_alarm", id_) - len(alarms),
        "entries": steps,
        "more_entries": _count(connection, "incident_step", id_) - len(steps),
        **_since(connection, alarms),
    }


def alarm_file(connection: sqlite3.Connection, id_: str) -> dict[str, Any]:
    """One alarm with the late pictures that joined it; ``alarms`` is empty where there is none.

    ``resends`` and ``adopted`` are those of `case_file`.
    """
    alarms = _newest(_read(connection, _ALONE, id_, ALARMS), ALARM_BYTES)
    return {"alarms": alarms, **_since(connection, alarms)}


def _since(connection: sqlite3.Connection, alarms: list[dict[str, Any]]) -> dict[str, Any]:
    """What became of these alarms after their own entries, which stay as they are."""
    ids = (json.dumps([alarm["alarm"] for alarm in alarms]),)
    adopted = {}
    owners: dict[int, dict[str, Any]] = {}  # one entry may adopt hundreds
    for alarm, seq in connection.execute(_ADOPTED, ids).fetchall():
        if seq not in owners:
            owners[seq] = _owner(connection, seq)
        adopted[alarm] = owners[seq]
    return {"resends": dict(connection.execute(_RESENDS, ids).fetchall()), "adopted": adopted}


def _owner(connection: sqlite3.Connection, seq: int) -> dict[str, Any]:
    row = connection.execute("SELECT body FROM entry WHERE seq = ?", (seq,)).fetchone()
    entry = parsed(row[0]) or {}
    return {name: entry.get(name) for name in _OWNER}


def _of(table: str) -> str:
    return _ENTRIES.format(table)


def _read(
    connection: sqlite3.Connection, query: str, id_: str, limit: int
) -> Iterable[dict[str, Any]]:
    for seq, body, content in connection.execute(query, (id_, limit)):
        try:
            entry = json.loads(join(body, content))
        except (ValueError, KeyError, TypeError):
            continue  # damaged: verification tells it
        text = entry.get("text")
        if isinstance(text, str) and len(text) > TEXT_CHARACTERS:
            entry |= {"text": short(text, TEXT_CHARACTERS), "text_cut": True}
        yield {"seq": seq, **entry}


def _newest(entries: Iterable[dict[str, Any]], room: int) -> list[dict[str, Any]]:
    """The newest entries that fit, in their order."""
    kept = []
    for entry in entries:
        room -= len(encode(entry)) + 1
        if room < 0:
            break
        kept.append(entry)
    return kept[::-1]


def _count(connection: sqlite3.Connection, table: str, id_: str) -> int:
    query = f"SELECT count(*) FROM {table} WHERE incident = ?"
    return int(connection.execute(query, (id_,)).fetchone()[0])
