"""Hostile peers: whatever they send, they are cut off within their bounds and with one line."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import TestCase

from alarmgw.codec.banana import STRANGER
from alarmgw.codec.wire import Fault, Hello, pack
from alarmgw.hub import Hub
from alarmgw.outputs.broker import Broker
from tests.gateways import MemoryJournal, Told, at_once, some_time
from tests.outputs.peers import LISTENER, Peer, spoken


class HostilePeers(TestCase):
    """Each test is one peer and how it ends."""

    def setUp(self) -> None:
        """A broker that knows one certificate, and everything it logs."""
        self.clock = Clock()
        self.told = Told(registered={"f1": "console"})
        self.journal = MemoryJournal()
        self.hub = Hub(self.journal, at_once, node="gw1")
        self.broker = Broker(
            self.hub,
            self.told.concerns(),
            self.clock,
            some_time,
            identify=lambda wire: wire.fingerprint,
            links=3,
        )
        self.logged: list[str] = []
        globalLogPublisher.addObserver(self._log)
        self.addCleanup(globalLogPublisher.removeObserver, self._log)

    def _log(self, event: dict[str, object]) -> None:
        if str(event.get("log_namespace", "")).startswith("alarmgw"):
            self.logged.append(str(event["log_format"]))

    def assert_cut(self, peer: Peer) -> None:
        """The connection was aborted, with exactly one line in the log."""
        assert peer.wire.aborted
        assert self.logged == ["Cut off {peer}: {reason}"], self.logged

    # before login

    def test_a_flood_before_login_is_cut_off_within_its_budget(self) -> None:
        """No more than 16 KB of a stranger are ever held, whatever it announces."""
        peer = Peer(self.broker)
        peer.raw(spoken([b"x" * 640_000] * 100), step=4096)
        self.assert_cut(peer)
        assert len(peer.link.buffer) <= STRANGER.expression_bytes

    def test_many_small_messages_before_login_are_cut_off(self) -> None:
        """The budget counts all that a stranger says, not each message."""
        peer = Peer(self.broker)
        peer.greet()
        for _ in range(2000):
            peer.raw(spoken([b"version", 6]))
        self.assert_cut(peer)

    def test_nested_lists_are_cut_off(self) -> None:
        """Nothing deeper than 8 is read from a stranger."""
        peer = Peer(self.broker)
        peer.greet()
        peer.raw(b"\x01\x80" * 9)
        self.assert_cut(peer)
        assert len(peer.link.listStack) <= STRANGER.depth

    def test_who_does_not_log_in_is_cut_off_after_5_seconds(self) -> None:
        """A connection alone holds a place for 5 s and no longer."""
        peer = Peer(self.broker)
        self.clock.advance(4.9)
        assert not peer.wire.aborted
        self.clock.advance(0.1)
        assert peer.wire.aborted
        assert self.logged == ["Cut off {peer}: it did not log in"]

    def test_an_unregistered_certificate_is_refused_with_a_fixed_text(self) -> None:
        """It hears why, and the connection ends."""
        peer = Peer(self.broker, "f2")
        peer.greet()
        _, error = peer.call(b"root", "login", pack(Hello(version=1, client="x")))
        assert Fault.NOT_REGISTERED.value.encode() in repr(error).encode()
        self.clock.advance(0)
        assert peer.wire.disconnecting
        assert not self.broker.sessions

    def test_no_certificate_is_not_registered(self) -> None:
        """A connection without a certificate is nobody's."""
        peer = Peer(self.broker, None)
        peer.greet()
        assert peer.call(b"root", "login", pack(Hello(version=1, client="x")))[0] == "error"

    def test_another_version_is_refused(self) -> None:
        """The gateway says that it speaks another version."""
        peer = Peer(self.broker)
        peer.greet()
        _, error = peer.call(b"root", "login", pack(Hello(version=2, client="x")))
        assert Fault.BAD_VERSION.value in repr(error)

    def test_a_second_login_on_one_link_is_refused(self) -> None:
        """A link has one session."""
        peer = Peer(self.broker)
        peer.login()
        _, error = peer.call(b"root", "login", pack(Hello(version=1, client="x")))
        assert Fault.BAD_REQUEST.value in repr(error)

    def test_it_is_full_with_as_many_links_as_are_allowed(self) -> None:
        """Strangers count as well; a place that is left is free again."""
        assert not self.broker.full()
        peers = [Peer(self.broker) for _ in range(3)]
        assert self.broker.full()
        peers[0].link.connectionLost()
        assert not self.broker.full()

    # the protocol's commands

    def broken(self, *expressions: object, session: bool = True) -> None:
        """A peer that says this is cut off with one line and no traceback."""
        peer = Peer(self.broker)
        if session:
            peer.login()
        else:
            peer.greet()
        self.logged.clear()
        peer.say(*expressions)
        self.assert_cut(peer)
        peer.say([b"message", 9, b"root", b"login", 1, [b"tuple"], [b"dictionary"]])
        assert peer.call(b"root", "login") is None

    def test_an_answer_to_nothing_is_cut_off(self) -> None:
        """A bogus answer's number makes one line in the log, no traceback."""
        self.broken([b"answer", 4711, [b"None"]])

    def test_an_error_to_nothing_is_cut_off(self) -> None:
        """A bogus error's number makes one line in the log, no traceback."""
        self.broken([b"error", 4711, [b"None"]])

    def test_a_release_of_what_it_does_not_have_is_cut_off(self) -> None:
        """Objects that were not handed out cannot be released, the doorstep least of all."""
        self.broken([b"decref", 99])

    def test_the_doorstep_cannot_be_released(self) -> None:
        """The root object stays."""
        self.broken([b"decref", b"root"], session=False)

    def test_a_call_to_an_unknown_object_is_cut_off(self) -> None:
        """Only what was handed out can be called."""
        self.broken([b"message", 1, 77, b"x", 1, [b"tuple"], [b"dictionary"]])

    def test_caching_commands_are_unknown(self) -> None:
        """Perspective Broker's caching does not exist here."""
        self.broken([b"cachemessage", 1, 1, b"x", 1, [b"tuple"], [b"dictionary"]])

    def test_unknown_commands_are_cut_off(self) -> None:
        """There is no didNotUnderstand to amplify with."""
        self.broken([b"mumble"])

    def test_an_empty_command_is_cut_off(self) -> None:
        """An empty list is no command."""
        self.broken([])

    def test_jelly_that_builds_things_is_cut_off(self) -> None:
        """Types beyond bytes, text, numbers and None are never built."""
        jellied = [b"reference", 1, [b"list", [b"dereference", 1]]]
        self.broken([b"message", 1, b"root", b"login", 1, [b"tuple", jellied], [b"dictionary"]])

    def test_another_dialect_is_cut_off(self) -> None:
        """What does not speak Perspective Broker is not talked to."""
        peer = Peer(self.broker)
        peer.say(b"none")
        self.assert_cut(peer)

    def test_words_before_a_dialect_are_cut_off(self) -> None:
        """The dialect's vocabulary means nothing before there is a dialect."""
        peer = Peer(self.broker)
        peer.raw(b"\x1c\x87")
        self.assert_cut(peer)

    def test_nothing_is_done_for_who_was_cut_off(self) -> None:
        """What stands behind a violation in the same bytes is not run."""
        peer = Peer(self.broker)
        peer.greet()
        login = [b"tuple", pack(Hello(version=1, client="x"))]
        peer.say([b"mumble"], [b"message", 1, b"root", b"login", 1, login, [b"dictionary"]])
        self.assert_cut(peer)
        assert not self.broker.sessions

    def test_http_is_cut_off(self) -> None:
        """A browser or scanner at the port ends at once."""
        peer = Peer(self.broker)
        peer.raw(b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n")
        self.assert_cut(peer)

    @given(st.binary(max_size=300), st.integers(1, 40), st.booleans())
    @settings(max_examples=150, deadline=None)
    def test_any_bytes_are_read_or_cut_off(self, data: bytes, step: int, greeted: bool) -> None:
        """Whatever bytes arrive, in whatever pieces, nothing is raised and nothing is logged in."""
        peer = Peer(self.broker)
        if greeted:
            peer.greet()
        peer.raw(data, step)
        assert not self.broker.sessions
        peer.link.connectionLost()

    # after login

    def test_requests_of_the_wrong_form_get_a_fixed_text(self) -> None:
        """A workstation's bug is answered, not punished: it may be newer than we are."""
        peer = Peer(self.broker)
        session = peer.login()
        for name, given_ in [
            ("nothing", ()),
            ("subscribe", ()),
            ("subscribe", ([b"remote", LISTENER], b"{")),
            ("subscribe", (b"no reference", b"{}")),
            ("picture", ("gw1-1", "01-a.jpg")),
            ("picture", ("gw1-1", "01-a.jpg", -1)),
        ]:
            kind, error = peer.call(session, name, *given_)
            assert kind == "error" and Fault.BAD_REQUEST.value in repr(error), name
        assert not peer.wire.aborted

    def test_errors_say_nothing_of_ours(self) -> None:
        """The peer hears the fixed text, not the sentence with our path in it."""
        peer = Peer(self.broker)
        _, error = peer.call(peer.login(), "picture", "gw1-1", "../../etc/passwd", 0)
        assert Fault.NOT_FOUND.value in repr(error)
        assert "secret" not in repr(error) and "Traceback" not in repr(error)

    def test_a_bug_of_ours_is_logged_and_not_told(self) -> None:
        """The peer hears that something failed; what it was stands in the log."""

        async def broken(alarm: str, name: str, offset: int) -> bytes:
            raise RuntimeError("/secret/place")

        peer = Peer(self.broker)
        session = peer.login()
        next(iter(self.broker.sessions))._read_picture = broken
        _, error = peer.call(session, "picture", "gw1-1", "01-a.jpg", 0)
        assert Fault.INTERNAL.value in repr(error) and "secret" not in repr(error)
        assert len(self.flushLoggedErrors(RuntimeError)) == 1

    def test_the_budget_of_strangers_ends_with_login(self) -> None:
        """A workstation may say more than 16 KB in its life, and more than that at once."""
        peer = Peer(self.broker)
        session = peer.login()
        for _ in range(20):
            peer.call(session, "picture", "gw1-1", "x" * 20_000, 0)
        assert not peer.wire.aborted

    def test_a_large_message_after_login_is_cut_off(self) -> None:
        """A known workstation has bounds, too."""
        self.broken([b"message", 1, b"root", b"x", 1, [b"tuple", b"x" * 70_000], [b"dictionary"]])

    def test_who_does_not_read_is_not_read_from(self) -> None:
        """Requests of a peer that leaves its answers unread are left unread."""
        peer = Peer(self.broker)
        peer.login()
        peer.wire.producer.pauseProducing()
        assert not peer.wire.reading
        peer.wire.producer.resumeProducing()
        assert peer.wire.reading

    def test_small_writes_do_not_wait(self) -> None:
        """Nagle's algorithm is off."""
        assert Peer(self.broker).wire.no_delay
