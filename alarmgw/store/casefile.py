"""An incident's file: how it stands, its newest alarms, and all that was done; open or closed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from alarmgw.entries import join
from alarmgw.fitting import encode
from alarmgw.store import incidents
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

_RESENDS = """
    SELECT follower.first, count(*) FROM incident_alarm
    JOIN follower ON follower.first = incident_alarm.alarm
    JOIN entry ON entry.seq = follower.seq AND entry.type = 'resend'
    WHERE incident_alarm.incident = ? GROUP BY 1 LIMIT ?
"""


def case_file(connection: sqlite3.Connection, id_: str) -> dict[str, Any]:
    """All that an incident's view needs; its ``incident`` is null where there is none of that id.

    ``more`` older alarms and ``more_entries`` older steps are left out; ``resends`` says how
    often the mails of its alarms came again.
    """
    found = incidents.incident(connection, id_)
    alarms = _newest(_read(connection, "incident_alarm", id_, ALARMS), ALARM_BYTES)
    steps = _newest(_read(connection, "incident_step", id_, STEPS), STEP_BYTES)
    return {
        "incident": found.as_json() if found else None,
        "alarms": alarms,
        "more": _count(connection, "incident_alarm", id_) - len(alarms),
        "entries": steps,
        "more_entries": _count(connection, "incident_step", id_) - len(steps),
        "resends": dict(connection.execute(_RESENDS, (id_, ALARMS)).fetchall()),
    }


def _read(
    connection: sqlite3.Connection, table: str, id_: str, limit: int
) -> Iterable[dict[str, Any]]:
    for seq, body, content in connection.execute(_ENTRIES.format(table), (id_, limit)):
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
