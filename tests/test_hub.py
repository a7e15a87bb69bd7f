"""The hub: the newest number, the ring, the journal behind it, and those who wait."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase, TestCase

from alarmgw.hub import Entry, Hub
from alarmgw.store.journal import Journal
from tests.gateways import MemoryJournal, at_once
from tests.journals import alarm_record, appending, closed_record, mail_id, now, randomness


class Ring(SynchronousTestCase):
    """What is read without the journal, and what with it."""

    def setUp(self) -> None:
        """A hub that keeps ten entries."""
        self.journal = MemoryJournal()
        self.hub = Hub(self.journal, at_once, node="gw1", ring_entries=10)

    def commit(self, count: int = 1, size: int = 0) -> None:
        """So many more entries."""
        self.hub.committed(self.journal.append(count, size))

    def read(self, after: int, limit: int = 500, max_bytes: int = 1 << 20) -> list[Entry]:
        """What the hub answers at once."""
        return self.successResultOf(Deferred.fromCoroutine(self.hub.read(after, limit, max_bytes)))

    def test_recent_entries_come_from_the_ring(self) -> None:
        """The journal is not asked for what was just committed."""
        self.commit(5)
        assert self.read(2) == self.journal.entries[2:]
        assert self.journal.reads == 0

    def test_older_entries_come_from_the_journal(self) -> None:
        """Whoever is behind the ring reads the record itself."""
        self.commit(15)
        assert self.read(4) == self.journal.entries[4:]
        assert self.journal.reads == 1
        assert self.read(5) == self.journal.entries[5:]
        assert self.journal.reads == 1

    def test_the_ring_is_bounded_in_bytes(self) -> None:
        """A few large entries push out as many small ones as needed."""
        hub = Hub(self.journal, at_once, node="gw1", ring_bytes=10_000)
        hub.committed(self.journal.append(30, 1000))
        assert hub._ring_bytes <= 10_000
        assert hub._ring_bytes == sum(len(data) for _, data in hub._ring) > 5000

    def test_a_read_keeps_its_limits_and_gives_at_least_one(self) -> None:
        """Limits of number and bytes hold, but an entry larger than all bytes still comes."""
        self.commit(5, 1000)
        assert [seq for seq, _ in self.read(0, limit=2)] == [1, 2]
        assert [seq for seq, _ in self.read(0, max_bytes=2500)] == [1, 2]
        assert [seq for seq, _ in self.read(0, max_bytes=1)] == [1]

    def test_a_new_hub_knows_the_journals_bounds(self) -> None:
        """After a start it says where the journal stands."""
        self.journal.append(7)
        hub = Hub(self.journal, at_once, node="gw1")
        assert (hub.first, hub.head, hub.identity) == (1, 7, "journal-1")

    def test_entries_it_was_not_told_of_come_from_the_journal(self) -> None:
        """What was committed before anybody told the hub is no gap to its readers."""
        self.commit(2)
        self.journal.append(3)
        self.commit(2)
        assert self.read(0) == self.journal.entries
        assert self.read(2) == self.journal.entries[2:]

    def test_entries_it_was_not_told_of_yet_are_not_read(self) -> None:
        """An entry is read after it was told, not before, even if the journal has it."""
        self.commit(15)
        self.journal.append(3)
        assert [seq for seq, _ in self.read(0)] == list(range(1, 16))

    @given(st.lists(st.integers(1, 8)), st.integers(0, 60), st.integers(1, 6), st.integers(1, 400))
    def test_ring_and_journal_are_one_sequence(
        self, commits: list[int], after: int, limit: int, max_bytes: int
    ) -> None:
        """Reading on from any number gives exactly what the journal has after it."""
        self.setUp()
        for count in commits:
            self.commit(count)
        found: list[Entry] = []
        while entries := self.read(after, limit, max_bytes):
            found += entries
            after = entries[-1][0]
        assert found == self.journal.entries[len(self.journal.entries) - len(found) :]
        assert after >= self.hub.head


class Waiting(SynchronousTestCase):
    """Those who wait for more."""

    def setUp(self) -> None:
        """A hub at number 3."""
        self.journal = MemoryJournal()
        self.journal.append(3)
        self.hub = Hub(self.journal, at_once, node="gw1")

    def test_waiting_ends_with_the_next_entry(self) -> None:
        """Everyone who waits goes on before `committed` returns."""
        waiters = [self.hub.wait(3) for _ in range(3)]
        self.hub.committed(self.journal.append())
        assert [self.successResultOf(waiter) for waiter in waiters] == [None] * 3

    def test_who_is_behind_does_not_wait(self) -> None:
        """There is something to read already."""
        self.successResultOf(self.hub.wait(2))

    def test_who_is_ahead_waits_for_his_number(self) -> None:
        """A snapshot may know more than the hub was told; only what is newer ends the wait."""
        waiter = self.hub.wait(4)
        self.hub.committed(self.journal.append())
        self.assertNoResult(waiter)
        self.hub.committed(self.journal.append())
        self.successResultOf(waiter)

    def test_a_cancelled_wait_is_forgotten(self) -> None:
        """A link that is gone leaves nothing in the hub."""
        waiter = self.hub.wait(3)
        waiter.cancel()
        self.failureResultOf(waiter, CancelledError)
        assert not self.hub._waiting

    def test_a_waiter_may_cancel_another(self) -> None:
        """One link's end may end others while they are being told."""
        first, second = self.hub.wait(3), self.hub.wait(3)
        second.addErrback(lambda _: None)
        first.addCallback(lambda _: second.cancel())
        self.hub.committed(self.journal.append())
        assert self.hub.head == 4

    def test_a_listener_that_fails_fails_alone(self) -> None:
        """Nobody downstream can make telling fail."""

        def fail(_: object) -> None:
            raise RuntimeError("a listener's fault")

        failing, other = self.hub.wait(3), self.hub.wait(3)
        failing.addCallback(fail)
        self.hub.committed(self.journal.append())
        self.successResultOf(other)
        self.failureResultOf(failing, RuntimeError)

    def test_nothing_committed_is_nothing_told(self) -> None:
        """An empty batch wakes nobody."""
        waiter = self.hub.wait(3)
        self.hub.committed([])
        self.assertNoResult(waiter)


