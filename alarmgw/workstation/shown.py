"""Which incidents have a row: all of them up to a bound, beyond that the most urgent ones."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping

from alarmgw.workflow import NEW, Incident

#: Rows that a page has to carry at most.
ROWS = 2000

Rank = tuple[bool, int, str, str]
"""The place of an incident among the others; its id is the end of it."""


class Shown:
    """The ids that have a row, and those that wait for one."""

    def __init__(self, limit: int = ROWS) -> None:
        self._limit = limit
        self._shown = _Ranked()
        self._waiting = _Ranked()

    @property
    def more(self) -> int:
        """How many open incidents have no row."""
        return len(self._waiting)

    @property
    def has_room(self) -> bool:
        """Whether one more would have a row."""
        return len(self._shown) < self._limit

    def clear(self) -> None:
        """There are none."""
        self._shown.clear()
        self._waiting.clear()

    def put(self, id_: str, open_: Mapping[str, Incident]) -> tuple[set[str], set[str]]:
        """An incident changed: answers whose rows are drawn anew, and whose go."""
        if id_ not in open_:
            return self._gone(id_)
        rank = urgency(open_[id_])
        self._waiting.discard(id_)
        was_shown = id_ in self._shown
        self._shown.put(rank)
        if was_shown or len(self._shown) <= self._limit:
            return {id_}, set()
        least = self._shown.last
        self._shown.discard(least[-1])
        self._waiting.put(least)
        return {id_} - {least[-1]}, {least[-1]}

    def _gone(self, id_: str) -> tuple[set[str], set[str]]:
        self._waiting.discard(id_)
        if id_ not in self._shown:
            return set(), set()
        self._shown.discard(id_)
        if not len(self._waiting):
            return set(), {id_}
        next_ = self._waiting.first
        self._waiting.discard(next_[-1])
        self._shown.put(next_)
        return {next_[-1]}, {id_}

    def __contains__(self, id_: str) -> bool:
        return id_ in self._shown


class _Ranked:
    """Ids in the order of their ranks: of two thousand one is put in its place in microseconds."""

    def __init__(self) -> None:
        self._rank: dict[str, Rank] = {}
        self._order: list[Rank] = []

    @property
    def first(self) -> Rank:
        """The most urgent one."""
        return self._order[0]

    @property
    def last(self) -> Rank:
        """The least urgent one."""
        return self._order[-1]

    def put(self, rank: Rank) -> None:
        """An id, the end of its rank; where it stood before it stands no more."""
        self.discard(rank[-1])
        self._rank[rank[-1]] = rank
        insort(self._order, rank)

    def discard(self, id_: str) -> None:
        """It is not among them."""
        rank = self._rank.pop(id_, None)
        if rank is not None:
            del self._order[bisect_left(self._order, rank)]

    def clear(self) -> None:
        """There are none."""
        self._rank.clear()
        self._order.clear()

    def __len__(self) -> int:
        return len(self._rank)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._rank


def urgency(incident: Incident) -> Rank:
    """What nobody has taken comes first, then the class, then who waits for longest."""
    return (incident.state != NEW, incident.priority, incident.opened, incident.id)
