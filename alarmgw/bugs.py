"""Bugs that strike again: the same one is not logged with its traceback each time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from types import TracebackType

from twisted.internet.interfaces import IReactorTime

#: After so long the same bug is logged in full again.
AGAIN_SECONDS = 600.0
#: So many different ones are remembered.
REMEMBERED = 100

Place = tuple[type[BaseException], tuple[tuple[str, int], ...]]


class Bugs:
    """Remembers where bugs struck.  Each object is used in one thread."""

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._told: OrderedDict[Place, float] = OrderedDict()

    def is_news(self, error: BaseException) -> bool:
        """Whether this one has to be logged in full."""
        place = (type(error), tuple(_steps(error.__traceback__)))
        now = self._clock.seconds()
        told = self._told.get(place)
        if told is not None and now - told < AGAIN_SECONDS:
            return False
        self._told[place] = now
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True


def _steps(traceback: TracebackType | None) -> Iterator[tuple[str, int]]:
    """Files and lines on the way to where it was raised."""
    while traceback is not None:
        yield traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
