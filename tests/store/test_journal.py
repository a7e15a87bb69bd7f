"""The journal as a whole: what was committed is there, after any end."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from alarmgw.store.journal import Journal, verify_chain
from tests.journals import (
    Heard,
    alarm_record,
    appending,
    done,
    filled,
    made,
    mail_id,
    now,
    started,
    system_record,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "journal.sqlite3"


def test_a_journal_keeps_its_identity(path: Path) -> None:
    """Cursors are numbers of one journal; another one is recognised by its identity."""
    made(path).close()
    again = Journal(path, node="gw2", now=now, randomness=lambda size: bytes(size))
    assert (again.identity, again.node) == (bytes(range(7, 23)).hex(), "gw2")
    again.close()


def test_two_journals_differ(tmp_path: Path) -> None:
    """The identity is random, made with the journal."""
    first, second = made(tmp_path / "1"), made(tmp_path / "2", randomness=bytes)
    assert first.identity != second.identity
    first.close()
    second.close()


def test_entries_are_there_after_a_restart(path: Path) -> None:
    """Closing and opening changes nothing, and the chain goes on."""
    journal = started(path)
    filled(journal, 3)
    before = journal.read(0)
    journal.close()
    again = started(path)
    assert again.read(0) == before
    assert done(again.submit(appending(system_record("next")))) == [4]
    with again.reading() as connection:
        assert verify_chain(connection).faults == ()
    again.close()


def test_what_was_committed_survives_a_crash(path: Path, tmp_path: Path) -> None:
    """Database and log as they stand after a commit, without any closing, have every entry."""
    journal, copies = started(path), tmp_path / "crash"
    filled(journal, 5, at_once=1)
    shutil.copytree(tmp_path, copies, ignore=shutil.ignore_patterns("*-shm", "crash"))
    expected = journal.read(0)
    journal.close()
    survivor = made(copies / path.name)
    assert len(expected) == 5 and survivor.read(0) == expected
    survivor.close()


def test_half_a_commit_in_the_log_is_none(path: Path, tmp_path: Path) -> None:
    """A log that ends inside a transaction is read up to the one before."""
    journal, copies = started(path), tmp_path / "crash"
    filled(journal, 2, at_once=1)
    whole = Path(f"{path}-wal").stat().st_size
    filled_again = journal.submit(appending(alarm_record(3), alarm_record(4)))
    assert done(filled_again) == [3, 4]
    shutil.copytree(tmp_path, copies, ignore=shutil.ignore_patterns("*-shm", "crash"))
    journal.close()
    with (copies / f"{path.name}-wal").open("r+b") as log:
        log.truncate((whole + log.seek(0, 2)) // 2)
    survivor = made(copies / path.name)
    assert survivor.bounds() == (1, 2) and survivor.snapshot().open_total == 2
    survivor.close()


def test_a_closed_journal_is_one_file(path: Path) -> None:
    """The log is checkpointed and gone, so that a copy of the file is a copy of the journal."""
    journal = started(path)
    filled(journal, 3)
    journal.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_entries_are_told_in_order_with_their_numbers(path: Path) -> None:
    """``on_commit`` gets exactly what readers read."""
    heard = Heard()
    journal = started(path, heard)
    threads = [
        threading.Thread(target=lambda n=n: done(journal.submit(appending(alarm_record(n)))))
        for n in range(1, 21)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = journal.read(0)
    journal.close()
    assert heard.entries == expected and len(expected) == 20


def test_the_settled_mark_is_kept(path: Path) -> None:
    """It begins at 0 and survives a restart."""
    journal = started(path)
    assert journal.settled() == 0
    done(journal.submit(lambda ledger: ledger.set_settled(17), urgent=False))
    journal.close()
    again = made(path)
    assert again.settled() == 17
    again.close()


def test_erased_words_leave_no_trace_in_the_file(path: Path) -> None:
    """What a deletion period empties is overwritten, and the chain stays valid."""
    journal = started(path)
    done(journal.submit(appending(alarm_record(1))))
    journal.close()
    assert "Zaun Süd".encode() in path.read_bytes()
    journal = started(path)
    done(journal.submit(lambda ledger: ledger.erase(1)))
    with journal.reading() as connection:
        assert verify_chain(connection).faults == ()
    journal.close()
    assert "Zaun Süd".encode() not in path.read_bytes()
    assert mail_id(1).encode() in path.read_bytes()
