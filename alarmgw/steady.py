"""Steady time: a reactor that measures by the machine's running clock, not by the time of day.

Twisted's own reactors take ``time.time``.  A clock that is set back by an hour
would stop every timer for that hour, heartbeats and upkeep with them; one that
is set forward would end every connection at once as idle.
"""

from __future__ import annotations

import time
from typing import Any


def steady(reactor: Any) -> Any:
    """Make ``reactor`` measure steady time, before anything is scheduled on it; return it."""
    reactor.seconds = time.monotonic
    return reactor
