"""Sessions: pictures on demand, no more of them at once than a link can carry."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import TestCase

from alarmgw.codec.requests import REQUEST_BYTES, Command, Question, SignOn
from alarmgw.codec.wire import PIECES, Fault
from alarmgw.errors import Cause, Refused, TryLater
from alarmgw.hub import Hub
from alarmgw.outputs.broker import LINKS_OF_ONE, Broker
from alarmgw.outputs.pace import COMMANDS_A_SECOND, COMMANDS_TOGETHER, DISPLAYS_TOGETHER
from alarmgw.outputs.session import ASKED, Desk
from tests.gateways import PICTURE, MemoryJournal, Told, at_once, some_time
from tests.outputs.peers import Peer


class Sessions(TestCase):
    """One logged-in peer in memory."""

    def setUp(self) -> None:
        """A broker that knows two certificates of one workstation's."""
        told = Told(registered={"f1": "console", "f2": "console"})
        hub = Hub(MemoryJournal(), at_once, node="gw1")
        self.broker = Broker(
            hub, told.concerns(), Clock(), some_time, identify=lambda wire: wire.fingerprint
        )

    def test_a_picture_is_read_piece_by_piece_to_an_empty_end(self) -> None:
        """Offsets are the caller's; behind the end there is nothing."""
        peer = Peer(self.broker)
        session, whole = peer.login(), b""
        while piece := peer.call(session, "picture", "gw1-1", "01-a.jpg", len(whole))[1]:
            whole += piece
        assert whole == PICTURE

    def test_more_pieces_at_once_than_allowed_are_refused(self) -> None:
        """The link is there for alarms first."""
        peer = Peer(self.broker)
        session = peer.login()
        slow: list[Deferred[bytes]] = []

        def read(alarm: str, name: str, offset: int) -> Deferred[bytes]:
            slow.append(Deferred())
            return slow[-1]

        next(iter(self.broker.sessions))._read_picture = read
        for _ in range(PIECES):
            assert peer.call(session, "picture", "gw1-1", "a", 0) is None
        _, error = peer.call(session, "picture", "gw1-1", "a", 0)
        assert Fault.BUSY.value in repr(error)
        slow[0].callback(b"piece")
        assert peer.call(session, "picture", "gw1-1", "a", 0) is None

    def test_a_store_that_cannot_now_is_later(self) -> None:
        """A passing fault of a store is told as one."""

        async def read(alarm: str, name: str, offset: int) -> bytes:
            raise TryLater(Cause.STORE_FAILED, "/secret/place")

        peer = Peer(self.broker)
        session = peer.login()
        next(iter(self.broker.sessions))._read_picture = read
        _, error = peer.call(session, "picture", "gw1-1", "a", 0)
        assert Fault.TRY_LATER.value in repr(error) and "secret" not in repr(error)

    def test_an_answer_for_who_has_left_is_dropped(self) -> None:
        """A picture that comes too late bothers nobody."""
        late: Deferred[bytes] = Deferred()
        peer = Peer(self.broker)
        session = peer.login()
        next(iter(self.broker.sessions))._read_picture = lambda *_: late
        peer.call(session, "picture", "gw1-1", "a", 0)
        peer.link.connectionLost()
        late.callback(b"piece")
        assert peer.wire.value() == b""

    def test_one_certificate_holds_only_so_many_links(self) -> None:
        """A copied bundle cannot take every place; another certificate still gets in."""
        for _ in range(LINKS_OF_ONE):
            Peer(self.broker, "f1").login()
        late = Peer(self.broker, "f1")
        late.greet()
        hello = b'{"version":1,"client":"x"}'
        assert Fault.BUSY.value in repr(late.call(b"root", "login", hello))
        Peer(self.broker, "f2").login()


ACCEPT = b'{"id":"%s","action":{"do":"accept"}}' % (b"a" * 32)

DISPLAYED = b'{"id":"%s","action":{"do":"displayed"}}' % (b"d" * 32)


