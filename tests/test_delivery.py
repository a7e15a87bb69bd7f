"""`alarmgw.delivery`: octets on their way to disk, bounded, in order, one job at a time."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

from twisted.internet.defer import Deferred

from alarmgw.delivery import ALL_BYTES, DELIVERY_BYTES, JOB_BYTES, Delivery, Load, Receipt
from alarmgw.errors import Cause, Refusal, TryLater
from alarmgw.store.safefile import Files
from alarmgw.store.spool import Draft
from tests.fakes_files import FailingFiles, RecordingFiles
from tests.journals import mail_id
from tests.places import MORNING, HandCase

KILO = 1024
Ending = Callable[[Draft], Receipt]


class DeliveryCase(HandCase):
    """Deliveries whose promise is `ending`."""

    def setUp(self) -> None:
        """Nothing waits yet."""
        super().setUp()
        self.load = Load()
        self.refusals: list[Refusal] = []
        self.ending: Ending = lambda draft: Receipt(draft.finish().mail.id, ())

    def promise(self, draft: Draft, eom: datetime, notes: Sequence[str]) -> Future[Receipt]:
        """A future that is `ending`, or what it raises."""
        future: Future[Receipt] = Future()
        try:
            future.set_result(self.ending(draft))
        except Exception as error:
            future.set_exception(error)
        return future

    def delivery(self, number: int = 1) -> Delivery:
        """A delivery that has just begun: its names are being synced."""
        draft = self.place.spool.create(mail_id(number))
        return Delivery(self.place, self.load, draft, self.promise, self.refusals.append)

    def begun(self, number: int = 1) -> Delivery:
        """A delivery whose names are synced: it waits for octets."""
        delivery = self.delivery(number)
        self.step()
        return delivery

    def folder(self, number: int = 1) -> Path:
        """The folder of a draft."""
        return self.home / "spool" / mail_id(number)

    def message(self, number: int = 1) -> bytes:
        """The octets of a draft that are in its file."""
        return (self.folder(number) / "message.eml").read_bytes()

    def refuse(self, cause: Cause) -> None:
        """From now on promises are answered "later"."""

        def ending(draft: Draft) -> Receipt:
            raise TryLater(cause, "No")

        self.ending = ending


class WaitingTests(DeliveryCase):
    """Who waits for a 250 is known: whatever takes long gives way to it."""

    def test_a_mail_waits_from_its_final_dot_to_its_answer(self) -> None:
        """Kept or not; not before, and not after."""
        for number, cause in enumerate((None, Cause.STORE_FAILED), 1):
            if cause is not None:
                self.refuse(cause)
            delivery = self.begun(number)
            self.assertEqual(self.place.mails.waiting, 0)
            told = Deferred.fromCoroutine(delivery.commit(MORNING))
            told.addErrback(lambda failure: failure.trap(TryLater))
            self.assertEqual(self.place.mails.waiting, 1)
            self.outcome(told)
            self.assertEqual((self.place.mails.waiting, self.place.mails.ever), (0, number))


class JobTests(DeliveryCase):
    """What becomes a job, and when."""

    def make_files(self) -> Files:
        """Files that remember each step."""
        return RecordingFiles()

    def test_jobs_of_one_draft_never_overlap(self) -> None:
        """While a job has not ended in the reactor, no second one is begun."""
        delivery = self.delivery()
        delivery.write(bytes(JOB_BYTES))
        delivery.write(bytes(JOB_BYTES))
        self.assertEqual(len(self.pool.jobs), 1)
        self.pool.run()
        self.assertEqual(len(self.pool.jobs), 0)
        self.reactor.turn()
        self.assertEqual(len(self.pool.jobs), 1)

    def test_less_than_a_job_is_collected(self) -> None:
        """Octets wait until they are 64 KB."""
        delivery = self.begun()
        delivery.write(bytes(JOB_BYTES - 1))
        self.assertEqual(len(self.pool.jobs), 0)
        delivery.write(b"x")
        self.work()
        self.assertEqual(self.message(), bytes(JOB_BYTES - 1) + b"x")

    def test_what_came_during_a_job_is_one_job(self) -> None:
        """A thousand small writes during a job cost one more hop into the pool."""
        delivery = self.delivery()
        for _ in range(1000):
            delivery.write(bytes(100))
        self.work()
        assert isinstance(self.place.files, RecordingFiles)
        self.assertEqual(self.place.files.steps.count("write message.eml"), 1)

    def test_octets_keep_their_order(self) -> None:
        """Whatever the pieces, the file has the octets as they came."""
        delivery = self.begun()
        pieces = [bytes([number]) * 30 * KILO for number in range(20)]
        for number, piece in enumerate(pieces):
            delivery.write(piece)
            if number % 3 == 0:
                self.step()
        waiting = Deferred.fromCoroutine(delivery.commit(MORNING))
        self.work()
        self.assertEqual(self.successResultOf(waiting).mail_id, mail_id(1))
        self.assertEqual(self.message(), b"".join(pieces))

    def test_names_are_synced_while_data_arrives(self) -> None:
        """The folder's names are durable before the final dot is waited for."""
        self.begun()
        assert isinstance(self.place.files, RecordingFiles)
        self.assertEqual(
            self.place.files.steps[-2:], [f"sync_folder {mail_id(1)}", "sync_folder spool"]
        )


