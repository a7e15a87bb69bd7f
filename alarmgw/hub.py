"""The hub: "head is N", and the newest entries as finished bytes.

It tells nobody anything but that there is more.  Everyone who listens is a
loop of his own that reads after his cursor, from the ring or the journal, so
a slow listener costs the hub nothing and the gateway no wait.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from twisted.internet.defer import Deferred, succeed

if TYPE_CHECKING:
    from alarmgw.store.journal import Snapshot

#: The ring holds at most so many of the newest entries, and so many bytes of them.
RING_ENTRIES = 2000
RING_BYTES = 8 * 1024 * 1024

Entry = tuple[int, bytes]
"""An entry's number and its encoded public form (which begins with that number)."""

InThread = Callable[..., Awaitable[Any]]
"""``in_thread(function, *arguments)``: its result, computed where blocking is allowed."""


class Record(Protocol):
    """What the hub needs of the journal; these block, and are called in the pool."""

    @property
    def identity(self) -> str:
        """The journal's own name."""

    def bounds(self) -> tuple[int, int]:
        """The first and the last number."""

    def read(self, after: int, limit: int = ..., max_bytes: int = ...) -> list[Entry]:
        """Entries after a number."""

    def snapshot(self, limit: int = ...) -> Snapshot:
        """What is open."""


class Hub:
    """The newest number, a ring of the newest entries, and those who wait for more."""

    def __init__(
        self,
        journal: Record,
        in_thread: InThread,
        *,
        node: str,
        ring_entries: int = RING_ENTRIES,
        ring_bytes: int = RING_BYTES,
    ) -> None:
        """Reads the journal's bounds: make it where blocking is allowed."""
        self.identity = journal.identity
        self.node = node
        self.first, self.head = journal.bounds()
        self._journal = journal
        self._in_thread = in_thread
        self._ring: deque[Entry] = deque()
        self._ring_after = self.head
        self._ring_bytes = 0
        self._most_entries, self._most_bytes = ring_entries, ring_bytes
        self._waiting: dict[Deferred[None], int] = {}

    def committed(self, entries: list[Entry]) -> None:
        """These are in the journal now; called in the reactor, in the journal's order.

        Whoever waits goes on before this returns, so that an entry leaves in
        the reactor turn in which it became true.
        """
        if not entries:
            return
        if entries[0][0] != self.head + 1:
            # Something was committed before the hub was told of anything: only the journal has it.
            self._ring.clear()
            self._ring_bytes, self._ring_after = 0, entries[0][0] - 1
        self._ring.extend(entries)
        self._ring_bytes += sum(len(encoded) for _, encoded in entries)
        while len(self._ring) > self._most_entries or self._ring_bytes > self._most_bytes:
            self._ring_after, dropped = self._ring.popleft()
            self._ring_bytes -= len(dropped)
        self.head = entries[-1][0]
        self.first = self.first or entries[0][0]
        for waiter in [one for one, after in self._waiting.items() if after < self.head]:
            if self._waiting.pop(waiter, None) is not None:
                waiter.callback(None)

    def wait(self, after: int) -> Deferred[None]:
        """Fires when there is an entry after number ``after``.  May be cancelled."""
        if self.head > after:
            return succeed(None)
        waiter: Deferred[None] = Deferred(self._gave_up)
        self._waiting[waiter] = after
        return waiter

    def _gave_up(self, waiter: Deferred[None]) -> None:
        del self._waiting[waiter]

    async def read(self, after: int, limit: int, max_bytes: int) -> list[Entry]:
        """Entries after ``after``: at least one if there is one, within both limits else."""
        if after < self._ring_after:
            stored: list[Entry] = await self._in_thread(self._journal.read, after, limit, max_bytes)
            # What is committed but not yet told here is told in its own turn.
            return [entry for entry in stored if entry[0] <= self.head]
        return self._from_ring(after, limit, max_bytes)

    def _from_ring(self, after: int, limit: int, max_bytes: int) -> list[Entry]:
        start = bisect_right(self._ring, after, key=lambda entry: entry[0])
        found: list[Entry] = []
        size = 0
        for entry in islice(self._ring, start, start + limit):
            size += len(entry[1])
            if found and size > max_bytes:
                break
            found.append(entry)
        return found

    async def snapshot(self, limit: int) -> Snapshot:
        """What is open now: the newest ``limit`` of it and the count of all."""
        snapshot: Snapshot = await self._in_thread(self._journal.snapshot, limit)
        return snapshot
