"""`alarmgw.listeners`: ports that open, change and close, all of it or nothing."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import endpoints
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.error import ConnectionRefusedError
from twisted.internet.protocol import Factory, Protocol
from twisted.python.systemd import ListenFDs
from twisted.trial.unittest import TestCase

from alarmgw.certificates import BadCertificate
from alarmgw.config import Configuration, Limits, ListenerSettings
from alarmgw.errors import BadConfig
from alarmgw.listeners import Links, Listeners
from tests.gateways import Gateway, MemoryJournal, Told
from tests.homes import make_home
from tests.places import temporary_home

pytestmark = pytest.mark.sockets


class Greeter(Protocol):
    """Says its word, and once more whatever it hears."""

    def __init__(self, word: bytes) -> None:
        self._word = word
        self.lost: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        """Greet."""
        self.transport.write(self._word)

    def dataReceived(self, data: bytes) -> None:
        """Greet again."""
        self.transport.write(self._word)

    def connectionLost(self, reason: Any = None) -> None:
        """Over."""
        self.lost.callback(None)


class GreetingDoor:
    """A door that says a word; it has shut down when all who came in have left."""

    def __init__(self, word: bytes) -> None:
        self._word = word
        self._inside: list[Greeter] = []
        self.closed = False

    def for_endpoint(self) -> Factory:
        """A factory of greeters."""
        return Factory.forProtocol(self._enter)

    def shutdown(self) -> Deferred[Any]:
        """Send everybody away."""
        self.closed = True
        for greeter in self._inside:
            greeter.transport.loseConnection()
        return gatherResults([greeter.lost for greeter in self._inside])

    def _enter(self) -> Greeter:
        self._inside.append(Greeter(self._word))
        return self._inside[-1]


class Caller(Protocol):
    """A device: hears greetings."""

    def __init__(self) -> None:
        self._waiting: Deferred[bytes] = Deferred()
        self.lost: Deferred[None] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        """A greeting."""
        waiting, self._waiting = self._waiting, Deferred()
        waiting.callback(data)

    def connectionLost(self, reason: Any = None) -> None:
        """Over."""
        self.lost.callback(None)

    async def hear(self) -> bytes:
        """The next greeting."""
        return await self._waiting


def free_endpoint() -> str:
    """An endpoint whose port is free."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"tcp:{sock.getsockname()[1]}:interface=127.0.0.1"


class ListenersCase(TestCase):
    """Listeners whose doors say the setting ``unknown_sources``."""

    def setUp(self) -> None:
        """None is open."""
        from twisted.internet import reactor

        self.reactor: Any = reactor
        self.doors: list[GreetingDoor] = []
        self.callers: list[Caller] = []
        self.bad_certificate = False
        self.one, self.two, self.three = free_endpoint(), free_endpoint(), free_endpoint()

    def build(self, name: str, settings: ListenerSettings, whole: Configuration) -> GreetingDoor:
        """A door; none where its certificate is bad."""
        if self.bad_certificate:
            raise BadCertificate("server.pem is no certificate")
        self.doors.append(GreetingDoor(settings.unknown_sources.encode()))
        return self.doors[-1]

    def configuration(self, *endpoints: str, word: str = "capture") -> Configuration:
        """Listeners at these endpoints."""
        return Configuration(
            home=Path("/home"),
            name="gw1",
            listeners=tuple(
                ListenerSettings(endpoint=one, unknown_sources=word) for one in endpoints
            ),
            limits=Limits(),
            workstations="tcp:0",
        )

    def start(self, *endpoints: str) -> None:
        """Open these, and close all after the test."""
        configuration = self.configuration(*endpoints)
        self.listeners = Listeners(self.reactor, self.build, configuration)
        self.addCleanup(self.end)
        self.listeners.startService()

    async def end(self) -> None:
        """Close them, and wait until every caller knows."""
        await self.listeners.stopService()
        await gatherResults([caller.lost for caller in self.callers])

    async def call(self, endpoint: str) -> Caller:
        """A connection to an endpoint."""
        client = TCP4ClientEndpoint(self.reactor, "127.0.0.1", int(endpoint.split(":")[1]))
        caller = await connectProtocol(client, Caller())
        self.callers.append(caller)
        return caller

    async def greeting(self, endpoint: str) -> bytes:
        """What an endpoint says to a new caller."""
        return await (await self.call(endpoint)).hear()

    async def assert_closed(self, endpoint: str) -> None:
        """Nobody listens there."""
        with self.assertRaises(ConnectionRefusedError):
            await self.call(endpoint)

    def complaint(self, configuration: Configuration) -> str:
        """The one complaint about a change."""
        with self.assertRaises(BadConfig) as caught:
            self.listeners.change(configuration)
        [complaint] = caught.exception.complaints
        return str(complaint)


