"""What waits to be taken: a cause to sound for each incident that is new.

Kept up with what changes, so that one more alarm costs the same whether ten
incidents wait or two thousand.
"""

from __future__ import annotations

from attrs import frozen

from alarmgw.workflow import ACCEPTED, NEW, OFFER, Incident
from alarmgw.workstation.incidents import Incidents
from alarmgw.workstation.tones import Cause

#: For so long it sounds when an alarm has raised the class of what somebody has accepted.
RISEN_SECONDS = 30.0


@frozen
class Difference:
    """Causes that came, and causes that went."""

    came: frozenset[Cause] = frozenset()
    went: frozenset[Cause] = frozenset()


class Waiting:
    """The causes of these incidents; ask for the `difference` after each change."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents
        self._change: int | None = None
        self._causes: dict[str, Cause] = {}
        #: Until when whoever closed the incident before is asked alone, by the running clock.
        self._offered: dict[str, float] = {}
        #: Those of them whose time is not over.
        self._reserved: set[str] = set()
        #: How often each open one had risen in class at the last look.
        self._rises: dict[str, int] = {}
        #: Until when it sounds that an accepted one has risen.
        self._risen: dict[str, float] = {}

    def difference(self, now: float) -> Difference:
        """What is otherwise than at the last look."""
        changed = self._incidents.since(self._change)
        ids = {*changed.ids, *changed.gone}
        if changed.reset:
            ids |= {*self._causes, *self._offered, *self._rises}
        self._change = self._incidents.change
        ids |= {id_ for id_ in self._reserved if self._offered[id_] <= now}
        ids |= {id_ for id_, until in self._risen.items() if until <= now}
        came: set[Cause] = set()
        went: set[Cause] = set()
        for id_ in ids:
            before, after = self._causes.pop(id_, None), self._cause(id_, now)
            if after is not None:
                self._causes[id_] = after
            if before == after:
                continue
            if before is not None:
                went.add(before)
            if after is not None:
                came.add(after)
        return Difference(frozenset(came), frozenset(went))

    @property
    def next_change(self) -> float | None:
        """When time alone makes a difference; None: never."""
        offers = [self._offered[id_] for id_ in self._reserved]
        return min([*offers, *self._risen.values()], default=None)

    def _cause(self, id_: str, now: float) -> Cause | None:
        """A cause if it is new and not just offered to one person, or has risen in his hands."""
        incident = self._incidents.open(id_)
        self._reserved.discard(id_)
        if incident is None or incident.state != NEW or incident.offered_to is None:
            self._offered.pop(id_, None)
        has_risen = self._has_risen(id_, incident, now)
        if incident is None or not (incident.state == NEW or has_risen):
            return None
        if incident.offered_to is not None and not self._is_urgent(incident):
            until = self._offered.setdefault(id_, now + OFFER.total_seconds())
            if now < until:
                self._reserved.add(id_)
                return None
        return self._named(incident)

    def _has_risen(self, id_: str, incident: Incident | None, now: float) -> bool:
        """Whether an alarm has just raised the class of one that somebody has accepted."""
        if incident is None:
            self._rises.pop(id_, None)
            self._risen.pop(id_, None)
            return False
        rises = self._incidents.gathered(id_).sounded
        if incident.state == ACCEPTED and rises > self._rises.get(id_, rises):
            self._risen[id_] = now + RISEN_SECONDS
        self._rises[id_] = rises
        if incident.state != ACCEPTED or self._risen.get(id_, now) <= now:
            self._risen.pop(id_, None)
        return id_ in self._risen

    def _is_urgent(self, follow_up: Incident) -> bool:
        """Whether it must be heard at once: the highest class, or higher than what was closed."""
        before = self._incidents.book.closed.get(follow_up.follows or "")
        rose = before is not None and follow_up.priority < before.priority
        return follow_up.priority == 1 or rose

    def _named(self, incident: Incident) -> Cause:
        # One that comes back to the queue, or rises in class, is news.
        sounded = self._incidents.gathered(incident.id).sounded
        about = f"{incident.id}/{incident.since}/{sounded}"
        return Cause(about, f"class-{min(5, max(1, incident.priority))}")
