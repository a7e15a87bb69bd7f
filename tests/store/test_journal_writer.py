"""The writer: who is told what, when, and what happens when COMMIT fails."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from alarmgw.errors import Cause, TryLater
from alarmgw.store.chain import verify_chain
from alarmgw.store.database import open_writer
from alarmgw.store.journal import Journal, Ledger
from tests.journals import (
    Faults,
    Heard,
    alarm_record,
    appending,
    done,
    made,
    started,
    system_record,
)


@pytest.fixture
def faults() -> Faults:
    """How many COMMITs shall fail."""
    return Faults()


@pytest.fixture
def heard() -> Heard:
    """What the journal tells."""
    return Heard()


@pytest.fixture
def journal(tmp_path: Path, faults: Faults, heard: Heard) -> Iterator[Journal]:
    """An empty journal whose thread is not started: what is submitted is one batch."""
    journal = made(tmp_path / "journal.sqlite3", connect=faults.connect)
    yield journal
    journal.close()


def start(journal: Journal, heard: Heard) -> None:
    """Start the journal's thread."""
    journal.start(heard.entries.extend, heard.failures.append)


def line(word: str) -> Callable[[Ledger], Any]:
    """A job that appends one entry."""
    return appending(system_record(word))


def broken(ledger: Ledger) -> int:
    """A job that fails after it has written."""
    ledger.append(system_record("broken"))
    raise ZeroDivisionError


def test_what_waits_is_one_transaction(journal: Journal) -> None:
    """Group commit: the batch is what came while nobody wrote."""
    told: list[list[int]] = []
    futures = [journal.submit(line(word)) for word in "abc"]
    journal.start(lambda entries: told.append([seq for seq, _ in entries]), print)
    assert [done(future) for future in futures] == [[1], [2], [3]]
    journal.close()
    assert told == [[1, 2, 3]]


def test_a_mail_does_not_wait_for_the_slices_of_an_import(journal: Journal) -> None:
    """Nor is its batch theirs."""
    told: list[list[bytes]] = []
    for word in ("import 1", "import 2"):
        journal.submit(line(word), urgent=False)
    journal.submit(line("mail"))
    journal.start(lambda entries: told.append([public for _, public in entries]), print)
    journal.close()
    [[first], [second], [third]] = told
    assert (b'"mail"' in first, b"import 1" in second, b"import 2" in third) == (True,) * 3


def test_a_failing_job_fails_alone(journal: Journal, heard: Heard) -> None:
    """The others of its batch are committed, and nothing of it is."""
    futures = [journal.submit(job) for job in (line("a"), broken, line("b"))]
    start(journal, heard)
    assert isinstance(futures[1].exception(20), ZeroDivisionError)
    assert (done(futures[0]), done(futures[2])) == ([1], [2])
    assert not any(b"broken" in public for _, public in journal.read(0))


def test_an_alarm_id_that_is_known_fails_its_job_alone(journal: Journal, heard: Heard) -> None:
    """A mail is journalled once, whoever submits it twice."""
    futures = [journal.submit(appending(alarm_record(1))) for _ in range(2)]
    futures.append(journal.submit(line("other")))
    start(journal, heard)
    assert isinstance(futures[1].exception(20), sqlite3.IntegrityError)
    assert (done(futures[0]), done(futures[2])) == ([1], [2])


def test_after_comes_between_commit_and_futures(journal: Journal, heard: Heard) -> None:
    """A rename happens when the entry is on disk and before anybody answers 250."""
    steps: list[object] = []
    for word in "ab":
        future = journal.submit(line(word), after=lambda seqs: steps.append(journal.bounds()))
        future.add_done_callback(lambda future: steps.append(future.result()))
    journal.start(lambda entries: steps.append("told"), print)
    journal.close()
    assert steps == [(1, 2), (1, 2), [1], [2], "told"]


def test_a_job_that_failed_has_no_after(journal: Journal, heard: Heard) -> None:
    """Nothing was promised, so nothing is published."""
    followed: list[int] = []
    future = journal.submit(broken, after=followed.append)
    start(journal, heard)
    assert isinstance(future.exception(20), ZeroDivisionError) and followed == []


