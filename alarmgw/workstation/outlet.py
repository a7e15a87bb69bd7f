"""A response that is written no faster than the browser reads."""

# mypy: allow-untyped-calls
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from twisted.web.http import Request
from zope.interface import implementer


@implementer(IPushProducer)
class Outlet:
    """The writing end of one response: `write` waits until there is room for more."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._room: Deferred[None] | None = None
        self._paused = False
        self.begun = False
        self.gone = False
        self.on_gone: Callable[[], object] = lambda: None
        request.notifyFinish().addErrback(self._lost)
        request.registerProducer(self, True)

    async def write(self, data: bytes) -> None:
        """Writes ``data``, then waits while the browser is behind."""
        self.begun = True
        self._request.write(data)
        if self._paused:
            self._room = Deferred()
            await self._room

    def finish(self) -> None:
        """Ends the response; nothing more is written."""
        self._request.unregisterProducer()
        self._request.finish()

    def pauseProducing(self) -> None:
        """The browser is behind."""
        self._paused = True

    def resumeProducing(self) -> None:
        """The browser has caught up."""
        self._paused = False
        room, self._room = self._room, None
        if room is not None:
            room.callback(None)

    def stopProducing(self) -> None:
        """The connection is gone; `notifyFinish` says so as well."""

    def _lost(self, _: object) -> None:
        self.gone = True
        self.on_gone()


def abort(request: Request) -> None:
    """Cuts the connection under a response that cannot be ended properly."""
    transport: Any = request.channel and request.channel.transport
    if transport is not None:
        transport.abortConnection()
