"""One mail's way from its 354 to the answer to its final dot."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred

from alarmgw.codec.smtp import DataChunk, DataEnd
from alarmgw.errors import Cause, Refused
from alarmgw.ingest.smtp_link import Link
from alarmgw.model import Now

if TYPE_CHECKING:
    from alarmgw.intake import Delivery, Receipt


class Transfer:
    """Takes the octets of one mail out of a link and puts them into its delivery."""

    def __init__(self, link: Link, delivery: Delivery, limit: int, now: Now) -> None:
        self._link = link
        self._delivery = delivery
        self._limit = limit
        self._now = now
        self._room: Deferred[None] | None = None
        self._failed: Exception | None = None
        self.size = 0
        delivery.on_room = self._has_room

    async def run(self) -> Receipt:
        """Read to the final dot, then commit.  Raises `Gone`, `Stopped` or why it failed.

        Until the dot a loss of the connection aborts the mail; after it nothing
        that the peer does can undo it (rule 1: some devices reset right after it).
        """
        try:
            eom = await self._read()
        except BaseException as reason:
            self._delivery.abort(str(reason) or type(reason).__name__)
            raise
        if self._failed is not None:
            raise self._failed
        return await self._delivery.commit(eom, self._link.notes)

    async def _read(self) -> datetime:
        self._link.begin_data()
        while not isinstance(event := await self._link.next_event(), DataEnd):
            if isinstance(event, DataChunk):
                await self._take(event.data)
        return self._now()

    async def _take(self, data: bytes) -> None:
        """Hand one chunk on.  After a failure the rest is swallowed: it is no command."""
        self.size += len(data)
        if self._failed is not None:
            return
        try:
            self._write(data)
        except Exception as failure:
            self._failed = failure
            self._delivery.abort(str(failure))
            return
        if self._delivery.paused:
            self._room = Deferred()
            self._link.pause()
            await self._room

    def _write(self, data: bytes) -> None:
        if self.size > self._limit:
            raise Refused(Cause.TOO_LARGE, f"The mail has more than {self._limit} octets")
        self._delivery.write(data)

    def _has_room(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.callback(None)
