"""Perspective Broker with bounds: the protocol of the gateway's end of a link.

`twisted.spread.pb.Broker` trusts its peer: it holds what is announced, builds
what is described, sends exceptions' texts and answers what it does not
understand.  `GuardedBroker` keeps its wire format and replaces that trust:

* bytes are counted before they are read (`BananaGuard`);
* five commands exist, each with one shape; anything else ends the connection
  with one report, never a traceback;
* arguments are bytes, texts, numbers, None and, where a call asks for one, a
  reference; nothing else is built (`Plain`, and `banana.arguments` before it);
* errors are a `Fault`, a fixed text;
* a peer that does not read is not read from.
"""

# Twisted's spread has no annotations; this file is the typed front of it.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, fail, maybeDeferred
from twisted.internet.interfaces import IDelayedCall, IPushProducer
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread import pb
from twisted.spread.jelly import SecurityOptions
from zope.interface import implementer

from alarmgw.codec.banana import (
    PLAIN_TYPES,
    STRANGER,
    BananaGuard,
    Bounds,
    Overrun,
    Reference,
    arguments,
    failure,
    fault_in,
    plain,
)
from alarmgw.codec.wire import Fault, PeerFault
from alarmgw.errors import Cause, Refusal, Refused

#: How a refusal of ours is worded for the peer.
_FAULTS = {
    Cause.BAD_VALUE: Fault.BAD_REQUEST,
    Cause.NOT_FOUND: Fault.NOT_FOUND,
    Cause.BUSY: Fault.BUSY,
}


class LinkLost(Exception):
    """The connection ended while a call was under way, or before it."""


class Plain(SecurityOptions):
    """Jelly's types cut down to what our calls carry.  The stock class lets any dotted name in."""

    def isTypeAllowed(self, typeName: str | bytes) -> bool:
        """Whether jelly may send or build this type."""
        name = typeName.encode("utf-8") if isinstance(typeName, str) else typeName
        return name in PLAIN_TYPES


class Published(pb.Referenceable):
    """An object that the peer may call: ``remote_…`` methods that take plain arguments."""

    def answer(self, broker: GuardedBroker, name: str, given: tuple[object, ...]) -> Deferred[Any]:
        """The result of the call, or a failure."""
        method: Callable[..., object] | None = getattr(self, f"remote_{name}", None)
        if method is None:
            raise PeerFault(Fault.BAD_REQUEST)
        return maybeDeferred(method, *(broker.referred(value) for value in given))


