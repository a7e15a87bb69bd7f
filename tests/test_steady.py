"""`alarmgw.steady`: timers that no change of the time of day can hold or hurry."""

from __future__ import annotations

import time

from twisted.internet.selectreactor import SelectReactor
from twisted.trial.unittest import SynchronousTestCase

from alarmgw.steady import steady


class SteadyTests(SynchronousTestCase):
    """A reactor of its own, never started."""

    def test_timers_are_due_by_the_running_clock(self) -> None:
        """Nobody can set that one, so what is due in ten seconds stays so."""
        reactor = steady(SelectReactor())
        due = reactor.callLater(10, self.fail)
        self.assertApproximates(due.getTime(), time.monotonic() + 10, 5)
        due.cancel()
