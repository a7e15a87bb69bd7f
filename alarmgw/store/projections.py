"""Projections proved: what is current, made anew from the entries alone and compared."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from alarmgw.store.chain import Line
from alarmgw.store.journal_reader import JournalReader
from alarmgw.store.ledger import PROJECTED, PROJECTIONS, project


@frozen
class _List:
    """A table of alarms: what those in it are, and how to find which have left it since."""

    table: str
    word: str
    left_since: str


_LISTS = (
    _List("open_alarm", "open", "SELECT alarm FROM entry WHERE type = 'closed' AND seq > ?"),
    _List("unassigned_alarm", "unassigned", "SELECT alarm FROM adopted_alarm WHERE seq > ?"),
    _List("adopted_alarm", "adopted", "SELECT NULL WHERE NULL > ?"),
    _List("follower", "following", "SELECT NULL WHERE NULL > ?"),
)


class Projections:
    """What is current by the entries, in memory; the ledger's own rules change it."""

    def __init__(self, reader: JournalReader) -> None:
        """Nothing is open yet.  Raises `TryLater`."""
        self._copy = sqlite3.connect(":memory:", isolation_level=None)
        marks = ", ".join("?" * len(PROJECTIONS))
        with reader.reading() as connection:
            tables = connection.execute(
                f"SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name IN ({marks})",
                PROJECTIONS,
            ).fetchall()
        # A backup of an older program has not all of them.
        self._lists = [one for one in _LISTS if any(name == one.table for name, _ in tables)]
        self._has_clocks = any(name == "source_clock" for name, _ in tables)
        for _, table in tables:
            self._copy.execute(table)

    def close(self) -> None:
        """Forget it."""
        self._copy.close()

    def follow(self, line: Line, entry: Mapping[str, Any] | None) -> None:
        """Change what is current as the next line says; a damaged one says nothing."""
        if entry is not None and line.type in PROJECTED:
            with contextlib.suppress(KeyError, TypeError, sqlite3.Error):
                project(self._copy, line.seq, entry)

    def faults(self, reader: JournalReader, head: int) -> Iterator[str]:
        """Where the journal's own lists differ, what came after entry ``head`` left aside."""
        for one in self._lists:
            yield from self._faults_of(one, reader, head)
        if self._has_clocks:
            yield from self._clock_faults(reader, head)

    def _faults_of(self, one: _List, reader: JournalReader, head: int) -> Iterator[str]:
        with reader.reading() as connection:
            rows = connection.execute(f"SELECT seq, alarm FROM {one.table} WHERE seq <= ?", (head,))
            listed = set(rows)
            left_since = {alarm for (alarm,) in connection.execute(one.left_since, (head,))}
        rows = self._copy.execute(f"SELECT seq, alarm FROM {one.table}")
        expected = {row for row in rows if row[1] not in left_since}
        list_ = f"the list of {one.word} ones"
        for seq, alarm in sorted(expected - listed):
            yield f"alarm {alarm} (entry {seq}) is {one.word} and not in {list_}"
        for seq, alarm in sorted(listed - expected):
            yield f"alarm {alarm} (entry {seq}) is in {list_} and is not {one.word}"

    def _clock_faults(self, reader: JournalReader, head: int) -> Iterator[str]:
        query = "SELECT source, seq, offset_s FROM source_clock ORDER BY source"
        expected = {row[0]: row for row in self._copy.execute(query)}
        with reader.reading() as connection:
            listed = {row[0]: row for row in connection.execute(query)}
        for source in sorted(expected | listed):
            row = listed.get(source)
            if row != expected.get(source) and (row is None or row[1] <= head):
                yield f"the clock of {source} is not kept as its newest mail shows it"
