"""Pictures on their way to the page: fetched on demand, the last ones kept in memory.

A list shows a picture small and the detail shows it large, at the same
moment: both wait for one fetch.  A fetch that nobody waits for any more is
cancelled, so that running through the list with the keyboard does not leave
a tail of pictures ahead of the one that is looked at.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

Fetch = Callable[[str, str], AsyncIterator[bytes]]
"""(alarm, name) -> the file's bytes in pieces; raises `Refused` or `TryLater`."""

Key = tuple[str, str]

CACHE_BYTES = 64 * 1024 * 1024

#: What is larger is passed through piece by piece: one clip must not drive out all else.
LARGEST_KEPT = 4 * 1024 * 1024


@define(eq=False)
class _Coming:
    """One fetch under way and those who wait for it."""

    task: Deferred[None] | None = None
    waiting: list[Deferred[bytes]] = field(factory=list)


class PictureCache:
    """The pictures shown last, at most ``limit`` bytes of them."""

    def __init__(self, fetch: Fetch, limit: int = CACHE_BYTES) -> None:
        self._fetch = fetch
        self._limit = limit
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._coming: dict[Key, _Coming] = {}
        self.size = 0

    async def pieces(self, alarm: str, name: str, size: int) -> AsyncIterator[bytes]:
        """The file's bytes: a small file whole and kept, a large one as it comes.

        ``size`` is what the entry says; it decides only which of the two ways is taken.
        """
        if size <= LARGEST_KEPT:
            yield await self.whole(alarm, name)
            return
        async for piece in self._fetch(alarm, name):
            yield piece

    def whole(self, alarm: str, name: str) -> Deferred[bytes]:
        """The whole file.  Cancelling ends the fetch if nobody else waits for it."""
        key = (alarm, name)
        waiter: Deferred[bytes] = Deferred(lambda gone: self._gave_up(key, gone))
        if key in self._kept:
            self._kept.move_to_end(key)
            waiter.callback(self._kept[key])
        elif key in self._coming:
            self._coming[key].waiting.append(waiter)
        else:
            coming = self._coming[key] = _Coming(waiting=[waiter])
            coming.task = Deferred.fromCoroutine(self._fetched(key))
            coming.task.addCallbacks(
                lambda _: None, lambda failure: self._failed(key, coming, failure)
            )
        return waiter

    async def _fetched(self, key: Key) -> None:
        picture = b"".join([piece async for piece in self._fetch(*key)])
        self._keep(key, picture)
        for waiter in self._coming.pop(key).waiting:
            waiter.callback(picture)

    def _failed(self, key: Key, coming: _Coming, failure: Failure) -> None:
        if self._coming.get(key) is coming:
            del self._coming[key]
        for waiter in coming.waiting:
            waiter.errback(failure)

    def _gave_up(self, key: Key, waiter: Deferred[bytes]) -> None:
        coming = self._coming[key]
        coming.waiting.remove(waiter)
        if not coming.waiting and coming.task is not None:
            del self._coming[key]
            coming.task.cancel()

    def _keep(self, key: Key, picture: bytes) -> None:
        self._kept[key] = picture
        self.size += len(picture)
        while self.size > self._limit:
            _, dropped = self._kept.popitem(last=False)
            self.size -= len(dropped)
