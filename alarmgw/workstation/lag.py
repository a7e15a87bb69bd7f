"""The lag: what the gateway's heartbeats tell of and has not come here.

A link that only brings signs of life is no link: alarms wait at its other end
while the screen looks like a quiet night.
"""

from __future__ import annotations

from twisted.internet.interfaces import IReactorTime

#: What is told of comes at once; after so many seconds something holds it up.
LAG_SECONDS = 5.0


class Lag:
    """For how long something that the gateway has written has not come here."""

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._missing: tuple[int, float] | None = None

    def told(self, head: int, up_to: int) -> None:
        """The gateway is at ``head``, this workstation at ``up_to``."""
        self.came(up_to)
        if self._missing is None and head > up_to:
            self._missing = (head, self._clock.seconds())

    def came(self, up_to: int) -> None:
        """Everything up to this number is here."""
        if self._missing is not None and up_to >= self._missing[0]:
            self._missing = None

    def forget(self) -> None:
        """The link is another one, or none: its state tells how it stands."""
        self._missing = None

    @property
    def seconds(self) -> float:
        """Since when something is missing; 0 if nothing is."""
        return 0.0 if self._missing is None else self._clock.seconds() - self._missing[1]

    @property
    def is_long(self) -> bool:
        """Whether something holds up what should have come."""
        return self.seconds >= LAG_SECONDS
