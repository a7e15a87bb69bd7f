"""A journal that another process holds, or that somebody has damaged: at the start and later."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_bad_input import start_that_ends
from tests.faults.house import FaultyGateway, House, house, until
from tests.live import LiveGateway

PAGE = 4096


@pytest.fixture(scope="module")
def suffering() -> Iterator[House]:
    """A gateway whose journal each test leaves whole."""
    with house(FaultyGateway()) as there:
        yield there


def test_a_journal_that_is_locked_closes_the_door_until_it_is_not(suffering: House) -> None:
    """451 after some seconds, then at once; when the other process is done, all goes on."""
    suffering.begin()
    with contextlib.closing(_database(suffering.gateway)) as other:
        other.execute("BEGIN EXCLUSIVE")
        begun = time.monotonic()
        assert suffering.send().startswith("451 4.3.0")
        assert time.monotonic() - begun < 8
        suffering.disturbed("database is locked")
        begun = time.monotonic()
        assert suffering.send().startswith("451 4.3.0")
        assert time.monotonic() - begun < 1
        other.execute("ROLLBACK")
    suffering.recovered()
    assert suffering.told("journal_failed") == ["start", "end"]
    assert suffering.tracebacks() == 0


def _database(gateway: LiveGateway) -> sqlite3.Connection:
    return sqlite3.connect(gateway.home / "journal.sqlite3", isolation_level=None)


def test_a_journal_that_was_taken_away_closes_the_door_until_it_is_back(
    suffering: House,
) -> None:
    """SQLite would go on writing into a file without a name: no promise stands on that."""
    suffering.begin()
    journal = suffering.gateway.home / "journal.sqlite3"
    aside = journal.rename(journal.with_name("aside"))
    assert suffering.send().startswith("451 4.3.0")
    suffering.disturbed("journal cannot be written")
    aside.rename(journal)
    suffering.recovered()
    assert suffering.tracebacks() == 0


def test_pages_that_are_damaged_close_the_door_until_they_are_whole(suffering: House) -> None:
    """What is read wrong is never written on; with the right bytes again it goes on."""
    suffering.begin()
    journal = suffering.gateway.home / "journal.sqlite3"
    with contextlib.closing(_database(suffering.gateway)) as other:
        until("it is checkpointed", lambda: _checkpointed(other))
    whole = journal.read_bytes()
    _write(journal, 0, b"\0" * len(whole))
    assert suffering.send().startswith("451 4.3.0")
    suffering.disturbed("journal cannot be written")
    _write(journal, 0, whole)
    suffering.recovered()
    assert suffering.tracebacks() == 0


def test_a_log_that_was_cut_takes_no_promise_more() -> None:
    """451 until a restart, which finds what was before the cut; nothing is promised meanwhile."""
    with house(FaultyGateway()) as suffering:
        suffering.begin()
        log = suffering.gateway.home / "journal.sqlite3-wal"
        os.truncate(log, log.stat().st_size // 2)
        assert suffering.send().startswith("451 4.3.0")
        suffering.disturbed("log was cut")
        assert suffering.tracebacks() == 0
        suffering.gateway.kill()
        suffering.gateway.start()
        assert suffering.send() == ""


def _checkpointed(other: sqlite3.Connection) -> bool:
    busy, log, done = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return bool(not busy and log == done)


def _write(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


@pytest.mark.parametrize("damage", ["header", "pages"])
def test_a_start_on_a_journal_that_cannot_be_used_says_so(damage: str) -> None:
    """One line that names the file, exit 1: nothing is greeted."""
    with FaultyGateway() as gateway:
        gateway.stop()
        _write(gateway.home / "journal.sqlite3", 0 if damage == "header" else PAGE, b"\xff" * PAGE)
        done = start_that_ends(gateway)
        assert done.returncode == 1, done.stderr
        assert "journal.sqlite3" in done.stderr and done.stderr.count("\n") == 1
        assert "Traceback" not in done.stderr + done.stdout


def test_a_start_while_the_journal_is_locked_greets_and_waits() -> None:
    """Devices hear 451 and workstations why, until the other process is done."""
    gateway = FaultyGateway()
    with contextlib.closing(_database(gateway)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with house(gateway) as suffering:
            suffering.disturbed("database is locked")
            assert suffering.send().startswith("451 4.3.0")
            other.execute("ROLLBACK")
            suffering.recovered()
            assert suffering.tracebacks() == 0