class WithJournal(TestCase):
    """The hub over a real journal and real threads."""

    def test_a_real_journal_is_read_in_a_thread(self) -> None:
        """Entries and snapshot are the journal's own, and the reactor's thread is not used."""
        journal = Journal(Path(self.mktemp()), node="gw1", now=now, randomness=randomness)
        told: list[Entry] = []
        journal.start(told.extend, told.append)  # type: ignore[arg-type]
        self.addCleanup(journal.close)
        hub = Hub(journal, self.in_thread, node="gw1", ring_entries=1)
        jobs = (alarm_record(1), alarm_record(2), closed_record(f"{mail_id(1)}-1"))
        journal.submit(appending(*jobs)).result(20)
        journal.close()
        hub.committed(told)
        return Deferred.fromCoroutine(self.compare(hub, told))  # type: ignore[return-value]

    async def compare(self, hub: Hub, told: list[Entry]) -> None:
        """Both ways of reading give what was told."""
        assert await hub.read(0, 500, 1 << 20) == told
        snapshot = await hub.snapshot(500)
        assert (snapshot.head, snapshot.open_total) == (3, 1)
        [(seq, encoded)] = snapshot.entries
        assert seq == 2 and json.loads(told[1][1]).items() <= json.loads(encoded).items()
        assert self.thread is not threading.current_thread()

    def in_thread(self, job: Any, *arguments: Any) -> Deferred[Any]:
        """The reactor's pool, remembering who worked."""

        def work() -> Any:
            self.thread = threading.current_thread()
            return job(*arguments)

        return deferToThread(work)