@implementer(IPushProducer)
class GuardedBroker(pb.Broker):
    """One link with a peer that may be anybody."""

    log = Logger()
    knownDialects = [b"pb"]
    disconnected: int
    #: Has ``connected(peer)`` and ``lost(peer)``, and keeps count.
    factory: Any
    transport: Any
    waitingForAnswers: dict[int, Deferred[Any]]  # type: ignore[assignment]

    def __init__(self, bounds: Bounds = STRANGER) -> None:
        super().__init__(isClient=False, security=Plain())
        self.guard = BananaGuard(bounds)
        self.closing = False
        self.choked = False
        self.on_room: Callable[[], None] = _nothing
        self.deadline: IDelayedCall | None = None

    @property
    def peer(self) -> str:
        """The peer's network address, for the log."""
        return str(getattr(self.transport.getPeer(), "host", "?"))

    def admitted(self, bounds: Bounds) -> None:
        """The peer is known from now on: other bounds, and what it leaves unread holds it back.

        Not earlier: a TLS handshake that waits for bytes is told to pause, too.
        """
        self.no_deadline()
        self.guard.bounds = bounds
        self.transport.registerProducer(self, True)

    def no_deadline(self) -> None:
        """The time to log in does not end any more."""
        if self.deadline is not None and self.deadline.active():
            self.deadline.cancel()

    def call(self, reference: pb.RemoteReference, name: str, *given: object) -> Deferred[Any]:
        """Call the peer's object.  Fires with plain data; fails with `PeerFault` or `LinkLost`."""
        if self.disconnected or self.closing:
            return fail(LinkLost("the link is down"))
        answer: Deferred[Any] = reference.callRemote(name, *given)
        return answer.addErrback(_called)

    def referred(self, value: object) -> object:
        """A `Reference` as something to call; anything else as it is."""
        if not isinstance(value, Reference):
            return value
        return pb.RemoteReference(None, self, value.number, True)

    def cut(self) -> None:
        """End the connection now: nothing more is read, nothing waits to be sent."""
        self.closing = True
        self.transport.abortConnection()

    # called by Twisted

    def connectionMade(self) -> None:
        """Entries must not wait for a full segment (Nagle)."""
        self.transport.setTcpNoDelay(True)
        super().connectionMade()
        self.factory.connected(self)

    def pauseProducing(self) -> None:
        """The peer does not read: send it no more, and read nothing that asks for more."""
        self.choked = True
        self.transport.pauseProducing()

    def resumeProducing(self) -> None:
        """The peer has read what was waiting."""
        self.choked = False
        self.transport.resumeProducing()
        self.on_room()

    def stopProducing(self) -> None:
        """The connection is gone; `connectionLost` follows."""

    def dataReceived(self, chunk: bytes) -> None:
        """Count first, then read."""
        if self.closing or not chunk:
            return
        try:
            self.guard.feed(chunk)
            super().dataReceived(chunk)
        except Overrun as overrun:
            self._violation(str(overrun))
        except NotImplementedError:
            self._violation("uses the dialect's words before the dialect is agreed on")

    def callExpressionReceived(self, obj: object) -> None:
        """One whole expression: the dialect's negotiation, then commands."""
        if self.closing:
            return
        if self.currentDialect is None and obj != b"pb":
            self._violation("speaks no Perspective Broker")
            return
        super().callExpressionReceived(obj)

    def expressionReceived(self, sexp: object) -> None:
        """Run one command; whatever has not exactly its shape ends the connection."""
        try:
            match sexp:
                case [b"message", int(number), int() | b"root" as target, bytes(name), *rest]:
                    self._message(number, target, name, rest)
                case [b"answer", int(number), value]:
                    result = plain(value)
                    self._waiting(number).callback(result)
                case [b"error", int(number), value]:
                    self._waiting(number).errback(PeerFault(fault_in(value)))
                case [b"decref", int(number)] if number in self.localObjects:
                    self.proto_decref(number)
                case [b"version", self.version]:
                    pass
                case _:
                    raise Refused(Cause.BAD_VALUE, "no command of ours")
        except Refused as refused:
            self._violation(refused.text)

    def _waiting(self, number: int) -> Deferred[Any]:
        try:
            return self.waitingForAnswers.pop(number)
        except KeyError:
            raise Refused(Cause.BAD_VALUE, "an answer to nothing that was asked") from None

    def _message(self, number: int, target: object, name: bytes, rest: list[Any]) -> None:
        called = self.localObjectForID(target)
        if not isinstance(called, Published) or len(rest) != 3:
            raise Refused(Cause.BAD_VALUE, "a call to nothing that is here")
        wanted, positional, named = rest
        given = arguments(positional, named)
        answer = maybeDeferred(called.answer, self, name.decode("ascii", "replace"), given)
        answer.addCallback(self._succeeded, number, wanted)
        answer.addErrback(self._refused, number, wanted)
        answer.addErrback(self._failed)

    def _succeeded(self, result: object, number: int, wanted: object) -> None:
        if wanted and not self.disconnected:
            self.sendCall(b"answer", number, self.serialize(result))

    def _refused(self, why: Failure, number: int, wanted: object) -> None:
        fault, error = Fault.INTERNAL, why.value
        if isinstance(error, PeerFault):
            fault = error.fault
        elif isinstance(error, Refusal):
            fault = _FAULTS.get(error.cause, Fault.TRY_LATER)
        else:
            self._failed(why)
        if wanted and not self.disconnected:
            self.sendCall(b"error", number, failure(fault))

    def _failed(self, why: Failure) -> None:
        self.log.failure("A call of workstation {peer} failed", why, peer=self.peer)

    def _violation(self, reason: str) -> None:
        self.log.warn("Cut off {peer}: {reason}", peer=self.peer, reason=reason)
        self.cut()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Calls under way fail with `LinkLost`."""
        self.closing = True
        self.no_deadline()
        super().connectionLost(reason)
        self.factory.lost(self)


def _called(why: Failure) -> Failure:
    if why.check(pb.PBConnectionLost, pb.DeadReferenceError):
        return Failure(LinkLost("the link was lost"))
    return why


def _nothing() -> None:
    """Nobody waits for room."""
