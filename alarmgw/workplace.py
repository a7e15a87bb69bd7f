"""Where the gateway's work is done: its stores, its threads, its clock and its chance.

Blocking work runs in the pool; the journal's writer answers with futures.
These functions bring both back into the reactor's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from attrs import field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFromThreads, IReactorTime
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from alarmgw.model import Now, Randomness
from alarmgw.slices import Mails, giving_way
from alarmgw.store.journal import Journal
from alarmgw.store.safefile import Files
from alarmgw.store.spool import Spool

T = TypeVar("T")


class IWorkReactor(IReactorFromThreads, IReactorTime):
    """What this floor needs of a reactor: other threads' results, and time."""


@frozen(kw_only=True)
class Workplace:
    """What everything on this floor works with."""

    home: Path
    node: str
    files: Files
    spool: Spool
    journal: Journal
    reactor: IWorkReactor
    pool: ThreadPool
    now: Now
    randomness: Randomness
    #: Those that wait for their 250: whatever takes long gives way to them.
    mails: Mails = field(factory=Mails)

    def giving_way(self, rows: Iterable[T], /) -> Iterator[T]:
        """``rows``, with rests in which mails go first: see `alarmgw.slices`."""
        return giving_way(rows, self.mails)

    def in_pool(self, job: Callable[[], T]) -> Deferred[T]:
        """Run ``job`` in the pool; its result or exception comes in the reactor."""
        done: Deferred[T] = Deferred()

        def run() -> None:
            try:
                result = job()
            except Exception:
                self.reactor.callFromThread(done.errback, Failure())
            else:
                self.reactor.callFromThread(done.callback, result)

        self.pool.callInThread(run)
        return done

    def in_pool_with(self, job: Callable[..., T], *arguments: Any) -> Deferred[T]:
        """`in_pool` for a job with arguments."""
        return self.in_pool(lambda: job(*arguments))

    def promised(self, job: Callable[[], Future[T]]) -> Deferred[T]:
        """Run ``job`` in the pool and wait for its future: one way back to the reactor, not two."""
        done: Deferred[T] = Deferred()

        def run() -> None:
            try:
                future = job()
            except Exception:
                self.reactor.callFromThread(done.errback, Failure())
            else:
                self._fire(future, done)

        self.pool.callInThread(run)
        return done

    def awaited(self, future: Future[T]) -> Deferred[T]:
        """A Deferred that fires in the reactor with what ``future`` brings."""
        done: Deferred[T] = Deferred()
        self._fire(future, done)
        return done

    def _fire(self, future: Future[T], done: Deferred[T]) -> None:
        def fire(ended: Future[T]) -> None:
            error = ended.exception()
            if error is not None:
                done.errback(Failure(error))
            else:
                done.callback(ended.result())

        future.add_done_callback(lambda ended: self.reactor.callFromThread(fire, ended))
