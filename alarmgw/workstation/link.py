"""The link: a workstation's connection to its gateway, made again whenever it is lost.

It remembers a journal and a number in it, and goes on there.  Entries reach
the listener in order, without gap or repeat: a batch that does not continue
where the last one ended is a fault of the wire, and the link resumes by number.
"""

# mypy: disallow-untyped-calls=False

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from attrs import AttrsInstance
from twisted.application.internet import ClientService, backoffPolicy
from twisted.internet.defer import Deferred, DeferredSemaphore
from twisted.internet.interfaces import IDelayedCall, IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread.pb import Referenceable, RemoteReference
from zope.interface import implementer

from alarmgw.codec.requests import ANSWER_BYTES, Command, Question, SignOn
from alarmgw.codec.wire import (
    CHUNK_BYTES,
    LOST_SECONDS,
    PIECES,
    VERSION,
    Drawn,
    Fault,
    Heartbeat,
    Hello,
    Mode,
    PeerFault,
    Request,
    Subscribed,
    pack,
    unpack,
    unpack_batch,
)
from alarmgw.errors import Cause, Refused, TryLater
from alarmgw.workstation.bundle import Bundle
from alarmgw.workstation.gateway_pb import GatewayBroker, LinkLost
from alarmgw.workstation.mirror import OF_SNAPSHOT, LinkState
from alarmgw.workstation.tls import gateway_endpoint, worded

#: A heartbeat may list what is wrong with the gateway.
HEARTBEAT_BYTES = 64 * 1024

#: So many questions are under way at a time: on a slow line their answers stand before an alarm.
QUESTIONS = 2

#: Who was refused knocks no more often than this.
REFUSED_SECONDS = 5.0

#: All that is open is taken anew no more often than this; why a connection is ended for it.
ANEW_SECONDS = 60.0
ANEW = "all that is open is taken anew"


Answer = dict[str, Any]


class NoLink(TryLater):
    """There is no link, or it was lost: whether the gateway heard it nobody knows."""

    def __init__(self, text: str) -> None:
        super().__init__(Cause.BUSY, text)


class LinkListener(Protocol):
    """Who hears what the link hears (`Mirror`, ``alarmgw watch``)."""

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """The next entries; nothing up to number ``up_to`` is missing."""

    def state(self, state: LinkState) -> None:
        """The link stands otherwise.  A state "snapshot" begins with nothing open."""

    def heartbeat(self, heartbeat: Heartbeat) -> int | None:
        """The gateway lives; answers the last number that was drawn."""


