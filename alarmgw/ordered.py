"""Services that start in their order and stop in the reverse one, each when the last is done."""

from __future__ import annotations

from typing import Any

from twisted.application.service import IService, MultiService
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import Logger


class OrderedService(MultiService):
    """A `MultiService` whose children stop one by one, the last first.

    Twisted stops all of them at once; ours hand their last words downwards:
    listeners finish transfers before the journal is closed.
    """

    _log = Logger()

    def __init__(self, *children: IService) -> None:
        """``children`` in the order of their start."""
        MultiService.__init__(self)
        for child in children:
            MultiService.addService(self, child)

    def startService(self) -> None:
        """Start the children in their order; one that fails stops those before it again."""
        self.running = True
        started: list[Any] = []
        for child in self:
            try:
                child.startService()
            except Exception:
                self._undo(started)
                raise
            started.append(child)

    def _undo(self, started: list[Any]) -> None:
        """Stop what had started; nothing is waited for, because no reactor may be running yet."""
        self.running = False
        for child in reversed(started):
            try:
                child.stopService()
            except Exception:
                self._log.failure("{service} did not stop cleanly", service=child.name)

    def stopService(self) -> Deferred[None]:
        """Stop the children in reverse; one that fails is logged and hinders no other."""
        self.running = False
        return Deferred.fromCoroutine(self._stop(list(self)))

    async def _stop(self, children: list[Any]) -> None:
        for child in reversed(children):
            try:
                await maybeDeferred(child.stopService)
            except Exception:
                self._log.failure("{service} did not stop cleanly", service=child.name)
