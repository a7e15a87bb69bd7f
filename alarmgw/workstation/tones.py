"""What sounds now: one tone at a time, the most urgent, again and again until somebody acts.

A *cause* is a reason to sound: an incident that nobody has accepted, a lost
link, a page that nobody can see.  A new cause sounds at once, unless the same
or a more urgent tone is sounding already; after that the most urgent one is
repeated in its own measure.  600 alarms in one minute are one tone after the
other, never 600 tones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import frozen
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from alarmgw.codec.tone import seconds

#: The most urgent first, with the seconds after which it sounds again; None: once.
REPEATED: Mapping[str, float | None] = {
    "class-1": 5.0,
    "link-lost": 10.0,
    "page-gone": 10.0,
    "class-2": 10.0,
    "class-3": 20.0,
    "class-4": 60.0,
    "class-5": None,
}

#: A tone can be muted for so long at most.
MUTE_SECONDS = 120

#: What is never muted.
NEVER_MUTED = "class-1"

_URGENCY = {tone: place for place, tone in enumerate(REPEATED)}


@frozen
class Cause:
    """A reason to sound: what it is about, and its tone (a key of `REPEATED`)."""

    about: str
    tone: str


class Tones:
    """Plays what is due through ``play``; tell it what there is with `announce`."""

    def __init__(self, clock: IReactorTime, play: Callable[[str], None]) -> None:
        self._clock, self._play = clock, play
        self._causes: frozenset[Cause] = frozenset()
        self._sounded: set[Cause] = set()
        self._muted_until = 0.0
        self._busy_with: str | None = None
        self._busy_until = 0.0
        self._announced: dict[str, float] = {}
        self._next: IDelayedCall | None = None

    def announce(self, causes: Iterable[Cause]) -> None:
        """These are the causes now."""
        self._causes = frozenset(causes)
        self._sounded &= self._causes
        self._sound()

    def mute(self, wanted: float) -> float:
        """Mute for so many seconds, at most `MUTE_SECONDS`; answers for how many."""
        length = max(0.0, min(wanted, MUTE_SECONDS))
        self._muted_until = self._clock.seconds() + length
        self._sound()
        return length

    @property
    def muted(self) -> float:
        """For how many seconds more it is muted."""
        return max(0.0, self._muted_until - self._clock.seconds())

    @property
    def sounding(self) -> str | None:
        """The most urgent tone there is a cause for, muted or not."""
        return _most_urgent(self._causes) if self._causes else None

    def stop(self) -> None:
        """Nothing sounds any more."""
        self._causes = frozenset()
        self._wait(None)

    def _sound(self) -> None:
        """Play what is due now, and come back when the next is."""
        now = self._clock.seconds()
        audible = {cause for cause in self._causes if self._is_audible(cause)}
        if not audible:
            self._wait(self.muted if self._causes else None)
            return
        tone, due = self._next_tone(audible, now)
        if due is not None and due <= now:
            self._begin(tone, audible, now)
            tone, due = self._next_tone(audible, now)
        waits = [due - now] if due is not None else []
        if self.muted and audible != self._causes:
            waits.append(self.muted)
        self._wait(min(waits, default=None))

    def _next_tone(self, audible: set[Cause], now: float) -> tuple[str, float | None]:
        """The tone that sounds next, and when; None: never by itself."""
        new = audible - self._sounded
        top = _most_urgent(audible)
        if new:
            tone = _most_urgent(new)
            free = self._free_for(tone, now)
            # In a storm there is always something new; what is more urgent is not drowned in it.
            again = self._again(top)
            if tone == top or again is None or again > free:
                return tone, free
        again = self._again(top)
        return top, None if again is None else max(self._free_for(top, now), again)

    def _free_for(self, tone: str, now: float) -> float:
        """When a tone may begin: at once, or after one that is as urgent."""
        if self._busy_with is None or self._busy_until <= now:
            return now
        return now if _URGENCY[tone] < _URGENCY[self._busy_with] else self._busy_until

    def _again(self, tone: str) -> float | None:
        """When a tone that has sounded is repeated; None: never."""
        pause, sounded = REPEATED[tone], self._announced.get(tone)
        return None if pause is None or sounded is None else sounded + pause

    def _begin(self, tone: str, audible: set[Cause], now: float) -> None:
        self._play(tone)
        self._busy_with, self._busy_until = tone, now + seconds(tone)
        # One tone speaks for all that there is: what is less urgent was announced by it.
        self._sounded |= audible
        told = {cause.tone for cause in audible if _URGENCY[cause.tone] >= _URGENCY[tone]}
        self._announced |= dict.fromkeys(told, now)

    def _is_audible(self, cause: Cause) -> bool:
        return cause.tone == NEVER_MUTED or not self.muted

    def _wait(self, delay: float | None) -> None:
        if self._next is not None and self._next.active():
            self._next.cancel()
        self._next = None if delay is None else self._clock.callLater(delay, self._sound)


def _most_urgent(causes: Iterable[Cause]) -> str:
    """The tone of the most urgent one; there is one."""
    return min((cause.tone for cause in causes), key=_URGENCY.__getitem__)
