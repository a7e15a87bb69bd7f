"""One loop for each subscriber: read after his cursor, send, wait for room.

The journal is the queue.  A subscriber costs a cursor and at most `WINDOW`
unanswered batches; his answer is the credit for the next one.  There is no
other path for what is new: it is what comes after the backlog.
"""

# mypy: disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread.pb import RemoteReference

from alarmgw.codec.wire import (
    BATCH_ENTRIES,
    BATCH_ROOM,
    SNAPSHOT_BYTES,
    SNAPSHOT_ENTRIES,
    WINDOW,
    Drawn,
    Mode,
    PeerFault,
    Request,
    Subscribed,
    pack_batch,
    unpack,
)
from alarmgw.errors import Refusal, TryLater
from alarmgw.hub import Entry, Hub
from alarmgw.outputs.guarded_pb import GuardedBroker, LinkLost

if TYPE_CHECKING:
    from alarmgw.store.journal import Snapshot

#: After so long a journal that could not be read is read again.
UNREADABLE_SECONDS = 2.0


async def opened(hub: Hub, request: Request) -> tuple[Subscribed, Snapshot | None]:
    """How this request goes on: after its cursor if we know it, else with a snapshot."""
    if _resumes(hub, request):
        return _subscribed(hub, hub.head, Mode.RESUME, None), None
    snapshot = await hub.snapshot(SNAPSHOT_ENTRIES)
    return _subscribed(hub, snapshot.head, Mode.SNAPSHOT, snapshot), snapshot


def _resumes(hub: Hub, request: Request) -> bool:
    if request.cursor is None or request.journal not in (None, hub.identity):
        return False
    return hub.first - 1 <= request.cursor <= hub.head


def _subscribed(hub: Hub, head: int, mode: Mode, snapshot: Snapshot | None) -> Subscribed:
    return Subscribed(
        journal=hub.identity,
        node=hub.node,
        first=hub.first,
        head=head,
        mode=mode,
        open_total=snapshot.open_total if snapshot else None,
        more_incidents=snapshot.more_incidents if snapshot else None,
        last_alarm=snapshot.last_alarm if snapshot else None,
    )


class Subscription:
    """What one link has been sent, what it has answered, and the loop between."""

    log = Logger()

    def __init__(
        self,
        hub: Hub,
        peer: GuardedBroker,
        listener: RemoteReference,
        clock: IReactorTime,
        name: str,
    ) -> None:
        self.cursor = 0
        self.drawn: int | None = None
        self._hub, self._peer, self._listener = hub, peer, listener
        self._clock, self._name = clock, name
        self._unanswered: dict[Deferred[Any], float] = {}
        self._batches = 0
        self._beating = False
        self._next_beat: bytes | None = None
        self._room: Deferred[None] | None = None
        self._loop: Deferred[None] | None = None
        peer.on_room = self._wake

    def start(self, cursor: int, snapshot: Snapshot | None) -> None:
        """Begin to send: the snapshot, if there is one, then what follows."""
        self.cursor = cursor
        self._loop = Deferred.fromCoroutine(self._run(snapshot))
        self._loop.addErrback(self._ended)

    def stop(self) -> None:
        """The link is gone: the loop ends."""
        if self._loop is not None:
            self._loop.cancel()

    def silent(self) -> float:
        """For how many seconds an answer has been awaited; 0 if none is."""
        if not self._unanswered:
            return 0.0
        return self._clock.seconds() - next(iter(self._unanswered.values()))

    def beat(self, heartbeat: bytes) -> None:
        """Send a sign of life; while the last one is unanswered, the newest of them waits."""
        if self._beating:
            self._next_beat = heartbeat
        else:
            self._beating = True
            self._send("heartbeat", heartbeat, self._beaten)

    async def _run(self, snapshot: Snapshot | None) -> None:
        if snapshot is not None:
            await self._open(snapshot)
        while True:
            await self._has_room()
            head = self._hub.head
            entries = await self._read()
            if entries:
                self._batch(entries[-1][0], entries)
            elif self.cursor < head:
                self._batch(head, [])
            else:
                await self._hub.wait(self.cursor)

    async def _read(self) -> list[Entry]:
        """What follows; while the journal cannot be read the link stays, for its heartbeats."""
        while True:
            try:
                return await self._hub.read(self.cursor, BATCH_ENTRIES, BATCH_ROOM)
            except TryLater:
                await deferLater(self._clock, UNREADABLE_SECONDS)

    async def _open(self, snapshot: Snapshot) -> None:
        """The newest open alarms; the last batch (maybe empty) states the snapshot's head."""
        batches = list(_batches(_newest(snapshot.entries)))
        for batch in batches[:-1]:
            await self._has_room()
            self._batch(batch[-1][0], batch)
        await self._has_room()
        self._batch(snapshot.head, batches[-1] if batches else [])

    async def _has_room(self) -> None:
        while self._batches >= WINDOW or self._peer.choked:
            self._room = Deferred()
            await self._room

    def _wake(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.called:
            room.callback(None)

    def _batch(self, up_to: int, entries: Sequence[Entry]) -> None:
        data = pack_batch(self.cursor, up_to, [encoded for _, encoded in entries])
        self.cursor = up_to
        self._batches += 1
        self._send("batch", data, self._taken)

    def _send(self, name: str, data: bytes, then: Any) -> None:
        answer = self._peer.call(self._listener, name, data)
        self._unanswered[answer] = self._clock.seconds()
        answer.addBoth(self._answered, answer)
        answer.addCallback(then)
        answer.addErrback(self._ended)

    def _answered(self, result: Any, answer: Deferred[Any]) -> Any:
        del self._unanswered[answer]
        return result

    def _taken(self, _: object) -> None:
        self._batches -= 1
        self._wake()

    def _beaten(self, result: object) -> None:
        self._beating = False
        self.drawn = unpack(Drawn, result).drawn
        waiting, self._next_beat = self._next_beat, None
        if waiting is not None:
            self.beat(waiting)

    def _ended(self, why: Failure) -> None:
        """The loop, or a call, ended otherwise than well: the workstation resumes by number."""
        if why.check(CancelledError, LinkLost):
            return
        if why.check(PeerFault, Refusal):
            reason = why.getErrorMessage()
            self.log.warn("Cut off workstation {name}: {reason}", name=self._name, reason=reason)
        else:
            self.log.failure("Cut off workstation {name}: a fault of ours", why, name=self._name)
        self._peer.cut()


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    """As many of the last entries as may wait in memory."""
    kept: list[Entry] = []
    room = SNAPSHOT_BYTES
    for entry in reversed(entries):
        room -= len(entry[1])
        if room < 0:
            break
        kept.append(entry)
    return kept[::-1]


def _batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """The entries in runs that each fit a batch."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        size += len(entry[1])
        if batch and (size > BATCH_ROOM or len(batch) == BATCH_ENTRIES):
            yield batch
            batch, size = [], len(entry[1])
        batch.append(entry)
    if batch:
        yield batch
