"""Questions of a signed-on workstation: read-only, in the pool, each with a bounded answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from alarmgw.codec.requests import Question
from alarmgw.decisions import Seat, signed_on
from alarmgw.errors import Cause, Refused
from alarmgw.model import Now
from alarmgw.store import incidents, shifts
from alarmgw.store.journal import JournalReader
from alarmgw.workplace import Workplace

#: Alarms of an incident that are told; older ones are counted.
ALARMS = 200

Given = Mapping[str, Any]
Result = dict[str, Any]


@frozen(kw_only=True)
class Archive:
    """What questions are answered from."""

    journal: JournalReader
    now: Now


class Queries:
    """Answers by name.  Lives in the reactor's thread; each question is one job of the pool."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._archive = Archive(journal=place.journal, now=place.now)

    async def answer(self, seat: Seat, question: Question) -> Result:
        """The answer, or why there is none.  Raises `Refusal`."""
        asked = QUESTIONS.get(question.name)
        if asked is None:
            raise Refused(Cause.NOT_FOUND, f"there is no question {question.name}")

        def job() -> Result:
            with self._archive.journal.reading() as connection:
                if signed_on(connection, seat) is None:
                    return {"ok": False, "error": "not_signed_on"}
            return asked(self._archive, question.given)

        return await self._place.in_pool(job)


def incident(archive: Archive, given: Given) -> Result:
    """An incident, open or closed: how it stands, its newest alarms, and all that was done."""
    wanted = str(given.get("incident"))
    with archive.journal.reading() as connection:
        found = incidents.incident(connection, wanted)
        entries = [json.loads(entry) for _, entry in incidents.entries_of(connection, wanted)]
    alarms = [entry for entry in entries if entry["type"] == "alarm"]
    steps = [entry for entry in entries if entry["type"] != "alarm"]
    return {
        "incident": found.as_json() if found else None,
        "alarms": alarms[-ALARMS:],
        "more": max(0, len(alarms) - ALARMS),
        "entries": steps,
    }


def people(archive: Archive, given: Given) -> Result:
    """Who is signed on where."""
    with archive.journal.reading() as connection:
        found = shifts.sessions(connection)
    names = ("operator", "role", "workstation", "since")
    return {"people": [{name: getattr(one, name) for name in names} for one in found]}


QUESTIONS: Mapping[str, Callable[[Archive, Given], Result]] = {
    "incident": incident,
    "people": people,
}
