"""A steady reactor: its timers follow the machine's running clock, and its turns come soon.

Twisted's own reactors take ``time.time``.  A clock that is set back by an hour
would stop every timer for that hour, heartbeats and upkeep with them; one that
is set forward would end every connection at once as idle.

The reactor's thread shares the interpreter with those that read mails.  Each of
them keeps it for 5 ms by default while others wait, and a greeting needs it a
dozen times.
"""

from __future__ import annotations

import sys
import time
from typing import Any

#: How long a thread keeps the interpreter while another one waits.  It costs no throughput.
TURN_SECONDS = 0.001


def steady(reactor: Any) -> Any:
    """Make ``reactor`` steady, before anything is scheduled on it; return it."""
    reactor.seconds = time.monotonic
    sys.setswitchinterval(TURN_SECONDS)
    return reactor
