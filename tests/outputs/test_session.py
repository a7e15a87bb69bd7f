"""Sessions: pictures on demand, no more of them at once than a link can carry."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import TestCase

from alarmgw.codec.wire import PIECES, Fault
from alarmgw.errors import Cause, TryLater
from alarmgw.hub import Hub
from alarmgw.outputs.broker import LINKS_OF_ONE, Broker
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
