"""`alarmgw.ordered`: started in order, stopped in reverse, one after the other."""

from __future__ import annotations

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from alarmgw.ordered import OrderedService


class Slow(Service):
    """A service that has stopped when the test says so."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self._log = name, log
        self.stopped: Deferred[None] = Deferred()

    def startService(self) -> None:
        """Note it."""
        self._log.append(f"{self.name} starts")

    def stopService(self) -> Deferred[None]:
        """Note it, and wait."""
        self._log.append(f"{self.name} stops")
        return self.stopped


class Broken(Slow):
    """A service that cannot stop."""

    def stopService(self) -> Deferred[None]:
        """Fail."""
        super().stopService()
        raise OSError("It does not stop")


class OrderedTests(SynchronousTestCase):
    """Three children."""

    def setUp(self) -> None:
        """None runs."""
        self.log: list[str] = []
        self.children = [Slow(name, self.log) for name in ("store", "broker", "door")]

    def test_children_start_in_their_order(self) -> None:
        """What is needed first is started first."""
        OrderedService(*self.children).startService()
        self.assertEqual(self.log, ["store starts", "broker starts", "door starts"])

    def test_children_stop_in_reverse_each_when_the_last_is_done(self) -> None:
        """While a child stops, those that it hands its last words to still run."""
        store, broker, door = self.children
        stopped = OrderedService(*self.children).stopService()
        self.assertEqual(self.log, ["door stops"])
        door.stopped.callback(None)
        self.assertEqual(self.log, ["door stops", "broker stops"])
        broker.stopped.callback(None)
        self.assertNoResult(stopped)
        store.stopped.callback(None)
        self.successResultOf(stopped)
        self.assertEqual(self.log, ["door stops", "broker stops", "store stops"])

    def test_child_that_fails_at_once_hinders_no_other(self) -> None:
        """A child that raises is logged, and the next one stops."""
        ordered = OrderedService(self.children[0], Broken("broken", self.log))
        ordered.stopService()
        self.assertEqual(self.log, ["broken stops", "store stops"])
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)

    def test_child_that_fails_later_hinders_no_other(self) -> None:
        """A child whose end fails is logged, and the next one stops."""
        store, broker, _ = self.children
        stopped = OrderedService(store, broker).stopService()
        broker.stopped.errback(OSError("It did not stop"))
        store.stopped.callback(None)
        self.successResultOf(stopped)
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)
