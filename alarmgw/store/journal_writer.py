"""The one thread that writes the journal, and its group commit.

The thread takes what waits into one transaction (`alarmgw.store.jobs`): while
one COMMIT syncs, the next batch gathers, so the batch grows with the load and
a lone mail pays for one sync and no timer.  Each job runs in a savepoint and
fails alone.  What a caller is told is told after COMMIT has returned, never
before: that is what a 250 stands on.

When COMMIT fails, the batch did not happen for anybody, and the connection is
replaced.  What had reached the write-ahead log of that batch could be found
there by a later recovery as if it had been committed; so the new connection
first commits a mark, which overwrites it.  A journal that another process has
locked fails at BEGIN: nothing was written, and the connection stays.

Nothing ends the thread but `JournalWriter.finish`: a bug costs its batch, whose
jobs are refused, and is told; then the thread goes on with a new connection.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from alarmgw.errors import Cause, TryLater
from alarmgw.store.checkpoints import Checkpoints, copy_log
from alarmgw.store.database import Standing, is_locked, journal_failed
from alarmgw.store.jobs import Job, Line
from alarmgw.store.ledger import Ledger

T = TypeVar("T")

OnCommit = Callable[[list[tuple[int, bytes]]], None]
OnFailure = Callable[[BaseException], None]

#: Estimated pages in the write-ahead log after which it is checkpointed …
IDLE_PAGES = 250
#: … when nobody waits, and when somebody does.
BUSY_PAGES = 4000
#: How long nothing must have come for the line to count as idle.
IDLE_SECONDS = 0.5

#: How long the thread rests after a bug: one that strikes at once again costs no processor.
BUG_SECONDS = 0.2

#: What a commit adds to the log: the pages it touches anyway, and its entries twice over.
_COMMIT_PAGES = 8
_BYTES_A_PAGE = 2048

_CLOSED = "the journal is closed"


class JournalWriter:
    """Carries out jobs on the journal, in a thread of its own."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], standing: Standing) -> None:
        """``standing`` is asked whether the files are still those that were opened."""
        self._connect = connect
        self._connection: sqlite3.Connection | None = connect()
        self._standing = standing
        self._line = Line()
        self._checkpoints = Checkpoints(
            connect, lambda error: self._on_failure(journal_failed(error))
        )
        self._pages = 0
        self._under_way: list[Job[Any]] = []
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._on_commit: OnCommit = lambda entries: None
        self._on_failure: OnFailure = lambda error: None

    def start(self, on_commit: OnCommit, on_failure: OnFailure) -> None:
        """Start the thread; both callbacks are called in it.

        ``on_failure`` gets a `TryLater` when the database fails.  Any other exception that it
        gets is a bug: in an ``after``, in ``on_commit``, or in the writer itself.
        """
        self._on_commit, self._on_failure = on_commit, on_failure
        self._thread.start()

    def submit(
        self, work: Callable[[Ledger], T], after: Callable[[T], None] | None, urgent: bool
    ) -> Future[T]:
        """Queue ``work``; the future is set when its batch is on disk, or is not."""
        job = Job(work, after, Future())
        if not self._line.put(job, urgent):
            job.future.set_exception(TryLater(Cause.SHUTTING_DOWN, _CLOSED))
        return job.future

    def finish(self) -> None:
        """Take no more jobs, and return when those that wait are done."""
        self._line.close()
        if self._thread.is_alive():
            self._thread.join()
        self._drain()

    def close(self) -> None:
        """Close the connection; as the last one it checkpoints and removes the log."""
        self._checkpoints.close()
        self._abandon()

    def _run(self) -> None:
        while True:
            try:
                self._serve()
                return
            except BaseException as bug:
                self._survive(bug)
            if self._line.closed:
                return
            time.sleep(BUG_SECONDS)

    def _serve(self) -> None:
        while (jobs := self._line.take(self._patience())) is not None:
            if jobs:
                self._carry_out(jobs)
            if self._checkpoints.has_copied():
                self._checkpoint(copy_log)
            elif self._pages >= (BUSY_PAGES if jobs else IDLE_PAGES):
                self._pages = 0
                self._checkpoint(lambda _: self._checkpoints.ask())

    def _survive(self, bug: BaseException) -> None:
        """Whatever a bug has left half done is refused; the next batch begins afresh."""
        left = [job for job in self._under_way if not job.future.done()]
        with contextlib.suppress(BaseException):
            self._abandon()
        self._refuse(left, lambda: journal_failed(bug))
        for told in (bug, journal_failed(bug)):
            with contextlib.suppress(BaseException):  # it may be the bug
                self._on_failure(told)

    def _drain(self) -> None:
        """Refuse what a thread that has ended, or was never started, has left waiting."""
        while jobs := self._line.take(0):
            jobs = [job for job in jobs if job.future.set_running_or_notify_cancel()]
            self._refuse(jobs, lambda: TryLater(Cause.SHUTTING_DOWN, _CLOSED))

    def _patience(self) -> float | None:
        return IDLE_SECONDS if self._pages >= IDLE_PAGES else None

    def _carry_out(self, jobs: list[Job[Any]]) -> None:
        """One batch: one transaction, then everybody is told, in order."""
        jobs = [job for job in jobs if job.future.set_running_or_notify_cancel()]
        self._under_way = jobs
        try:
            appended = self._commit(jobs)
        except Exception as error:
            self._fail(jobs, error)
            return
        for job in jobs:
            self._told_of_bugs(job.follow)
        for job in jobs:
            job.tell()
        if appended:
            self._told_of_bugs(lambda: self._on_commit(appended))

    def _commit(self, jobs: list[Job[Any]]) -> list[tuple[int, bytes]]:
        """Run the jobs in one transaction.  When this returns, they are on disk."""
        connection = self._opened()
        self._standing.check()
        connection.execute("BEGIN IMMEDIATE")
        ledger = Ledger(connection)
        for job in jobs:
            job.run(ledger)
        connection.execute("COMMIT")
        self._standing.check()
        size = sum(len(entry) for _, entry in ledger.appended)
        self._pages += _COMMIT_PAGES + size // _BYTES_A_PAGE
        return ledger.appended

    def _fail(self, jobs: list[Job[Any]], error: Exception) -> None:
        """Nothing of this batch happened: replace the connection, then say so to everybody."""
        if self._connection is None or self._connection.in_transaction or not is_locked(error):
            self._abandon()
            try:
                self._opened()
            except Exception:
                # The same fault again, as likely as not; the next batch tries once more.
                self._abandon()
        self._refuse(jobs, lambda: journal_failed(error))
        self._on_failure(journal_failed(error))

    def _refuse(self, jobs: list[Job[Any]], refusal: Callable[[], TryLater]) -> None:
        for job in jobs:
            job.future.set_exception(refusal())

    def _opened(self) -> sqlite3.Connection:
        """The connection; after a failure a new one, its first commit a mark (see above)."""
        if self._connection is None:
            self._connection = self._connect()
            self._standing.renew(self._connection)
            self._connection.execute(
                "INSERT INTO meta (name, value) VALUES ('reopened', '1') ON CONFLICT (name)"
                " DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)"
            )
        return self._connection

    def _abandon(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _checkpoint(self, copy: Callable[[sqlite3.Connection], None]) -> None:
        """Copy the log into the database, or have it copied, if it is still what was opened."""
        if self._connection is None:
            return
        try:
            self._standing.check()
            copy(self._connection)
        except (sqlite3.Error, OSError) as error:
            self._on_failure(journal_failed(error))

    def _told_of_bugs(self, step: Callable[[], None]) -> None:
        """Run a step that follows COMMIT: it cannot undo the promise, so its fault is only told."""
        try:
            step()
        except Exception as error:
            self._on_failure(error)
