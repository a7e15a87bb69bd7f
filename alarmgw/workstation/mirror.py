"""The mirror: what is current at the gateway, in memory, for whoever draws it.

Fed by the link, asked by the page: "what changed after number n?".  Change
numbers are the mirror's own; they say nothing about the journal's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from attrs import evolve, frozen
from twisted.logger import Logger
from twisted.python.failure import Failure

from alarmgw.codec.wire import Heartbeat
from alarmgw.workflow import list_of, opened
from alarmgw.workstation.changes import ChangeLog
from alarmgw.workstation.gathered import Alarm
from alarmgw.workstation.incident_row import incident_row
from alarmgw.workstation.incidents import KEPT, Incidents
from alarmgw.workstation.losses import Losses
from alarmgw.workstation.others import Others
from alarmgw.workstation.plausible import plausible
from alarmgw.workstation.rows import received
from alarmgw.workstation.shown import ROWS, Shown

log = Logger()

#: Of a `LinkState` what only a snapshot tells.
OF_SNAPSHOT = ("open_total", "more_incidents", "last_alarm")

Row = dict[str, Any]


@frozen(kw_only=True)
class LinkState:
    """How the link stands: connecting, snapshot, current, lost or refused, and why.

    ``head`` is the gateway's newest number when this was told, ``open_total``
    what was open at a snapshot, ``more_incidents`` those of which it had no room to tell,
    ``last_alarm`` when the newest alarm came that there was then.
    """

    state: str = "connecting"
    reason: str | None = None
    journal: str | None = None
    node: str | None = None
    head: int | None = None
    open_total: int | None = None
    more_incidents: int | None = None
    last_alarm: str | None = None


@frozen
class Unread:
    """How many entries could not be followed, or not whole, and the first one's number."""

    count: int = 0
    first: int | None = None

    def and_also(self, seq: int) -> Unread:
        """One more."""
        return Unread(self.count + 1, seq if self.first is None else self.first)


@frozen(kw_only=True)
class Changes:
    """What changed: after ``reset`` draw everything anew, else only these rows and removals."""

    change: int
    reset: bool
    incidents: tuple[Row, ...]
    removed: tuple[str, ...]
    others: tuple[Row, ...]


