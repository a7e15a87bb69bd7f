"""Collecting: full collections of garbage come when no mail waits."""

from __future__ import annotations

import gc

from attrs import define, field
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from alarmgw.collecting import DUE, NEVER, OVERDUE, QUIET_SECONDS, Collecting
from alarmgw.slices import Mails


@define
class Notebook:
    """A collector that notes what it is told."""

    shorter: int = 0
    thresholds: tuple[int, int, int] = (700, 10, 10)
    said: list[str] = field(factory=list)

    def freeze(self) -> None:
        """Note it."""
        self.said.append("freeze")

    def unfreeze(self) -> None:
        """Note it."""
        self.said.append("unfreeze")

    def collect(self) -> int:
        """Note it."""
        self.said.append("collect")
        self.shorter = 0
        return 0

    def get_count(self) -> tuple[int, int, int]:
        """So many shorter ones as the test says."""
        return 1, 1, self.shorter

    def get_threshold(self) -> tuple[int, int, int]:
        """Those that were set."""
        return self.thresholds

    def set_threshold(self, first: int, second: int, third: int, /) -> None:
        """Note them."""
        self.thresholds = first, second, third


class CollectingTests(SynchronousTestCase):
    """What comes when."""

    def setUp(self) -> None:
        """It runs."""
        self.clock, self.mails, self.collector = Clock(), Mails(), Notebook()
        self.collecting = Collecting(self.clock, self.mails, self.collector)
        self.collecting.startService()
        self.collector.said.clear()

    def second(self, shorter: int) -> list[str]:
        """What is said after another second, with so many shorter collections before it."""
        self.collector.said.clear()
        self.collector.shorter = shorter
        self.clock.advance(QUIET_SECONDS)
        return self.collector.said

    def test_a_full_one_comes_in_a_quiet_second(self) -> None:
        """When it is due."""
        self.assertEqual(self.second(DUE - 1), [])
        self.assertEqual(self.second(DUE), ["collect"])
        self.assertEqual(self.second(0), [])

    def test_none_comes_while_a_mail_waits_or_in_a_second_with_mails(self) -> None:
        """It would wait for the collection."""
        with self.mails:
            self.assertEqual(self.second(DUE), [])
            self.assertEqual(self.second(DUE), [])
        with self.mails:
            pass
        self.assertEqual(self.second(DUE), [])
        self.assertEqual(self.second(DUE), ["collect"])

    def test_mails_without_end_do_not_let_garbage_grow_without_end(self) -> None:
        """Sooner or later one comes all the same."""
        with self.mails:
            self.assertEqual(self.second(OVERDUE - 1), [])
            self.assertEqual(self.second(OVERDUE), ["collect"])

    def test_the_interpreter_begins_none_meanwhile(self) -> None:
        """And does again when the gateway has stopped."""
        self.assertEqual(self.collector.thresholds, (700, 10, NEVER))
        self.collecting.stopService()
        self.assertEqual(self.collector.thresholds, (700, 10, 10))
        self.assertEqual(self.collector.said, ["unfreeze"])
        self.assertEqual(self.clock.getDelayedCalls(), [])


class InterpreterTests(SynchronousTestCase):
    """The interpreter's own collector."""

    def test_garbage_of_a_cycle_waits_for_the_full_collection(self) -> None:
        """Its shorter ones go on, and count; what was there at the start is left alone."""
        before, clock = gc.get_threshold(), Clock()
        collecting = Collecting(clock, Mails())
        collecting.startService()
        try:
            self.assertGreater(gc.get_freeze_count(), 1000)
            for _ in range(DUE):
                gc.collect(1)
            self.assertGreaterEqual(gc.get_count()[2], DUE)
            clock.advance(QUIET_SECONDS)
            self.assertLess(gc.get_count()[2], DUE)
        finally:
            collecting.stopService()
        self.assertEqual((gc.get_threshold(), gc.get_freeze_count()), (before, 0))
