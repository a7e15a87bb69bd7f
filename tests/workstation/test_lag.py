"""How far behind its gateway a workstation is."""

from __future__ import annotations

from twisted.internet.task import Clock

from alarmgw.workstation.lag import LAG_SECONDS, Lag


def test_what_is_told_of_and_does_not_come_is_missing() -> None:
    """From the moment it was told until it is here, whatever is written meanwhile."""
    clock = Clock()
    lag = Lag(clock)
    lag.told(5, 5)
    clock.advance(60)
    assert lag.seconds == 0
    lag.told(9, 5)
    clock.advance(LAG_SECONDS - 0.1)
    lag.told(20, 8)
    assert not lag.is_long
    clock.advance(0.1)
    assert lag.is_long and lag.seconds == LAG_SECONDS
    lag.came(9)
    assert lag.seconds == 0
    lag.told(20, 9)
    clock.advance(60)
    lag.forget()
    assert not lag.is_long
