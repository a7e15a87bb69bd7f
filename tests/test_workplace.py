"""`alarmgw.workplace`: work leaves the reactor and its result comes back into it."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from twisted.internet.defer import Deferred

from alarmgw.errors import Cause, TryLater
from tests.places import HandCase, RealCase


class ThreadsTests(RealCase):
    """With real threads."""

    def setUp(self) -> None:
        """A running pool."""
        super().setUp()
        self.pool.start()
        self.addCleanup(self.place.journal.close)
        self.addCleanup(self.pool.stop)

    def whereabouts(self, done: Deferred[int]) -> Deferred[tuple[int, int]]:
        """The thread in which a job ran and the one in which it was told."""
        return done.addCallback(lambda ran_in: (ran_in, threading.get_ident()))

    async def test_job_runs_in_the_pool_and_is_told_in_the_reactor(self) -> None:
        """A job blocks a thread of the pool, and its result is told in the reactor's thread."""
        ran_in, told_in = await self.whereabouts(self.place.in_pool(threading.get_ident))
        self.assertEqual(told_in, threading.get_ident())
        self.assertNotEqual(ran_in, told_in)

    async def test_future_of_another_thread_is_told_in_the_reactor(self) -> None:
        """A future that another thread sets fires its Deferred in the reactor's thread."""
        future: Future[int] = Future()
        told = self.whereabouts(self.place.awaited(future))
        self.pool.callInThread(lambda: future.set_result(threading.get_ident()))
        ran_in, told_in = await told
        self.assertEqual(told_in, threading.get_ident())
        self.assertNotEqual(ran_in, told_in)


class StepTests(HandCase):
    """Step by step."""

    def test_job_waits_for_the_pool(self) -> None:
        """Nothing of a job happens in the thread that asks for it."""
        told = self.place.in_pool(lambda: 5)
        self.assertNoResult(told)
        self.pool.run()
        self.assertNoResult(told)
        self.reactor.turn()
        self.assertEqual(self.successResultOf(told), 5)

    def test_exception_of_a_job_is_its_failure(self) -> None:
        """What a job raises is what its Deferred fails with."""
        told = self.place.in_pool(lambda: 1 // 0)
        self.step()
        self.failureResultOf(told, ZeroDivisionError)

    def test_arguments_are_handed_on(self) -> None:
        """`in_pool_with` calls the job with its arguments."""
        self.assertEqual(self.outcome(self.place.in_pool_with(divmod, 17, 5)), (3, 2))

    def test_failed_future_is_a_failure(self) -> None:
        """What a future was refused with is what its Deferred fails with."""
        future: Future[int] = Future()
        future.set_exception(TryLater(Cause.BUSY, "Busy"))
        self.assertIs(self.refusal(TryLater, self.place.awaited(future)).cause, Cause.BUSY)

    def test_promise_is_the_result_of_the_future_that_the_job_answers(self) -> None:
        """`promised` waits for the job and then for its future, and wakes the reactor once."""
        future: Future[str] = Future()
        told = self.place.promised(lambda: future)
        self.pool.run()
        self.assertFalse(self.reactor.turn())
        future.set_result("kept")
        self.assertTrue(self.reactor.turn())
        self.assertEqual(self.successResultOf(told), "kept")

    def test_promise_fails_with_its_future(self) -> None:
        """A promise whose future fails, fails with that."""
        future: Future[str] = Future()
        future.set_exception(TryLater(Cause.JOURNAL_FAILED, "No"))
        refusal = self.refusal(TryLater, self.place.promised(lambda: future))
        self.assertIs(refusal.cause, Cause.JOURNAL_FAILED)

    def test_promise_fails_with_its_job(self) -> None:
        """A job that raises before it has a future fails the promise."""

        def job() -> Future[str]:
            raise ZeroDivisionError

        told = self.place.promised(job)
        self.step()
        self.failureResultOf(told, ZeroDivisionError)
