"""What sounds now: one tone at a time, the most urgent, again and again until somebody acts.

A *cause* is a reason to sound: an incident that nobody has accepted, a lost
link, a page that nobody can see.  A new cause sounds at once, unless the same
or a more urgent tone is sounding already; after that the most urgent one is
repeated in its own measure.  600 alarms in one minute are one tone after the
other, never 600 tones.

Muting is for what somebody has heard: it silences the causes that there are,
and whatever comes new ends it.  So all workstations may be muted at once, and
no alarm is ever unheard.
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
        #: The causes that there are, by tone, and those of them that no tone has told yet.
        self._causes: dict[str, set[Cause]] = {tone: set() for tone in REPEATED}
        self._new: dict[str, set[Cause]] = {tone: set() for tone in REPEATED}
        self._muted_until = 0.0
        self._busy_with: str | None = None
        self._busy_until = 0.0
        self._announced: dict[str, float] = {}
        self._next: IDelayedCall | None = None

    def announce(self, causes: Iterable[Cause]) -> None:
        """These are the causes now."""
        given, known = set(causes), set().union(*self._causes.values())
        self.change(given - known, known - given)

    def change(self, came: Iterable[Cause], went: Iterable[Cause]) -> None:
        """These causes are there now, and those no more."""
        fresh = list(came)
        for cause in went:
            self._causes[cause.tone].discard(cause)
            self._new[cause.tone].discard(cause)
        for cause in fresh:
            self._causes[cause.tone].add(cause)
            self._new[cause.tone].add(cause)
        if fresh or not self._can_be_muted:
            self._muted_until = 0.0
        self._sound()

    def mute(self, wanted: float) -> float:
        """Mute what there is for so many seconds, at most `MUTE_SECONDS`; answers for how many."""
        length = max(0.0, min(wanted, MUTE_SECONDS)) if self._can_be_muted else 0.0
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
        there = self._there()
        return there[0] if there else None

    def stop(self) -> None:
        """Nothing sounds any more."""
        for causes in (*self._causes.values(), *self._new.values()):
            causes.clear()
        self._wait(None)

    def _sound(self) -> None:
        """Play what is due now, and come back when the next is."""
        now = self._clock.seconds()
        there = self._there()
        # What no tone has told yet was not heard by who muted: it sounds once all the same.
        audible = [tone for tone in there if self._is_audible(tone)]
        if not audible:
            self._wait(self.muted if there else None)
            return
        tone, due = self._next_tone(audible, now)
        if due is not None and due <= now:
            self._begin(tone, audible, now)
            self._sound()
            return
        waits = [due - now] if due is not None else []
        if self.muted and audible != there:
            waits.append(self.muted)
        self._wait(min(waits, default=None))

    @property
    def _can_be_muted(self) -> bool:
        """Whether there is anything that muting would silence."""
        return any(tone != NEVER_MUTED for tone in self._there())

    def _is_audible(self, tone: str) -> bool:
        return tone == NEVER_MUTED or not self.muted or bool(self._new[tone])

    def _there(self) -> list[str]:
        """The tones that there is a cause for, the most urgent first."""
        return [tone for tone, causes in self._causes.items() if causes]

    def _next_tone(self, audible: list[str], now: float) -> tuple[str, float | None]:
        """The tone that sounds next, and when; None: never by itself."""
        top = audible[0]
        tone = next((tone for tone in audible if self._new[tone]), None)
        if tone is not None:
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

    def _begin(self, tone: str, audible: list[str], now: float) -> None:
        self._play(tone)
        self._busy_with, self._busy_until = tone, now + seconds(tone)
        # One tone speaks for all that there is: what is less urgent was announced by it.
        for told in audible:
            self._new[told].clear()
            if _URGENCY[told] >= _URGENCY[tone]:
                self._announced[told] = now

    def _wait(self, delay: float | None) -> None:
        if self._next is not None and self._next.active():
            self._next.cancel()
        self._next = None if delay is None else self._clock.callLater(delay, self._sound)