class Link:
    """Keeps one connection to the gateway and one place in its journal."""

    log = Logger()

    def __init__(
        self,
        bundle: Bundle,
        reactor: Any,
        listener: LinkListener,
        *,
        journal: str | None = None,
        cursor: int | None = None,
        endpoint: IStreamClientEndpoint | None = None,
        jitter: Callable[[], float] = random.random,
        client: str = "alarmgw-workstation",
    ) -> None:
        """Without a ``cursor`` it begins with a snapshot of what is open."""
        self.listener = listener
        self.link_state = LinkState()
        self._reactor, self._client = reactor, client
        self._journal, self._cursor = journal, cursor
        self._answer: Subscribed | None = None
        self._broker: GatewayBroker | None = None
        self._session: RemoteReference | None = None
        self._silence: IDelayedCall | None = None
        self._cut_for: str | None = None
        self._anew_from = 0.0
        self._pieces = DeferredSemaphore(PIECES)
        self._questions = DeferredSemaphore(QUESTIONS)
        self._backoff = backoffPolicy(0.2, 4.0, 1.5, jitter)
        told = _Told(endpoint or gateway_endpoint(bundle, reactor), self._unreachable)
        self._service = ClientService(told, _Brokers(self), self._delay, reactor)

    def start(self) -> None:
        """Connect, and go on connecting."""
        self.listener.state(self.link_state)
        self._service.startService()

    def stop(self) -> Deferred[None]:
        """End the link; fires when the connection is gone."""
        self._session = None
        stopped: Deferred[None] = self._service.stopService()
        if self._broker is not None:
            self._broker.cut()
        return stopped

    async def fetch(self, alarm: str, name: str) -> AsyncIterator[bytes]:
        """A picture or file of an alarm, piece by piece.

        Raises `Refused` if there is none, `TryLater` without a link.
        """
        offset = 0
        while True:
            piece = await self._piece(alarm, name, offset)
            if piece:
                yield piece
            offset += len(piece)
            if len(piece) < CHUNK_BYTES:
                return

    async def _piece(self, alarm: str, name: str, offset: int) -> bytes:
        await self._pieces.acquire()
        try:
            piece = await self._call("picture", alarm, name, offset)
            return piece if isinstance(piece, bytes) else b""
        finally:
            self._pieces.release()

    async def sign_on(self, given: SignOn) -> Answer:
        """The gateway's answer to a person who wants to work here.  Raises as `command` does."""
        return await self._asked("sign_on", given)

    async def command(self, given: Command) -> Answer:
        """The gateway's answer to a decision.

        Raises `NoLink`, `TryLater` where it cannot be had now, `Refused` where it never can.
        """
        return await self._asked("command", given)

    async def ask(self, given: Question) -> Answer:
        """The gateway's answer to a question.  Raises as `command` does."""
        await self._questions.acquire()
        try:
            return await self._asked("ask", given)
        finally:
            self._questions.release()

    async def _asked(self, name: str, given: AttrsInstance) -> Answer:
        data = await self._call(name, pack(given))
        try:
            if not isinstance(data, bytes) or len(data) > ANSWER_BYTES:
                raise ValueError("no bytes, or too many")
            answer = json.loads(data)
            if not isinstance(answer, dict):
                raise ValueError("no object")
        except (ValueError, RecursionError) as error:
            raise TryLater(Cause.BAD_VALUE, f"the gateway's answer is odd: {error}") from error
        return answer

    async def _call(self, name: str, *given: object) -> object:
        if self._session is None or self._broker is None:
            raise NoLink("there is no link to the gateway")
        try:
            return await self._broker.call(self._session, name, *given)
        except LinkLost as lost:
            raise NoLink(str(lost)) from lost
        except PeerFault as refused:
            if refused.fault is Fault.NOT_FOUND:
                raise Refused(Cause.NOT_FOUND, refused.fault.value) from refused
            if refused.fault is Fault.BAD_REQUEST:
                raise Refused(Cause.BAD_VALUE, refused.fault.value) from refused
            raise TryLater(Cause.BUSY, refused.fault.value) from refused

    # connecting

    def _delay(self, attempts: int) -> float:
        refused = self.link_state.state == "refused"
        return max(self._backoff(attempts), REFUSED_SECONDS if refused else 0.0)

    def _unreachable(self, why: Failure) -> None:
        if self._service.running:
            self._tell("lost", worded(why)[1])

    def made(self, broker: GatewayBroker) -> None:
        """Connected; the other end has a while to show that it is a gateway."""
        self._broker, self._cut_for = broker, None
        self._alive()

    def ready(self, broker: GatewayBroker) -> None:
        """Both ends speak Perspective Broker: log in and subscribe."""
        introduced = Deferred.fromCoroutine(self._introduce(broker))
        introduced.addErrback(self._unwelcome)

    async def _introduce(self, broker: GatewayBroker) -> None:
        root: RemoteReference = broker.remoteForName("root")
        hello = Hello(version=VERSION, client=self._client)
        session = await broker.call(root, "login", pack(hello))
        if not isinstance(session, RemoteReference):
            raise Refused(Cause.BAD_VALUE, "not a session")
        request = pack(Request(journal=self._journal, cursor=self._cursor))
        answer = await broker.call(session, "subscribe", _Ear(self), request)
        self._session = session
        self._subscribed(unpack(Subscribed, answer))

    def _unwelcome(self, why: Failure) -> None:
        if why.check(LinkLost):
            return
        if why.check(PeerFault):
            self._tell("refused", why.getErrorMessage())
        else:
            self.log.failure("The link could not be opened", why)
        self._cut(why.getErrorMessage())

    def _subscribed(self, answer: Subscribed) -> None:
        self._alive()
        self._answer = answer
        if answer.mode is Mode.SNAPSHOT:
            self._journal, self._cursor = None, 0
            told = {name: getattr(answer, name) for name in OF_SNAPSHOT}
            self._tell("snapshot", None, **told, **_facts(answer))
            return
        self._journal = answer.journal
        if self.link_state.state != "connecting":
            self._tell("connecting", **_facts(answer))
        self._reached()

    def begin_anew(self) -> None:
        """Take all that is open once more: the last snapshot had no room for it.

        It needs another connection.  Until that is there, it stands as before.
        """
        if self._session is None or self._reactor.seconds() < self._anew_from:
            return
        self._anew_from = self._reactor.seconds() + ANEW_SECONDS
        self._journal = self._cursor = None
        self._cut(ANEW)

    # hearing

    def heard_batch(self, data: object) -> None:
        """The next entries.  What was heard before is left out; a gap ends the connection."""
        self._alive()
        batch = unpack_batch(data)
        cursor = self._cursor
        if cursor is None or self._answer is None or batch.after > cursor:
            raise Refused(Cause.BAD_VALUE, f"a batch after {batch.after} where {cursor} was last")
        fresh = [entry for entry in batch.entries if entry["seq"] > cursor]
        up_to = max(cursor, batch.up_to)
        self.listener.entries(fresh, up_to)
        self._cursor = up_to
        self._reached()

    def heard_heartbeat(self, data: object) -> bytes:
        """The gateway lives; it is told what was drawn."""
        self._alive()
        return pack(Drawn(drawn=self.listener.heartbeat(unpack(Heartbeat, data, HEARTBEAT_BYTES))))

    def unheard(self, why: Refused) -> None:
        """The gateway said what is wrong here: resume by number on a new connection."""
        self.log.warn("The gateway is out of step: {reason}", reason=why.text)
        self._cut(why.text)

    def _reached(self) -> None:
        """Current, once everything up to the head of the beginning is here."""
        answer, cursor = self._answer, self._cursor
        if answer is None or cursor is None or cursor < answer.head:
            return
        if self.link_state.state != "current":
            self._journal = answer.journal
            self._tell("current", **_facts(answer))

    # losing

    def _alive(self) -> None:
        if self._silence is not None and self._silence.active():
            self._silence.reset(LOST_SECONDS)
        else:
            self._silence = self._reactor.callLater(LOST_SECONDS, self._silent)

    def _silent(self) -> None:
        reason = f"nothing heard from the gateway for {LOST_SECONDS} s"
        if self._broker is None:  # the connection to begin anew on does not come about
            self._tell("lost", reason)
        self._cut(reason)

    def _cut(self, reason: str) -> None:
        self._cut_for = reason
        if self._broker is not None:
            self._broker.cut()

    def lost(self, broker: GatewayBroker, why: Failure) -> None:
        """The connection is gone; `ClientService` makes the next one."""
        if self._silence is not None and self._silence.active():
            self._silence.cancel()
        self._broker = self._session = self._answer = None
        if self._journal is None and self.link_state.state == "snapshot":
            # Half a snapshot is no place to go on from.
            self._cursor = None
        if not self._service.running or (self.link_state.state == "refused" and self._cut_for):
            return
        if self._cut_for == ANEW:
            self._alive()
            return
        state, reason = worded(why)
        self._tell(*(("lost", self._cut_for) if self._cut_for else (state, reason)))

    def _tell(self, state: str, reason: str | None = None, **facts: Any) -> None:
        told = LinkState(state=state, reason=reason, **facts)
        if told != self.link_state:
            self.link_state = told
            self.listener.state(told)


