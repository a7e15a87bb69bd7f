"""Reading the journal: from any thread and any process, never in the writer's way.

Each question is one short read-only transaction whose rows are fetched
wholly; joining them to their public form happens after it has ended, so that
no reader holds back a checkpoint.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from alarmgw.directory import Directory
from alarmgw.entries import join, numbered
from alarmgw.store import accounts
from alarmgw.store.database import is_store_failure, journal_failed, open_reader
from alarmgw.store.snapshots import Snapshot, snapshot

Numbered = tuple[int, bytes]
"""An entry's number, and its public JSON with that number in it."""

_Row = tuple[int, bytes, "bytes | None"]

_SELECT = "SELECT entry.seq, entry.body, content.body FROM entry LEFT JOIN content USING (seq)"

#: What a number and the braces around it add to an entry, at most.
_NUMBERING_BYTES = 32


class JournalReader:
    """A journal that only reads; beside a running gateway, too."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._open = True
        self._lock = threading.Lock()

    def bounds(self) -> tuple[int, int]:
        """The first and the last number; (0, 0) when there is no entry."""
        with self.reading() as connection:
            # Two sub-selects: min and max asked for together would scan the whole table.
            first, head = connection.execute(
                "SELECT (SELECT min(seq) FROM entry), (SELECT max(seq) FROM entry)"
            ).fetchone()
        return first or 0, head or 0

    def read(self, after: int, limit: int = 500, max_bytes: int = 256 * 1024) -> list[Numbered]:
        """The entries after number ``after``: at most ``limit`` and ``max_bytes``, but one."""
        with self.reading() as connection:
            rows = connection.execute(
                f"{_SELECT} WHERE entry.seq > ? ORDER BY entry.seq LIMIT ?", (after, limit)
            )
            taken = list(_within(rows, max_bytes))
        return [_public(row) for row in taken]

    def snapshot(self, limit: int = 500) -> Snapshot:
        """What is current: the newest ``limit`` open alarms, the count of all, and more."""
        with self.reading() as connection:
            return snapshot(connection, limit)

    def of_alarm(self, alarm: str) -> list[Numbered]:
        """Everything that the journal says about one alarm, in order."""
        with self.reading() as connection:
            rows = connection.execute(
                f"{_SELECT} WHERE entry.alarm = ? OR entry.seq IN"
                " (SELECT seq FROM adopted_alarm WHERE alarm = ?) ORDER BY entry.seq",
                (alarm, alarm),
            ).fetchall()
        return [_public(row) for row in rows]

    def followers(self, alarm: str) -> list[Numbered]:
        """The entries of mails that follow an alarm: resends, and late pictures that joined it."""
        with self.reading() as connection:
            rows = connection.execute(
                f"{_SELECT} WHERE entry.seq IN (SELECT seq FROM follower WHERE first = ?)"
                " ORDER BY entry.seq",
                (alarm,),
            ).fetchall()
        return [_public(row) for row in rows]

    def is_open(self, alarm: str) -> bool:
        """Whether an alarm waits for somebody to close it."""
        with self.reading() as connection:
            found = connection.execute("SELECT 1 FROM open_alarm WHERE alarm = ?", (alarm,))
            return found.fetchone() is not None

    def settled(self) -> int:
        """The number up to which all derived files are known to be on disk."""
        return int(self.meta("settled"))

    def meta(self, name: str) -> str:
        """One fact of the journal itself: identity, node, created, schema, settled."""
        with self.reading() as connection:
            row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0])

    def directory(self) -> Directory:
        """All sources and logins as they are now."""
        with self.reading() as connection:
            return accounts.directory(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A read-only connection in a transaction, for `accounts` and other stores.

        Raises `TryLater` when the database cannot be read.
        """
        connection: sqlite3.Connection | None = None
        try:
            connection = self._borrowed()
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        except BaseException as error:
            if connection is not None:
                connection.close()
            if is_store_failure(error):
                raise journal_failed(error) from error
            raise
        self._give_back(connection)

    def close(self) -> None:
        """Close what is idle now, and what is still being read with afterwards."""
        with self._lock:
            self._open, idle, self._idle = False, self._idle, []
        for connection in idle:
            connection.close()

    def _borrowed(self) -> sqlite3.Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return open_reader(self.path)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if self._open:
                self._idle.append(connection)
                return
        connection.close()


def _within(rows: Iterable[_Row], max_bytes: int) -> Iterator[_Row]:
    """The rows whose public forms together fit ``max_bytes``; the first one always.

    Body and content together are never shorter than what they are joined to.
    """
    total = 0
    for number, row in enumerate(rows):
        total += len(row[1]) + len(row[2] or b"") + _NUMBERING_BYTES
        if number and total > max_bytes:
            return
        yield row


def _public(row: _Row) -> Numbered:
    seq, body, content = row
    return seq, numbered(seq, join(body, content))
