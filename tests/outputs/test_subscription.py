"""The loop of each subscriber: what is sent, what waits, and what a stopped reader costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import TestCase

from alarmgw.codec.wire import (
    BATCH_BYTES,
    SNAPSHOT_BYTES,
    WINDOW,
    Drawn,
    Subscribed,
    pack,
    unpack,
)
from alarmgw.errors import Cause, TryLater
from alarmgw.hub import Hub
from alarmgw.outputs.broker import Broker
from alarmgw.outputs.subscription import UNREADABLE_SECONDS
from tests.gateways import MemoryJournal, Told, at_once, some_time
from tests.outputs.peers import LISTENER, Peer


class InMemory(TestCase):
    """A broker in memory, with a clock of the test's."""

    def setUp(self) -> None:
        """One registered certificate."""
        self.clock = Clock()
        self.told = Told(registered={"f1": "console"})
        self.journal = MemoryJournal()
        self.listen()

    def listen(self, **facts: Any) -> None:
        """Hub and broker, as after a start of the gateway."""
        self.hub = Hub(self.journal, facts.pop("in_thread", at_once), node="gw1", **facts)
        self.broker = Broker(
            self.hub,
            self.told.concerns(),
            self.clock,
            some_time,
            identify=lambda wire: wire.fingerprint,
        )
        self.broker.start()
        self.addCleanup(self.broker.stop)

    def commit(self, count: int = 1, size: int = 0) -> None:
        """So many more entries, journalled and told."""
        self.hub.committed(self.journal.append(count, size))

    def follow(self, cursor: int | None = None, journal: str | None = None) -> Peer:
        """A subscribed peer that answers nothing by itself."""
        peer = Peer(self.broker)
        kind, answer = peer.subscribe(cursor, journal)
        assert kind == "answer", answer
        peer.subscribed = unpack(Subscribed, answer)  # type: ignore[attr-defined]
        self.clock.advance(0)
        return peer