class RoomTests(DeliveryCase):
    """Nobody waits without bound."""

    def test_a_delivery_is_paused_above_its_bound(self) -> None:
        """256 KB may wait; with one octet more the socket is paused."""
        delivery = self.delivery()
        delivery.write(bytes(DELIVERY_BYTES))
        self.assertFalse(delivery.paused)
        delivery.write(b"x")
        self.assertTrue(delivery.paused)

    def test_octets_in_a_running_job_count(self) -> None:
        """What a job is writing waits as well: memory is bounded, not only the line."""
        delivery = self.begun()
        delivery.write(bytes(DELIVERY_BYTES))
        delivery.write(b"x")
        self.assertTrue(delivery.paused)

    def test_room_is_told_once(self) -> None:
        """A paused delivery is told once when it may go on."""
        delivery, told = self.delivery(), []
        delivery.on_room = lambda: told.append(delivery.paused)
        delivery.write(bytes(DELIVERY_BYTES + 1))
        self.step()
        self.assertEqual(told, [])
        self.work()
        self.assertEqual(told, [False])

    def test_who_was_not_paused_is_not_told(self) -> None:
        """A delivery below its bound hears nothing of room."""
        delivery, told = self.begun(), []
        delivery.on_room = lambda: told.append(True)
        delivery.write(bytes(JOB_BYTES))
        self.work()
        self.assertEqual(told, [])

    def test_all_are_paused_above_the_bound_in_all(self) -> None:
        """Together they may have so much waiting; above it every delivery pauses."""
        self.load = Load(limit=100 * KILO)
        first, second = self.delivery(1), self.delivery(2)
        first.write(bytes(60 * KILO))
        self.assertFalse(first.paused)
        second.write(bytes(60 * KILO))
        self.assertTrue(first.paused and second.paused)
        self.work()
        self.assertFalse(first.paused or second.paused)

    def test_many_small_ones_above_the_bound_do_not_wait_for_ever(self) -> None:
        """Above the bound in all, less than a job is written too: else nobody would go on."""
        self.load = Load(limit=100 * KILO)
        deliveries = [self.begun(number) for number in range(1, 5)]
        told: list[int] = []
        for number, delivery in enumerate(deliveries):
            delivery.on_room = lambda number=number: told.append(number)
            delivery.write(bytes(40 * KILO))
        self.work()
        self.assertFalse(any(delivery.paused for delivery in deliveries))
        self.assertCountEqual(told, [2, 3])

    def test_load_is_nothing_when_all_is_over(self) -> None:
        """What was written, committed or aborted no longer waits."""
        first, second = self.delivery(1), self.delivery(2)
        for delivery in (first, second):
            delivery.write(bytes(JOB_BYTES + 5))
        second.abort("the peer is gone")
        self.outcome(first.commit(MORNING))
        self.assertEqual((self.load.bytes, self.load.paused), (0, set()))

    def test_the_bound_in_all_is_far_below_memory(self) -> None:
        """However many mails arrive at once, 32 MB of them wait in memory."""
        self.assertEqual(ALL_BYTES, 32 * KILO * KILO)


class FailingTests(DeliveryCase):
    """When the volume fails."""

    def make_files(self) -> Files:
        """Files of which mails cannot be written."""
        return FailingFiles("write", errno.EIO, "message.eml")

    def failed(self) -> Delivery:
        """A delivery whose first job has failed."""
        delivery = self.begun()
        delivery.write(bytes(JOB_BYTES))
        self.step()
        return delivery

    def test_octets_after_a_failure_are_let_go(self) -> None:
        """A draft that failed takes no more memory and no more of the pool."""
        delivery = self.failed()
        delivery.write(bytes(DELIVERY_BYTES + 1))
        self.assertEqual((self.load.bytes, len(self.pool.jobs)), (0, 0))
        self.assertFalse(delivery.paused)

    def test_failure_is_told_once(self) -> None:
        """The watchman hears of a failed store once, however the mail ends."""
        delivery = self.failed()
        self.refusal(TryLater, delivery.commit(MORNING))
        self.assertEqual([refusal.cause for refusal in self.refusals], [Cause.STORE_FAILED])

    def test_commit_after_a_failure_is_refused_and_leaves_nothing(self) -> None:
        """A mail that could not be written is answered "later", and its draft is gone."""
        delivery = self.failed()
        self.assertIs(self.refusal(TryLater, delivery.commit(MORNING)).cause, Cause.STORE_FAILED)
        self.assertFalse(self.folder().exists())

    def test_failure_in_the_last_job_is_refused_as_well(self) -> None:
        """A mail smaller than a job fails at its end, in the same way."""
        delivery = self.begun()
        delivery.write(b"Subject: Alarm\r\n\r\n")
        self.refusal(TryLater, delivery.commit(MORNING))
        self.assertEqual([refusal.cause for refusal in self.refusals], [Cause.STORE_FAILED])
        self.assertFalse(self.folder().exists())


