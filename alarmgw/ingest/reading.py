"""Whether a peer reads what it is told: nothing more is done for one that does not."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer


@implementer(IPushProducer)
class Replies:
    """What the transport tells about our replies: whether the peer reads them."""

    def __init__(self) -> None:
        self.unread = False
        self._waiting: Deferred[None] | None = None

    async def read(self) -> None:
        """Wait until the peer has read enough of what was written."""
        if self.unread:
            self._waiting = Deferred()
            await self._waiting

    def pauseProducing(self) -> None:
        """The transport holds as much as it wants to."""
        self.unread = True

    def resumeProducing(self) -> None:
        """The peer has read on."""
        self.unread = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.callback(None)

    def stopProducing(self) -> None:
        """The connection is lost: nobody waits any longer."""
        self.resumeProducing()
