"""A network in memory: an endpoint that reaches a broker, can be cut, and never loses order."""

from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone, ConnectionLost, ConnectionRefusedError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from zope.interface import implementer


class Pipe:
    """One end of a connection in memory; bytes arrive in the clock's next turn."""

    def __init__(self, clock: Clock, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.protocol: Any = None
        self.other: Pipe
        self.stuck = False
        self._clock = clock
        self._open = True

    def write(self, data: bytes) -> None:
        """On its way, unless nothing leaves here any more."""
        if self._open and not self.stuck:
            self._clock.callLater(0, self.other.arrive, data)

    def arrive(self, data: bytes) -> None:
        """Bytes from the other end."""
        if self._open:
            self.protocol.dataReceived(data)

    def loseConnection(self) -> None:
        """Close, after what was written."""
        self._clock.callLater(0, self._closed, ConnectionDone())
        self._clock.callLater(0, self.other._closed, ConnectionDone())

    def abortConnection(self) -> None:
        """Close at once."""
        self._clock.callLater(0, self._closed, ConnectionLost())
        self._clock.callLater(0, self.other._closed, ConnectionLost())

    def _closed(self, why: Exception) -> None:
        if self._open:
            self._open = False
            self.protocol.connectionLost(Failure(why))

    def setTcpNoDelay(self, enabled: bool) -> None:
        """There is no Nagle in memory."""

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """Never full."""

    def getPeer(self) -> IPv4Address:
        """Somewhere."""
        return IPv4Address("TCP", "192.0.2.1", 2527)


@implementer(IStreamClientEndpoint)
class Network:
    """The way from one workstation to whatever gateway is there now."""

    def __init__(self, clock: Clock, broker: Any, fingerprint: str = "f1") -> None:
        self.clock, self.broker, self.fingerprint = clock, broker, fingerprint
        self.up = True
        self.attempts = 0
        self.here: Pipe | None = None
        self.there: Pipe | None = None

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        """A new connection, or the refusal of a gateway that is not there."""
        self.attempts += 1
        if not self.up:
            return fail(ConnectionRefusedError())
        self.here, self.there = Pipe(self.clock, ""), Pipe(self.clock, self.fingerprint)
        self.here.other, self.there.other = self.there, self.here
        self.here.protocol = protocolFactory.buildProtocol(None)
        self.there.protocol = self.broker.buildProtocol(None)
        self.there.protocol.makeConnection(self.there)
        self.here.protocol.makeConnection(self.here)
        return succeed(self.here.protocol)

    def cut(self) -> None:
        """The line dies under both."""
        assert self.here is not None
        self.here.abortConnection()
