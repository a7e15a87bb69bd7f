"""The book of what is current, folded from entries in their order: incidents, people, suppressions.

What a workstation keeps in memory.  It begins with a snapshot, whose entries carry each open
incident whole as ``standing``, and goes on with whatever is written; an entry that it has had is
taken no second time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from attrs import evolve

from alarmgw.workflow import Incident, after, follow_up, followed, opened
from alarmgw.workflow_shift import Session, Suppression

#: Closed incidents that are still known, so that a list can tell what became of them.
CLOSED_KEPT = 500


class Book:
    """Incidents by id, sessions and active suppressions."""

    def __init__(self) -> None:
        self.incidents: dict[str, Incident] = {}
        self.closed: OrderedDict[str, Incident] = OrderedDict()
        self.sessions: dict[str, Session] = {}
        self.suppressions: dict[str, Suppression] = {}
        #: The open incidents of each key.
        self._of_key: dict[str, set[str]] = {}

    def clear(self) -> None:
        """Forget everything: a snapshot follows."""
        self.incidents.clear()
        self.closed.clear()
        self.sessions.clear()
        self.suppressions.clear()
        self._of_key.clear()

    def take(self, entry: Mapping[str, Any]) -> tuple[str, ...]:
        """Follow one entry; answers the ids of the incidents that it changed."""
        kind, seq = entry["type"], entry["seq"]
        standing = entry.get("standing")
        if standing is not None:
            return self._put(evolve(Incident.of(standing), seq=seq))
        if kind in _SHIFT:
            _SHIFT[kind](self, seq, entry)
            return ()
        incident = entry.get("incident")
        if not isinstance(incident, str):
            return ()
        return self._follow(incident, seq, entry)

    def _follow(self, id_: str, seq: int, entry: Mapping[str, Any]) -> tuple[str, ...]:
        known = self.incidents.get(id_) or self.closed.get(id_)
        if known is None:
            return self._opened(seq, entry) if entry.get("alarm") == id_ else ()
        changed = after(known, seq, entry)
        if changed is known:
            return ()
        later = follow_up(changed, seq, entry) if entry["type"] == "closed" else None
        ids = self._put(changed)
        return ids + self._put(later) if later is not None else ids

    def _opened(self, seq: int, entry: Mapping[str, Any]) -> tuple[str, ...]:
        if entry["type"] != "alarm":
            return ()
        new = opened(seq, entry)
        same = [self.incidents[id_] for id_ in self._of_key.get(new.key, ())]
        return self._put(evolve(new, follows=followed(entry, same)))

    def _put(self, incident: Incident) -> tuple[str, ...]:
        if incident.open:
            self.closed.pop(incident.id, None)
            self.incidents[incident.id] = incident
            self._of_key.setdefault(incident.key, set()).add(incident.id)
        else:
            self._left(incident)
            self.closed[incident.id] = incident
            if len(self.closed) > CLOSED_KEPT:
                self.closed.popitem(last=False)
        return (incident.id,)

    def _left(self, incident: Incident) -> None:
        """It is open no more."""
        if self.incidents.pop(incident.id, None) is None:
            return
        same = self._of_key[incident.key]
        same.discard(incident.id)
        if not same:
            del self._of_key[incident.key]

    def _signed_on(self, seq: int, entry: Mapping[str, Any]) -> None:
        self.sessions[entry["session"]] = Session.of(seq, entry)

    def _signed_off(self, seq: int, entry: Mapping[str, Any]) -> None:
        self.sessions.pop(entry["session"], None)

    def _suppressed(self, seq: int, entry: Mapping[str, Any]) -> None:
        self.suppressions[entry["suppression"]] = Suppression.of(seq, entry)

    def _suppression_notice(self, seq: int, entry: Mapping[str, Any]) -> None:
        known = self.suppressions.get(entry["suppression"])
        if known is not None:
            self.suppressions[known.suppression] = known.noted()

    def _unsuppressed(self, seq: int, entry: Mapping[str, Any]) -> None:
        self.suppressions.pop(entry["suppression"], None)


_SHIFT = {
    "signed_on": Book._signed_on,
    "signed_off": Book._signed_off,
    "suppressed": Book._suppressed,
    "suppression_notice": Book._suppression_notice,
    "unsuppressed": Book._unsuppressed,
}
