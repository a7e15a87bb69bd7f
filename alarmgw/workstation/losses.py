"""What was taken over from whoever sits here: told until he has seen it, page or no page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from alarmgw.workflow_shift import Session

#: So many are known at most, seen or not; the newest.
KNOWN = 1000

#: So many are told at once; the first ones.
TOLD = 4

Row = dict[str, Any]


@frozen
class Loss:
    """Entry ``seq``: an incident has another holder; its row as it was then."""

    seq: int
    loser: str
    row: Row


class Losses:
    """Those that nobody has seen yet."""

    def __init__(self) -> None:
        #: By a name of the entry, which a snapshot may tell again; None: it was seen.
        self._known: OrderedDict[str, Loss | None] = OrderedDict()

    def take(self, entry: Mapping[str, Any], row: Row) -> None:
        """Somebody accepted an incident, which has this row now."""
        loser, name = entry.get("from"), f"{entry['seq']} {entry['time']}"
        if loser is None or loser == entry["operator"] or name in self._known:
            return
        self._known[name] = Loss(entry["seq"], loser, row)
        if len(self._known) > KNOWN:
            self._known.popitem(last=False)

    def seen(self, name: str) -> None:
        """Whoever sits here has seen it."""
        if name in self._known:
            self._known[name] = None

    def of(self, session: Session) -> dict[str, Row]:
        """The first ones that were taken over from him since he signed on, by their names."""
        found = (
            (name, loss.row)
            for name, loss in self._known.items()
            if loss and loss.loser == session.operator and loss.seq > session.seq
        )
        return dict(list(found)[:TOLD])