class Mirror:
    """Incidents and all else that is current; a `LinkListener` for one link."""

    def __init__(self, kept: int = KEPT, rows: int = ROWS) -> None:
        self.on_change: Callable[[], None] = _nobody
        self.link = LinkState()
        self.heartbeat_heard: Heartbeat | None = None
        self.incidents = Incidents(kept)
        self.up_to = 0
        self.drawn_up_to: int | None = None
        #: How many alarms each suppression has held back, as far as they were heard.
        self.held: Counter[str] = Counter()
        #: Whose incidents were taken over by others.
        self.losses = Losses()
        #: Open incidents that nothing was told of: less urgent than those that are here.
        self.beyond = 0
        #: Entries that could not be followed here, since the last snapshot.
        self.unread = Unread()
        #: When the newest alarm was received.
        self.last_alarm: str | None = None
        #: Whether a snapshot is not under way: until its end nobody can be told who sits where.
        self.is_whole = False
        self._others = Others()
        self._shown = Shown(rows)
        self._log = ChangeLog()

    # the link's side

    def state(self, state: LinkState) -> None:
        """The link stands otherwise.  A snapshot begins with an empty mirror."""
        self.link = state
        self._log.count()
        if state.state == "snapshot":
            self.incidents.clear()
            self._others.clear()
            self._shown.clear()
            self._log.clear()
            self.held.clear()
            self.unread = Unread()
            self.up_to, self.drawn_up_to, self.is_whole = 0, None, False
            self.beyond = state.more_incidents or 0
            self._heard_alarm(state.last_alarm)
        elif state.state == "current":
            self.is_whole = True
        self.on_change()

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """Entries in their order, and the number up to which nothing is missing."""
        for entry in entries:
            before = self.incidents.change
            try:
                sound, odd = plausible(entry)
                self._take(sound)
            except Exception as error:  # ours: all that follows it must be heard all the same
                self._unread(entry, repr(error), log_failure=Failure())
                self._show_since(before)
            else:
                if odd:
                    self._unread(entry, f"left out: {', '.join(odd)}")
        self.up_to = up_to
        if entries:
            self.on_change()

    def heartbeat(self, heartbeat: Heartbeat) -> int | None:
        """The gateway lives; answers the last number that was drawn."""
        before, self.heartbeat_heard = self.heartbeat_heard, heartbeat
        if before is None or (before.state, before.reasons) != (heartbeat.state, heartbeat.reasons):
            self._log.count()
            self.on_change()
        return self.drawn_up_to

    # the page's side

    @property
    def change(self) -> int:
        """The number of the last change."""
        return self._log.number

    @property
    def more(self) -> int:
        """How many open incidents have no row."""
        return self._shown.more + self.beyond

    @property
    def wants_the_rest(self) -> bool:
        """Whether rows are free for incidents that only another snapshot can tell of."""
        return self.beyond > 0 and self._shown.has_room

    def drew(self, up_to: int) -> None:
        """The page has shown everything up to this number."""
        if self.drawn_up_to is None or up_to > self.drawn_up_to:
            self.drawn_up_to = min(up_to, self.up_to)

    def draw_anew(self) -> None:
        """Every page begins anew: what it may show is otherwise now."""
        self._log.begin_anew()
        self.on_change()

    def touch(self, ids: list[str]) -> None:
        """Something that is shown with these incidents, or alarms in none, changed."""
        for id_ in ids:
            if id_ in self._shown or id_ in self._others:
                self._log.mark(id_)
        if ids:
            self.on_change()

    def since(self, change: int | None) -> Changes:
        """What changed after ``change``; everything if that is None or forgotten by now."""
        changed = self._log.since(change)
        others = (self._others.row(id_) for id_ in changed.ids)
        return Changes(
            change=self.change,
            reset=changed.reset,
            incidents=tuple(self.row(id_) for id_ in changed.ids if id_ in self._shown),
            removed=changed.gone,
            others=tuple(row for row in others if row is not None),
        )

    def changed(self, change: int | None) -> list[str]:
        """The open incidents that have a row and changed after ``change``."""
        return [id_ for id_ in self._log.since(change).ids if id_ in self._shown]

    def row(self, id_: str) -> Row:
        """The row of an open incident."""
        incident = self.incidents.book.incidents[id_]
        return incident_row(incident, self.incidents.gathered(id_))

    def alarm(self, id_: str) -> Alarm | None:
        """The alarm of that id, if it is in memory."""
        return self.incidents.alarm(id_) or self._others.alarm(id_)

    # inside

    def _take(self, entry: dict[str, Any]) -> None:
        self._leave_beyond(entry)
        entry = self._introduced(entry)
        for id_ in self.incidents.take(entry):
            drawn, gone = self._shown.put(id_, self.incidents.book.incidents)
            self._note(drawn, gone)
        self._note(*self._others.take(entry))
        if entry["type"] == "accepted" and self.incidents.open(entry["incident"]) is not None:
            self.losses.take(entry, self.row(entry["incident"]))
        if entry["type"] == "alarm":
            self._heard_alarm(received(entry))
        if entry["type"] == "alarm" and entry.get("handling") == "suppressed":
            kind, _, suppression = str(entry.get("rule")).partition(":")
            self.held[suppression] += kind == "suppression"
        elif entry["type"] == "unsuppressed":
            del self.held[entry["suppression"]]

    def _heard_alarm(self, moment: str | None) -> None:
        self.last_alarm = max(self.last_alarm or "", moment or "") or None

    def _show_since(self, change: int) -> None:
        """Rows are of what is open, also where only half an entry could be followed."""
        changed = self.incidents.since(change)
        for id_ in (*changed.ids, *changed.gone):
            self._note(*self._shown.put(id_, self.incidents.book.incidents))

    def _unread(self, entry: dict[str, Any], reason: str, **how: Failure) -> None:
        if not self.unread.count:
            said = "Entry {seq} cannot be followed here, or not whole: {reason}"
            log.critical(said, seq=entry["seq"], reason=reason, **how)
        self.unread = self.unread.and_also(entry["seq"])

    def _introduced(self, entry: dict[str, Any]) -> dict[str, Any]:
        """An alarm of an incident that no snapshot had room for introduces it, as it knows it."""
        id_, book = entry.get("incident"), self.incidents.book
        known = id_ is None or id_ == entry.get("alarm") or id_ in book.incidents
        if known or entry["type"] != "alarm" or not self.is_whole or list_of(entry) is None:
            return entry
        self.beyond = max(0, self.beyond - 1)
        standing = evolve(opened(entry["seq"], entry), id=str(id_))
        return {**entry, "standing": standing.as_json()}

    def _leave_beyond(self, entry: dict[str, Any]) -> None:
        """One of which nothing was told is closed, elsewhere; its follow-up is another such one."""
        id_, book = entry.get("incident"), self.incidents.book
        known = id_ in book.incidents or id_ in book.closed
        is_closed = entry["type"] == "closed" and id_ is not None and entry.get("rest") is None
        if self.is_whole and is_closed and not known:
            self.beyond = max(0, self.beyond - 1)
            self._log.count()

    def _note(self, drawn: set[str], gone: set[str]) -> None:
        for id_ in gone:
            self._log.drop(id_)
        for id_ in drawn:
            self._log.mark(id_)


def _nobody() -> None:
    """Nobody asked to hear of changes."""
