"""Collecting: the interpreter's full collections of garbage come when no mail waits.

A full collection looks at everything that holds something else, 90,000 objects
with 10,000 sources, and no thread runs meanwhile: 15 ms and more.  By itself
the interpreter begins one where many objects are made, which is where a mail
is read, or records beside it.  So it makes the short ones only, and the full
ones come here, in a second without mails.
"""

from __future__ import annotations

import gc
from typing import Any, Protocol

from twisted.application.service import Service
from twisted.internet.task import LoopingCall

from alarmgw.slices import Mails

#: How long no mail must have come.
QUIET_SECONDS = 1.0

#: After so many of the shorter collections a full one is due, as the interpreter has it …
DUE = 10
#: … and after so many it comes even if mails never cease.
OVERDUE = 500

#: The interpreter begins no full collection before so many shorter ones.
NEVER = 2**30


class Collector(Protocol):
    """What is used of the module `gc`."""

    def freeze(self) -> None:
        """Never look at what is there now."""

    def unfreeze(self) -> None:
        """Look at everything."""

    def collect(self) -> int:
        """A full collection."""

    def get_count(self) -> tuple[int, int, int]:
        """How much has come since the last collection of each generation."""

    def get_threshold(self) -> tuple[int, int, int]:
        """At how much a collection begins."""

    def set_threshold(self, first: int, second: int, third: int, /) -> None:
        """Set that."""


class Collecting(Service):
    """While it runs, full collections are its own."""

    def __init__(self, reactor: Any, mails: Mails, collector: Collector = gc) -> None:
        self._mails = mails
        self._collector = collector
        self._thresholds = collector.get_threshold()
        self._before = 0
        self._loop = LoopingCall(self._look)
        self._loop.clock = reactor

    def startService(self) -> None:
        """Begin.  What the start has made lives as long as the process: it is left alone."""
        Service.startService(self)
        self._thresholds = self._collector.get_threshold()
        self._collector.set_threshold(*self._thresholds[:2], NEVER)
        self._collector.freeze()
        self._loop.start(QUIET_SECONDS, now=False)

    def stopService(self) -> None:
        """Leave it to the interpreter again."""
        Service.stopService(self)
        self._loop.stop()
        self._collector.unfreeze()
        self._collector.set_threshold(*self._thresholds)

    def _look(self) -> None:
        quiet = not self._mails.waiting and self._mails.ever == self._before
        self._before = self._mails.ever
        shorter = self._collector.get_count()[2]
        if shorter >= (DUE if quiet else OVERDUE):
            self._collector.collect()
