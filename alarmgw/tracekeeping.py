"""Trace keeping: carries ended conversations to disk, and deletes them when their time is over."""

from __future__ import annotations

from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from alarmgw.conversations import Conversations
from alarmgw.store.traces import Traces
from alarmgw.workplace import Workplace

#: Conversations are written together: a thread's hop for each would cost more than the writing.
WRITE_SECONDS = 1.0
SWEEP_SECONDS = 3600.0


class TraceKeeping(Service):
    """Writes what waits about once a second while there is something; sweeps every hour."""

    _log = Logger()

    def __init__(self, place: Workplace, conversations: Conversations) -> None:
        self._place = place
        self._conversations = conversations
        self._traces = Traces(place.home)
        self._due: Any = None
        self._fails = False
        self._sweeping = LoopingCall(self._sweep)
        self._sweeping.clock = place.reactor

    def startService(self) -> None:
        """From now on conversations are written."""
        Service.startService(self)
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
        return self._write()

    def _plan(self) -> None:
        if self._due is None:
            self._due = self._place.reactor.callLater(WRITE_SECONDS, self._write)

    def _write(self) -> Deferred[None]:
        self._due = None
        taken, now = self._conversations.take(), self._place.now()
        return self._in_pool(lambda: self._traces.append(taken, now))

    def _sweep(self) -> Deferred[None]:
        return self._in_pool(lambda: self._traces.sweep(self._place.now()))

    def _in_pool(self, job: Any) -> Deferred[None]:
        """A trace that cannot be kept costs help, not a mail: that is logged, once."""
        done: Deferred[Any] = self._place.in_pool(job)
        return done.addCallbacks(self._worked, self._failed)

    def _worked(self, result: object) -> None:
        self._fails = False

    def _failed(self, failure: Any) -> None:
        if not self._fails and failure.check(OSError):
            reason = failure.getErrorMessage()
            self._log.error("Traces of conversations cannot be kept: {reason}", reason=reason)
        elif not self._fails:
            self._log.failure("Traces of conversations cannot be kept", failure)
        self._fails = True
