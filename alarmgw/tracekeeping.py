"""Trace keeping: carries ended conversations to disk, and deletes them when their time is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from alarmgw.conversations import Conversations
from alarmgw.store.traces import Counts, Traces
from alarmgw.workplace import Workplace

#: Conversations are written together: a thread's hop for each would cost more than the writing.
WRITE_SECONDS = 1.0
SWEEP_SECONDS = 3600.0


class TraceKeeping(Service):
    """Writes what waits about once a second while there is something; sweeps every hour.

    What was tolerated of each source is kept with each sweep and at the end.
    """

    _log = Logger()

    def __init__(self, place: Workplace, conversations: Conversations) -> None:
        self._place = place
        self._conversations = conversations
        self._traces = Traces(place.home)
        self._due: Any = None
        self._fails = False
        self._remembers = False
        self._sweeping = LoopingCall(self._sweep)
        self._sweeping.clock = place.reactor

    def startService(self) -> None:
        """From now on conversations are written; what was tolerated before is counted again."""
        Service.startService(self)
        self._in_pool(self._counted_before).addCallback(self._remember)
        self._conversations.on_waiting = self._plan
        self._sweeping.start(SWEEP_SECONDS)

    def stopService(self) -> Deferred[None]:
        """Write what waits, and no more."""
        Service.stopService(self)
        self._conversations.on_waiting = lambda: None
        if self._sweeping.running:
            self._sweeping.stop()
        if self._due is not None and self._due.active():
            self._due.cancel()
        return self._write().addCallback(lambda _: self._keep_counts())

    def _plan(self) -> None:
        if self._due is None:
            self._due = self._place.reactor.callLater(WRITE_SECONDS, self._write)

    def _write(self) -> Deferred[None]:
        self._due = None
        taken, now = self._conversations.take(), self._place.now()
        return self._in_pool(lambda: self._traces.append(taken, now))

    def _counted_before(self) -> Counts:
        return self._traces.counts(self._place.now())

    def _remember(self, counts: Counts | None) -> None:
        self._remembers = True
        self._conversations.remember(counts or {})

    def _keep_counts(self) -> Deferred[None]:
        """Not before the old ones are known, or they would be lost."""
        if not self._remembers:
            return succeed(None)
        counts = self._conversations.counts()
        return self._in_pool(lambda: self._traces.keep_counts(counts))

    def _sweep(self) -> Deferred[None]:
        self._keep_counts()
        return self._in_pool(lambda: self._traces.sweep(self._place.now()))

    def _in_pool(self, job: Callable[[], Any]) -> Deferred[Any]:
        """A trace that cannot be kept costs help, not a mail: that is logged, once."""
        done: Deferred[Any] = self._place.in_pool(job)
        return done.addCallbacks(self._worked, self._failed)

    def _worked(self, result: Any) -> Any:
        self._fails = False
        return result

    def _failed(self, failure: Any) -> None:
        if not self._fails and failure.check(OSError):
            reason = failure.getErrorMessage()
            self._log.error("Traces of conversations cannot be kept: {reason}", reason=reason)
        elif not self._fails:
            self._log.failure("Traces of conversations cannot be kept", failure)
        self._fails = True
