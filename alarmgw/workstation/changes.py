"""The change log: what changed after number n, for whoever draws it.

The numbers are the log's own; they say nothing about the journal's.
"""

from __future__ import annotations

from collections import OrderedDict, deque

from attrs import frozen

#: Removals remembered; who asks for what is older draws everything anew.
REMOVALS = 4000


@frozen
class Changed:
    """Ids that changed after a number, the earliest first, and ids that are gone.

    ``reset``: the number is unknown or forgotten, and these are all ids that there are.
    """

    reset: bool
    ids: tuple[str, ...]
    gone: tuple[str, ...]


class ChangeLog:
    """For each id the number of its last change."""

    def __init__(self) -> None:
        self.number = 0
        self._marks: OrderedDict[str, int] = OrderedDict()
        self._gone: deque[tuple[int, str]] = deque()
        self._complete_after = 0

    def count(self) -> int:
        """One more change, of nothing that has an id."""
        self.number += 1
        return self.number

    def mark(self, id_: str) -> None:
        """It is new or otherwise than before."""
        self._marks[id_] = self.count()
        self._marks.move_to_end(id_)

    def drop(self, id_: str) -> None:
        """It is there no more; one that was never there is left out."""
        if self._marks.pop(id_, None) is None:
            return
        self._gone.append((self.count(), id_))
        if len(self._gone) > REMOVALS:
            self._complete_after, _ = self._gone.popleft()

    def clear(self) -> None:
        """Nothing is there any more."""
        self._marks.clear()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Whatever number somebody has: he draws everything anew."""
        self._gone.clear()
        self._complete_after = self.count()

    def since(self, number: int | None) -> Changed:
        """What changed after ``number``; everything if that is None or forgotten by now."""
        if number is None or not self._complete_after <= number <= self.number:
            return Changed(reset=True, ids=tuple(self._marks), gone=())
        fresh = []
        for id_ in reversed(self._marks):
            if self._marks[id_] <= number:
                break
            fresh.append(id_)
        return Changed(reset=False, ids=tuple(reversed(fresh)), gone=self._gone_after(number))

    def _gone_after(self, number: int) -> tuple[str, ...]:
        """What left after that number, the earliest first; who is back again is not gone."""
        gone: list[str] = []
        for at, id_ in reversed(self._gone):
            if at <= number:
                break
            if id_ not in self._marks:
                gone.append(id_)
        return tuple(dict.fromkeys(reversed(gone)))
