"""`alarmgw.gate`: a port that is closed to those for whom nothing is left."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Factory
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase, TestCase

from alarmgw.gate import Gate
from alarmgw.listeners import listen
from tests.test_listeners import Caller, Greeter, free_endpoint

SOMEBODY = IPv4Address("TCP", "10.8.0.7", 40000)


def greeters() -> Factory[Greeter]:
    """A factory whose protocols greet."""
    return Factory.forProtocol(lambda: Greeter(b"welcome"))


class GateTests(SynchronousTestCase):
    """In memory."""

    def setUp(self) -> None:
        """An open gate, and what it logs."""
        self.closed, self.asked = False, list[str]()
        self.gate = Gate(greeters(), self.is_closed)
        self.logged: list[Any] = []
        globalLogPublisher.addObserver(self.logged.append)
        self.addCleanup(globalLogPublisher.removeObserver, self.logged.append)

    def is_closed(self, host: str) -> bool:
        """Whether the gate is closed."""
        self.asked.append(host)
        return self.closed

    def comes_in(self) -> bool:
        """Whether somebody comes in."""
        return self.gate.buildProtocol(SOMEBODY) is not None

    def test_it_asks_for_each_connection(self) -> None:
        """Open, closed and open again, as it is at that moment for who comes."""
        came = []
        for self.closed in (False, True, False):
            came.append(self.comes_in())
        self.assertEqual(came, [True, False, True])
        self.assertEqual(self.asked, ["10.8.0.7"] * 3)

    def test_a_crowd_is_one_line_in_the_log(self) -> None:
        """The first who is hung up on is logged; and again when it was open in between."""
        for self.closed in (True, True, True, False, True, True):
            self.comes_in()
        self.assertEqual([event["peer"] for event in self.logged], ["10.8.0.7"] * 2)


@pytest.mark.sockets
class PortTests(TestCase):
    """At a port."""

    async def hung_up_on(self, prefix: str) -> None:
        """Who comes while it is closed loses the connection; later the port greets."""
        from twisted.internet import reactor

        closed, place = [True], free_endpoint()
        port: Any = listen(reactor, prefix + place, greeters(), lambda _: bool(closed))
        self.addCleanup(port.stopListening)
        client = TCP4ClientEndpoint(reactor, "127.0.0.1", int(place.split(":")[1]))
        caller = await connectProtocol(client, Caller())
        await caller.lost
        closed.clear()
        caller = await connectProtocol(client, Caller())
        if prefix:
            caller.transport.write(b"PROXY TCP4 10.1.2.3 10.1.2.4 1000 25\r\nNOOP")
        self.assertIn(b"welcome", await caller.hear())
        caller.transport.loseConnection()
        await caller.lost

    async def test_a_closed_port_hangs_up_at_once(self) -> None:
        """Nothing is said, and nothing is kept."""
        await self.hung_up_on("")

    async def test_so_does_one_behind_a_proxy(self) -> None:
        """No protocol is made there either, which the proxy's protocol could not be put around."""
        await self.hung_up_on("haproxy:")
