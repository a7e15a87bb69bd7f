"""Why it sounds: incidents that nobody has taken, a lost link, a console that nobody sees."""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from alarmgw.workstation.mirror import Mirror
from alarmgw.workstation.player import Player
from alarmgw.workstation.presence import Presence
from alarmgw.workstation.seat import Seat
from alarmgw.workstation.tones import Cause, Tones
from alarmgw.workstation.waiting import Difference, Waiting

#: A link or a gateway that is away for so long is told aloud; shorter cuts mend themselves.
LINK_SECONDS = 10.0

LINK_LOST = Cause("link", "link-lost")
PAGE_GONE = Cause("page", "page-gone")


class Sounding:
    """Tells the tones what there is a reason for; ask it to `look` after each change."""

    def __init__(
        self, mirror: Mirror, seat: Seat, presence: Presence, player: Player, clock: IReactorTime
    ) -> None:
        self.presence = presence
        #: Whether the link brings signs of life, and not what the gateway has written.
        self.is_behind = False
        #: Whether the gateway cannot take mail, of everybody or of some: no alarm may come of that.
        self.is_shut = False
        self.player = player
        self.tones = Tones(clock, player.play)
        self._mirror, self._seat, self._clock = mirror, seat, clock
        self._away_since: float | None = clock.seconds()
        self._waiting = Waiting(mirror.incidents)
        #: The causes that are not incidents.
        self._own: frozenset[Cause] = frozenset()
        self._next: IDelayedCall | None = None

    def start(self) -> None:
        """Begin to look."""
        self.look()

    def stop(self) -> None:
        """Be silent, and look no more."""
        self._wait(None)
        self.tones.stop()
        self.player.stop()
        self.presence.stop()

    def look(self) -> None:
        """Something changed, or time has passed."""
        now = self._clock.seconds()
        current = self._mirror.link.state == "current"
        # A snapshot that never ends is no link, and a gateway that hears nobody has none to bring.
        is_heard = current and not self.is_behind and not self.is_shut
        self._away_since = None if is_heard else self._since(now)
        # While entries are caught up with, what they say is of before.
        waiting = self._waiting.difference(now) if current else Difference()
        before, self._own = self._own, self._seen(now)
        came, went = waiting.came | (self._own - before), waiting.went | (before - self._own)
        if came or went:
            self.tones.change(came, went)
        if self.tones.muted and not self._may_mute:
            self.tones.mute(0)
        self._come_back(now)

    def mute(self, wanted: float) -> float | None:
        """Mute what there is for so many seconds; None where nobody else is signed on to hear it.

        Who else is signed on may have muted as well: what is new sounds all the same.
        """
        if wanted > 0 and not self._may_mute:
            return None
        return self.tones.mute(wanted)

    @property
    def _may_mute(self) -> bool:
        """Whether somebody else is there; of a lost link or an unseen page nobody else hears."""
        return self._seat.is_relieved and not self._own

    def facts(self) -> dict[str, Any]:
        """``tones`` as the page's state has them."""
        return {
            "sounding": self.tones.sounding,
            "muted_s": round(self.tones.muted, 1),
            "fault": self.player.fault,
            "page_plays": self.player.fault is not None,
            "played": {"n": self.player.asked, "tone": self.player.last},
        }

    def _since(self, now: float) -> float:
        return now if self._away_since is None else self._away_since

    def _seen(self, now: float) -> frozenset[Cause]:
        """What is wrong with the link and the page."""
        lost = self._away_since is not None and now - self._away_since >= LINK_SECONDS
        return frozenset([LINK_LOST] * lost + [PAGE_GONE] * self.presence.unseen)

    def _come_back(self, now: float) -> None:
        offered = self._waiting.next_change
        moments = [] if offered is None or offered <= now else [offered]
        if self._away_since is not None and now - self._away_since < LINK_SECONDS:
            moments.append(self._away_since + LINK_SECONDS)
        self._wait(min(moments) - now if moments else None)

    def _wait(self, delay: float | None) -> None:
        if self._next is not None and self._next.active():
            self._next.cancel()
        self._next = None if delay is None else self._clock.callLater(delay, self.look)
