"""Presence: whether anybody can see the console while somebody is signed on.

Each page says every few seconds that it is visible.  A closed, hidden or
frozen page says nothing: when nobody has seen the console for a while and
somebody is signed on, that is as loud as an alarm.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

#: A page that is visible says so this often.
SAID_SECONDS = 5.0

#: After so many seconds unseen it is loud: the promise is 30 s.
UNSEEN_SECONDS = 20.0


class Presence:
    """Who looks at the console; ``on_change`` is called when it becomes unseen or seen again."""

    def __init__(self, clock: IReactorTime) -> None:
        self.on_change: Callable[[], None] = _nobody
        self.unseen = False
        self._clock = clock
        self._manned = False
        self._seen = clock.seconds()
        self._timer: IDelayedCall | None = None

    def visible(self) -> None:
        """A page is being looked at now."""
        self._seen = self._clock.seconds()
        self._judge()

    def man(self, manned: bool) -> None:
        """Somebody is signed on here now, or nobody is."""
        if manned and not self._manned:
            self._seen = self._clock.seconds()
        self._manned = manned
        self._judge()

    def stop(self) -> None:
        """Watch no more."""
        self._wait(None)

    def _judge(self) -> None:
        left = self._seen + UNSEEN_SECONDS - self._clock.seconds()
        unseen = self._manned and left <= 0
        self._wait(left if self._manned and not unseen else None)
        if unseen != self.unseen:
            self.unseen = unseen
            self.on_change()

    def _wait(self, delay: float | None) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None if delay is None else self._clock.callLater(delay, self._judge)


def _nobody() -> None:
    """Nobody asked to hear of it."""