class OpenTests(ListenersCase):
    """Start and stop."""

    async def test_every_listener_is_open_after_the_start(self) -> None:
        """A start that returns has opened all ports."""
        self.start(self.one, self.two)
        self.assertEqual(await self.greeting(self.one), b"capture")
        self.assertEqual(await self.greeting(self.two), b"capture")

    async def test_port_that_is_taken_hinders_the_start_and_leaves_none_open(self) -> None:
        """One listener that cannot be had: the start fails and names it."""
        self.start(self.two)
        other = Listeners(self.reactor, self.build, self.configuration(self.one, self.two))
        with self.assertRaises(BadConfig) as caught:
            other.startService()
        self.assertIn("listener[2].endpoint", str(caught.exception))
        await self.assert_closed(self.one)

    async def test_stop_sends_everybody_away_and_closes_the_ports(self) -> None:
        """After the stop nobody is inside and nobody comes in."""
        self.start(self.one)
        caller = await self.call(self.one)
        await caller.hear()
        await self.listeners.stopService()
        await caller.lost
        await self.assert_closed(self.one)

    async def test_listeners_tell_what_they_are(self) -> None:
        """Status shows each endpoint with its rules."""
        self.start(self.one)
        [facts] = self.listeners.facts()
        self.assertEqual(facts["endpoint"], self.one)
        self.assertEqual((facts["tls"], facts["tls_profile"]), ("starttls", "modern"))


class ChangeTests(ListenersCase):
    """A changed configuration."""

    async def test_added_listener_opens_and_removed_one_closes(self) -> None:
        """After a change exactly the configured ports are open."""
        self.start(self.one, self.two)
        self.listeners.change(self.configuration(self.two, self.three))
        await self.assert_closed(self.one)
        self.assertEqual(await self.greeting(self.two), b"capture")
        self.assertEqual(await self.greeting(self.three), b"capture")

    async def test_kept_port_keeps_its_connections(self) -> None:
        """Who is connected goes on by the old rules; who comes now gets the new ones."""
        self.start(self.one)
        caller = await self.call(self.one)
        await caller.hear()
        self.listeners.change(self.configuration(self.one, word="refuse"))
        self.assertEqual(await self.greeting(self.one), b"refuse")
        caller.transport.write(b"NOOP")
        self.assertEqual(await caller.hear(), b"capture")

    async def test_connection_to_a_removed_port_goes_on(self) -> None:
        """A mail on its way is not lost because its port is no longer wanted."""
        self.start(self.one)
        caller = await self.call(self.one)
        await caller.hear()
        self.listeners.change(self.configuration(self.two))
        caller.transport.write(b"NOOP")
        self.assertEqual(await caller.hear(), b"capture")

    async def test_port_that_is_taken_changes_nothing(self) -> None:
        """Not the new port before it, not the rules of the old one, not the removal."""
        self.start(self.one)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            wrong = f"tcp:{taken.getsockname()[1]}:interface=127.0.0.1"
            wanted = self.configuration(self.one, self.two, wrong, word="refuse")
            self.assertIn("listener[3].endpoint", self.complaint(wanted))
        await self.assert_closed(self.two)
        self.assertEqual(await self.greeting(self.one), b"capture")
        self.assertEqual(self.listeners.facts()[0]["unknown_sources"], "capture")

    async def test_bad_certificate_changes_nothing(self) -> None:
        """Every listener that cannot be built is told, and no port is opened or closed."""
        self.start(self.one)
        self.bad_certificate = True
        with self.assertRaises(BadConfig) as caught:
            self.listeners.change(self.configuration(self.two, self.three))
        keys = [complaint.key for complaint in caught.exception.complaints]
        self.assertEqual(keys, ["listener[1].tls", "listener[2].tls"])
        await self.assert_closed(self.two)
        self.assertEqual(await self.greeting(self.one), b"capture")

    async def test_doors_of_former_rules_are_shut_at_the_end(self) -> None:
        """Who came in by rules of yesterday is sent away as well."""
        self.start(self.one)
        await self.greeting(self.one)
        self.listeners.change(self.configuration(self.one, word="refuse"))
        await self.listeners.stopService()
        self.assertEqual([door.closed for door in self.doors], [True, True])


