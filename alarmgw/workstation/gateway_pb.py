"""Perspective Broker at the workstation's end: the gateway is known, and bounded all the same."""

# Twisted's spread has no annotations; this file is the typed front of it.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread import banana, jelly, pb

from alarmgw.codec.banana import GATEWAY, PLAIN_TYPES, BananaGuard, Overrun, failure, fault_in
from alarmgw.codec.wire import Fault, PeerFault


class LinkLost(Exception):
    """The connection ended while a call was under way, or before it."""


class Plain(jelly.SecurityOptions):
    """Jelly's types cut down to what our calls carry.  The stock class lets any dotted name in."""

    def isTypeAllowed(self, typeName: str | bytes) -> bool:
        """Whether jelly may send or build this type."""
        name = typeName.encode("utf-8") if isinstance(typeName, str) else typeName
        return name in PLAIN_TYPES


class GatewayBroker(pb.Broker):
    """The connection to the gateway; ``ready`` and ``lost`` are called once each."""

    log = Logger()
    knownDialects = [b"pb"]
    disconnected: int
    factory: Any
    transport: Any
    waitingForAnswers: dict[int, Deferred[Any]]  # type: ignore[assignment]

    def __init__(
        self,
        made: Callable[[GatewayBroker], None],
        ready: Callable[[GatewayBroker], None],
        lost: Callable[[GatewayBroker, Failure], None],
    ) -> None:
        super().__init__(isClient=True, security=Plain())
        self._made, self._ready, self._lost = made, ready, lost
        self._guard = BananaGuard(GATEWAY)
        self.closing = False

    def call(self, reference: pb.RemoteReference, name: str, *given: object) -> Deferred[Any]:
        """Call the gateway's object.  Fails with `PeerFault` or `LinkLost`."""
        if self.disconnected or self.closing:
            return fail(LinkLost("there is no link to the gateway"))
        answer: Deferred[Any] = reference.callRemote(name, *given)
        return answer.addErrback(_called)

    def cut(self) -> None:
        """End the connection now."""
        self.closing = True
        self.transport.abortConnection()

    # called by Twisted

    def connectionMade(self) -> None:
        """Answers are credits: they must not wait for a full segment (Nagle)."""
        self.transport.setTcpNoDelay(True)
        super().connectionMade()
        self._made(self)

    def connectionReady(self) -> None:
        """Both ends speak Perspective Broker."""
        super().connectionReady()
        self._ready(self)

    def dataReceived(self, chunk: bytes) -> None:
        """Count first, then read; what cannot be read ends the connection."""
        if self.closing or not chunk:
            return
        try:
            self._guard.feed(chunk)
            super().dataReceived(chunk)
        except (Overrun, *_UNREADABLE) as error:
            self.log.warn("The gateway sent what cannot be read: {error!r}", error=error)
            self.cut()

    def expressionReceived(self, sexp: object) -> None:
        """Nothing is done any more for a gateway that was cut off."""
        if not self.closing:
            super().expressionReceived(sexp)

    def proto_error(self, requestID: int, fail: object) -> None:
        """A call failed; all that counts is the fixed text."""
        self.waitingForAnswers.pop(requestID).errback(PeerFault(fault_in(fail)))

    def _sendError(self, fail: object, requestID: int) -> None:
        """A fault of ours is logged here, not there."""
        self.sendCall(b"error", requestID, failure(Fault.INTERNAL))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Calls under way fail with `LinkLost`."""
        self.closing = True
        super().connectionLost(reason)
        self._lost(self, reason)


#: How Twisted's own reader fails at what a peer sends.
_UNREADABLE = (
    banana.BananaError,
    pb.ProtocolError,
    jelly.InsecureJelly,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def _called(why: Failure) -> Failure:
    if why.check(pb.PBConnectionLost, pb.DeadReferenceError):
        return Failure(LinkLost("the link to the gateway was lost"))
    return why
