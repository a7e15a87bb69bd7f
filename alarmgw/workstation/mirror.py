"""The mirror: what is open, in memory, for whoever draws it.

Fed by the link, asked by the page: "what changed after number n?".  Change
numbers are the mirror's own; they say nothing about the journal's.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

from attrs import evolve, field, frozen

from alarmgw.codec.wire import Heartbeat

#: Alarms kept; what is older is counted and fetched when needed.
MIRRORED = 2000

#: Removals remembered; who asks for what is older draws everything anew.
REMOVALS = 4000

#: Later entries kept with each alarm.
LATER = 20


@frozen(kw_only=True)
class LinkState:
    """How the link stands: connecting, snapshot, current, lost or refused, and why.

    ``head`` is the gateway's newest number when this was told, ``open_total``
    what was open at a snapshot.
    """

    state: str = "connecting"
    reason: str | None = None
    journal: str | None = None
    node: str | None = None
    head: int | None = None
    open_total: int | None = None


@frozen(kw_only=True)
class Row:
    """One open alarm: its entry, what was journalled about it since, and its last change."""

    alarm: str
    change: int
    entry: dict[str, Any] = field(repr=False)
    later: tuple[dict[str, Any], ...] = field(default=(), repr=False)

    @property
    def resends(self) -> int:
        """How often its mail came again, as far as later entries are kept."""
        return sum(entry.get("type") == "resend" for entry in self.later)

    @property
    def joined(self) -> tuple[dict[str, Any], ...]:
        """The alarms whose late pictures are shown with it."""
        return tuple(entry for entry in self.later if entry.get("type") == "alarm")


@frozen(kw_only=True)
class Changes:
    """What changed: after ``reset`` draw everything anew, else only these rows and removals."""

    change: int
    reset: bool
    rows: tuple[Row, ...]
    removed: tuple[str, ...]
    link: LinkState
    heartbeat: Heartbeat | None
    up_to: int
    open_total: int


class Mirror:
    """What is open, newest first; a `LinkListener` for one link."""

    def __init__(self, limit: int = MIRRORED, on_change: Callable[[], None] | None = None) -> None:
        self.limit = limit
        self.on_change = on_change if on_change is not None else _nobody
        self.link = LinkState()
        self.heartbeat_heard: Heartbeat | None = None
        self.change = 0
        self.up_to = 0
        self.open_total = 0
        self.drawn_up_to: int | None = None
        self._rows: OrderedDict[str, Row] = OrderedDict()
        self._joined: dict[str, str] = {}
        self._removed: deque[tuple[int, str]] = deque()
        self._complete_after = 0

    # the link's side

    def state(self, state: LinkState) -> None:
        """The link stands otherwise.  A snapshot begins with an empty mirror."""
        self.link = state
        self._changed()
        if state.state == "snapshot":
            self._rows.clear()
            self._joined.clear()
            self._removed.clear()
            self._complete_after = self.change
            self.open_total = state.open_total or 0
            self.up_to, self.drawn_up_to = 0, None
        self.on_change()

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """Entries in their order, and the number up to which nothing is missing."""
        for entry in entries:
            self._take(entry)
        self.up_to = up_to
        if entries:
            self.on_change()

    def heartbeat(self, heartbeat: Heartbeat) -> int | None:
        """The gateway lives; answers the last number that was drawn."""
        before, self.heartbeat_heard = self.heartbeat_heard, heartbeat
        if before is None or (before.state, before.reasons) != (heartbeat.state, heartbeat.reasons):
            self._changed()
            self.on_change()
        return self.drawn_up_to

    # the page's side

    def drew(self, up_to: int) -> None:
        """The page has shown everything up to this number."""
        if self.drawn_up_to is None or up_to > self.drawn_up_to:
            self.drawn_up_to = min(up_to, self.up_to)

    def since(self, change: int | None) -> Changes:
        """What changed after ``change``; everything if that is None or forgotten by now."""
        reset = change is None or not self._complete_after <= change <= self.change
        after = -1 if reset or change is None else change
        removed = () if reset else tuple(alarm for at, alarm in self._removed if at > after)
        return Changes(
            change=self.change,
            reset=reset,
            rows=tuple(row for row in reversed(self._rows.values()) if row.change > after),
            removed=removed,
            link=self.link,
            heartbeat=self.heartbeat_heard,
            up_to=self.up_to,
            open_total=self.open_total,
        )

    def row(self, alarm: str) -> Row | None:
        """The alarm of that id, if it is open and mirrored."""
        return self._rows.get(alarm)

    def entry(self, alarm: str) -> dict[str, Any] | None:
        """The entry of an alarm that has a row, or has joined one."""
        row = self._rows.get(self._joined.get(alarm, alarm))
        shown = (row.entry, *row.joined) if row is not None else ()
        return next((entry for entry in shown if entry["alarm"] == alarm), None)

    def __len__(self) -> int:
        return len(self._rows)

    # inside

    def _take(self, entry: dict[str, Any]) -> None:
        if entry.get("type") == "adopted":
            self._adopted(entry)
            return
        alarm = entry.get("alarm")
        if not isinstance(alarm, str):
            return
        if entry.get("type") == "alarm" and entry.get("joins") in self._rows:
            self._joined[alarm] = entry["joins"]
            self._followed(entry["joins"], entry)
        elif entry.get("type") == "alarm":
            self._opened(alarm, entry)
        elif entry.get("type") == "closed":
            self._closed(alarm)
        else:
            self._followed(entry.get("first") or alarm, entry)

    def _followed(self, alarm: str, entry: dict[str, Any]) -> None:
        """Something came later: a mail again, late pictures, or what was done."""
        row = self._rows.get(alarm)
        if row is not None:
            later = (*row.later, entry)[-LATER:]
            self._rows[alarm] = evolve(row, change=self._changed(), later=later)

    def _opened(self, alarm: str, entry: dict[str, Any]) -> None:
        if entry.get("handling") != "queue" or alarm in self._rows:
            return
        self._rows[alarm] = Row(alarm=alarm, change=self._changed(), entry=entry)
        # A snapshot's alarms are in its count already.
        if self.link.state != "snapshot":
            self.open_total += 1
        if len(self._rows) > self.limit:
            self._remove(next(iter(self._rows)))

    def _closed(self, alarm: str) -> None:
        if self.link.state != "snapshot":
            self.open_total = max(0, self.open_total - 1)
        if alarm in self._rows:
            self._remove(alarm)

    def _adopted(self, entry: dict[str, Any]) -> None:
        """Alarms of an unknown sender are a source's now; the journal's own entries stay."""
        owner = {name: entry.get(name) for name in ("source", "site", "tenant")}
        for alarm in entry.get("alarms") or ():
            row = self._rows.get(alarm)
            if row is not None:
                later = (*row.later, entry)[-LATER:]
                adopted = {**row.entry, **owner}
                change = self._changed()
                self._rows[alarm] = evolve(row, change=change, entry=adopted, later=later)

    def _remove(self, alarm: str) -> None:
        del self._rows[alarm]
        self._joined = {late: first for late, first in self._joined.items() if first != alarm}
        self._removed.append((self._changed(), alarm))
        if len(self._removed) > REMOVALS:
            self._complete_after, _ = self._removed.popleft()

    def _changed(self) -> int:
        self.change += 1
        return self.change


def _nobody() -> None:
    """Nobody asked to hear of changes."""
