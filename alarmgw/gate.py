"""The gate before a port: whoever cannot be served there is hung up on before he costs anything."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IProtocol,
    IProtocolFactory,
    IStreamServerEndpoint,
)
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from zope.interface import implementer

Closed = Callable[[str], bool]
"""Whether the gate is closed to whoever comes from that address."""


class Gate(Factory):
    """Stands before everything else at a port.  Who comes to a closed one hears nothing.

    An answer would keep a descriptor until it is written, and one turn of the reactor may accept
    hundreds of connections before it writes the first.
    """

    noisy = False
    _log = Logger()

    def __init__(self, inner: IProtocolFactory, closed: Closed) -> None:
        self._inner = inner
        self._closed = closed
        self._told = False

    def buildProtocol(self, addr: IAddress | None) -> IProtocol | None:  # type: ignore[override]
        """A protocol, or None: then the connection is closed at once.  The first one is logged."""
        peer = getattr(addr, "host", addr)
        closed = self._closed(str(peer))
        if closed and not self._told:
            self._log.warn("Too many connections at once: {peer} is hung up on", peer=peer)
        self._told = closed
        return None if closed or addr is None else self._inner.buildProtocol(addr)


@implementer(IStreamServerEndpoint)
@frozen
class Gated:
    """An endpoint with a gate, to be put inside whatever wraps protocols: that wraps no None."""

    endpoint: IStreamServerEndpoint
    closed: Closed

    def listen(self, factory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Take connections while the gate is open."""
        return self.endpoint.listen(Gate(factory, self.closed))
