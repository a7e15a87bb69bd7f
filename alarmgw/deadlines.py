"""Deadlines: what time alone does to incidents, suppressions and sessions.

Once a second it is looked, in a reader, whether anything is due; only then
the writer is asked, which decides by what is true in its transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from attrs import frozen
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from alarmgw.decisions import Decisions
from alarmgw.duty import Duty
from alarmgw.entries import record
from alarmgw.errors import Refusal
from alarmgw.model import utc_text
from alarmgw.store import incidents, shifts
from alarmgw.store.journal import Ledger
from alarmgw.workflow_actions import Entry, elapsed
from alarmgw.workflow_entries import Stamp
from alarmgw.workflow_shift import Session, suppression_elapsed
from alarmgw.workplace import Workplace

#: How often it is looked.
LOOK_SECONDS = 1.0

#: Answers to commands are kept for so long.
ANSWERS_KEPT = timedelta(days=1)
PRUNE_SECONDS = 3600.0


@frozen
class _Due:
    """What the reader has found: whether anything is due, and who is signed on."""

    anything: bool
    suppressions: bool
    sessions: tuple[Session, ...]


class Deadlines(Service):
    """Looks once a second while the gateway runs."""

    log = Logger()

    def __init__(self, place: Workplace, decisions: Decisions, duty: Duty) -> None:
        self._place, self._decisions, self._duty = place, decisions, duty
        self._looking = LoopingCall(self._look)
        self._looking.clock = place.reactor
        self._ended: Deferred[None] | None = None
        self._pruned = place.reactor.seconds()

    def startService(self) -> None:
        """Begin to look."""
        Service.startService(self)
        self._looking.start(LOOK_SECONDS, now=False)

    def stopService(self) -> Deferred[None]:
        """Look no more; fires when the last look has ended."""
        Service.stopService(self)
        if self._looking.running:
            self._looking.stop()
        ended: Deferred[None] = Deferred()
        if self._ended is None:
            ended.callback(None)
        else:
            self._ended.addBoth(lambda _: ended.callback(None))
        return ended

    def _look(self) -> Deferred[None]:
        self._ended = Deferred()
        looked = Deferred.fromCoroutine(self.look())
        looked.addErrback(self._failed)
        return looked.addBoth(self._done)

    def _done(self, _: Any) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended.callback(None)

    def _failed(self, why: Failure) -> None:
        # A journal that cannot be read or written is told by whoever watches over it.
        if not why.check(Refusal):
            self.log.failure("What is due could not be done", why)

    async def look(self) -> None:
        """Do what is due now.  Raises `TryLater` when the journal cannot be used."""
        place = self._place
        due = await place.in_pool(self._read)
        gone = self._duty.lost(due.sessions)
        if due.anything or gone:
            await place.awaited(place.journal.submit(lambda ledger: self._do(ledger, gone)))
        if due.suppressions:
            await place.in_pool(self._decisions.on_suppressions)
        if place.reactor.seconds() - self._pruned >= PRUNE_SECONDS:
            self._pruned = place.reactor.seconds()
            self._decisions.touched.clear()
            before = utc_text(place.now() - ANSWERS_KEPT)
            prune = place.journal.submit(
                lambda ledger: shifts.prune_answers(ledger.connection, before), urgent=False
            )
            await place.awaited(prune)

    def _read(self) -> _Due:
        now = self._place.now()
        with self._place.journal.reading() as connection:
            suppressions = shifts.suppressions(connection)
            stamp = self._stamp(now)
            ending = any(suppression_elapsed(one, stamp) for one in suppressions)
            due = bool(incidents.due(connection, now)) or ending
            return _Due(due, ending, tuple(shifts.sessions(connection)))

    def _do(self, ledger: Ledger, gone: list[Session]) -> None:
        """In the writer: everything that is due, by what is true now."""
        now = self._place.now()
        stamp, touched = self._stamp(now), self._decisions.touched
        self._duty.end_lost(gone, ledger)
        for incident in incidents.due(ledger.connection, now):
            self._write(ledger, elapsed(incident, stamp, touched.get(incident.id)))
        for suppression in shifts.suppressions(ledger.connection):
            self._write(ledger, suppression_elapsed(suppression, stamp))

    def _stamp(self, now: datetime) -> Stamp:
        return Stamp(now=now, node=self._place.node)

    def _write(self, ledger: Ledger, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            ledger.append(record(entry, self._place.randomness))
