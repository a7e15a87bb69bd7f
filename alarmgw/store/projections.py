"""Projections proved: what is current, made anew from the entries alone and compared."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from alarmgw.store.chain import Line
from alarmgw.store.journal_reader import JournalReader
from alarmgw.store.ledger import PROJECTED, project


class Projections:
    """What is open by the entries, in memory; the ledger's own rules change it."""

    def __init__(self, reader: JournalReader) -> None:
        """Nothing is open yet.  Raises `TryLater`."""
        self._copy = sqlite3.connect(":memory:", isolation_level=None)
        with reader.reading() as connection:
            [(table,)] = connection.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'open_alarm'"
            )
        self._copy.execute(table)

    def close(self) -> None:
        """Forget it."""
        self._copy.close()

    def follow(self, line: Line, entry: Mapping[str, Any] | None) -> None:
        """Change what is open as the next line says; a damaged one says nothing."""
        if entry is not None and line.type in PROJECTED:
            with contextlib.suppress(KeyError, sqlite3.Error):
                project(self._copy, line.seq, entry)

    def faults(self, reader: JournalReader, head: int) -> Iterator[str]:
        """Where the journal's own list differs, what came after entry ``head`` left aside."""
        with reader.reading() as connection:
            rows = connection.execute("SELECT seq, alarm FROM open_alarm WHERE seq <= ?", (head,))
            listed = set(rows)
            rows = connection.execute(
                "SELECT alarm FROM entry WHERE type = 'closed' AND seq > ?", (head,)
            )
            closed_since = {alarm for (alarm,) in rows}
        rows = self._copy.execute("SELECT seq, alarm FROM open_alarm")
        expected = {row for row in rows if row[1] not in closed_since}
        for seq, alarm in sorted(expected - listed):
            yield f"alarm {alarm} (entry {seq}) is open and not in the list of open ones"
        for seq, alarm in sorted(listed - expected):
            yield f"alarm {alarm} (entry {seq}) is in the list of open ones and is not open"
