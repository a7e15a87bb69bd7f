"""The console: what the link brings, put together for every page that is open.

It listens to the link, keeps the mirror, and adds what only an eyewitness
knows: when the link was lost and how long ago the gateway last gave a sign
of life.  Pages are told that something changed, never what: each asks for
what follows the number it has, so a slow page costs nothing but its own time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from twisted.internet.interfaces import IReactorTime

from alarmgw.codec.wire import Heartbeat
from alarmgw.model import Now, utc_text
from alarmgw.workstation.mirror import LinkState, Mirror
from alarmgw.workstation.rows import received

#: States in which the gateway is connected and speaks to us.
CONNECTED = ("current", "snapshot")


class Console:
    """One workstation's picture of its gateway; a `LinkListener` for its link."""

    def __init__(
        self, mirror: Mirror, *, workstation: str, gateway: str, now: Now, clock: IReactorTime
    ) -> None:
        """``workstation`` and ``gateway`` (HOST:PORT) are names to show."""
        self.mirror = mirror
        self._names = {"workstation": workstation, "gateway": gateway}
        self._now = now
        self._clock = clock
        self._since: datetime = now()
        self._was_connected = False
        self._heard: float | None = None
        self._last_alarm: str | None = None
        self._ears: list[Callable[[], None]] = []
        mirror.on_change = self._changed

    def listen(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Calls ``changed`` after each change, until the function that is returned is called."""
        self._ears.append(changed)
        return lambda: self._ears.remove(changed)

    # the link's side

    def state(self, state: LinkState) -> None:
        """The link stands otherwise; since when is ours to remember."""
        was, now_is = self.mirror.link.state in CONNECTED, state.state in CONNECTED
        if was != now_is:
            self._since = self._now()
        if now_is:
            self._was_connected = True
            self._heard = self._clock.seconds()
        self.mirror.state(state)

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """Entries in their order, for the mirror."""
        for entry in entries:
            if entry.get("type") == "alarm":
                self._last_alarm = max(self._last_alarm or "", received(entry) or "") or None
        self._heard = self._clock.seconds()
        self.mirror.entries(entries, up_to)

    def heartbeat(self, heartbeat: Heartbeat) -> int | None:
        """The gateway lives; answers the last number that was drawn."""
        self._heard = self._clock.seconds()
        return self.mirror.heartbeat(heartbeat)

    # the page's side

    def facts(self) -> dict[str, Any]:
        """The state of the link and what stands above the list, as the page's ``state``."""
        link, beat = self.mirror.link, self.mirror.heartbeat_heard
        return {
            **self._names,
            "node": link.node,
            "link": self._link_word(),
            "since": utc_text(self._since),
            "reason": link.reason,
            "heartbeat_age_s": self._heartbeat_age(),
            "conditions": [_sentence(reason) for reason in (beat.reasons if beat else [])],
            "alarms": len(self.mirror),
            "more": max(0, self.mirror.open_total - len(self.mirror)),
            "last_alarm": self._last_alarm,
            "up_to": self.mirror.up_to,
            "now": utc_text(self._now()),
        }

    def _link_word(self) -> str:
        # Trying again does not make a lost link less lost.
        state = self.mirror.link.state
        if state == "lost" and not self._was_connected:
            return "unreachable"
        return "lost" if state == "connecting" and self._was_connected else state

    def _heartbeat_age(self) -> float | None:
        if self._heard is None:
            return None
        return round(max(0.0, self._clock.seconds() - self._heard), 1)

    def _changed(self) -> None:
        for changed in list(self._ears):
            changed()


def _sentence(reason: Any) -> str:
    """A condition of the gateway for people: its text, else its name."""
    if isinstance(reason, dict):
        reason = reason.get("text") or reason.get("name") or reason
    return str(reason)
