"""Failed logins by address: who guesses passwords is soon only told to wait.

Ten errors end a connection, but a new one costs a guesser nothing (900
guesses a second over TLS, measured).  Trusted networks are not counted: there
a router may stand in front of a hundred cameras, one of them set up wrongly.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from alarmgw.model import Now

#: So many failures from one address ...
FAILURES = 20
#: ... within this time, and it must wait for the rest of it.
PERIOD = timedelta(minutes=1)
#: Addresses that are remembered; the longest known are forgotten first.
ADDRESSES = 10_000


class FailedLogins:
    """Counts failures for each address.  One object for all listeners."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._known: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def add(self, host: str) -> bool:
        """One more failure from ``host``; whether it is the one that closes the door."""
        begun, count = self._period(host)
        self._known[host] = (begun, count + 1)
        while len(self._known) > ADDRESSES:
            self._known.popitem(last=False)
        return count + 1 == FAILURES

    def too_many(self, host: str) -> bool:
        """Whether ``host`` has to wait before it may log in again."""
        return self._period(host)[1] >= FAILURES

    def _period(self, host: str) -> tuple[datetime, int]:
        """When the period of ``host`` began and how many failures it has had in it."""
        now = self._now()
        begun, count = self._known.get(host, (now, 0))
        # A clock that was set back must not make a minute last for a year.
        return (begun, count) if timedelta(0) <= now - begun < PERIOD else (now, 0)
