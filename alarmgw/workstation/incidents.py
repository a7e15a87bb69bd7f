"""The incidents of a workstation: how each stands, and its alarms as far as memory keeps them.

How an incident stands is the book's fold (`alarmgw.workflow_book`), the same
as the gateway's.  Alarms are kept up to a bound: those of closed incidents
leave first, then the oldest; what is not here is asked of the gateway.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any

from alarmgw.workflow import FAULTS, Incident, key_of, rises
from alarmgw.workflow_book import Book
from alarmgw.workstation.changes import Changed, ChangeLog
from alarmgw.workstation.gathered import KEPT_ALARMS, Alarm, Entry, Gathered

#: Alarms kept over all incidents.
KEPT = 2000

#: Entries about an incident that are no step of its course.
_NO_STEP = ("alarm", "resend", "displayed", "standing")


class Incidents:
    """Open incidents, and closed ones for a while; tell it each entry once, in order."""

    def __init__(self, kept: int = KEPT) -> None:
        self.book = Book()
        self._kept = kept
        self._gathered: dict[str, Gathered] = {}
        #: The incident of each alarm in memory; those that leave first stand first.
        self._where: OrderedDict[str, str] = OrderedDict()
        self._log = ChangeLog()

    def clear(self) -> None:
        """Forget everything: a snapshot follows."""
        self.book.clear()
        self._gathered.clear()
        self._where.clear()
        self._log.clear()

    @property
    def change(self) -> int:
        """The number of the last change."""
        return self._log.number

    def since(self, change: int | None) -> Changed:
        """Which open incidents changed after ``change``, and which are open no more."""
        return self._log.since(change)

    def take(self, entry: Entry) -> set[str]:
        """Follow one entry; answers the incidents whose row it may have changed."""
        id_ = str(entry.get("incident"))
        before = self.book.incidents.get(id_)
        unknown = before is None and id_ not in self.book.closed
        changed = set(self.book.take(entry))
        try:
            changed |= self._gather(entry, before)
            if unknown and entry.get("standing"):
                self._claim(self.book.incidents[id_])
            if entry["type"] == "closed":
                self._closed(entry)
        finally:  # how it stands is true, whatever else of the entry cannot be followed
            for changed_id in changed:
                is_open = changed_id in self.book.incidents
                (self._log.mark if is_open else self._log.drop)(changed_id)
        return changed

    def open(self, id_: str) -> Incident | None:
        """The incident of that id, if it is open."""
        return self.book.incidents.get(id_)

    def gathered(self, id_: str) -> Gathered:
        """What is in memory of it; nothing of one that is unknown."""
        return self._gathered.get(id_) or Gathered()

    def alarm(self, id_: str) -> Alarm | None:
        """The alarm of that id, if it is in memory."""
        incident = self._where.get(id_)
        return None if incident is None else self._gathered[incident].alarms[id_]

    def is_whole(self, id_: str) -> bool:
        """Whether memory has all alarms of an open incident that are ever shown at once."""
        incident = self.book.incidents.get(id_)
        return incident is not None and len(self.gathered(id_).alarms) >= min(
            incident.count, KEPT_ALARMS
        )

    def lacks(self, id_: str) -> bool:
        """Whether an open incident has alarms that were never heard here, nor asked for."""
        incident, gathered = self.open(id_), self.gathered(id_)
        return incident is not None and not gathered.is_recalled and gathered.count < incident.count

    def recall(self, id_: str, alarms: Iterable[Alarm]) -> None:
        """The gateway told these alarms of an open incident, as far as they were written then."""
        if id_ in self.book.incidents:
            self._gathered.setdefault(id_, Gathered()).recall(alarms)

    def __len__(self) -> int:
        return len(self.book.incidents)

    # inside

    def _gather(self, entry: Entry, before: Incident | None) -> set[str]:
        if entry["type"] == "alarm":
            return self._rung(entry, before)
        if entry["type"] == "resend":
            return self._came_again(entry)
        if entry["type"] == "adopted":
            return self._adopted(entry)
        self._stepped(entry)
        return set()

    def _rung(self, entry: Entry, before: Incident | None) -> set[str]:
        incident = entry.get("incident")
        if not isinstance(incident, str) or entry["alarm"] in self._where:
            return set()
        gathered = self._gathered.setdefault(incident, Gathered())
        if before is not None and before.seq < entry["seq"] and rises(before, entry):
            gathered.sounded += 1
        self._where[entry["alarm"]] = incident
        left = gathered.add(Alarm(entry=entry))
        if left is not None:
            del self._where[left]
        elif len(self._where) > self._kept:
            self._leave(next(iter(self._where)))
        return {incident} & self.book.incidents.keys()

    def _leave(self, alarm: str) -> None:
        """An alarm is kept no longer; with the last one of a closed incident that goes, too."""
        incident = self._where.pop(alarm)
        gathered = self._gathered[incident]
        gathered.leave(alarm)
        if not gathered.alarms and incident not in self.book.incidents:
            del self._gathered[incident]

    def _came_again(self, entry: Entry) -> set[str]:
        return self._change(str(entry.get("first")), Alarm.again)

    def _adopted(self, entry: Entry) -> set[str]:
        ids = frozenset(entry.get("alarms") or ())
        changed: set[str] = set()
        for alarm in ids:
            changed |= self._change(alarm, lambda one: one.belonging_to(entry))
        left = {id_ for id_, known in self._gathered.items() if known.adopted(ids, entry)}
        return changed | (left & self.book.incidents.keys())

    def _change(self, id_: str, change: Any) -> set[str]:
        incident = self._where.get(id_)
        if incident is None:
            return set()
        alarms = self._gathered[incident].alarms
        alarms[id_] = change(alarms[id_])
        return {incident} & self.book.incidents.keys()

    def _stepped(self, entry: Entry) -> None:
        incident = entry.get("incident")
        if isinstance(incident, str) and entry["type"] not in _NO_STEP:
            known = incident in self.book.incidents or incident in self._gathered
            if known:
                self._gathered.setdefault(incident, Gathered()).step(entry)

    def _claim(self, incident: Incident) -> None:
        """A snapshot tells how a follow-up stands after its alarms, which name what it follows."""
        if incident.follows is None:
            return
        own = self._gathered.setdefault(incident.id, Gathered())
        for id_ in [id_ for id_ in self._gathered if id_ not in self.book.incidents]:
            theirs = [
                alarm
                for alarm in self._gathered[id_].alarms.values()
                if _covers(incident, alarm.entry)
            ]
            self._move(theirs, id_, incident.id, own)

    def _closed(self, entry: Entry) -> None:
        """The follow-up takes its alarms; the others leave memory first, when it is full."""
        closed = self._gathered.get(str(entry.get("incident")))
        if closed is None:
            return
        rest, follow_up = entry.get("rest"), entry.get("follow_up")
        if follow_up is not None:
            # In a snapshot a follow-up that is closed has no rest; maybe its own one claims these.
            first = rest["first_seq"] if rest is not None else entry["up_to"] + 1
            later = [one for one in closed.alarms.values() if one.seq >= first]
            if later:
                own = self._gathered.setdefault(follow_up, Gathered())
                self._move(later, entry["incident"], follow_up, own)
        for alarm in reversed(closed.alarms):
            self._where.move_to_end(alarm, last=False)
        if not closed.alarms:
            self._gathered.pop(entry["incident"], None)

    def _move(self, alarms: list[Alarm], old: str, new: str, own: Gathered) -> None:
        if not alarms:
            return
        own.take_from(self._gathered[old], alarms)
        for alarm in alarms:
            self._where[alarm.id] = new
        if not self._gathered[old].alarms and old not in self.book.incidents:
            del self._gathered[old]

    def __iter__(self) -> Iterator[Incident]:
        return iter(self.book.incidents.values())


def _covers(incident: Incident, entry: Entry) -> bool:
    """Whether an alarm whose own incident is closed belongs to this one, its follow-up."""
    if not incident.first_seq <= entry["seq"] <= incident.last_seq:
        return False
    fits = entry.get("kind") == "restore" or (entry.get("kind") == "fault") == (
        incident.list == FAULTS
    )
    return fits and entry.get("incident") is not None and key_of(entry) == incident.key
