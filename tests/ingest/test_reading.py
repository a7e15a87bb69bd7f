"""`alarmgw.ingest.reading`: whether a peer reads what it is told."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from alarmgw.ingest.reading import Replies


class RepliesTests(SynchronousTestCase):
    """What a transport tells of the replies that were written."""

    def setUp(self) -> None:
        """Nobody has been told anything."""
        self.replies = Replies()

    def waiting(self) -> Deferred[None]:
        """Somebody waits until the peer has read on."""
        return Deferred.fromCoroutine(self.replies.read())

    def test_peer_that_reads_is_not_waited_for(self) -> None:
        """While the transport holds little, there is nothing to wait for."""
        self.successResultOf(self.waiting())

    def test_peer_that_does_not_read_is_waited_for(self) -> None:
        """Once the transport holds enough, who asks waits until it has been read."""
        self.replies.pauseProducing()
        waiting = self.waiting()
        self.assertNoResult(waiting)
        self.replies.resumeProducing()
        self.successResultOf(waiting)
        self.assertFalse(self.replies.unread)

    def test_lost_connection_lets_nobody_wait(self) -> None:
        """Nobody waits for a peer that is gone."""
        self.replies.pauseProducing()
        waiting = self.waiting()
        self.replies.stopProducing()
        self.successResultOf(waiting)
