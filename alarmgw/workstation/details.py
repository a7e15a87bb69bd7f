"""One incident in full: from memory where that is whole, else as the gateway tells it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from alarmgw.errors import Refusal
from alarmgw.workstation.gathered import Alarm, told_alarms
from alarmgw.workstation.mirror import Mirror
from alarmgw.workstation.rows import received, row_of
from alarmgw.workstation.seat import Seat

#: Characters of a mail's text that are shown; the entry has more.
TEXT = 2000

#: Alarms that the gateway told of are remembered, for their pictures and mails.
REMEMBERED = 400

Detail = dict[str, Any]


class Details:
    """Answers what the page shows of an incident or an alarm."""

    def __init__(self, mirror: Mirror, seat: Seat) -> None:
        self._mirror, self._seat = mirror, seat
        self._told: OrderedDict[str, dict[str, Any]] = OrderedDict()

    async def incident(self, id_: str) -> Detail | None:
        """The incident of that id, open or closed; None if there is none.

        Raises as the link does, where only the gateway knows it.
        """
        incidents = self._mirror.incidents
        if not incidents.is_whole(id_):
            try:
                return await self._asked(id_)
            except Refusal:
                if incidents.open(id_) is None:
                    raise
        return self._known(id_)

    async def alone(self, id_: str) -> Detail | None:
        """One alarm that is in no incident, and what joined it, as `incident` tells them.

        Raises as the link does, where only the gateway knows it.
        """
        try:
            alarms = self._told_of(await self._seat.ask("alarm", {"alarm": id_}))
        except Refusal:
            known = self._mirror.alarm(id_)
            if known is None:
                raise
            alarms = [told_alarm(known)]
        return {"row": None, "alarms": alarms, "more": 0, "entries": []} if alarms else None

    def entry(self, id_: str) -> dict[str, Any] | None:
        """The whole entry of an alarm that was heard, or told of."""
        alarm = self._mirror.alarm(id_)
        return alarm.entry if alarm is not None else self._told.get(id_)

    def _known(self, id_: str) -> Detail:
        incident = self._mirror.incidents.book.incidents[id_]
        gathered = self._mirror.incidents.gathered(id_)
        return {
            "row": self._mirror.row(id_),
            "alarms": [told_alarm(alarm) for alarm in gathered.alarms.values()],
            "more": max(0, incident.count - len(gathered.alarms)),
            "entries": list(gathered.steps),
        }

    async def _asked(self, id_: str) -> Detail | None:
        answer = await self._seat.ask("incident", {"incident": id_})
        if not answer.get("incident"):
            return None
        is_open = self._mirror.incidents.open(id_) is not None
        return {
            "row": self._mirror.row(id_) if is_open else None,
            "alarms": self._told_of(answer),
            "more": answer.get("more") or 0,
            "entries": [
                entry for entry in answer.get("entries") or [] if entry.get("type") != "displayed"
            ],
        }

    def _told_of(self, answer: Detail) -> list[Detail]:
        """The alarms of an answer; what memory has of one is newer."""
        alarms = told_alarms(answer)
        self._remember(alarms)
        return [told_alarm(self._mirror.alarm(alarm.id) or alarm) for alarm in alarms]

    def _remember(self, alarms: Iterable[Alarm]) -> None:
        for alarm in alarms:
            self._told[alarm.id] = alarm.entry
            self._told.move_to_end(alarm.id)
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)


def told_alarm(alarm: Alarm) -> Detail:
    """An alarm with its text and files, as an incident shows it."""
    entry = alarm.entry
    text = entry.get("text") or ""
    devices = (event.get("device_time") for event in entry.get("events") or ())
    return {
        **row_of(entry, (), alarm.resends),
        "pictures_list": _files(entry.get("pictures")),
        "files_list": _files(entry.get("files")),
        "text": text[:TEXT],
        "text_cut": bool(entry.get("text_cut")) or len(text) > TEXT,
        "notes": entry.get("notes") or [],
        "device_time": next((time for time in devices if time), None),
        "clock_offset_s": (entry.get("times") or {}).get("clock_offset_s"),
        "eom": received(entry),
        "joins": entry.get("joins"),
        "restore": entry.get("kind") == "restore",
    }


def _files(parts: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Those that have a name; an erased one cannot be had."""
    names = ("name", "label", "media_type", "size")
    return [{name: part.get(name) for name in names} for part in parts or () if part.get("name")]
