"""Checkpoints: the log gets into the database while the writer goes on."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.store.checkpoints import Checkpoints
from alarmgw.store.database import open_writer
from tests.journals import PATIENCE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty database with a log."""
    with closing(open_writer_of(tmp_path / "db")) as connection:
        connection.execute("CREATE TABLE word (word TEXT)")
    return tmp_path / "db"


def open_writer_of(path: Path) -> sqlite3.Connection:
    """Open the database as the journal's writer does."""
    path.touch()
    return open_writer(path)


def test_what_is_committed_is_copied_beside_a_transaction(path: Path) -> None:
    """The writer is in the middle of one, and neither waits for the other."""
    failures, copied = list[BaseException](), threading.Event()

    class Watched(sqlite3.Connection):
        """Says when it has copied."""

        def close(self) -> None:
            """It is the last thing that is done with it."""
            copied.set()
            super().close()

    with closing(open_writer(path)) as writer:
        writer.execute("INSERT INTO word VALUES ('copied')")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO word VALUES ('not yet')")
        checkpoints = Checkpoints(lambda: open_writer(path, Watched), failures.append)
        assert not checkpoints.has_copied()
        checkpoints.ask()
        checkpoints.close()
        assert (checkpoints.has_copied(), checkpoints.has_copied()) == (True, False)
        assert copied.is_set() and failures == []
        # The database alone, without its log.
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as alone:
            assert alone.execute("SELECT word FROM word").fetchall() == [("copied",)]
        writer.execute("COMMIT")


def test_a_failure_is_told_and_the_next_one_begins_afresh(path: Path) -> None:
    """With another connection."""
    failures, connections = list[BaseException](), list[int]()
    told = threading.Semaphore(0)

    def connect() -> sqlite3.Connection:
        connections.append(1)
        if len(connections) == 1:
            raise sqlite3.OperationalError("unable to open database file")
        told.release()
        return open_writer(path)

    def failed(error: BaseException) -> None:
        failures.append(error)
        told.release()

    checkpoints = Checkpoints(connect, failed)
    for _ in range(2):
        checkpoints.ask()
        assert told.acquire(timeout=PATIENCE)
    checkpoints.close()
    assert checkpoints.has_copied()
    assert [str(error) for error in failures] == ["unable to open database file"]


def test_closing_what_was_never_asked_is_nothing() -> None:
    """No connection was opened."""
    Checkpoints(lambda: sqlite3.connect("/nonexistent/db"), print).close()
