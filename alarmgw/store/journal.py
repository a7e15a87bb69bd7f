"""The journal: the numbered, append-only record, and everything that is current because of it.

Nothing else talks to SQLite.  Writing goes through `submit`; reading is done
from any thread with the methods of `JournalReader`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from alarmgw.model import Now, Randomness, utc_text
from alarmgw.store.chain import Verification, verify_chain
from alarmgw.store.database import Standing, open_reader, open_writer, prepare
from alarmgw.store.journal_reader import JournalReader, Numbered
from alarmgw.store.journal_writer import JournalWriter, OnCommit, OnFailure
from alarmgw.store.ledger import Ledger, rebuild_projections
from alarmgw.store.snapshots import Snapshot

__all__ = [
    "Journal",
    "JournalReader",
    "Ledger",
    "Numbered",
    "Snapshot",
    "Verification",
    "rebuild_projections",
    "verify_chain",
]

T = TypeVar("T")


class Journal(JournalReader):
    """The journal of a running gateway (or of a command that holds the home's lock)."""

    def __init__(
        self,
        path: Path,
        *,
        node: str,
        now: Now,
        randomness: Randomness,
        connect: Callable[[Path], sqlite3.Connection] = open_writer,
    ) -> None:
        """Open the journal at ``path``; make it first where there is none.

        Raises `BadConfig` when the file is no journal or is newer than this program.
        ``connect`` opens the connection that writes (a failing one in tests).
        """
        super().__init__(path)
        prepare(path, identity=randomness(16).hex(), node=node, created=utc_text(now()))
        self.node = node
        self._writer = JournalWriter(lambda: connect(path), Standing(path))
        self.identity = self.meta("identity")
        # While a second connection is open, a new writer joins the log where the last one left
        # it.  Alone, it would recover the log, and with it the batch whose COMMIT had failed,
        # unless closing the last one had emptied the log: not on a disk that fails.
        self._keeper = open_reader(path)
        self._keeper.execute("SELECT count(*) FROM meta").fetchall()

    def start(self, on_commit: OnCommit, on_failure: OnFailure) -> None:
        """Start the writer's thread; both callbacks are called in it.

        ``on_commit`` gets the entries of each batch after all futures are set.  ``on_failure``
        gets a `TryLater` when the database fails; any other exception it gets is a bug.
        """
        self._writer.start(on_commit, on_failure)

    def submit(
        self,
        job: Callable[[Ledger], T],
        *,
        after: Callable[[T], None] | None = None,
        urgent: bool = True,
    ) -> Future[T]:
        """Run ``job`` in the writer's transaction; the future is set when that is on disk.

        ``after`` runs in the writer's thread between COMMIT and the futures.  A job that
        raises fails alone, with what it raised.  When the transaction fails, all its futures
        get `TryLater`.  A cancelled job that has not begun is left out.
        """
        return self._writer.submit(job, after, urgent)

    def close(self) -> None:
        """Finish what waits, checkpoint and close; later jobs get `TryLater`."""
        self._writer.finish()
        super().close()
        self._keeper.close()
        self._writer.close()
