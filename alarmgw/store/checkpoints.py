"""Checkpoints: the log is copied into the database beside the writer, and no mail waits for it.

After an import the log has thousands of pages, and copying and syncing them
takes tens of milliseconds.  SQLite lets the writer go on meanwhile; so this
has a connection and a thread of its own.  The log begins anew only when all of
it is copied: the few pages that came meanwhile are left to the writer.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def copy_log(connection: sqlite3.Connection) -> None:
    """Copy what is committed.  PASSIVE: it waits for no reader and no writer, and none for it."""
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


class Checkpoints:
    """Copies committed pages when it is asked to; it never adds to the log."""

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], failed: Callable[[BaseException], None]
    ) -> None:
        """``failed`` is called in the thread with what went wrong; the log is whole then, too."""
        self._connect = connect
        self._failed = failed
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "checkpoints")
        self._waiting = threading.Lock()
        self._copied = threading.Event()

    def ask(self) -> None:
        """Have the log copied as soon as may be; whoever asks meanwhile means the same."""
        if self._waiting.acquire(blocking=False):
            self._thread.submit(self._copy)

    def has_copied(self) -> bool:
        """Whether it has, since this was asked last: then only a few pages are left to copy."""
        copied = self._copied.is_set()
        self._copied.clear()
        return copied

    def close(self) -> None:
        """Finish what is under way, and close the connection."""
        self._thread.shutdown()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _copy(self) -> None:
        self._waiting.release()
        try:
            if self._connection is None:
                self._connection = self._connect()
            copy_log(self._connection)
            self._copied.set()
        except (sqlite3.Error, OSError) as error:
            connection, self._connection = self._connection, None
            with contextlib.suppress(sqlite3.Error):
                if connection is not None:
                    connection.close()
            self._failed(error)
