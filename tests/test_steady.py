"""`alarmgw.steady`: timers that no change of the time of day can hold or hurry, and short turns."""

from __future__ import annotations

import sys
import time

from twisted.internet.selectreactor import SelectReactor
from twisted.trial.unittest import SynchronousTestCase

from alarmgw.steady import TURN_SECONDS, steady


class SteadyTests(SynchronousTestCase):
    """A reactor of its own, never started."""

    def setUp(self) -> None:
        """What is true for the whole process is as before afterwards."""
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())

    def test_timers_are_due_by_the_running_clock(self) -> None:
        """Nobody can set that one, so what is due in ten seconds stays so."""
        reactor = steady(SelectReactor())
        due = reactor.callLater(10, self.fail)
        self.assertApproximates(due.getTime(), time.monotonic() + 10, 5)
        due.cancel()

    def test_no_thread_keeps_the_interpreter_for_long(self) -> None:
        """The reactor's thread is one of many: it waits for each of them so long and no longer."""
        steady(SelectReactor())
        self.assertApproximates(sys.getswitchinterval(), TURN_SECONDS, 1e-6)
