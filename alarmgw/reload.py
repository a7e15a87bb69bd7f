"""SIGHUP: take a changed configuration while running, all of it or nothing."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

from twisted.application.service import Service
from twisted.logger import Logger

from alarmgw.errors import BadConfig


class Reload(Service):
    """While it runs, SIGHUP reads the configuration again."""

    _log = Logger()

    def __init__(self, reactor: Any, reload: Callable[[], None]) -> None:
        """``reload`` raises `BadConfig` where it has changed nothing."""
        self._reactor = reactor
        self._reload = reload

    def startService(self) -> None:
        """Take the signal over: unhandled, it would end the process."""
        Service.startService(self)
        signal.signal(signal.SIGHUP, self._signalled)

    def stopService(self) -> None:
        """Ignore the signal: a reload in the middle of an end ends nothing early."""
        Service.stopService(self)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _signalled(self, number: int, frame: object) -> None:
        self._reactor.callFromThread(self.reload)

    def reload(self) -> None:
        """Reload, and say how that went."""
        try:
            self._reload()
        except BadConfig as error:
            self._log.error(
                "The configuration is not changed, because of {count} faults in it",
                count=len(error.complaints),
            )
            for complaint in error.complaints:
                self._log.error("{complaint}", complaint=str(complaint))
        except Exception:
            self._log.failure("The configuration could not be reloaded")
        else:
            self._log.info("The configuration was reloaded")
