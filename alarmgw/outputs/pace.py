"""A pace: how many may come in a second, and how many together after a rest."""

from __future__ import annotations

from twisted.internet.interfaces import IReactorTime

from alarmgw.codec.requests import Command

#: Commands of one certificate: faster than any hand, slower than what would hold up alarms.
COMMANDS_A_SECOND = 20.0
COMMANDS_TOGETHER = 100

#: What a page has drawn is told by itself, and never takes the place of a decision.
DISPLAYS_A_SECOND = 100.0
DISPLAYS_TOGETHER = 400


class Pace:
    """Counts what comes; what is turned away counts for nothing."""

    def __init__(self, clock: IReactorTime, a_second: float, together: int) -> None:
        self._clock, self._a_second, self._together = clock, a_second, together
        self._left = float(together)
        self._looked = clock.seconds()

    def admits(self) -> bool:
        """Whether one more may come now; it is counted if so."""
        now = self._clock.seconds()
        rested = max(0.0, now - self._looked) * self._a_second
        self._left = min(float(self._together), self._left + rested)
        self._looked = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Paces:
    """What one certificate may command: decisions, and what was drawn, each at its own pace."""

    def __init__(self, clock: IReactorTime) -> None:
        self._decisions = Pace(clock, COMMANDS_A_SECOND, COMMANDS_TOGETHER)
        self._displays = Pace(clock, DISPLAYS_A_SECOND, DISPLAYS_TOGETHER)

    def admits(self, command: Command) -> bool:
        """Whether this may come now; a command about many incidents is one."""
        is_display = command.action.get("do") == "displayed"
        return (self._displays if is_display else self._decisions).admits()
