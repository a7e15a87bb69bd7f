"""Devices' clocks as the newest mail of each source shows them.

A projection of the entries (`ledger.project`): an alarm's ``times`` say how far the clock
is off, ``clock_wrong`` entries since when that is a fault.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import attrs
from attrs import frozen

from alarmgw.codec.deviceclock import is_off

#: The ``system`` entry that a clock is a fault, and that it is one no more.
CLOCK_WRONG = "clock_wrong"

#: So many wrong clocks are told with their sources, the rest is counted.
FIRST = 5


@frozen(kw_only=True)
class Clock:
    """How far a source's clock is off, by the mail that came at ``measured``.

    ``off_since`` is null while it is right, ``wrong_since`` while it is no fault.
    """

    offset_s: float
    measured: str
    off_since: str | None = None
    wrong_since: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As commands print it."""
        return attrs.asdict(self)


_CLOCK = "SELECT source, offset_s, measured, off_since, wrong_since FROM source_clock"


def clock(connection: sqlite3.Connection, source: str) -> Clock | None:
    """The clock of one source; None if no mail of it has told a time."""
    row = connection.execute(f"{_CLOCK} WHERE source = ?", (source,)).fetchone()
    return _clock(row) if row else None


def clocks(connection: sqlite3.Connection) -> dict[str, Clock]:
    """The clocks of all sources that have told a time."""
    return {row[0]: _clock(row) for row in connection.execute(_CLOCK)}


def wrong_clocks(connection: sqlite3.Connection, limit: int = FIRST) -> dict[str, Any]:
    """How many clocks of sources in use are a fault, and the oldest of these faults."""
    wrong = (
        "WHERE wrong_since IS NOT NULL"
        " AND source IN (SELECT address FROM sources WHERE retired IS NULL AND disabled IS NULL)"
    )
    [count] = connection.execute(f"SELECT count(*) FROM source_clock {wrong}").fetchone()
    rows = connection.execute(f"{_CLOCK} {wrong} ORDER BY wrong_since, source LIMIT ?", (limit,))
    first = [{"source": row[0], **_clock(row).as_json()} for row in rows]
    return {"count": count, "first": first}


def project_clock(connection: sqlite3.Connection, seq: int, alarm: Mapping[str, Any]) -> None:
    """Keep what an alarm's entry says of its source's clock, if it says something."""
    offset = alarm["times"]["clock_offset_s"]
    if alarm["source"] is None or offset is None:
        return
    off_since = alarm["time"] if is_off(offset) else None
    connection.execute(
        "INSERT INTO source_clock (source, seq, offset_s, measured, off_since)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET"
        " seq = excluded.seq, offset_s = excluded.offset_s, measured = excluded.measured,"
        " off_since = CASE WHEN excluded.off_since IS NOT NULL"
        " THEN coalesce(off_since, excluded.off_since) END",
        (alarm["source"], seq, offset, alarm["time"], off_since),
    )


def project_fault(connection: sqlite3.Connection, entry: Mapping[str, Any]) -> None:
    """Keep what a `CLOCK_WRONG` entry says: since when a clock is a fault, or that it is none."""
    connection.execute(
        "UPDATE source_clock SET wrong_since = ? WHERE source = ?",
        (entry["time"] if entry["state"] == "start" else None, entry["source"]),
    )


def _clock(row: tuple[Any, ...]) -> Clock:
    _, offset, measured, off_since, wrong_since = row
    return Clock(offset_s=offset, measured=measured, off_since=off_since, wrong_since=wrong_since)
