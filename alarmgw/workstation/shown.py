"""Which incidents have a row: all of them up to a bound, beyond that the most urgent ones."""

from __future__ import annotations

from collections.abc import Mapping

from alarmgw.workflow import NEW, Incident

#: Rows that a page has to carry at most.
ROWS = 2000


class Shown:
    """The ids that have a row, and those that wait for one."""

    def __init__(self, limit: int = ROWS) -> None:
        self._limit = limit
        self._shown: set[str] = set()
        self._waiting: set[str] = set()

    @property
    def more(self) -> int:
        """How many open incidents have no row."""
        return len(self._waiting)

    def clear(self) -> None:
        """There are none."""
        self._shown.clear()
        self._waiting.clear()

    def put(self, id_: str, open_: Mapping[str, Incident]) -> tuple[set[str], set[str]]:
        """An incident changed: answers whose rows are drawn anew, and whose go."""
        if id_ not in open_:
            return self._gone(id_, open_)
        if id_ in self._shown:
            return {id_}, set()
        self._waiting.discard(id_)
        self._shown.add(id_)
        if len(self._shown) <= self._limit:
            return {id_}, set()
        least = max(self._shown, key=lambda one: _order(open_[one]))
        self._shown.discard(least)
        self._waiting.add(least)
        return {id_} - {least}, {least}

    def _gone(self, id_: str, open_: Mapping[str, Incident]) -> tuple[set[str], set[str]]:
        self._waiting.discard(id_)
        if id_ not in self._shown:
            return set(), set()
        self._shown.discard(id_)
        if not self._waiting:
            return set(), {id_}
        next_ = min(self._waiting, key=lambda one: _order(open_[one]))
        self._waiting.discard(next_)
        self._shown.add(next_)
        return {next_}, {id_}

    def __contains__(self, id_: str) -> bool:
        return id_ in self._shown


def _order(incident: Incident) -> tuple[bool, int, str, str]:
    """What nobody has taken comes first, then the class, then who waits for longest."""
    return (incident.state != NEW, incident.priority, incident.opened, incident.id)
