"""How many incidents stand open, by their state and kind; kept up with what changes."""

from __future__ import annotations

from collections import Counter

from alarmgw.workflow import FAULTS, OPEN, Incident
from alarmgw.workstation.incidents import Incidents


class Tally:
    """Counts these incidents whenever it is asked, at the cost of what changed meanwhile."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents
        self._change: int | None = None
        self._counted: dict[str, tuple[str, ...]] = {}
        self._counts: Counter[str] = Counter()

    def counts(self) -> dict[str, int]:
        """By state over both lists; beside that the faults, and what belongs to nobody."""
        changed = self._incidents.since(self._change)
        self._change = self._incidents.change
        if changed.reset:
            self._counted.clear()
            self._counts.clear()
        for id_ in (*changed.ids, *changed.gone):
            incident = self._incidents.open(id_)
            self._counts.subtract(self._counted.pop(id_, ()))
            if incident is not None:
                self._counted[id_] = _kinds(incident)
                self._counts.update(self._counted[id_])
        return {kind: self._counts[kind] for kind in (*OPEN, "faults", "unassigned")}


def _kinds(incident: Incident) -> tuple[str, ...]:
    """All that it counts as."""
    kinds = [incident.state]
    kinds += ["faults"] * (incident.list == FAULTS)
    kinds += ["unassigned"] * incident.key.startswith("unassigned:")
    return tuple(kinds)
