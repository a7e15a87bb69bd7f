"""Upkeep: the rounds that the gateway makes by itself every few seconds.

Each round looks at the volume, tries failed stores again with fresh files, and
tells what was counted meanwhile.  Settling what was stored has rounds of its
own: a large backlog takes seconds, and the volume must be watched meanwhile.
A round that fails is logged and the next one comes all the same: one bad night
must not end supervision.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from alarmgw.errors import Refusal
from alarmgw.supervision import Conditions, RefusalLog, Volume, judge_volume
from alarmgw.workplace import Workplace

ROUND_SECONDS = 3.0


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
    ) -> None:
        """``floor``: how many octets must stay free on a volume of so many."""
        self._place = place
        self._conditions = conditions
        self._refusals = refusals
        self._floor = floor
        self._settle_all = settle
        self._loops = [self._loop(self.round), self._loop(self.settle)]
        self._ended: list[Deferred[LoopingCall]] = []

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
        for step in (self._look_at_volume, self._try_spool, self._try_journal):
            await self._guarded(step)
        self._refusals.flush()

    async def settle(self) -> None:
        """Settle what was stored."""
        await self._guarded(self._settle_files)

    def _loop(self, step: Callable[[], Coroutine[Deferred[Any], Any, None]]) -> LoopingCall:
        loop = LoopingCall(lambda: Deferred.fromCoroutine(step()))
        loop.clock = self._place.reactor
        return loop

    async def _guarded(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except Exception:
            self._log.failure("A step of the upkeep failed: {step}", step=step)

    async def _look_at_volume(self) -> None:
        free, total = await self._place.in_pool(lambda: self._place.files.free(self._place.home))
        judge_volume(self._conditions, Volume(free=free, total=total), self._floor(total))

    async def _try_spool(self) -> None:
        """A volume that failed is tried with a fresh file: a failed sync is never repeated."""
        if self._conditions.has("spool_failed"):
            try:
                await self._place.in_pool(self._place.spool.probe)
            except Refusal:
                return
            self._conditions.end("spool_failed")

    async def _try_journal(self) -> None:
        if self._conditions.has("journal_failed"):
            try:
                await self._place.awaited(self._place.journal.submit(lambda ledger: None))
            except Refusal:
                return
            self._conditions.end("journal_failed")
        self._conditions.write()

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
