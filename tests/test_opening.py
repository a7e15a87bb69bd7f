"""`alarmgw.opening`: the promises of the last run are kept before anybody is greeted."""

from __future__ import annotations

import errno
import shutil
import threading

from alarmgw.errors import BadConfig, Cause
from alarmgw.opening import Stores
from alarmgw.store.lock import HomeLock
from alarmgw.store.safefile import Files
from alarmgw.store.spool import Sealed, Spool
from alarmgw.supervision import Conditions, RefusalLog, Watch
from tests.fakes_files import FailingFiles
from tests.places import ALL, RealCase, told
from tests.store.lives import (
    MAIL,
    SOURCES,
    check_promises,
    journal_at,
    journalled,
    mail_of,
    picture,
    sealed,
    stored,
)


class StoresCase(RealCase):
    """The stores of a home, not started."""

    def setUp(self) -> None:
        """The lock is held, as the root does."""
        super().setUp()
        place = self.place
        self.conditions = Conditions(
            place.journal, place.node, place.now, place.randomness, self.reactor
        )
        watch = Watch(self.conditions, RefusalLog(self.conditions, place.now), self.reactor)
        self.watch = watch
        self.committed: list[tuple[int, int]] = []
        lock = HomeLock(self.home)
        self.stores = Stores(place, lock, self.heard_of, watch, self.conditions)

    def heard_of(self, entries: list[tuple[int, bytes]]) -> None:
        """What the hub would hear, and in which thread."""
        self.committed += [(number, threading.get_ident()) for number, _ in entries]

    def start(self) -> None:
        """Start, and stop after the test."""
        self.stores.startService()
        self.addCleanup(self.stop)

    def stop(self) -> None:
        """Stop unless the test has."""
        if self.stores.running:
            self.stores.stopService()

    async def written(self) -> None:
        """Two batches of the writer: whatever it had to report of the first, it has reported."""
        for _ in range(2):
            future = self.place.journal.submit(lambda ledger: None)
            await self.place.awaited(future).addErrback(lambda failure: None)

    def promise(self) -> list[Sealed]:
        """A mail that was promised in the last run, which ended before its folders moved."""
        journal = journal_at(self.home)
        draft = Spool(self.home, Files()).create(MAIL)
        alarms = sealed(draft, stored(draft, mail_of(picture())), SOURCES)
        journalled(journal, alarms)
        journal.close()
        return alarms


class RecoveryTests(StoresCase):
    """Starting."""

    def test_promises_are_kept_before_the_start_returns(self) -> None:
        """A mail that was journalled and not moved is in the archive, whole."""
        self.promise()
        self.start()
        check_promises(self.home, self.place.journal, {MAIL: mail_of(picture())})

    def test_what_was_never_promised_is_swept(self) -> None:
        """A draft without a journal line is gone."""
        draft = Spool(self.home, Files()).create(MAIL)
        draft.write(b"Subject: Ala")
        draft.leave()
        self.start()
        self.assertEqual(list((self.home / "spool").iterdir()), [])

    def test_lost_evidence_is_a_condition(self) -> None:
        """An alarm whose mail is nowhere is told to operators, by its id."""
        alarms = self.promise()
        for folder in (self.home / "spool").iterdir():
            shutil.rmtree(folder)
        self.start()
        wrong = {(one.name, one.subject) for one in self.conditions.active}
        self.assertEqual(wrong, {("evidence_damaged", alarm.alarm) for alarm in alarms})

    def test_start_is_an_entry(self) -> None:
        """The journal tells when the gateway was ready."""
        self.start()
        self.place.journal.submit(lambda ledger: None).result(20)
        self.assertEqual(len(told(self.place.journal, "started")), 1)

    async def test_entries_are_told_in_the_reactor(self) -> None:
        """What is committed is told in the reactor's thread, in order."""
        self.start()
        for text in ("one", "two"):
            self.conditions.tell("tested", text)
        await self.written()
        here = threading.get_ident()
        self.assertEqual(self.committed, [(1, here), (2, here), (3, here)])


class UnmendedTests(StoresCase):
    """When the disk hinders recovery."""

    def make_files(self) -> Files:
        """Files that cannot be renamed."""
        return FailingFiles("rename", errno.EIO)

    def test_alarm_that_cannot_be_moved_does_not_hinder_the_start(self) -> None:
        """It is a condition, and settling is told to look at it again."""
        alarms = {alarm.alarm for alarm in self.promise()}
        self.start()
        wrong = {one.subject for one in self.conditions.active if one.name == "unpublished"}
        self.assertEqual((wrong, set(self.stores.unmended)), (alarms, alarms))


class FailureTests(StoresCase):
    """What the journal's writer reports."""

    async def test_failed_commit_closes_the_door(self) -> None:
        """While the journal fails no mail begins."""
        self.start()
        self.faults.left = ALL
        await self.written()
        closed = self.watch.closed()
        assert closed is not None
        self.assertIs(closed.cause, Cause.JOURNAL_FAILED)

    async def test_bug_after_a_commit_is_logged_and_closes_nothing(self) -> None:
        """What follows a commit cannot undo it; its fault is in the log."""
        self.start()
        job = self.place.journal.submit(lambda ledger: None, after=lambda result: 1 // 0)
        await self.place.awaited(job)
        await self.written()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertIsNone(self.watch.closed())


class StopTests(StoresCase):
    """Stopping."""

    def test_home_is_free_after_the_stop(self) -> None:
        """While it runs nobody else may have the home; afterwards anybody."""
        self.start()
        self.assertRaises(BadConfig, HomeLock, self.home)
        self.stores.stopService()
        HomeLock(self.home).release()

    def test_stop_is_an_entry(self) -> None:
        """The last line of a run says that it ended in order."""
        self.start()
        self.stores.stopService()
        again = journal_at(self.home)
        self.addCleanup(again.close)
        self.assertEqual(len(told(again, "stopped")), 1)

    def test_what_waits_is_finished(self) -> None:
        """A job that was submitted before the stop is done."""
        self.start()
        job = self.place.journal.submit(lambda ledger: ledger.head)
        self.stores.stopService()
        self.assertTrue(job.done())
        self.assertIsNone(job.exception())