class Desks(TestCase):
    """Peers at workstations, and a gateway that answers as the test likes."""

    def setUp(self) -> None:
        """A broker that knows two workstations; what was asked is noted."""
        self.asked: list[tuple[str, str, object]] = []
        self.slow: list[Deferred[dict[str, Any]]] = []
        self.refusal: Exception | None = None
        self.clock = Clock()
        told = Told(registered={"f1": "platz-1", "f2": "platz-2"})
        desk = Desk(sign_on=self.answer, command=self.answer, ask=self.answer)
        self.broker = Broker(
            Hub(MemoryJournal(), at_once, node="gw1"),
            evolve(told.concerns(), desk=desk),
            self.clock,
            some_time,
            identify=lambda wire: wire.fingerprint,
        )

    async def answer(self, workstation: str, fingerprint: str, given: Any) -> dict[str, Any]:
        """Note what was asked."""
        self.asked.append((workstation, fingerprint, given))
        if self.refusal is not None:
            raise self.refusal
        return await self.slow[-1] if self.slow else {"ok": True}

    def test_who_asks_is_whose_certificate_it_is(self) -> None:
        """Whatever a request says of it."""
        peer = Peer(self.broker, "f2")
        session = peer.login()
        said = b'{"name":"anna","password":"x","workstation":"platz-1"}'
        self.assertEqual(peer.call(session, "sign_on", said), ("answer", b'{"ok":true}'))
        self.assertEqual(peer.call(session, "command", ACCEPT)[1], b'{"ok":true}')
        self.assertEqual(peer.call(session, "ask", b'{"name":"people"}')[1], b'{"ok":true}')
        self.assertEqual(
            self.asked,
            [
                ("platz-2", "f2", SignOn(name="anna", password="x")),
                ("platz-2", "f2", Command(id="a" * 32, action={"do": "accept"})),
                ("platz-2", "f2", Question(name="people")),
            ],
        )

    def test_what_is_no_request_is_refused(self) -> None:
        """Nobody hears of it."""
        peer = Peer(self.broker, "f1")
        session = peer.login()
        for name in ("sign_on", "command", "ask"):
            for given in ((), (b"{}",), (b"{}", b"{}"), (7,), (b"x" * (REQUEST_BYTES + 1),)):
                kind, error = peer.call(session, name, *given)
                self.assertEqual((kind, Fault.BAD_REQUEST.value in repr(error)), ("error", True))
        self.assertEqual(self.asked, [])

    def test_a_refusal_crosses_the_wire_without_its_words(self) -> None:
        """No path, no traceback."""
        peer = Peer(self.broker, "f1")
        session = peer.login()
        for refusal, fault in [
            (Refused(Cause.NOT_FOUND, "/secret"), Fault.NOT_FOUND),
            (TryLater(Cause.STORE_FAILED, "/secret"), Fault.TRY_LATER),
            (ZeroDivisionError("/secret"), Fault.INTERNAL),
        ]:
            self.refusal = refusal
            _, error = peer.call(session, "ask", b'{"name":"people"}')
            self.assertIn(fault.value, repr(error))
            self.assertNotIn("secret", repr(error))
        self.flushLoggedErrors(ZeroDivisionError)

    def test_more_at_once_than_allowed_are_refused(self) -> None:
        """One workstation does not take the place of all; an answer makes room."""
        peer = Peer(self.broker, "f1")
        session = peer.login()
        for _ in range(ASKED):
            self.slow.append(Deferred())
            self.assertIsNone(peer.call(session, "command", ACCEPT))
        self.assertIn(Fault.BUSY.value, repr(peer.call(session, "command", ACCEPT)))
        self.assertEqual(len(self.asked), ASKED)
        self.slow.pop(0).callback({"ok": True})
        self.assertIsNone(peer.call(session, "command", ACCEPT))

    def test_commands_of_one_certificate_have_a_pace(self) -> None:
        """On all its links together, and on a new one; others, and questions, are not held up."""
        peers = [Peer(self.broker, "f1") for _ in range(2)]
        links = [(peer, peer.login()) for peer in peers]
        for n in range(COMMANDS_TOGETHER):
            peer, session = links[n % 2]
            self.assertEqual(peer.call(session, "command", ACCEPT)[0], "answer")
        peers[0].link.connectionLost()
        links[0] = (late := Peer(self.broker, "f1"), late.login())
        for peer, session in links:
            self.assertIn(Fault.BUSY.value, repr(peer.call(session, "command", ACCEPT)))
            self.assertEqual(peer.call(session, "ask", b'{"name":"people"}')[0], "answer")
        other = Peer(self.broker, "f2")
        self.assertEqual(other.call(other.login(), "command", ACCEPT)[0], "answer")
        self.clock.advance(1 / COMMANDS_A_SECOND)
        peer, session = links[1]
        self.assertEqual(peer.call(session, "command", DISPLAYED)[0], "answer")
        self.assertEqual(peer.call(session, "command", ACCEPT)[0], "answer")
        self.assertEqual(peer.call(session, "command", ACCEPT)[0], "error")

    def test_what_a_page_has_drawn_holds_up_no_decision(self) -> None:
        """However much it draws; that has its own bound."""
        peer = Peer(self.broker, "f1")
        session = peer.login()
        for _ in range(DISPLAYS_TOGETHER):
            self.assertEqual(peer.call(session, "command", DISPLAYED)[0], "answer")
        self.assertIn(Fault.BUSY.value, repr(peer.call(session, "command", DISPLAYED)))
        self.assertEqual(peer.call(session, "command", ACCEPT)[0], "answer")

    def test_a_command_about_many_incidents_is_one(self) -> None:
        """Two hundred false alarms are closed with one key, several times in a row."""
        pairs = b",".join(b'["gw1-%d",1]' % n for n in range(200))
        bulk = b'{"id":"%s","incidents":[%s],"action":{"do":"accept"}}' % (b"b" * 32, pairs)
        peer = Peer(self.broker, "f1")
        session = peer.login()
        for _ in range(COMMANDS_TOGETHER):
            self.assertEqual(peer.call(session, "command", bulk)[0], "answer")
        self.assertEqual(peer.call(session, "command", bulk)[0], "error")

    def test_without_a_desk_nobody_signs_on(self) -> None:
        """A request is refused like any that is unknown."""
        self.broker._concerns = evolve(self.broker._concerns, desk=None)
        peer = Peer(self.broker, "f1")
        session = peer.login()
        for name in ("sign_on", "command", "ask"):
            self.assertEqual(peer.call(session, name, ACCEPT)[0], "error")

    def test_a_command_that_is_run_there_is_no_place_to_work_at(self) -> None:
        """`alarmgw watch` beside a console that is gone keeps nobody signed on."""
        Peer(self.broker, "f1").login("alarmgw watch")
        self.assertEqual(self.broker.linked, set())
        self.assertEqual(self.broker.workstations, ["platz-1"])
        console = Peer(self.broker, "f1")
        console.login("alarmgw-workstation")
        self.assertEqual(self.broker.linked, {"f1"})
        console.link.connectionLost()
        self.assertEqual(self.broker.linked, set())
