"""Projections proved: what is current, made anew from the entries alone and compared."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from alarmgw.store.chain import Line, parsed
from alarmgw.store.database import schema_steps
from alarmgw.store.journal_reader import JournalReader
from alarmgw.store.ledger import PROJECTED, PROJECTIONS, follow

_Row = tuple[Any, ...]

#: Lists of alarms, and what those in them are.
_LISTS = {
    "open_alarm": "open",
    "unassigned_alarm": "unassigned",
    "adopted_alarm": "adopted",
    "follower": "following",
}

#: The other tables: what is said of a row that is not what it should be.
_STATES = {
    "source_clock": "the clock of {0} is not kept as its newest mail shows it",
    "incident": "incident {0} is not kept as its entries say",
    "incident_alarm": "alarm {1} (entry {0}) is not kept with the incident that it belongs to",
    "incident_step": "entry {0} is not kept with the incident that it is about",
    "operator_session": "session {0} is not kept as its entries say",
    "suppression": "suppression {0} is not kept as its entries say",
    "history": "entry {0} is not kept as a search looks for it",
}


class Projections:
    """What is current by the entries, in a copy; the ledger's own rules change it."""

    def __init__(self, reader: JournalReader) -> None:
        """Nothing is open yet.  Raises `TryLater`."""
        # A database without a name is in memory, and beside it in a file as it grows.
        self._copy = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF"):
            self._copy.execute(f"PRAGMA {pragma}").fetchall()
        for _, script in sorted(schema_steps().items()):
            self._copy.executescript(script)
        self._copy.execute("BEGIN")
        with reader.reading() as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            named = {name for (name,) in rows}
        # A backup of an older program has not all of them, and another idea of what is open.
        left_out = () if "incident" in named else ("open_alarm",)
        self._kept = [name for name in PROJECTIONS if name in named and name not in left_out]

    def close(self) -> None:
        """Forget it."""
        self._copy.close()

    def follow(self, line: Line, entry: Mapping[str, Any] | None) -> None:
        """Change what is current as the next line says; a damaged one says nothing."""
        if line.type in PROJECTED:
            follow(self._copy, line.seq, entry)

    def faults(self, reader: JournalReader, head: int) -> Iterator[str]:
        """Where the journal's own tables differ; what came after entry ``head`` is followed now."""
        with reader.reading() as connection:
            self._catch_up(connection, head)
            for table in self._kept:
                columns, order = ("seq, alarm",) * 2 if table in _LISTS else ("*", "1")
                query = f"SELECT {columns} FROM {table} ORDER BY {order}"
                rows = self._copy.execute(query), connection.execute(query)
                yield from (_list_faults if table in _LISTS else _state_faults)(table, *rows)

    def _catch_up(self, connection: sqlite3.Connection, head: int) -> None:
        marks = ", ".join("?" * len(PROJECTED))
        rows = connection.execute(
            f"SELECT seq, body FROM entry WHERE seq > ? AND type IN ({marks}) ORDER BY seq",
            (head, *PROJECTED),
        )
        for seq, body in rows:
            follow(self._copy, seq, parsed(body))


def _list_faults(table: str, expected: Iterator[_Row], listed: Iterator[_Row]) -> Iterator[str]:
    word = _LISTS[table]
    list_ = f"the list of {word} ones"
    for true, kept in _differences(expected, listed, lambda row: row):
        seq, alarm = true or kept or ()
        if kept is None:
            yield f"alarm {alarm} (entry {seq}) is {word} and not in {list_}"
        else:
            yield f"alarm {alarm} (entry {seq}) is in {list_} and is not {word}"


def _state_faults(table: str, expected: Iterator[_Row], listed: Iterator[_Row]) -> Iterator[str]:
    for true, kept in _differences(expected, listed, lambda row: row[0]):
        yield _STATES[table].format(*(true or kept or ()))


def _differences(
    expected: Iterator[_Row], listed: Iterator[_Row], key: Callable[[_Row], Any]
) -> Iterator[tuple[_Row | None, _Row | None]]:
    """Rows of one key that are not the same in both, each in the order of its key."""
    true, kept = next(expected, None), next(listed, None)
    while true is not None or kept is not None:
        if kept is None or (true is not None and key(true) < key(kept)):
            yield true, None
            true = next(expected, None)
        elif true is None or key(kept) < key(true):
            yield None, kept
            kept = next(listed, None)
        else:
            if true != kept:
                yield true, kept
            true, kept = next(expected, None), next(listed, None)
