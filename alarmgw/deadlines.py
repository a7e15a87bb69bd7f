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
from alarmgw.workflow import Incident
from alarmgw.workflow_actions import UNATTENDED, Entry, elapsed
from alarmgw.workflow_entries import Stamp
from alarmgw.workflow_shift import Session, suppression_elapsed
from alarmgw.workplace import Workplace

#: How often it is looked.
LOOK_SECONDS = 1.0

#: Incidents changed at one look: a new alarm waits for no more; the others follow at the next.
AT_ONCE = 500

#: Answers to commands are kept for so long.
ANSWERS_KEPT = timedelta(days=1)
PRUNE_SECONDS = 3600.0

#: How often the gateway notes that it runs.
MARK_SECONDS = 60.0

#: After a gateway that was away for so long nobody is signed on: who sits there now is unknown.
AWAY = timedelta(minutes=5)


@frozen
class _Due:
    """What the reader has found: whether anything is due, and who is signed on."""

    anything: bool
    suppressions: bool
    sessions: tuple[Session, ...]
    alive: datetime | None


class Deadlines(Service):
    """Looks once a second while the gateway runs."""

    log = Logger()

    def __init__(self, place: Workplace, decisions: Decisions, duty: Duty) -> None:
        self._place, self._decisions, self._duty = place, decisions, duty
        self._looking = LoopingCall(self._look)
        self._looking.clock = place.reactor
        self._ended: Deferred[None] | None = None
        self._pruned: float | None = None
        self._marked: float | None = None

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
        gone = list(due.sessions) if self._was_away(due) else self._duty.lost(due.sessions)
        if due.anything or gone:
            await place.awaited(place.journal.submit(lambda ledger: self._do(ledger, gone)))
        if due.suppressions:
            await place.in_pool(self._decisions.on_suppressions)
        if self._pruned is None or place.reactor.seconds() - self._pruned >= PRUNE_SECONDS:
            self._pruned = place.reactor.seconds()
            await place.awaited(place.journal.submit(self._prune, urgent=False))
        if self._marked is None or place.reactor.seconds() - self._marked >= MARK_SECONDS:
            await place.awaited(place.journal.submit(self._mark, urgent=False))
            self._marked = place.reactor.seconds()

    def _was_away(self, due: _Due) -> bool:
        """Whether the gateway has just come back, and not from a mere restart."""
        if self._marked is not None or due.alive is None:
            return False
        return self._place.now() - due.alive > AWAY

    def _mark(self, ledger: Ledger) -> None:
        shifts.mark_alive(ledger.connection, utc_text(self._place.now()))

    def _read(self) -> _Due:
        """What there is to do; mostly nothing, so the writer is not asked."""
        stamp = self._stamp()
        with self._place.journal.reading() as connection:
            ending = any(suppression_elapsed(one, stamp) for one in shifts.suppressions(connection))
            due = any(self._elapsed(one, stamp) for one in incidents.due(connection, stamp.now))
            sessions = tuple(shifts.sessions(connection))
            return _Due(due or ending, ending, sessions, shifts.alive(connection))

    def _do(self, ledger: Ledger, gone: list[Session]) -> None:
        """In the writer: everything that is due, by what is true now."""
        stamp = self._stamp()
        self._duty.end_lost(gone, ledger)
        for incident in incidents.due(ledger.connection, stamp.now)[:AT_ONCE]:
            self._write(ledger, incident.id, self._elapsed(incident, stamp))
        for suppression in shifts.suppressions(ledger.connection):
            due = suppression_elapsed(suppression, stamp)
            self._write(ledger, suppression.suppression, due)

    def _elapsed(self, incident: Incident, stamp: Stamp) -> tuple[Entry, ...]:
        return elapsed(incident, stamp, self._decisions.touched(incident.id))

    def _prune(self, ledger: Ledger) -> None:
        now = self._place.now()
        self._decisions.forget(now - UNATTENDED)
        shifts.prune_answers(ledger.connection, utc_text(now - ANSWERS_KEPT))

    def _stamp(self) -> Stamp:
        return Stamp(now=self._place.now(), node=self._place.node)

    def _write(self, ledger: Ledger, whose: str, entries: tuple[Entry, ...]) -> None:
        """What is due for one; a bug there costs nobody else what is due for him."""
        try:
            with ledger.savepoint():
                for entry in entries:
                    ledger.append(record(entry, self._place.randomness))
        except (KeyError, TypeError, ValueError):
            self.log.failure("What is due for {whose} could not be done", whose=whose)