class ClosedTests(DeliveryCase):
    """Its files are closed, which is told once, and not before."""

    def setUp(self) -> None:
        """Nothing was told yet."""
        super().setUp()
        self.closed: list[bool] = []

    def told(self) -> Delivery:
        """A delivery that tells."""
        delivery = self.begun()
        delivery.on_closed = lambda: self.closed.append(True)
        delivery.write(b"Subject: Alarm\r\n\r\n")
        return delivery

    def test_after_the_commit(self) -> None:
        """With the receipt."""
        waiting = Deferred.fromCoroutine(self.told().commit(MORNING))
        self.assertEqual(self.closed, [])
        self.outcome(waiting)
        self.assertEqual(self.closed, [True])

    def test_after_an_abort(self) -> None:
        """When the pool has let go of it, not when its sender has gone."""
        self.told().abort("the peer is gone")
        self.assertEqual(self.closed, [])
        self.work()
        self.assertEqual(self.closed, [True])

    def test_after_a_commit_that_fails(self) -> None:
        """Whether the draft is kept or not, and also after a bug."""
        for cause in (Cause.JOURNAL_FAILED, Cause.NO_SPACE):
            self.refuse(cause)
            self.refusal(TryLater, self.told().commit(MORNING))
            shutil.rmtree(self.folder(), ignore_errors=True)
        self.ending = lambda draft: Receipt(str(1 // 0), ())
        with self.assertRaises(ZeroDivisionError):
            self.outcome(self.told().commit(MORNING))
        self.assertEqual(self.closed, [True] * 3)


class EndTests(DeliveryCase):
    """Commit, abort, and both."""

    def test_abort_removes_the_draft(self) -> None:
        """A mail whose sender is gone leaves nothing."""
        delivery = self.begun()
        delivery.write(bytes(JOB_BYTES))
        self.work()
        delivery.abort("the peer is gone")
        self.work()
        self.assertFalse(self.folder().exists())

    def test_abort_waits_for_the_running_job(self) -> None:
        """A job that runs is let run: the draft goes when it has ended."""
        delivery = self.begun()
        delivery.write(bytes(JOB_BYTES))
        delivery.abort("the peer is gone")
        self.assertEqual(len(self.pool.jobs), 1)
        self.pool.run()
        self.assertEqual(self.message(), bytes(JOB_BYTES))
        self.work()
        self.assertFalse(self.folder().exists())

    def test_aborted_delivery_is_not_told_of_room(self) -> None:
        """Who has aborted has no socket to resume."""
        delivery, told = self.delivery(), []
        delivery.on_room = lambda: told.append(True)
        delivery.write(bytes(DELIVERY_BYTES + 1))
        delivery.abort("the peer is gone")
        self.work()
        self.assertEqual(told, [])

    def test_abort_after_commit_has_begun_is_nothing(self) -> None:
        """A reset after the dot changes nothing: the mail is kept."""
        delivery = self.begun()
        delivery.write(b"Subject: Alarm\r\n\r\n")
        waiting = Deferred.fromCoroutine(delivery.commit(MORNING))
        delivery.abort("the connection was reset")
        self.assertEqual(self.outcome(waiting), Receipt(mail_id(1), ()))
        self.assertEqual(self.message(), b"Subject: Alarm\r\n\r\n")

    def test_failed_commit_in_the_journal_keeps_the_draft(self) -> None:
        """Nobody can say whether that line is on disk; so the mail stays for the next start."""
        self.refuse(Cause.JOURNAL_FAILED)
        delivery = self.begun()
        delivery.write(b"Subject: Alarm\r\n\r\n")
        self.refusal(TryLater, delivery.commit(MORNING))
        self.assertEqual(self.message(), b"Subject: Alarm\r\n\r\n")

    def test_refused_promise_removes_the_draft(self) -> None:
        """Any other refusal promised nothing, and nothing is left of it."""
        self.refuse(Cause.NO_SPACE)
        self.refusal(TryLater, self.begun().commit(MORNING))
        self.assertFalse(self.folder().exists())

    def test_bug_in_the_promise_removes_the_draft(self) -> None:
        """A bug is raised to the edge, and nothing was promised."""
        self.ending = lambda draft: Receipt(str(1 // 0), ())
        with self.assertRaises(ZeroDivisionError):
            self.outcome(self.begun().commit(MORNING))
        self.assertFalse(self.folder().exists())

    def test_octets_after_the_dot_are_none_of_this_mail(self) -> None:
        """What is written after commit has begun is let go."""
        delivery = self.begun()
        waiting = Deferred.fromCoroutine(delivery.commit(MORNING))
        delivery.write(b"QUIT\r\n")
        self.outcome(waiting)
        self.assertEqual((self.message(), self.load.bytes), (b"", 0))
