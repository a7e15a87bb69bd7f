"""SIGTERM and Ctrl-C: an orderly end with exit code 0.

twistd stops its services on these signals as well, but then ends itself by
the same signal, so that whoever started it sees a process that was killed.
"""

from __future__ import annotations

import signal
import sys
from typing import Any, NoReturn

from twisted.application.service import Service
from twisted.internet.error import ReactorNotRunning


class Ending(Service):
    """While it runs, SIGTERM and SIGINT stop the reactor, and the process ends with code 0."""

    def __init__(self, reactor: Any) -> None:
        """``reactor`` is the one that is stopped."""
        self._reactor = reactor

    def startService(self) -> None:
        """Takes the signals over once the reactor has set its own handlers."""
        Service.startService(self)
        self._reactor.callWhenRunning(self._take_over)

    def _take_over(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)

    def _signalled(self, number: int, frame: object) -> None:
        self._reactor.callFromThread(self._stop)

    def _stop(self) -> None:
        try:
            self._reactor.stop()
        except ReactorNotRunning:
            return  # a second signal while the first one's end is under way


def cannot_start(reason: str) -> NoReturn:
    """End a start with exit code 1 and one line on stderr.

    By the time services start, twistd has turned ``sys.stderr`` into its log.
    """
    if sys.__stderr__ is not None:
        sys.__stderr__.write(f"{reason}\n")
    raise SystemExit(1)
