"""Slices: how long work in the pool gives way, because mails go first.

One thread of Python runs at a time.  A pool thread that works for a tenth of
a second would keep back every step of a mail, and a mail has a dozen of them:
each sync, each way from thread to thread.  So such work rests after a quarter
of a millisecond, and rests on while a mail waits for its 250.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from attrs import define

T = TypeVar("T")

#: Between two rests, and a rest.
WORK_SECONDS = 0.00025
REST_SECONDS = 0.0001

#: So many rests at most while mails wait: where they never end, work goes on nevertheless.
RESTS = 50


@define(eq=False)
class Mails:
    """Those that wait for their 250 just now.  A mail enters and leaves in the reactor's thread."""

    waiting: int = 0
    #: How many have waited so far, or wait.
    ever: int = 0

    def __enter__(self) -> None:
        self.waiting += 1
        self.ever += 1

    def __exit__(self, *_: object) -> None:
        self.waiting -= 1


def let_pass(mails: Mails, rest: Callable[[float], None] = time.sleep) -> None:
    """Rest a little, and while mails wait; not for ever."""
    for _ in range(RESTS):
        rest(REST_SECONDS)
        if not mails.waiting:
            return


def giving_way(
    rows: Iterable[T],
    mails: Mails,
    clock: Callable[[], float] = time.perf_counter,
    rest: Callable[[float], None] = time.sleep,
) -> Iterator[T]:
    """``rows``, with a rest whenever the work on them has lasted `WORK_SECONDS`."""
    begun = clock()
    for row in rows:
        yield row
        if clock() - begun >= WORK_SECONDS:
            let_pass(mails, rest)
            begun = clock()
