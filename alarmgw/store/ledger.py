"""The ledger: what a job may do inside the writer's transaction.

Appending an entry chains it, keeps its content apart, and changes the
projections of current state with it: they are never older or newer than the
journal, and `rebuild_projections` makes them from nothing.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from alarmgw.entries import Record, in_incident, numbered, record
from alarmgw.model import utc_moment
from alarmgw.store import history, incidents, shifts
from alarmgw.store.chain import FIRST_HASH, chained, parsed
from alarmgw.store.clocks import CLOCK_WRONG, project_clock, project_fault
from alarmgw.workflow import Incident, rises
from alarmgw.workflow_actions import risen
from alarmgw.workflow_entries import Stamp

#: Entry types that change a projection; all others are not even looked into.
PROJECTED = tuple(dict.fromkeys((*history.TYPES, *incidents.STEPS, *shifts.CHANGES)))

#: The tables that are made of entries alone.
PROJECTIONS = (
    "open_alarm",
    "unassigned_alarm",
    "adopted_alarm",
    "follower",
    "source_clock",
    *incidents.TABLES,
    *shifts.TABLES,
    *history.TABLES,
)


class Ledger:
    """The journal's end, open for writing; good for one transaction only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
        self.connection = connection
        self.head: int = row[0] if row else 0
        self.appended: list[tuple[int, bytes]] = []
        self._hash: bytes = row[1] if row else FIRST_HASH

    def append(self, line: Record) -> int:
        """Write one entry at the end; answers its number.

        An alarm's incident is decided here, where nobody else can decide anything meanwhile.
        """
        if line.type not in PROJECTED:
            return self._write(line)
        entry, joined = json.loads(line.body), None
        if line.type == "alarm" and entry["incident"] is None:
            entry["incident"], joined = incidents.placed(self.connection, entry)
            line = in_incident(line, entry["incident"])
        seq = self._write(line)
        project(self.connection, seq, entry, joined)
        if joined is not None and rises(joined, entry):
            self._raise(joined, entry)
        return seq

    def public(self, seq: int) -> bytes:
        """An entry that was appended here as it is published: without its number."""
        told = self.appended[seq - self.head - 1][1]
        return b"{" + told.split(b",", 1)[1]

    def _write(self, line: Record) -> int:
        seq, digest = self.head + 1, chained(self._hash, line.body)
        self.connection.execute(
            "INSERT INTO entry (seq, type, alarm, mail, body, hash) VALUES (?, ?, ?, ?, ?, ?)",
            (seq, line.type, line.alarm, line.mail, line.body, digest),
        )
        if line.content is not None:
            self.connection.execute(
                "INSERT INTO content (seq, salt, body) VALUES (?, ?, ?)",
                (seq, line.salt, line.content),
            )
        self.head, self._hash = seq, digest
        self.appended.append((seq, numbered(seq, line.public)))
        return seq

    def _raise(self, joined: Incident, alarm: Mapping[str, Any]) -> None:
        """A more urgent alarm has joined: a parked incident comes back with it."""
        stamp = Stamp(now=utc_moment(alarm["time"]), node=alarm["node"])
        for entry in risen(joined, stamp):
            self.append(record(entry, bytes))  # it has no content and so no salt

    def erase(self, seq: int) -> None:
        """Forget what a mail or a person said in entry ``seq``; its facts and hash stay."""
        self.connection.execute("DELETE FROM content WHERE seq = ?", (seq,))

    def set_settled(self, seq: int) -> None:
        """State that all derived files of entries up to ``seq`` are synced.  Never goes back."""
        self.connection.execute(
            "UPDATE meta SET value = ? WHERE name = 'settled' AND CAST(value AS INTEGER) < ?",
            (str(seq), seq),
        )

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """A job's own bracket: whatever it raises, nothing of it stays, and others' work does."""
        mark = self.head, self._hash, len(self.appended)
        self.connection.execute("SAVEPOINT job")
        try:
            yield
        except BaseException:
            self.head, self._hash, length = mark
            del self.appended[length:]
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK TO job")
                self.connection.execute("RELEASE job")
            raise
        self.connection.execute("RELEASE job")


def rebuild_projections(ledger: Ledger) -> None:
    """Make every projection anew from the entries."""
    for table in PROJECTIONS:
        ledger.connection.execute(f"DELETE FROM {table}")
    marks = ", ".join("?" * len(PROJECTED))
    rows = ledger.connection.execute(
        f"SELECT seq, body FROM entry WHERE type IN ({marks}) ORDER BY seq", PROJECTED
    )
    for seq, body in rows:
        follow(ledger.connection, seq, parsed(body))


def follow(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any] | None) -> None:
    """`project` for what was written once: a damaged entry (verification tells it) says nothing."""
    if entry is not None:
        with contextlib.suppress(KeyError, TypeError, ValueError, sqlite3.Error):
            project(connection, seq, entry)


def project(
    connection: sqlite3.Connection,
    seq: int,
    entry: Mapping[str, Any],
    joined: Incident | None = None,
) -> None:
    """Change current state as this entry says; ``joined`` is the incident that an alarm joins."""
    kind = entry["type"]
    history.project(connection, seq, entry)
    if kind == "closed" and "alarm" in entry:
        incidents.project_old_closing(connection, seq, entry)
    elif kind in incidents.STEPS:
        incidents.project_step(connection, seq, entry)
    elif kind in shifts.CHANGES:
        shifts.project_shift(connection, seq, entry)
    elif kind == "adopted":
        _project_adoption(connection, seq, entry)
    elif kind == "resend":
        _project_follower(connection, seq, entry["alarm"], entry["first"])
    elif kind == "alarm":
        _project_alarm(connection, seq, entry, joined)
        shifts.project_held_back(connection, entry)
        project_clock(connection, seq, entry)
    elif entry.get("event") == CLOCK_WRONG:
        project_fault(connection, entry)


def _project_alarm(
    connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any], joined: Incident | None
) -> None:
    alarm, first = entry["alarm"], entry.get("joins")
    if first is not None:
        _project_follower(connection, seq, alarm, first)
    incident = incidents.project_alarm(connection, seq, entry, joined)
    if incident is not None and not incidents.waits_with(connection, first, incident):
        connection.execute("INSERT INTO open_alarm (seq, alarm) VALUES (?, ?)", (seq, alarm))
    if entry["source"] is None and entry["origin"] == "device":
        said = entry["envelope"]
        connection.execute(
            "INSERT INTO unassigned_alarm (seq, alarm, sender, peer) VALUES (?, ?, ?, ?)",
            (seq, alarm, said["from"] or "", said["peer"] or ""),
        )


def _project_follower(connection: sqlite3.Connection, seq: int, alarm: str, first: str) -> None:
    connection.execute(
        "INSERT INTO follower (seq, alarm, first) VALUES (?, ?, ?)", (seq, alarm, first)
    )


def _project_adoption(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> None:
    alarms = [(alarm,) for alarm in entry["alarms"]]
    connection.executemany("DELETE FROM unassigned_alarm WHERE alarm = ?", alarms)
    connection.executemany(
        "INSERT INTO adopted_alarm (alarm, seq, source) VALUES (?, ?, ?)",
        [(alarm, seq, entry["source"]) for (alarm,) in alarms],
    )
