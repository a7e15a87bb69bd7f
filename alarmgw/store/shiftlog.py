"""What the next shift has to know of the last one: its notes, and what has come since."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from alarmgw.entries import join
from alarmgw.fitting import encode

#: Notes that are told, the newest ones, and the most octets of them.
NOTES = 50
NOTES_BYTES = 100 * 1024

_LAST = "SELECT seq FROM history WHERE word = 'handed_over' ORDER BY seq DESC LIMIT 1"

_NOTES = f"""
    SELECT seq FROM history WHERE word = 'noted' AND seq > ? AND NOT EXISTS
    (SELECT 1 FROM incident_step WHERE incident_step.seq = history.seq)
    ORDER BY seq DESC LIMIT {NOTES}
"""

_TESTS = """
    SELECT count(*) FROM history WHERE type = 'alarm' AND word IN ('test', 'routine') AND seq > ?
"""

_INCIDENTS = "SELECT count(*) FROM incident WHERE opened >= ?"


def last_handover(connection: sqlite3.Connection) -> dict[str, Any] | None:
    """The entry by which the last shift was handed over."""
    row = connection.execute(_LAST).fetchone()
    return _entry(connection, row[0]) if row else None


def notes_since(connection: sqlite3.Connection, seq: int) -> list[dict[str, Any]]:
    """The notes about no incident that were written after entry ``seq``, the newest last."""
    kept, room = list[dict[str, Any]](), NOTES_BYTES
    for (number,) in connection.execute(_NOTES, (seq,)).fetchall():
        entry = _entry(connection, number)
        room -= len(encode(entry)) + 1
        if room < 0:
            break
        kept.append(entry)
    return kept[::-1]


def counted_since(connection: sqlite3.Connection, seq: int, time: str) -> dict[str, int]:
    """How many tests came after entry ``seq``, and how many incidents were opened from ``time``."""
    [tests] = connection.execute(_TESTS, (seq,)).fetchone()
    [opened] = connection.execute(_INCIDENTS, (time,)).fetchone()
    return {"tests": tests, "incidents_since": opened}


def _entry(connection: sqlite3.Connection, seq: int) -> dict[str, Any]:
    row = connection.execute(
        "SELECT entry.body, content.body FROM entry LEFT JOIN content USING (seq) WHERE seq = ?",
        (seq,),
    ).fetchone()
    return {"seq": seq, **json.loads(join(*row))}
