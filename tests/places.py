"""Places of work for tests: a real home and real stores, with threads driven by hand or real ones.

`HandCase` runs pool jobs and calls into the reactor one by one, in the test's
own thread, so that a test can look between any two of them; only the
journal's writer is a thread.  `RealCase` works with the reactor itself.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.threadpool import ThreadPool
from twisted.trial.unittest import SynchronousTestCase, TestCase

from alarmgw.entries import record
from alarmgw.errors import Refusal, TryLater
from alarmgw.intake import Session
from alarmgw.model import Envelope
from alarmgw.store.journal import Journal
from alarmgw.store.safefile import Files
from alarmgw.store.spool import Spool
from alarmgw.workplace import Workplace
from tests.journals import Faults, Heard, done, made, randomness

MORNING = datetime(2026, 11, 21, 6, 30, tzinfo=timezone.utc)

#: A file system without a disk, where syncs cost nothing: these tests ask for order, not for power.
MEMORY = Path("/dev/shm")

#: As many failing commits as a test can ever see.
ALL = 10**9


class WallClock:
    """The time of day, which stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = MORNING

    def __call__(self) -> datetime:
        """What the clock shows."""
        return self.moment

    def advance(self, **step: float) -> None:
        """Move on by ``seconds``, ``minutes`` …"""
        self.moment += timedelta(**step)


class HandReactor(Clock):
    """A reactor whose calls from other threads wait until `turn`."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: deque[Callable[[], object]] = deque()

    def callFromThread(self, call: Callable[..., object], *given: Any, **named: Any) -> None:
        """Keep the call for the next turn."""
        self._calls.append(partial(call, *given, **named))

    def turn(self) -> bool:
        """Make the calls that wait; whether there were any."""
        calls = [self._calls.popleft() for _ in range(len(self._calls))]
        for call in calls:
            call()
        return bool(calls)


class HandPool:
    """A pool in which nothing happens until `run`."""

    def __init__(self) -> None:
        self.jobs: deque[Callable[[], object]] = deque()

    def callInThread(self, job: Callable[..., object], *given: Any) -> None:
        """Queue a job."""
        self.jobs.append(partial(job, *given))

    def run(self) -> bool:
        """Do the oldest job; whether there was one."""
        if self.jobs:
            self.jobs.popleft()()
            return True
        return False


def temporary_home(case: SynchronousTestCase) -> Path:
    """An empty home with a ``run`` folder, gone after the test."""
    home = Path(tempfile.mkdtemp(prefix="alarmgw-test-", dir=MEMORY if MEMORY.is_dir() else None))
    case.addCleanup(shutil.rmtree, home, True)
    (home / "run").mkdir(mode=0o700)
    return home


def entries_of(journal: Journal) -> list[dict[str, Any]]:
    """Everything in the journal, in order."""
    return [json.loads(line) for _, line in journal.read(0, 10_000, 1 << 30)]


def told(journal: Journal, event: str) -> list[dict[str, Any]]:
    """The ``system`` entries of one event."""
    return [entry for entry in entries_of(journal) if entry.get("event") == event]


def append(journal: Journal, entry: dict[str, Any]) -> int:
    """Journal one entry."""
    line = record(entry, randomness)
    return done(journal.submit(lambda ledger: ledger.append(line)))


class _PlaceCase:
    """What both kinds of cases have: a home, its files, its clock, its place."""

    home: Path
    clock: WallClock
    faults: Faults
    heard: Heard
    place: Workplace

    def make_files(self) -> Files:
        """The files of this case; others for a case in which files fail."""
        return Files()

    def make_place(self, reactor: Any, pool: Any) -> Workplace:
        """A workplace in a fresh home; its journal is not started."""
        self.home = temporary_home(self)  # type: ignore[arg-type]
        self.clock, self.faults, self.heard = WallClock(), Faults(), Heard()
        files = self.make_files()
        path = self.home / "journal.sqlite3"
        journal = made(path, now=self.clock, connect=self.faults.connect)
        return Workplace(
            home=self.home,
            node="gw1",
            files=files,
            spool=Spool(self.home, files),
            journal=journal,
            reactor=reactor,
            pool=pool,
            now=self.clock,
            randomness=randomness,
        )


class HandCase(_PlaceCase, SynchronousTestCase):
    """Work step by step, in the test's own thread."""

    def setUp(self) -> None:
        """A place whose journal runs."""
        self.reactor, self.pool = HandReactor(), HandPool()
        self.place = self.make_place(self.reactor, self.pool)
        self.place.journal.start(self.heard.entries.extend, self.heard.failures.append)
        self.addCleanup(self.place.journal.close)

    def step(self) -> None:
        """Do the oldest job of the pool and tell its end in the reactor."""
        self.pool.run()
        self.reactor.turn()

    def written(self) -> None:
        """Wait until the journal's writer has answered whatever was submitted."""
        with contextlib.suppress(TryLater):
            done(self.place.journal.submit(lambda ledger: None, urgent=False))

    def work(self) -> None:
        """Go on until nobody has anything to do."""
        busy = True
        while busy:
            busy = self.pool.run()
            if not busy:
                self.written()
                busy = self.reactor.turn()

    def outcome(self, work: Awaitable[Any]) -> Any:
        """What ``work`` brings, or raises, when everybody does what there is to do."""
        waiting = work if isinstance(work, Deferred) else Deferred.fromCoroutine(work)
        self.work()
        failures: list[Any] = []
        waiting.addErrback(failures.append)
        if failures:
            failures[0].raiseException()
        return self.successResultOf(waiting)

    def refusal(self, kind: type[Refusal], work: Awaitable[Any]) -> Refusal:
        """The refusal of that kind that ``work`` ends with."""
        with self.assertRaises(kind) as caught:
            self.outcome(work)
        return caught.exception


class RealCase(_PlaceCase, TestCase):
    """Work in the reactor and in real threads."""

    def setUp(self) -> None:
        """A place whose pool runs and whose journal does not."""
        from twisted.internet import reactor

        self.reactor: Any = reactor
        self.pool = ThreadPool(1, 3, "test")
        self.place = self.make_place(reactor, self.pool)


@define
class NotingWatchman:
    """A watchman that writes down what he is told; ``reason`` closes the door."""

    reason: TryLater | None = None
    failures: list[Refusal] = field(factory=list)
    left_behind: list[str] = field(factory=list)
    refusals: list[tuple[Session, Refusal, int]] = field(factory=list)

    def closed(self) -> TryLater | None:
        """The reason."""
        return self.reason

    def failed(self, refusal: Refusal) -> None:
        """Note it."""
        self.failures.append(refusal)

    def unpublished(self, alarm: str, reason: str) -> None:
        """Note the alarm."""
        self.left_behind.append(alarm)

    def refused(self, session: Session, refusal: Refusal, size: int) -> None:
        """Note it."""
        self.refusals.append((session, refusal, size))


@frozen
class Volume:
    """What a volume says of itself."""

    free: int
    total: int


def session(**changes: Any) -> Session:
    """A camera's connection from the VPN; ``changes`` replace what is given here."""
    facts: dict[str, Any] = {
        "peer": "10.1.2.3",
        "port": 40123,
        "connected": MORNING,
        "listener": "listener[1]",
        "trusted": True,
        "capture": True,
    }
    return Session(**{**facts, **changes})


def envelope(*recipients: str, **changes: Any) -> Envelope:
    """An envelope for these recipients."""
    facts: dict[str, Any] = {"peer": "10.1.2.3", "helo": "cam", "sender": "cam@example.org"}
    return Envelope(recipients=recipients, **{**facts, **changes})