def _facts(answer: Subscribed) -> dict[str, Any]:
    return {"journal": answer.journal, "node": answer.node, "head": answer.head}


class _Ear(Referenceable):
    """What the gateway may call."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def remote_batch(self, data: object) -> None:
        """Entries; answering is the credit for more."""
        try:
            self._link.heard_batch(data)
        except Refused as refused:
            self._link.unheard(refused)

    def remote_heartbeat(self, data: object) -> bytes | None:
        """A sign of life, answered with what was drawn."""
        try:
            return self._link.heard_heartbeat(data)
        except Refused as refused:
            self._link.unheard(refused)
            return None


class _Brokers(Factory[GatewayBroker]):
    """Makes the protocol of each connection."""

    noisy = False
    unsafeTracebacks = False

    def __init__(self, link: Link) -> None:
        self._link = link

    def buildProtocol(self, addr: object) -> GatewayBroker:
        """One connection."""
        broker = GatewayBroker(self._link.made, self._link.ready, self._link.lost)
        broker.factory = self
        return broker

    def clientConnectionMade(self, broker: GatewayBroker) -> None:
        """Twisted's word for ``ready``."""


@implementer(IStreamClientEndpoint)
class _Told:
    """An endpoint whose failures are told, and then fail."""

    def __init__(self, endpoint: IStreamClientEndpoint, tell: Callable[[Failure], None]) -> None:
        self._endpoint, self._tell = endpoint, tell

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        """Connect."""
        return self._endpoint.connect(protocolFactory).addErrback(self._failed)

    def _failed(self, why: Failure) -> Failure:
        self._tell(why)
        return why