class PassedSocketTests(ListenersCase):
    """Sockets that systemd has opened and passed on."""

    def passed(self, *sockets: socket.socket) -> None:
        """Be a process that got these sockets."""
        descriptors = [sock.detach() for sock in sockets]
        for descriptor in descriptors:
            self.addCleanup(socket.close, descriptor)
        names = [f"name-{number}" for number in range(len(sockets))]
        parser = endpoints._SystemdParser  # type: ignore[attr-defined]
        self.patch(parser, "_sddaemon", ListenFDs(descriptors, names))

    def shared(self) -> str:
        """Pass one socket, and keep it as systemd does; what to call it for `call`."""
        kept = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(kept.close)
        self.passed(kept.dup())
        return f"tcp:{kept.getsockname()[1]}"

    def refusal(self, endpoint: str) -> str:
        """Why a gateway with this listener does not start."""
        listeners = Listeners(self.reactor, self.build, self.configuration(endpoint))
        with self.assertRaises(BadConfig) as caught:
            listeners.startService()
        return str(caught.exception)

    async def test_passed_socket_is_a_listener(self) -> None:
        """Whoever connects to the socket of systemd's is greeted."""
        place = self.shared()
        self.start("systemd:domain=INET:index=0")
        self.assertEqual(await self.greeting(place), b"capture")

    async def test_passed_socket_may_be_called_by_its_name(self) -> None:
        """FileDescriptorName= names a socket as well as its index does."""
        place = self.shared()
        self.start("systemd:domain=INET:name=name-0")
        self.assertEqual(await self.greeting(place), b"capture")

    async def test_stopped_gateway_leaves_the_socket_open(self) -> None:
        """Who comes between stop and start is not refused, and is greeted by the next one."""
        place = self.shared()
        self.start(self.one, "systemd:domain=INET:index=0")
        await self.listeners.stopService()
        waiting = await self.call(place)
        self.start("systemd:domain=INET:index=0")
        self.assertEqual(await waiting.hear(), b"capture")

    async def test_reload_takes_it_out_and_brings_it_back(self) -> None:
        """A listener that was commented out for a while finds its own socket again."""
        place, endpoint = self.shared(), "systemd:domain=INET:index=0"
        self.start(endpoint)
        self.listeners.change(self.configuration(self.one))
        self.listeners.change(self.configuration(self.one, endpoint, word="refuse"))
        self.assertEqual(await self.greeting(place), b"refuse")

    async def test_one_passed_socket_may_follow_another(self) -> None:
        """Two sockets of systemd's are two places, although neither has a port here."""
        one, other = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
        place = f"tcp:{other.getsockname()[1]}"
        self.passed(one, other)
        self.start("systemd:domain=INET:index=0")
        self.listeners.change(self.configuration("systemd:domain=INET:index=1"))
        self.assertEqual(await self.greeting(place), b"capture")

    def test_same_socket_cannot_be_listened_to_otherwise_while_running(self) -> None:
        """A reload that puts a proxy before a passed socket asks for a restart."""
        self.shared()
        self.start("systemd:domain=INET:index=0")
        wanted = self.configuration("haproxy:systemd:domain=INET:index=0")
        self.assertIn("restart the gateway", self.complaint(wanted))

    async def test_proxy_may_stand_before_a_passed_socket(self) -> None:
        """With haproxy: a connection begins with the PROXY protocol's line."""
        place = self.shared()
        self.start("haproxy:systemd:domain=INET:index=0")
        caller = await self.call(place)
        caller.transport.write(b"PROXY TCP4 10.1.2.3 10.1.2.4 1000 25\r\nNOOP")
        self.assertIn(b"capture", await caller.hear())

    def test_start_without_the_socket_says_what_is_missing(self) -> None:
        """Neither a missing index nor a missing name is a traceback."""
        self.passed()
        for which in ("index=0", "name=smtp"):
            told = self.refusal(f"systemd:domain=INET:{which}")
            self.assertIn("listener[1].endpoint", told)
            self.assertIn("is alarmgw.socket started?", told)

    def test_socket_of_another_kind_is_told(self) -> None:
        """ListenStream=25 alone is an IPv6 socket: with domain=INET no connection would live."""
        self.passed(socket.create_server(("::1", 0), family=socket.AF_INET6))
        told = self.refusal("systemd:domain=INET:index=0")
        self.assertIn("that socket is one of domain=INET6", told)

    def test_socket_that_does_not_listen_is_told(self) -> None:
        """A datagram socket, or one that is connected, is no listener."""
        self.passed(socket.socket(type=socket.SOCK_DGRAM))
        self.assertIn("does not listen", self.refusal("systemd:domain=INET:index=0"))


class LinksTests(TestCase):
    """The port for workstations."""

    def setUp(self) -> None:
        """A home and a broker."""
        from twisted.internet import reactor

        self.reactor: Any = reactor
        home = make_home(temporary_home(self) / "home")
        self.configuration = Configuration(
            home=home, name="gw1", listeners=(), limits=Limits(), workstations=free_endpoint()
        )
        gateway = Gateway(reactor, None, MemoryJournal(), Told())  # type: ignore[arg-type]
        self.links = Links(reactor, self.configuration, gateway.broker)
        self.addCleanup(self.links.stopService)

    async def connect(self) -> None:
        """Connect and hang up."""
        port = int(self.configuration.workstations.split(":")[1])
        client = TCP4ClientEndpoint(self.reactor, "127.0.0.1", port)
        caller = await connectProtocol(client, Caller())
        self.links.stopService()
        await caller.lost

    async def test_port_is_open_until_the_stop_cuts_every_link(self) -> None:
        """Workstations find the port open; the stop closes it and cuts who is connected."""
        self.links.startService()
        await self.connect()
        with self.assertRaises(ConnectionRefusedError):
            await self.connect()

    def test_port_that_is_taken_hinders_the_start(self) -> None:
        """The complaint names the key."""
        port = int(self.configuration.workstations.split(":")[1])
        with socket.create_server(("127.0.0.1", port)), self.assertRaises(BadConfig) as caught:
            self.links.startService()
        self.assertIn("workstations.endpoint", str(caught.exception))
