"""The link: in order, without gap or repeat, whatever the line and the gateway do."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import TestCase

from alarmgw.codec.requests import Command, Question
from alarmgw.codec.wire import Heartbeat, pack, pack_batch
from alarmgw.errors import Refused, TryLater
from alarmgw.hub import Hub
from alarmgw.outputs.broker import Broker
from alarmgw.workstation.link import QUESTIONS, Link, NoLink
from tests.gateways import PICTURE, Listener, MemoryJournal, Told, at_once, link_of, some_time
from tests.workstation.pipes import Network


class InMemory(TestCase):
    """A link, a broker and a line between them, with one clock for all."""

    def setUp(self) -> None:
        """Nothing is connected yet."""
        self.clock = Clock()
        self.told = Told(registered={"f1": "console"})
        self.journal = MemoryJournal()
        self.network = Network(self.clock, None)
        self.listen()
        self.listener = Listener()

    def listen(self) -> None:
        """A gateway, as after its start."""
        self.hub = Hub(self.journal, at_once, node="gw1")
        self.broker = Broker(
            self.hub,
            self.told.concerns(),
            self.clock,
            some_time,
            identify=lambda wire: wire.fingerprint,
        )
        self.broker.start()
        self.addCleanup(self.broker.stop)
        self.network.broker = self.broker

    def follow(self, **facts: Any) -> Link:
        """A started link."""
        link = link_of(self.clock, None, self.listener, endpoint=self.network, **facts)
        link.start()
        self.turn()
        return link

    def turn(self, seconds: float = 0) -> None:
        """Let time pass, and everything arrive."""
        self.clock.advance(0)
        self.clock.advance(seconds)
        self.clock.advance(0)

    def commit(self, count: int = 1) -> None:
        """So many more entries, journalled, told and arrived."""
        self.hub.committed(self.journal.append(count))
        self.turn()


class Following(InMemory):
    """Entries and states."""

    def test_a_new_link_takes_a_snapshot_and_is_current(self) -> None:
        """The states come in this order, each told once."""
        self.commit(3)
        self.follow()
        assert self.listener.words == ["connecting", "snapshot", "current"]
        assert self.listener.seqs == [1, 2, 3]

    def test_since_a_number_it_takes_what_follows(self) -> None:
        """`watch --since` knows a number but no journal."""
        self.commit(9)
        self.follow(cursor=4)
        assert self.listener.seqs == [5, 6, 7, 8, 9]
        assert self.listener.words == ["connecting", "current"]

    def test_a_backlog_is_current_when_its_head_is_reached(self) -> None:
        """Not before: a console must not look up to date while it is not."""
        self.commit(3000)
        seen: list[tuple[str, int]] = []
        self.listener.state = lambda state: seen.append((state.state, self.listener.up_to))  # type: ignore[method-assign]
        self.follow(cursor=0)
        assert seen == [("connecting", 0), ("current", 3000)]
        assert self.listener.seqs == list(range(1, 3001))

    def test_a_cut_line_is_resumed_without_gap_or_repeat(self) -> None:
        """Entries that came while the line was down follow the last one that was heard."""
        self.follow()
        for round_ in range(10):
            self.commit(7)
            self.network.cut()
            self.commit(3)
            self.turn(1)
            assert self.listener.words[-1] == "current", round_
        assert self.listener.seqs == list(range(1, 101))

    def test_a_restarted_gateway_is_resumed(self) -> None:
        """The number outlives the process that gave it."""
        self.follow()
        self.commit(5)
        self.broker.stop()
        self.journal.append(5)
        self.listen()
        self.turn(1)
        self.commit(5)
        assert self.listener.seqs == list(range(1, 16))

    def test_half_a_snapshot_begins_again(self) -> None:
        """A line cut within a snapshot leads to a new one, and the listener starts over."""
        self.commit(400)
        self.journal.entries = [
            (seq, data.replace(b'"text":"', b'"text":"%s' % (b"x" * 4000)))
            for seq, data in self.journal.entries
        ]
        self.listener.until(lambda: self.listener.up_to > 0).addCallback(self._nothing_more)
        self.follow()
        assert 0 < len(self.listener.seqs) < 400
        self.network.cut()
        self.turn(1)
        assert self.listener.words == ["connecting", "snapshot", "lost", "snapshot", "current"]
        assert self.listener.seqs[-400:] == list(range(1, 401))

    def _nothing_more(self, _: object) -> None:
        assert self.network.there is not None
        self.network.there.stuck = True

    def test_another_journal_begins_again(self) -> None:
        """The listener hears of a snapshot of the other journal."""
        self.commit(5)
        self.follow()
        self.broker.stop()
        self.journal = MemoryJournal("journal-2")
        self.listen()
        self.commit(2)
        self.turn(1)
        assert self.listener.states[-1].journal == "journal-2"
        assert self.listener.words[-2:] == ["snapshot", "current"]


class Losing(InMemory):
    """Lines and gateways that fail."""

    def test_a_silent_gateway_is_lost_after_15_seconds(self) -> None:
        """A line that swallows everything is given up, and the next one is made."""
        self.follow()
        assert self.network.there is not None
        self.network.there.stuck = True
        self.turn(14)
        assert self.listener.words[-1] == "current"
        self.turn(1)
        assert self.listener.words[-1] == "lost"
        assert self.listener.states[-1].reason == "nothing heard from the gateway for 15 s"
        self.turn(1)
        assert self.listener.words[-1] == "current"

    def test_heartbeats_keep_a_quiet_link(self) -> None:
        """Nothing happens for an hour, and the link stands."""
        self.follow()
        for _ in range(3600):
            self.clock.advance(1)
        assert self.listener.words == ["connecting", "snapshot", "current"]
        assert len(self.listener.beats) >= 700

    def test_entries_are_signs_of_life_too(self) -> None:
        """A gateway that is busy sending is not taken for dead."""
        self.follow()
        self.broker.beat = lambda: None  # type: ignore[method-assign]
        for _ in range(6):
            self.turn(10)
            self.commit()
        assert self.listener.words == ["connecting", "snapshot", "current"]

    def test_an_absent_gateway_is_tried_again_every_few_seconds(self) -> None:
        """The state says why, and the waits between attempts stay below 5 s."""
        self.network.up = False
        self.follow()
        assert self.listener.words == ["connecting", "lost"]
        assert "refused" in (self.listener.states[-1].reason or "").lower()
        for _ in range(60):
            self.turn(1)
        assert 12 <= self.network.attempts <= 30
        self.network.up = True
        self.turn(5)
        assert self.listener.words[-1] == "current"

    def test_an_unregistered_workstation_is_refused_and_tries_again(self) -> None:
        """The state names the reason; when the record is there, the link is current by itself."""
        self.told.registered.clear()
        self.follow()
        assert self.listener.words == ["connecting", "refused"]
        assert "not registered" in (self.listener.states[-1].reason or "")
        for _ in range(60):
            self.turn(1)
        assert self.listener.words == ["connecting", "refused"]
        assert 5 <= self.network.attempts <= 13
        self.told.registered["f1"] = "console"
        self.turn(5)
        assert self.listener.words[-1] == "current"

    def test_revocation_cuts_a_live_link(self) -> None:
        """At once, and it is not let in again."""
        self.follow()
        del self.told.registered["f1"]
        self.broker.revoke("f1")
        self.turn()
        assert self.listener.words[-1] == "lost"
        self.turn(5)
        assert self.listener.words[-1] == "refused"

    def test_a_gap_ends_the_connection(self) -> None:
        """A batch that does not continue is never shown: the link resumes by number."""
        link = self.follow()
        self.commit(2)
        for data in (pack_batch(7, 9, []), b"no batch"):
            try:
                link.heard_batch(data)
            except Refused as refused:
                link.unheard(refused)
            self.turn()
            assert self.listener.words[-1] == "lost"
            self.turn(1)
        self.commit(2)
        assert self.listener.seqs == [1, 2, 3, 4]

    def test_a_repeat_is_left_out(self) -> None:
        """Entries that were heard before do not reach the listener again."""
        link = self.follow()
        self.commit(3)
        link.heard_batch(pack_batch(0, 3, [data for _, data in self.journal.entries]))
        assert self.listener.seqs == [1, 2, 3]

    def test_a_listener_that_fails_gets_the_entries_again(self) -> None:
        """A fault in the console is logged and loses nothing."""
        self.follow()
        heard = self.listener.entries
        self.listener.entries = lambda *_: 1 / 0  # type: ignore[assignment,method-assign]
        self.commit()
        self.listener.entries = heard  # type: ignore[method-assign]
        self.turn(1)
        self.commit()
        assert self.listener.seqs == [1, 2]
        assert self.flushLoggedErrors(ZeroDivisionError)

    def test_a_gateway_that_speaks_nonsense_is_left(self) -> None:
        """What cannot be read ends the connection, without a traceback."""
        self.follow()
        assert self.network.here is not None
        self.network.here.arrive(b"\x90garbage")
        self.turn()
        assert self.listener.words[-1] == "lost"

    def test_stop_ends_everything(self) -> None:
        """No connection, no attempt and no delayed call is left."""
        link = self.follow()
        stopped = link.stop()
        self.turn()
        assert self.successResultOf(stopped) is None
        self.broker.stop()
        assert not self.broker.sessions and self.clock.getDelayedCalls() == []
        assert self.listener.words[-1] == "current"


class Fetching(InMemory):
    """Pictures on demand."""

    def fetch(self, link: Link, name: str = "01-a.jpg") -> Deferred[bytes]:
        """The whole of it."""

        async def whole() -> bytes:
            return b"".join([piece async for piece in link.fetch("gw1-1", name)])

        return Deferred.fromCoroutine(whole())

    def test_many_pictures_at_once_are_all_whole(self) -> None:
        """More than a link carries at once wait for their turn."""
        link = self.follow()
        fetched = [self.fetch(link) for _ in range(12)]
        self.turn()
        self.turn()
        assert all(self.successResultOf(one) == PICTURE for one in fetched)

    def test_what_is_not_there_is_refused(self) -> None:
        """Never: asking again changes nothing."""
        fetched = self.fetch(self.follow(), "02-b.jpg")
        self.turn()
        self.failureResultOf(fetched, Refused)

    def test_without_a_link_it_is_later(self) -> None:
        """Later: the link comes back."""
        self.network.up = False
        self.failureResultOf(self.fetch(self.follow()), TryLater)

    def test_a_line_cut_within_a_picture_is_later(self) -> None:
        """A fetch does not hang on a connection that is gone."""
        fetched = self.fetch(self.follow())
        self.network.cut()
        self.turn()
        self.failureResultOf(fetched, TryLater)

    def test_a_cancelled_fetch_gives_its_turn_back(self) -> None:
        """Who scrolls past a picture does not hold up the next one."""
        link = self.follow()
        for _ in range(5):
            given_up = self.fetch(link)
            given_up.addErrback(lambda _: None)
            given_up.cancel()
        fetched = self.fetch(link)
        self.turn()
        assert self.successResultOf(fetched) == PICTURE


class Asking(InMemory):
    """Questions and decisions."""

    def test_questions_take_turns_and_decisions_do_not_wait_for_them(self) -> None:
        """Two answers may stand before an alarm, not twenty; a question that fails goes, too."""
        link, called = self.follow(), list[tuple[str, Deferred[bytes]]]()

        def call(name: str, *given: object) -> Deferred[bytes]:
            called.append((name, Deferred()))
            return called[-1][1]

        link._call = call  # type: ignore[assignment,method-assign]
        asked = [Deferred.fromCoroutine(link.ask(Question(name="people"))) for _ in range(5)]
        command = Command(id="a" * 32, action={"do": "accept"})
        decided = Deferred.fromCoroutine(link.command(command))
        assert [name for name, _ in called] == ["ask"] * QUESTIONS + ["command"]
        called[0][1].errback(NoLink("cut"))
        self.failureResultOf(asked[0], NoLink)
        for _, answer in called:  # it grows meanwhile: the next question has its turn
            if not answer.called:
                answer.callback(b"{}")
        assert self.successResultOf(decided) == {}
        assert [self.successResultOf(one) for one in asked[1:]] == [{}] * 4


class Beating(InMemory):
    """Signs of life."""

    def test_what_was_drawn_is_answered(self) -> None:
        """The gateway learns how far the screen is."""
        self.follow()
        self.commit(3)
        self.broker.beat()
        self.turn()
        (session,) = self.broker.sessions
        assert session.subscription is not None and session.subscription.drawn == 3

    def test_a_heartbeat_reaches_the_listener(self) -> None:
        """With the gateway's reasons."""
        self.told.reasons.append("The disk is full")
        self.follow()
        self.turn(5)
        assert self.listener.beats[-1].reasons == ["The disk is full"]

    def test_a_bad_heartbeat_ends_the_connection(self) -> None:
        """It is no sign of life."""
        link = self.follow()
        self.assertRaises(Refused, link.heard_heartbeat, b"{}")
        good = Heartbeat(journal="j", head=1, time="t", state="ok")
        assert link.heard_heartbeat(pack(good)) == b'{"drawn":0}'
