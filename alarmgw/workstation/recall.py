"""What a workstation never heard of an open incident, asked of the gateway for its row.

A snapshot tells how each incident stands, but only the newest alarms.  So
that every row can be read, older ones are asked for: a few incidents at a
time, the most urgent first, and only while somebody is signed on.
"""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from alarmgw.errors import Refusal
from alarmgw.workstation.gathered import Alarm, told_alarms
from alarmgw.workstation.mirror import Mirror
from alarmgw.workstation.seat import Seat
from alarmgw.workstation.shown import Rank, urgency

#: So many incidents are asked for at once; the gateway has room for what people ask beside that.
AT_ONCE = 3

#: After a question that was not answered.
AGAIN_SECONDS = 5.0


class Recall:
    """Asks for what rows lack; tell it to `look` after each change."""

    log = Logger()

    def __init__(self, mirror: Mirror, seat: Seat, clock: IReactorTime) -> None:
        self._mirror, self._seat, self._clock = mirror, seat, clock
        self._change: int | None = None
        self._wanted: dict[str, Rank] = {}
        self._asking: set[str] = set()
        self._is_beginning = False
        self._pause: IDelayedCall | None = None
        self._is_stopped = False

    def look(self) -> None:
        """Something changed: maybe a row lacks something, maybe it can be asked for now."""
        ids = self._mirror.changed(self._change)
        self._change = self._mirror.change
        for id_ in ids:
            self._want(id_)
        self._begin()

    def stop(self) -> None:
        """Ask no more."""
        self._is_stopped = True
        if self._pause is not None and self._pause.active():
            self._pause.cancel()

    def _want(self, id_: str) -> None:
        incident = self._mirror.incidents.open(id_)
        if incident is not None and self._mirror.incidents.lacks(id_):
            self._wanted[id_] = urgency(incident)

    @property
    def _may_ask(self) -> bool:
        is_there = self._mirror.link.state == "current" and self._seat.session is not None
        is_free = self._pause is None and len(self._asking) < AT_ONCE
        return is_there and is_free and not self._is_stopped

    def _begin(self) -> None:
        if self._is_beginning:  # an answer that came at once: the loop goes on by itself
            return
        self._is_beginning = True
        while self._wanted and self._may_ask:
            id_ = min(self._wanted.values())[-1]
            del self._wanted[id_]
            if id_ not in self._asking and self._mirror.incidents.lacks(id_):
                self._asking.add(id_)
                asking = Deferred.fromCoroutine(self._ask_for(id_))
                asking.addErrback(lambda why: self.log.failure("alarms were not told", why))
        self._is_beginning = False

    async def _ask_for(self, id_: str) -> None:
        is_told = False
        try:
            answer = await self._seat.ask("incident", {"incident": id_})
            is_told = answer.get("ok") is not False and self._mirror.link.state == "current"
            if is_told:
                self._learn(id_, told_alarms(answer))
        except Refusal:
            pass  # there is no link, or no room: it is asked again
        finally:
            self._asking.discard(id_)
        if not is_told:
            self._wait(id_)
        self._begin()

    def _learn(self, id_: str, alarms: list[Alarm]) -> None:
        # What was written since comes over the link by itself.
        heard = [one for one in alarms if one.seq <= self._mirror.up_to]
        self._mirror.incidents.recall(id_, heard)
        self._mirror.touch([id_])

    def _wait(self, id_: str) -> None:
        self._want(id_)
        if self._pause is None and not self._is_stopped:
            self._pause = self._clock.callLater(AGAIN_SECONDS, self._go_on)

    def _go_on(self) -> None:
        self._pause = None
        self._begin()
