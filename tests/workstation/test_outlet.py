"""The outlet: written no faster than it is read."""

from __future__ import annotations

from typing import cast

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.http import Request
from twisted.web.test.requesthelper import DummyRequest

from alarmgw.workstation.outlet import Outlet


class OutletTests(SynchronousTestCase):
    """`Outlet` on a request in memory."""

    def setUp(self) -> None:
        """An outlet without a channel under it."""
        self.request = DummyRequest([b""])
        self.request.registerProducer = lambda producer, streaming: None
        self.outlet = Outlet(cast(Request, self.request))

    def write(self, data: bytes) -> Deferred[None]:
        """Starts to write ``data``."""
        return Deferred.fromCoroutine(self.outlet.write(data))

    def test_write_is_done_at_once_while_there_is_room(self) -> None:
        """A browser that keeps up is never waited for."""
        self.successResultOf(self.write(b"a"))
        self.assertEqual(self.request.written, [b"a"])

    def test_write_waits_until_there_is_room(self) -> None:
        """A write while the browser is behind ends when it has caught up."""
        self.outlet.pauseProducing()
        waiting = self.write(b"a")
        self.assertNoResult(waiting)
        self.outlet.resumeProducing()
        self.successResultOf(waiting)

    def test_loss_is_told(self) -> None:
        """When the browser goes away its outlet says so, once."""
        gone: list[bool] = []
        self.outlet.on_gone = lambda: gone.append(self.outlet.gone)
        self.request.processingFailed(ConnectionResetError())  # type: ignore[arg-type]
        self.assertEqual(gone, [True])
