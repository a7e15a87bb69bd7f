"""Slices: how long work in the pool gives way, because mails go first.

One thread of Python runs at a time.  A pool thread that works for a tenth of
a second would keep back every step of a mail for some milliseconds; so it
works for one and rests for one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

#: Between two rests, and a rest.
WORK_SECONDS = 0.001
REST_SECONDS = 0.001


def giving_way(
    rows: Iterable[T],
    clock: Callable[[], float] = time.perf_counter,
    rest: Callable[[float], None] = time.sleep,
) -> Iterator[T]:
    """``rows``, with a rest whenever the work on them has lasted `WORK_SECONDS`."""
    begun = clock()
    for row in rows:
        yield row
        if clock() - begun >= WORK_SECONDS:
            rest(REST_SECONDS)
            begun = clock()
