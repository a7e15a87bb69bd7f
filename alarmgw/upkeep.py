"""Upkeep: the rounds that the gateway makes by itself every few seconds.

Each round looks at the volume, tries failed stores again with fresh files, and
tells what was counted meanwhile.  Settling what was stored has rounds of its
own: a large backlog takes seconds, and the volume must be watched meanwhile.
A step that fails is a condition until it succeeds, logged once, and the next
round comes all the same: one bad night must not end supervision.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import ExitStack
from typing import Any, Protocol

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList, gatherResults
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from alarmgw.bugs import Bugs
from alarmgw.descriptors import CONNECTION_FILES, MAIL_FILES
from alarmgw.errors import Refusal
from alarmgw.supervision import Conditions, RefusalLog, Volume, judge_volume
from alarmgw.workplace import Workplace

ROUND_SECONDS = 3.0


class ControlSocket(Protocol):
    """What is asked of the socket for commands (see `alarmgw.control`)."""

    def is_there(self) -> bool:
        """Whether commands can find it."""

    async def renew(self) -> None:
        """Make it again.  Raises `OSError`."""


class Upkeep(Service):
    """Runs a round every `ROUND_SECONDS` while it is a running service."""

    _log = Logger()

    def __init__(
        self,
        place: Workplace,
        conditions: Conditions,
        refusals: RefusalLog,
        floor: Callable[[int], int],
        settle: Callable[[], object],
        control: ControlSocket | None = None,
        full: Callable[[], bool] = lambda: False,
    ) -> None:
        """``floor``: how many octets must stay free on a volume of so many.

        ``full``: whether devices are turned away because others hold all connections.
        """
        self._place = place
        self._conditions = conditions
        self._refusals = refusals
        self._floor = floor
        self._settle_all = settle
        self._control = control
        self._full = full
        self._loops = [self._loop(self.round), self._loop(self.settle)]
        self._ended: list[Deferred[LoopingCall]] = []
        self._bugs = Bugs(place.reactor)

    def startService(self) -> None:
        """Begin with a round at once: the volume is known before the first mail."""
        Service.startService(self)
        self._ended = [loop.start(ROUND_SECONDS) for loop in self._loops]

    def stopService(self) -> Deferred[Any]:
        """End the loops and wait for rounds under way."""
        Service.stopService(self)
        for loop in self._loops:
            if loop.running:
                loop.stop()
        return gatherResults(self._ended)

    async def round(self) -> None:
        """One round; each step by itself, so that one failure hides no other."""
        await self._guarded("volume", self._look_at_volume)
        await self._guarded("spool", self._try_spool)
        await self._guarded("journal", self._try_journal)
        await self._guarded("control", self._look_at_control)
        await self._guarded("connections", self._look_at_connections)
        self._refusals.flush()

    async def settle(self) -> None:
        """Settle what was stored."""
        await self._guarded("settling", self._settle_files)

    def _loop(self, step: Callable[[], Coroutine[Deferred[Any], Any, None]]) -> LoopingCall:
        loop = LoopingCall(lambda: Deferred.fromCoroutine(step()))
        loop.clock = self._place.reactor
        return loop

    async def _guarded(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except Exception as error:
            if self._bugs.is_news(error):
                self._log.failure("A step of the upkeep failed: {step}", step=name)
            self._conditions.begin("upkeep_failed", name, str(error) or type(error).__name__)
        else:
            self._conditions.end("upkeep_failed", name)

    async def _look_at_volume(self) -> None:
        free, total = await self._place.in_pool(lambda: self._place.files.free(self._place.home))
        floor = self._floor(total)
        judge_volume(self._conditions, Volume(free=free, total=total), floor)
        if self._conditions.has("no_space") and free >= floor and await self._probed():
            self._conditions.end("no_space")

    async def _try_spool(self) -> None:
        """A volume that failed is tried with a fresh file: a failed sync is never repeated."""
        if self._conditions.has("spool_failed") and await self._probed():
            self._conditions.end("spool_failed")

    async def _probed(self) -> bool:
        """Whether the volume takes a fresh file, and a mail finds the descriptors that it needs."""
        if self._unopenable():  # one that is left takes the probe, and no mail after it
            return False
        try:
            await self._place.in_pool(self._place.spool.probe)
        except Refusal:
            return False
        return True

    async def _try_journal(self) -> None:
        """A journal that failed works again when it has taken all that has waited for it."""
        failed = self._conditions.has("journal_failed")
        waiting = self._conditions.write()
        if failed and not waiting:  # nothing is left of it, because of a bug
            waiting = [self._place.journal.submit(lambda ledger: ledger.head)]
        outcomes = [self._place.awaited(future) for future in waiting]
        written = [success for success, _ in await DeferredList(outcomes, consumeErrors=True)]
        if failed and all(written):
            self._conditions.end("journal_failed")

    async def _look_at_control(self) -> None:
        """Where somebody has removed the control socket, another one is made."""
        if self._control is None or self._control.is_there():
            self._conditions.end("control_lost")
            return
        self._conditions.begin("control_lost")
        await self._control.renew()
        self._conditions.end("control_lost")

    async def _look_at_connections(self) -> None:
        # Whoever lacks descriptors may have used up the connections too; the rarer is the cause.
        reason = self._unopenable() or ("all connections are in use" if self._full() else "")
        if reason:
            self._conditions.begin("connections_full", "", reason)
        else:  # the last one comes and goes with each mail
            self._conditions.improve("connections_full")

    def _unopenable(self) -> str:
        """Why no device can bring a mail: "" if there are the descriptors for one."""
        with ExitStack() as opened:
            try:
                for _ in range(CONNECTION_FILES + MAIL_FILES):
                    opened.callback(os.close, os.open(os.curdir, os.O_RDONLY))
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    return error.strerror or "too many open files"
        return ""

    async def _settle_files(self) -> None:
        # A folder that stays behind while this settles may be none of those it has looked at.
        behind = [one.subject for one in self._conditions.active if one.name == "unpublished"]
        try:
            await self._place.in_pool(self._settle_all)
        except (OSError, Refusal) as error:
            self._conditions.begin("settling_failed", "", str(error))
            return
        self._conditions.end("settling_failed")
        for alarm in behind:
            self._conditions.end("unpublished", alarm)
