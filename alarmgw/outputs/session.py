"""What a peer may call: the doorstep, where it says hello, and the session it gets there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.spread.pb import RemoteReference

from alarmgw.codec.requests import REQUEST_BYTES, Command, Question, SignOn
from alarmgw.codec.wire import (
    PIECES,
    VERSION,
    Fault,
    Hello,
    PeerFault,
    Request,
    pack,
    unpack,
    unpack_piece,
)
from alarmgw.fitting import encode
from alarmgw.hub import Hub
from alarmgw.outputs.guarded_pb import GuardedBroker, Published
from alarmgw.outputs.pace import Paces
from alarmgw.outputs.subscription import Subscription, opened

if TYPE_CHECKING:
    from alarmgw.store.journal import Snapshot

Ask = Callable[[str, str, Any], Awaitable[dict[str, Any]]]
"""(workstation, fingerprint, what was asked) -> the answer; raises `Refusal`."""

#: So many requests of one link are answered at a time.
ASKED = 8

ReadPicture = Callable[[str, str, int], Awaitable[bytes]]
"""(alarm, name, offset) -> the piece there, empty behind the end; raises `Refused`, `TryLater`."""


@frozen(kw_only=True)
class Desk:
    """What the rest of the gateway does for whoever works at a workstation."""

    sign_on: Ask
    command: Ask
    ask: Ask


Admit = Callable[[GuardedBroker, Hello], "Session"]
"""Who the peer is, as a session.  Raises `PeerFault`."""


class Doorstep(Published):
    """All that a stranger may call."""

    def __init__(self, peer: GuardedBroker, admit: Admit) -> None:
        self._peer, self._admit = peer, admit
        self._used = False

    def remote_login(self, *given: object) -> Session:
        """``login(hello)`` answers the session; once for each link."""
        if len(given) != 1 or self._used:
            raise PeerFault(Fault.BAD_REQUEST)
        self._used = True
        hello = unpack(Hello, given[0])
        if hello.version != VERSION:
            raise PeerFault(Fault.BAD_VERSION)
        return self._admit(self._peer, hello)


class Session(Published):
    """One link of one workstation."""

    log = Logger()

    def __init__(
        self,
        peer: GuardedBroker,
        name: str,
        fingerprint: str,
        hub: Hub,
        read_picture: ReadPicture,
        clock: IReactorTime,
        paces: Paces,
        desk: Desk | None = None,
        client: str = "",
    ) -> None:
        """All links of a certificate share its ``paces``.  Without a ``desk`` nobody signs on."""
        self.peer, self.name, self.fingerprint = peer, name, fingerprint
        self.client = client
        self._desk, self._paces = desk, paces
        self._asked = 0
        self.subscription: Subscription | None = None
        self._hub, self._read_picture, self._clock = hub, read_picture, clock
        self._pieces = 0
        self._subscribing = False

    async def remote_subscribe(self, *given: object) -> bytes:
        """``subscribe(listener, request)`` answers `Subscribed`; then batches follow."""
        if len(given) != 2 or not isinstance(given[0], RemoteReference) or self._subscribing:
            raise PeerFault(Fault.BAD_REQUEST)
        self._subscribing = True
        request = unpack(Request, given[1])
        answer, snapshot = await opened(self._hub, request)
        self.log.info(
            "Workstation {name} follows from {cursor} ({mode})",
            name=self.name,
            cursor=request.cursor,
            mode=answer.mode.value,
        )
        cursor = 0 if snapshot is not None else request.cursor or 0
        # The answer to this call goes out first, then what it announces.
        self._clock.callLater(0, self._begin, given[0], cursor, snapshot)
        return pack(answer)

    def _begin(self, listener: RemoteReference, cursor: int, snapshot: Snapshot | None) -> None:
        if self.peer.closing:
            return
        self.subscription = Subscription(self._hub, self.peer, listener, self._clock, self.name)
        self.subscription.start(cursor, snapshot)

    async def remote_picture(self, *given: object) -> bytes:
        """``picture(alarm, name, offset)`` answers the piece there; an empty one is the end."""
        alarm, name, offset = unpack_piece(given)
        if self._pieces >= PIECES:
            raise PeerFault(Fault.BUSY)
        self._pieces += 1
        try:
            return await self._read_picture(alarm, name, offset)
        finally:
            self._pieces -= 1

    async def remote_sign_on(self, *given: object) -> bytes:
        """``sign_on(SignOn)``: a person begins to work at this workstation."""
        return await self._ask(SignOn, given, self._at_desk().sign_on)

    async def remote_command(self, *given: object) -> bytes:
        """``command(Command)``: a decision of whoever works here."""
        desk = self._at_desk()

        async def paced(name: str, fingerprint: str, command: Command) -> dict[str, Any]:
            if not self._paces.admits(command):
                raise PeerFault(Fault.BUSY)
            return await desk.command(name, fingerprint, command)

        return await self._ask(Command, given, paced)

    async def remote_ask(self, *given: object) -> bytes:
        """``ask(Question)``: something to look up."""
        return await self._ask(Question, given, self._at_desk().ask)

    def _at_desk(self) -> Desk:
        if self._desk is None:
            raise PeerFault(Fault.BAD_REQUEST)
        return self._desk

    async def _ask(self, kind: type[Any], given: tuple[object, ...], answer: Ask) -> bytes:
        if len(given) != 1:
            raise PeerFault(Fault.BAD_REQUEST)
        request = unpack(kind, given[0], REQUEST_BYTES)
        if self._asked >= ASKED:
            raise PeerFault(Fault.BUSY)
        self._asked += 1
        try:
            return encode(await answer(self.name, self.fingerprint, request))
        finally:
            self._asked -= 1

    def beat(self, heartbeat: bytes) -> None:
        """A sign of life to the subscriber, if there is one."""
        if self.subscription is not None:
            self.subscription.beat(heartbeat)

    def silent(self) -> float:
        """For how many seconds an answer has been awaited."""
        return 0.0 if self.subscription is None else self.subscription.silent()

    def ended(self) -> None:
        """The link is gone."""
        if self.subscription is not None:
            self.subscription.stop()
