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

import attrs
from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from alarmgw.codec.outcomes import DEFAULT
from alarmgw.codec.wire import Heartbeat
from alarmgw.errors import Refusal
from alarmgw.model import Now, utc_moment, utc_text
from alarmgw.workflow_actions import LIMITS, TARGETS
from alarmgw.workstation.incident_row import veiled
from alarmgw.workstation.lag import Lag
from alarmgw.workstation.mirror import Changes, LinkState, Mirror, Row
from alarmgw.workstation.names import SITES, SOURCES, Bearers, Names
from alarmgw.workstation.recall import Recall
from alarmgw.workstation.seat import Seat
from alarmgw.workstation.sounding import Sounding
from alarmgw.workstation.tally import Tally

log = Logger()

#: States in which the gateway is connected and speaks to us.
CONNECTED = ("current", "snapshot")

#: Suppressions that are told at once.
SUPPRESSIONS = 200


@frozen(kw_only=True)
class Parts:
    """What the console puts together."""

    mirror: Mirror
    seat: Seat
    sounding: Sounding
    names: Names


class Console:
    """One workstation's picture of its gateway; a `LinkListener` for its link."""

    def __init__(
        self, parts: Parts, *, workstation: str, gateway: str, now: Now, clock: IReactorTime
    ) -> None:
        """``workstation`` and ``gateway`` (HOST:PORT) are names to show."""
        self.mirror, self.seat, self.sounding = parts.mirror, parts.seat, parts.sounding
        #: How an incident may end (`alarmgw.codec.outcomes`), as the page gets it.
        self.outcomes: list[dict[str, Any]] = DEFAULT.as_json()
        self._names = parts.names
        self._tally = Tally(self.mirror.incidents)
        self._bearers = Bearers()
        self._recall = Recall(self.mirror, self.seat, clock)
        self._shown = {"workstation": workstation, "gateway": gateway}
        self._now = now
        self._clock = clock
        self._since: datetime = now()
        self._was_connected = False
        self._heard: float | None = None
        self._lag = Lag(clock)
        #: Whether something of ours failed at the last change, and what has ever failed how.
        self._is_faulty = False
        self._faults: set[tuple[str, type[Exception]]] = set()
        #: By how much the gateway's clock is ahead of this machine's.
        self._ahead_s: float | None = None
        self._ears: list[Callable[[], None]] = []
        #: Asks the gateway for all that is open once more.
        self.begin_anew: Callable[[], None] = _nobody
        self.mirror.on_change = self._changed
        self.seat.on_change = self._seated
        self.sounding.presence.on_change = self._changed
        self.sounding.player.on_change = self._changed
        self._names.on_change = self._named

    def start(self) -> None:
        """Begin to sound where there is a reason to; tell what was left to be told."""
        self.seat.start()
        self.sounding.start()

    def stop(self) -> None:
        """Be silent, and ask for nothing more."""
        self.sounding.stop()
        self._names.stop()
        self._recall.stop()

    def listen(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Calls ``changed`` after each change, until the function that is returned is called."""
        self._ears.append(changed)
        return lambda: self._ears.remove(changed)

    # the link's side

    def state(self, state: LinkState) -> None:
        """The link stands otherwise; since when is ours to remember."""
        self._lag.forget()
        self.sounding.is_behind = False
        was, now_is = self.mirror.link.state in CONNECTED, state.state in CONNECTED
        if was != now_is:
            self._since = self._now()
        if now_is:
            self._was_connected = True
            self._heard = self._clock.seconds()
        self.mirror.state(state)
        if state.state == "current":
            asking = Deferred.fromCoroutine(self._ask_outcomes())
            asking.addErrback(lambda why: log.failure("outcomes could not be asked for", why))

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """Entries in their order, for the mirror."""
        self._heard = self._clock.seconds()
        self._lag.came(up_to)
        self.sounding.is_behind = self._lag.is_long
        self.mirror.entries(entries, up_to)

    def heartbeat(self, heartbeat: Heartbeat) -> int | None:
        """The gateway lives; answers the last number that was drawn."""
        self._heard = self._clock.seconds()
        self._ahead_s = _ahead(heartbeat, self._now())
        if self.mirror.link.state == "current":
            self._lag.told(heartbeat.head, self.mirror.up_to)
        drawn = self.mirror.heartbeat(heartbeat)
        is_shut = any(one["shut"] for one in _conditions(heartbeat))
        if (self.sounding.is_behind, self.sounding.is_shut) != (self._lag.is_long, is_shut):
            self.sounding.is_behind, self.sounding.is_shut = self._lag.is_long, is_shut
            self._changed()
        return drawn

    # the page's side

    @property
    def is_manned(self) -> bool:
        """Whether somebody is signed on here: nobody else sees texts and pictures."""
        return self.seat.session is not None

    def since(self, change: int | None) -> Changes:
        """What changed after ``change``, with names; veiled while nobody is signed on."""
        changes = self.mirror.since(change)
        rows = changes.incidents
        if not self.is_manned:
            veil = tuple(veiled(row) for row in rows)
            return Changes(
                change=changes.change,
                reset=changes.reset,
                incidents=veil,
                removed=changes.removed,
                others=(),
            )
        for row in (*rows, *changes.others):
            row |= self.named(row)
        self._note_names(changes)
        return changes

    def _note_names(self, changes: Changes) -> None:
        if changes.reset:
            self._bearers.clear()
        for id_ in changes.removed:
            self._bearers.drop(id_)
        for row in changes.incidents:
            self._bearers.put(row["incident"], (SITES, row["site"]), (SOURCES, row["source"]))
        for row in changes.others:
            self._bearers.put(row["alarm"], (SITES, row["site"]), (SOURCES, row["source"]))

    def named(self, row: Row) -> Row:
        """The names of a row's site and source, as far as they are known."""
        return {
            "site_name": self._names.name(SITES, row["site"]),
            "source_name": self._names.name(SOURCES, row["source"]),
        }

    def facts(self) -> dict[str, Any]:
        """The state of the link, the seat and all counts, as the page's ``state``."""
        link, beat = self.mirror.link, self.mirror.heartbeat_heard
        return {
            **self._shown,
            "node": link.node,
            "link": self._link_word(),
            "since": utc_text(self._since),
            "reason": link.reason,
            "heartbeat_age_s": self._heartbeat_age(),
            "behind_s": round(self._lag.seconds, 1),
            "gateway_ahead_s": self._ahead_s,
            "conditions": _conditions(beat) if beat else [],
            "unread": attrs.asdict(self.mirror.unread),
            "faulty": self._is_faulty,
            "last_alarm": self.mirror.last_alarm,
            "up_to": self.mirror.up_to,
            "now": utc_text(self._now()),
            **self.seat.facts(),
            "tones": self.sounding.facts(),
            "unseen": self.sounding.presence.unseen,
            "counts": {**self._tally.counts(), "more": self.mirror.more},
            **self._suppressions(),
            "losses": self._losses(),
            "targets": {str(one): [TARGETS[one], LIMITS[one]] for one in TARGETS},
        }

    def _losses(self) -> list[Row]:
        """What others took over from whoever sits here, until he has seen it."""
        here = self.seat.session
        found = self.mirror.losses.of(here) if here else {}
        return [{"loss": name, **row, **self.named(row)} for name, row in found.items()]

    def _suppressions(self) -> dict[str, Any]:
        found = list(self.mirror.incidents.book.suppressions.values())
        names = ("suppression", "source", "site", "until", "minutes", "reason", "operator")
        told = [
            {
                **{name: getattr(one, name) for name in names},
                **self.named({"site": one.site, "source": one.source}),
                "held": max(one.alarms, self.mirror.held[one.suppression]),
            }
            for one in found[:SUPPRESSIONS]
        ]
        return {
            "suppressions": told if self.is_manned else [],
            "suppressions_total": len(found),
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

    async def _ask_outcomes(self) -> None:
        """The house's own list; without an answer the one that is known stays."""
        try:
            told = (await self.seat.ask("outcomes", {})).get("outcomes")
        except Refusal:
            return
        if isinstance(told, list) and told != self.outcomes:
            self.outcomes = told
            self._changed()

    def _seated(self) -> None:
        """Somebody else sits here, or nobody: what pages may show is otherwise."""
        self.sounding.presence.man(self.is_manned)
        self.mirror.draw_anew()

    def _named(self, new: set[tuple[str, str]]) -> None:
        self.mirror.touch(self._bearers.of(new))

    def _look_for_the_rest(self) -> None:
        if self.mirror.link.state == "current" and self.mirror.wants_the_rest:
            self.begin_anew()

    def _changed(self) -> None:
        """Everybody hears of it: one whose fault strikes neither others nor the link."""
        self._is_faulty = False
        looks = (self.seat.look, self.sounding.look, *self._ears, self._recall.look)
        for step in (*looks, self._look_for_the_rest):
            try:
                step()
            except Exception as error:
                self._is_faulty = True
                name = getattr(step, "__qualname__", "something")
                if (name, type(error)) not in self._faults:
                    self._faults.add((name, type(error)))
                    log.failure("{name} could not follow a change", name=name)


def _nobody() -> None:
    """Nobody can be asked."""


def _conditions(heartbeat: Heartbeat) -> list[dict[str, Any]]:
    """What is wrong with the gateway, for the page; an older one has sentences only."""
    told = [one for one in heartbeat.conditions if isinstance(one, dict)]
    return [
        {key: one.get(key) for key in ("name", "subject", "detail", "text", "shut")}
        for one in told or [{"text": str(reason)} for reason in heartbeat.reasons]
    ]


def _ahead(heartbeat: Heartbeat, now: datetime) -> float | None:
    """Seconds by which the gateway's clock was ahead of ``now``; None if it told no time."""
    try:
        return round((utc_moment(heartbeat.time) - now).total_seconds(), 1)
    except ValueError:
        return None
