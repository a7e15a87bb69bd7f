"""Opening the house: journal, recovery, then the rest; and closing it in the reverse order."""

from __future__ import annotations

from collections.abc import Callable

from twisted.application.service import Service
from twisted.logger import Logger
from twisted.python.failure import Failure

from alarmgw.bugs import Bugs
from alarmgw.errors import Refusal
from alarmgw.store.lock import HomeLock
from alarmgw.store.recovery import Recovered, recover
from alarmgw.supervision import Conditions, Watch
from alarmgw.workplace import Workplace

Committed = Callable[[list[tuple[int, bytes]]], None]


class Stores(Service):
    """The journal's writer and the pool, started with a recovery; stopped when nothing waits.

    Its start blocks until every promise of the last run is kept, so that a
    greeting means ready.  It is the first to start and the last to stop.
    """

    _log = Logger()

    def __init__(
        self,
        place: Workplace,
        lock: HomeLock,
        committed: Committed,
        watch: Watch,
        conditions: Conditions,
    ) -> None:
        self._place = place
        self._lock = lock
        self._committed = committed
        self._watch = watch
        self._conditions = conditions
        self.unmended: dict[str, str] = {}
        self._bugs = Bugs(place.reactor)

    def startService(self) -> None:
        """Start the threads and recover.  Raises what recovery raises."""
        Service.startService(self)
        place = self._place
        place.pool.start()
        place.journal.start(self._commit, self._failed)
        recovered = recover(
            place.home, place.journal, place.files, now=place.now, randomness=place.randomness
        )
        self.unmended = dict(recovered.unmended)
        self._report(recovered)
        self._conditions.tell("started", f"Node {place.node} is ready")

    def stopService(self) -> None:
        """Say so in the journal, finish what waits, and give the home free.

        Blocks: it is the last to stop, and nobody waits for the reactor any more.
        """
        Service.stopService(self)
        self._conditions.tell("stopped", f"Node {self._place.node} is shutting down")
        self._place.journal.close()
        self._place.pool.stop()
        self._lock.release()

    def _commit(self, entries: list[tuple[int, bytes]]) -> None:
        self._place.reactor.callFromThread(self._committed, entries)

    def _failed(self, error: BaseException) -> None:
        """In the writer's thread: the database fails, or there is a bug."""
        if isinstance(error, Refusal):
            self._watch.failed(error)
        elif self._bugs.is_news(error):
            self._log.failure("The journal's writer met a bug", Failure(error))

    def _report(self, recovered: Recovered) -> None:
        self._log.info(
            "Recovered: {finished} renames finished, {rebuilt} folders rebuilt, "
            "{swept} drafts swept, {damaged} alarms damaged",
            finished=recovered.finished,
            rebuilt=recovered.rebuilt,
            swept=recovered.swept,
            damaged=len(recovered.damaged),
        )
        for name, reason in recovered.unswept.items():
            self._log.warn("{name} stays in the spool: {reason}", name=name, reason=reason)
        for alarm in recovered.damaged:
            self._conditions.begin("evidence_damaged", alarm)
        for alarm, reason in recovered.unmended.items():
            self._conditions.begin("unpublished", alarm, reason)
