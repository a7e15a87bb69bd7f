"""Alarms that are in no incident: tests, routine calls, what is held back; the newest of them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from alarmgw.workstation.gathered import Alarm, Entry
from alarmgw.workstation.rows import row_of

#: Alarms kept.
KEPT = 200


class Others:
    """Alarms without an incident, the oldest first; tell it each entry once, in order."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._alarms: OrderedDict[str, Alarm] = OrderedDict()
        #: The alarms whose late pictures are shown with the one that they join.
        self._late: dict[str, tuple[Entry, ...]] = {}

    def clear(self) -> None:
        """Forget everything: a snapshot follows."""
        self._alarms.clear()
        self._late.clear()

    def take(self, entry: Entry) -> tuple[set[str], set[str]]:
        """Follow one entry; answers the alarms that changed, and those that had to leave."""
        if entry["type"] == "alarm" and entry.get("incident") is None:
            return self._rung(entry)
        if entry["type"] == "resend":
            return self._change(str(entry.get("first")), Alarm.again), set()
        if entry["type"] == "adopted":
            changed = (
                self._change(alarm, lambda one: one.belonging_to(entry))
                for alarm in entry.get("alarms") or ()
            )
            return set().union(*changed), set()
        return set(), set()

    def alarm(self, id_: str) -> Alarm | None:
        """The alarm of that id, or the one that has joined one of these."""
        late = (entry for entries in self._late.values() for entry in entries)
        found = self._alarms.get(id_)
        joined = next((entry for entry in late if entry["alarm"] == id_), None)
        return found or (Alarm(entry=joined) if joined else None)

    def row(self, id_: str) -> dict[str, Any] | None:
        """Its row, if it is here."""
        alarm = self._alarms.get(id_)
        if alarm is None:
            return None
        row = row_of(alarm.entry, self._late.get(id_, ()), alarm.resends)
        return {**row, "type": alarm.entry["type"]}

    def __contains__(self, id_: str) -> bool:
        return id_ in self._alarms

    def _rung(self, entry: Entry) -> tuple[set[str], set[str]]:
        first = entry.get("joins")
        if isinstance(first, str) and first in self._alarms:
            self._late[first] = (*self._late.get(first, ()), entry)
            return {first}, set()
        self._alarms[entry["alarm"]] = Alarm(entry=entry)
        if len(self._alarms) <= self._kept:
            return {entry["alarm"]}, set()
        left, _ = self._alarms.popitem(last=False)
        self._late.pop(left, None)
        return {entry["alarm"]}, {left}

    def _change(self, id_: str, change: Any) -> set[str]:
        if id_ not in self._alarms:
            return set()
        self._alarms[id_] = change(self._alarms[id_])
        return {id_}
