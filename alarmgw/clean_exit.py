"""SIGTERM and Ctrl-C end the process in good order, with exit code 0.

Stock twistd ends in good order too and then kills itself with the same
signal, which a supervisor reads as a crash.
"""

from __future__ import annotations

import signal
from typing import Any

from twisted.application.service import Service
from twisted.logger import Logger


class CleanExit(Service):
    """While it runs, SIGTERM and SIGINT stop the reactor and nothing else."""

    _log = Logger()

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    def startService(self) -> None:
        """Take the signals over once the reactor, which installs its own, is up."""
        Service.startService(self)
        self._reactor.callWhenRunning(self._install)

    def _install(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)

    def _signalled(self, number: int, frame: object) -> None:
        self._reactor.callFromThread(self._stop, signal.Signals(number).name)

    def _stop(self, name: str) -> None:
        self._log.info("{signal}: shutting down", signal=name)
        if self.running:
            self._reactor.stop()