class Following(InMemory):
    """What a subscriber is sent."""

    def test_an_entry_leaves_in_the_turn_in_which_it_was_committed(self) -> None:
        """An idle workstation is told before `committed` returns."""
        peer = self.follow(cursor=0)
        self.commit()
        assert peer.seqs() == [1]

    def test_resume_sends_what_came_after_the_cursor(self) -> None:
        """A known journal and a number in it: nothing twice, nothing left out."""
        self.commit(10)
        peer = self.follow(cursor=7, journal="journal-1")
        assert peer.subscribed.mode.value == "resume"
        assert peer.seqs() == [8, 9, 10]
        assert peer.batches()[0].after == 7

    def test_a_journal_that_cannot_be_read_does_not_cut_the_link(self) -> None:
        """Heartbeats say what is wrong meanwhile; when it can be read again, it goes on."""
        unreadable = [TryLater(Cause.JOURNAL_FAILED, "disk I/O error")]

        async def in_thread(function: Callable[..., Any], *given: Any) -> Any:
            if unreadable:
                raise unreadable[0]
            return function(*given)

        self.commit(3)
        self.listen(in_thread=in_thread)
        peer = self.follow(cursor=1, journal="journal-1")
        self.clock.advance(UNREADABLE_SECONDS)
        assert peer.seqs() == []
        unreadable.clear()
        self.clock.advance(UNREADABLE_SECONDS)
        assert peer.seqs() == [2, 3]

    def test_a_number_that_cannot_be_gets_a_snapshot(self) -> None:
        """A cursor beyond the head, or of another journal, is no place to go on from."""
        self.commit(10)
        for cursor, journal in [(11, "journal-1"), (5, "journal-0"), (None, "journal-1")]:
            peer = self.follow(cursor, journal)
            assert peer.subscribed.mode.value == "snapshot"
            assert peer.seqs() == list(range(1, 11))

    def test_a_snapshot_is_the_newest_500_and_the_count(self) -> None:
        """Of 1,200 open alarms a new workstation gets 500, and hears of 1,200."""
        self.commit(1200)
        peer = self.follow()
        assert peer.subscribed.open_total == 1200
        assert peer.seqs() == list(range(701, 1201))
        assert peer.batches()[-1].up_to == 1200

    def test_a_snapshot_says_how_many_incidents_it_leaves_out(self) -> None:
        """Who resumes has heard of it before."""
        self.commit(3)
        self.journal.more = 1212
        assert self.follow().subscribed.more_incidents == 1212
        assert self.follow(2, "journal-1").subscribed.more_incidents is None

    def test_a_snapshot_says_when_the_last_alarm_came(self) -> None:
        """Whatever of it is open still."""
        self.journal.last_alarm = "2026-11-21T20:45:02.123Z"
        assert self.follow().subscribed.last_alarm == self.journal.last_alarm
        assert self.follow(0, "journal-1").subscribed.last_alarm is None

    def test_an_empty_snapshot_states_the_head(self) -> None:
        """With nothing open there is one empty batch, so that the workstation is current."""
        peer = self.follow()
        assert [(batch.up_to, batch.entries) for batch in peer.batches()] == [(0, [])]

    def test_a_snapshot_is_bounded_in_bytes(self) -> None:
        """500 alarms of 60 KB do not wait in memory for a reader."""
        self.commit(500, 60_000)
        peer = self.follow()
        peer.answer_all()
        assert 60_000 * len(peer.seqs()) <= SNAPSHOT_BYTES
        assert peer.seqs()[-1] == 500

    def test_batches_keep_their_size(self) -> None:
        """No batch is longer than 256 KB, and long backlogs are in many."""
        self.commit(300, 20_000)
        peer = self.follow(cursor=0)
        peer.answer_all()
        assert peer.seqs() == list(range(1, 301))
        assert max(len(data) for _, data in peer.calls("batch")) <= BATCH_BYTES

    def test_backlog_and_live_are_one_sequence(self) -> None:
        """Entries that come while a backlog is read follow it without gap or repeat."""
        self.listen(ring_entries=10)
        self.commit(5000)
        peer = self.follow(cursor=0)
        self.commit(5)
        peer.answer_all()
        self.commit(5)
        peer.answer_all()
        assert peer.seqs() == list(range(1, 5011))

    def test_entries_committed_while_the_journal_is_read_are_not_lost(self) -> None:
        """A read that is slow in its thread is followed by what came meanwhile."""
        slow: list[tuple[Deferred[Any], Any]] = []

        def in_thread(job: Any, *arguments: Any) -> Deferred[Any]:
            slow.append((Deferred(), job(*arguments)))
            return slow[-1][0]

        self.listen(in_thread=in_thread, ring_entries=2)
        self.commit(5)
        peer = self.follow(cursor=0)
        self.commit(1)
        waiting, result = slow.pop()
        waiting.callback(result)
        while slow:
            waiting, result = slow.pop()
            waiting.callback(result)
        assert peer.seqs() == [1, 2, 3, 4, 5, 6]


