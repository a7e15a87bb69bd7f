"""What the next shift has to know of the last one: its notes, and what has come since."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from alarmgw.entries import join
from alarmgw.fitting import encode

#: Notes that are told, the newest ones, and the most octets of them.
NOTES = 50
NOTES_BYTES = 100 * 1024

_LAST = "SELECT seq FROM history WHERE word = 'handed_over' ORDER BY seq DESC LIMIT 1"

_NOTES = """
    FROM history WHERE word = 'noted' AND seq > ? AND NOT EXISTS
    (SELECT 1 FROM incident_step WHERE incident_step.seq = history.seq)
"""

_TESTS = """
    SELECT count(*) FROM history WHERE type = 'alarm' AND word IN ('test', 'routine') AND seq > ?
"""

_INCIDENTS = "SELECT count(*) FROM incident WHERE opened >= ? AND first_seq > ?"


def last_handover(connection: sqlite3.Connection) -> dict[str, Any] | None:
    """The entry by which the last shift was handed over."""
    row = connection.execute(_LAST).fetchone()
    return _entry(connection, row[0]) if row else None


def covered(last: Mapping[str, Any] | None) -> int:
    """Up to which entry the last hand-over took everything over; an older one took all."""
    return int(last.get("up_to", last["seq"])) if last else 0


def notes_since(connection: sqlite3.Connection, seq: int) -> list[dict[str, Any]]:
    """The notes about no incident that were written after entry ``seq``, the newest last."""
    kept, room = list[dict[str, Any]](), NOTES_BYTES
    query = f"SELECT seq {_NOTES} ORDER BY seq DESC LIMIT {NOTES}"
    for (number,) in connection.execute(query, (seq,)).fetchall():
        entry = _entry(connection, number)
        if entry is None:
            continue
        room -= len(encode(entry)) + 1
        if room < 0:
            break
        kept.append(entry)
    return kept[::-1]


def counted_since(connection: sqlite3.Connection, seq: int) -> dict[str, int]:
    """How many notes, tests and incidents came after entry ``seq``."""
    time = (_entry(connection, seq) or {}).get("time", "")
    [notes] = connection.execute(f"SELECT count(*) {_NOTES}", (seq,)).fetchone()
    [tests] = connection.execute(_TESTS, (seq,)).fetchone()
    [opened] = connection.execute(_INCIDENTS, (time, seq)).fetchone()
    return {"notes_since": notes, "tests": tests, "incidents_since": opened}


def _entry(connection: sqlite3.Connection, seq: int) -> dict[str, Any] | None:
    """None where there is none, or a damaged one: that keeps nobody from handing over."""
    row = connection.execute(
        "SELECT entry.body, content.body FROM entry LEFT JOIN content USING (seq) WHERE seq = ?",
        (seq,),
    ).fetchone()
    try:
        return {"seq": seq, **json.loads(join(*row))} if row else None
    except (ValueError, KeyError, TypeError):
        return None


def head(connection: sqlite3.Connection) -> int:
    """The newest entry's number."""
    [number] = connection.execute("SELECT coalesce(max(seq), 0) FROM entry").fetchone()
    return int(number)