def test_a_bug_in_after_is_told_and_breaks_no_promise(journal: Journal, heard: Heard) -> None:
    """The entry is on disk, so its future has the result all the same."""
    future = journal.submit(line("a"), after=lambda seqs: 1 // 0)  # type: ignore[arg-type]
    start(journal, heard)
    assert done(future) == [1]
    journal.close()
    assert [type(error) for error in heard.failures] == [ZeroDivisionError]


def test_a_failed_commit_is_later_for_everybody(
    journal: Journal, heard: Heard, faults: Faults
) -> None:
    """No job of that batch happened; who could be told something else gets "later", too."""
    futures: list[Future[Any]] = [journal.submit(job) for job in (line("a"), broken, line("b"))]
    faults.left = 1
    start(journal, heard)
    errors = [future.exception(20) for future in futures]
    assert [getattr(error, "cause", None) for error in errors] == [Cause.JOURNAL_FAILED] * 3
    journal.close()
    assert [type(error) for error in heard.failures] == [TryLater] and heard.entries == []


def test_after_a_failed_commit_the_journal_works_again(
    journal: Journal, heard: Heard, faults: Faults
) -> None:
    """The next batch takes the numbers of the one that did not happen."""
    faults.left = 1
    start(journal, heard)
    with pytest.raises(TryLater):
        done(journal.submit(line("lost")))
    assert done(journal.submit(line("kept"))) == [1]
    with journal.reading() as connection:
        assert verify_chain(connection).faults == ()


def test_a_new_connection_first_overwrites_what_a_failed_commit_left(
    tmp_path: Path, heard: Heard, faults: Faults
) -> None:
    """Frames whose sync failed are whole in the log; no later recovery may find them there."""
    journal = started(tmp_path / "journal.sqlite3", heard, connect=faults.connect)
    done(journal.submit(line("kept")))
    frames = _frames_of_a_lost_commit(journal.path, tmp_path / "twin")
    with Path(f"{journal.path}-wal").open("ab") as log:
        log.write(frames)
    assert _words_after_a_crash(journal.path, tmp_path / "before") == ["kept", "lost"]
    _close_the_idle_reader(journal)
    faults.left = 1
    with pytest.raises(TryLater):
        done(journal.submit(line("lost")))
    assert _words_after_a_crash(journal.path, tmp_path / "after") == ["kept"]
    assert journal.bounds() == (1, 1)
    journal.close()


def _close_the_idle_reader(journal: Journal) -> None:
    """A reader whose transaction failed is not used again."""
    with pytest.raises(ZeroDivisionError), journal.reading():
        raise ZeroDivisionError


def _frames_of_a_lost_commit(path: Path, twin: Path) -> bytes:
    """What a commit of "lost" would write into the log, got from a copy of the journal."""
    _copied(path, twin)
    log = twin / f"{path.name}-wal"
    length = log.stat().st_size
    with closing(open_writer(twin / path.name)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        Ledger(connection).append(system_record("lost"))
        connection.execute("COMMIT")
        return log.read_bytes()[length:]


def _words_after_a_crash(path: Path, copy: Path) -> list[str]:
    """The texts that a start finds in database and log as they stand now."""
    _copied(path, copy)
    survivor = made(copy / path.name)
    words = [json.loads(public)["text"] for _, public in survivor.read(0)]
    survivor.close()
    return words


def _copied(path: Path, folder: Path) -> None:
    folder.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        shutil.copy(path.with_name(name), folder / name)


def test_a_job_that_meets_a_failing_disk_fails_its_batch(journal: Journal, heard: Heard) -> None:
    """A read error inside a job is no fault of that job: nobody is told that it is on disk."""

    def reading(ledger: Ledger) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
        raise error

    futures: list[Future[Any]] = [journal.submit(line("a")), journal.submit(reading)]
    start(journal, heard)
    assert [type(future.exception(20)) for future in futures] == [TryLater, TryLater]


def test_a_full_volume_is_later_until_there_is_room(tmp_path: Path, heard: Heard) -> None:
    """SQLite's own "full" inside a job fails the batch; with room it works again."""
    limits = ["PRAGMA max_page_count = 40"]

    def connect(path: Path) -> sqlite3.Connection:
        connection = open_writer(path)
        for limit in limits:
            connection.execute(limit).fetchone()
        return connection

    journal = started(tmp_path / "journal.sqlite3", heard, connect=connect)
    big = appending(*(system_record("x" * 60_000) for _ in range(10)))
    with pytest.raises(TryLater):
        done(journal.submit(big))
    limits.clear()
    with pytest.raises(TryLater):  # the connection of before is still small
        done(journal.submit(big))
    assert done(journal.submit(big))[0] == 1
    journal.close()
    assert len(heard.failures) == 2


def test_a_database_that_cannot_be_reopened_is_tried_with_each_batch(
    tmp_path: Path, heard: Heard, faults: Faults
) -> None:
    """While the volume is away everybody hears "later"; the first batch after that works."""
    missing = [False]

    def connect(path: Path) -> sqlite3.Connection:
        if missing[0]:
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return faults.connect(path)

    journal = started(tmp_path / "journal.sqlite3", heard, connect=connect)
    faults.left, missing[0] = 1, True
    for word in "abc":
        with pytest.raises(TryLater):
            done(journal.submit(line(word)))
    missing[0] = False
    assert done(journal.submit(line("d"))) == [1]
    journal.close()


def test_a_cancelled_job_is_left_out(journal: Journal, heard: Heard) -> None:
    """Who does not want it any more gets nothing written."""
    assert journal.submit(line("unwanted")).cancel()
    wanted = journal.submit(line("wanted"))
    start(journal, heard)
    assert done(wanted) == [1]


def test_closing_finishes_what_waits(journal: Journal, heard: Heard) -> None:
    """Jobs submitted before `close` are on disk when it returns; later ones hear "later"."""
    future = journal.submit(line("waiting"))
    start(journal, heard)
    journal.close()
    assert future.done() and done(future) == [1]
    late = journal.submit(line("late"))
    assert isinstance(late.exception(0), TryLater)


def test_a_journal_that_never_started_refuses_what_waits(journal: Journal) -> None:
    """Nobody waits for ever."""
    future = journal.submit(line("never"))
    journal.close()
    error = future.exception(0)
    assert isinstance(error, TryLater) and error.cause is Cause.SHUTTING_DOWN


def test_a_bug_in_the_writer_costs_its_batch_and_not_the_thread(
    journal: Journal, faults: Faults
) -> None:
    """Whoever waited hears "later", the bug is told, and the next batch is written."""
    told: list[BaseException] = []

    def failing(error: BaseException) -> None:
        told.append(error)
        if len(told) == 1:
            raise ZeroDivisionError

    faults.left = 1
    journal.start(print, failing)
    with pytest.raises(TryLater):
        done(journal.submit(line("a")))
    assert done(journal.submit(line("b"))) == [1]
    assert [type(error) for error in told] == [TryLater, ZeroDivisionError, TryLater]


def test_a_bug_between_commits_leaves_nobody_waiting(
    journal: Journal, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs that no answer has reached when the writer fails are refused, not forgotten."""
    start(journal, heard)
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "__init__", _exhausted)
        error = journal.submit(line("a")).exception(20)
    assert isinstance(error, TryLater) and error.cause is Cause.JOURNAL_FAILED
    assert done(journal.submit(line("b"))) == [1]


def _exhausted(ledger: Ledger, connection: sqlite3.Connection) -> None:
    raise SystemExit("an exception that nobody catches by its class")


def test_a_locked_journal_is_later_and_keeps_its_connection(tmp_path: Path, heard: Heard) -> None:
    """Another process that writes delays and refuses; when it is done, the journal works."""
    opened = []

    def connect(path: Path) -> sqlite3.Connection:
        connection = open_writer(path)
        connection.execute("PRAGMA busy_timeout = 50").fetchall()
        opened.append(connection)
        return connection

    journal = started(tmp_path / "journal.sqlite3", heard, connect=connect)
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TryLater):
            done(journal.submit(line("a")))
        other.execute("ROLLBACK")
    assert done(journal.submit(line("b"))) == [1]
    journal.close()
    assert len(opened) == 1


@pytest.mark.parametrize("damage", ["cut", "removed", "replaced"])
def test_a_log_that_is_not_ours_any_more_takes_no_promise(
    tmp_path: Path, heard: Heard, damage: str
) -> None:
    """SQLite would go on writing where no restart can read; the journal says "later" instead."""
    journal = started(tmp_path / "journal.sqlite3", heard)
    done(journal.submit(line("kept")))
    log = tmp_path / "journal.sqlite3-wal"
    aside = log.rename(tmp_path / "aside") if damage != "cut" else log
    if damage == "cut":
        os.truncate(log, 100)
    elif damage == "replaced":
        shutil.copy(aside, log)
    for word in "ab":
        with pytest.raises(TryLater):
            done(journal.submit(line(word)))
    if damage != "cut":
        aside.rename(log)
        assert done(journal.submit(line("again"))) == [2]
    journal.close()


def test_a_log_that_another_program_has_emptied_is_found_whole(
    tmp_path: Path, heard: Heard
) -> None:
    """What was in it is in the database: one batch is refused, then it goes on."""
    journal = started(tmp_path / "journal.sqlite3", heard)
    done(journal.submit(line("kept")))
    with closing(sqlite3.connect(journal.path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    with pytest.raises(TryLater):
        done(journal.submit(line("a")))
    assert done(journal.submit(line("b"))) == [2]
    journal.close()


def test_a_long_log_is_checkpointed(tmp_path: Path, heard: Heard) -> None:
    """Under load, too, the log starts again from its beginning and does not grow for ever."""
    journal = started(tmp_path / "journal.sqlite3", heard)
    log = tmp_path / "journal.sqlite3-wal"
    big = appending(*(system_record("x" * 60_000) for _ in range(40)))
    for _ in range(30):
        done(journal.submit(big))
    assert log.stat().st_size < 35_000_000 and journal.bounds() == (1, 1200)
    journal.close()
    assert heard.failures == []
