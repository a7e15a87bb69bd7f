"""The page's ear: Server-Sent Events, resumed by change number.

Nothing is queued for a page.  The stream keeps the number of the last change
that was written and, whenever the browser has room, asks the console for what
came after it; a page that reads slowly gets fewer and larger events.  What is
unread is bounded by the transport's buffer and one event.  A storm is told in
a few large events each second: the page draws each of them.
"""

# mypy: allow-untyped-calls
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IDelayedCall, IPushProducer, IReactorTime
from twisted.logger import Logger
from twisted.web.http import Request
from zope.interface import implementer

from alarmgw.workstation.console import Console
from alarmgw.workstation.outlet import abort

#: The page takes 6 s without a word for a dead process.
BEAT_SECONDS = 2.0

#: What changes so soon after something was written is gathered for so long.
GATHER_SECONDS = 0.025

#: A page that reads nothing for so long is cut off; a living one comes back by itself.
STALLED_SECONDS = 30.0

#: What a browser waits before it comes back (milliseconds).
RETRY_MS = 1000

log = Logger()


@implementer(IPushProducer)
class EventStream:
    """One ``/events`` answer, from its first byte until the page goes away."""

    def __init__(
        self, request: Request, console: Console, clock: IReactorTime, change: int | None
    ) -> None:
        """``change`` is the last change that the page has drawn, None for a fresh page."""
        self._request = request
        self._console = console
        self._clock = clock
        self._change = change
        self._paused_at: float | None = None
        self._state_due = True
        self._outcomes: Any = None
        self._deaf: Callable[[], None] = lambda: None
        self._beat: IDelayedCall | None = None
        self._gathering: IDelayedCall | None = None
        self._free_at = 0.0

    def start(self) -> None:
        """Writes what the page has missed and stays with it."""
        self._request.setHeader("Content-Type", "text/event-stream; charset=utf-8")
        self._request.notifyFinish().addBoth(self._gone)
        self._request.registerProducer(self, True)
        self._request.write(b"retry: %d\n\n" % RETRY_MS)
        self._deaf = self._console.listen(self._changed)
        self._tick()

    def pauseProducing(self) -> None:
        """The browser reads slower than we write."""
        if self._paused_at is None:
            self._paused_at = self._clock.seconds()

    def resumeProducing(self) -> None:
        """The browser has room again."""
        self._paused_at = None
        self._write_what_is_due()

    def stopProducing(self) -> None:
        """The connection is gone; `notifyFinish` says so as well."""

    def _changed(self) -> None:
        self._state_due = True
        wait = self._free_at - self._clock.seconds()
        if wait <= 0:
            self._write_what_is_due()
        elif self._gathering is None:
            self._gathering = self._clock.callLater(wait, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        self._write_what_is_due()

    def _tick(self) -> None:
        self._beat = self._clock.callLater(BEAT_SECONDS, self._tick)
        self._state_due = True
        self._write_what_is_due()
        if self._paused_at is not None:
            self._cut_if_stalled(self._clock.seconds() - self._paused_at)

    def _cut_if_stalled(self, paused: float) -> None:
        if paused > STALLED_SECONDS:
            log.warn("a console page read nothing for {seconds:.0f} s: cut off", seconds=paused)
            abort(self._request)

    def _write_what_is_due(self) -> None:
        self._free_at = self._clock.seconds() + GATHER_SECONDS
        # Who sits here is told before what he may see.
        if self._paused_at is None and self._state_due:
            self._state_due = False
            self._write("state", self._state())
        if self._paused_at is None:
            self._write_changes()

    def _state(self) -> dict[str, Any]:
        facts = self._console.facts()
        if self._outcomes is not self._console.outcomes:
            self._outcomes = self._console.outcomes
            facts["outcomes"] = self._outcomes
        return facts

    def _write_changes(self) -> None:
        changes = self._console.since(self._change)
        if changes.change == self._change:
            return
        self._change = changes.change
        # Only the last event of these bears the number: who has that one has all of them.
        if changes.others or changes.reset:
            self._write("others", {"reset": changes.reset, "rows": changes.others})
        told = {
            "reset": changes.reset,
            "rows": changes.incidents,
            "removed": changes.removed,
        }
        if any(told.values()) or changes.others:
            self._write("incidents", told, changes.change)

    def _write(self, event: str, data: Any, change: int | None = None) -> None:
        number = b"" if change is None else b"id: %d\n" % change
        # ensure_ascii: no line end of Unicode can end the field early.
        text = json.dumps(data, separators=(",", ":")).encode("ascii")
        self._request.write(b"%sevent: %s\ndata: %s\n\n" % (number, event.encode("ascii"), text))

    def _gone(self, _: object) -> None:
        self._deaf()
        for call in (self._beat, self._gathering):
            if call is not None and call.active():
                call.cancel()