class Stopping(InMemory):
    """Workstations that do not answer."""

    def test_a_stopped_reader_costs_its_window_and_no_more(self) -> None:
        """40 MB of entries later, four batches of at most 256 KB were sent to who never answers."""
        peer = self.follow(cursor=0)
        for _ in range(40):
            self.commit(50, 20_000)
        sent = peer.wire.value()
        assert len(sent) < WINDOW * BATCH_BYTES + 4096
        assert len(peer.link.waitingForAnswers) == WINDOW

    def test_a_stopped_reader_delays_nobody(self) -> None:
        """Another workstation hears everything at once."""
        self.follow(cursor=0)
        other = self.follow(cursor=0)
        for _ in range(20):
            self.commit()
            other.answer_all()
        assert other.seqs() == list(range(1, 21))

    def test_who_does_not_drain_is_sent_no_more(self) -> None:
        """A full transport holds the next batch back, however few are unanswered."""
        peer = self.follow(cursor=0)
        peer.wire.producer.pauseProducing()
        self.commit()
        assert peer.seqs() == []
        peer.wire.producer.resumeProducing()
        assert peer.seqs() == [1]

    def test_a_stall_is_reported_once_after_10_seconds_and_cut_off_after_30(self) -> None:
        """The rest of the gateway hears the name; half a minute later the link is gone."""
        peer = self.follow(cursor=0)
        self.commit()
        self.clock.pump([1] * 9)
        assert self.told.stalled == []
        self.clock.pump([1] * 15)
        assert self.told.stalled == ["console"] and not peer.wire.aborted
        self.clock.pump([1] * 6)
        assert peer.wire.aborted

    def test_an_answer_in_time_ends_the_stall(self) -> None:
        """It is told that the workstation answers again, and the link lives."""
        peer = self.follow(cursor=0)
        self.commit()
        self.clock.pump([1] * 12)
        peer.answer_all()
        for number, _ in peer.calls("heartbeat"):
            peer.say([b"answer", number, pack(Drawn(drawn=1))])
        self.clock.pump([1] * 2)
        assert self.told.answers == ["console"] and not peer.wire.aborted

    def test_silence_without_entries_is_noticed_by_heartbeats(self) -> None:
        """Nothing has happened, and still a dead workstation is found."""
        peer = self.follow(cursor=0)
        self.clock.pump([1] * 36)
        assert self.told.stalled == ["console"] and peer.wire.aborted
        assert len(peer.calls("heartbeat")) == 1

    def test_who_was_cut_off_resumes_without_gap_or_repeat(self) -> None:
        """What it had read and what it had not make the whole together."""
        peer = self.follow(cursor=0)
        for _ in range(30):
            self.commit()
        heard = peer.seqs()
        self.clock.pump([1] * 31)
        peer.link.connectionLost()
        again = self.follow(cursor=heard[-1], journal="journal-1")
        again.answer_all()
        assert heard + again.seqs() == list(range(1, 31))

    def test_a_lost_link_leaves_nothing_behind(self) -> None:
        """No waiter in the hub, no session in the broker, no delayed call of its own."""
        peer = self.follow(cursor=0)
        peer.link.connectionLost()
        assert not self.broker.sessions and not self.hub._waiting
        self.broker.stop()
        assert self.clock.getDelayedCalls() == []

    def test_who_answers_with_an_error_is_cut_off(self) -> None:
        """A workstation that could not take a batch gets it again by resuming."""
        peer = self.follow(cursor=0)
        self.commit()
        peer.say([b"error", peer.calls("batch")[0][0], [b"None"]])
        assert peer.wire.aborted

    def test_a_journal_that_fails_cuts_the_link_and_is_logged(self) -> None:
        """A fault of ours ends the link loudly; the workstation tries again."""

        def failing(job: Any, *arguments: Any) -> Any:
            raise OSError("disk")

        self.commit(5)
        peer = self.follow(cursor=5)
        self.hub._in_thread = failing
        self.hub._ring_after = 99
        self.commit()
        assert peer.wire.aborted
        assert len(self.flushLoggedErrors(OSError)) == 1


class Beating(InMemory):
    """Signs of life."""

    def test_a_heartbeat_comes_every_5_seconds(self) -> None:
        """As long as the last one was answered."""
        peer = self.follow(cursor=0)
        for expected in (1, 2, 3):
            self.clock.pump([1] * 5)
            beats = peer.calls("heartbeat")
            assert len(beats) == expected
            peer.say([b"answer", beats[-1][0], pack(Drawn(drawn=expected))])
            (session,) = self.broker.sessions
            assert session.subscription is not None
            assert session.subscription.drawn == expected

    def test_a_bad_answer_to_a_heartbeat_is_cut_off(self) -> None:
        """What was drawn is a number or nothing."""
        peer = self.follow(cursor=0)
        self.broker.beat()
        peer.say([b"answer", peer.calls("heartbeat")[0][0], b'{"drawn":"all"}'])
        assert peer.wire.aborted


class Subscribing(InMemory):
    """The request itself."""

    def test_one_link_subscribes_once(self) -> None:
        """A second subscription on the same link is refused."""
        peer = Peer(self.broker)
        session = peer.login()
        for expected in ("answer", "error"):
            kind, _ = peer.call(session, "subscribe", [b"remote", LISTENER], b"{}")
            assert kind == expected

    def test_the_answer_comes_before_the_first_batch(self) -> None:
        """The workstation knows where it stands before it hears of entries."""
        self.commit(3)
        peer = Peer(self.broker)
        peer.subscribe(0)
        assert peer.batches() == []
        self.clock.advance(0)
        assert peer.seqs() == [1, 2, 3]
