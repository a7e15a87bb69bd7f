"""A control room in a test's hands: people, workstations and alarms over a real journal."""

from __future__ import annotations

import os
from typing import Any

from attrs import evolve

from alarmgw.codec.outcomes import DEFAULT
from alarmgw.codec.requests import Command, SignOn
from alarmgw.controlroom import ControlRoom
from alarmgw.conversations import Conversations
from alarmgw.deadlines import Deadlines
from alarmgw.model import Event, Handling, Meaning, Source
from alarmgw.queries import Queries
from alarmgw.registry import Registry
from alarmgw.store import incidents, shifts
from alarmgw.suppressions import Suppressions
from alarmgw.workflow import Incident
from tests import desk
from tests.journals import done
from tests.places import HandCase, entries_of

#: The certificates of two workstations, by name.
DESKS = {"platz-1": "1" * 64, "platz-2": "2" * 64}

PASSWORD = "long enough"

#: The site and the source of `tests.desk.rung`.
SITE, SOURCE = "4711", "bq@4711"


class RoomCase(HandCase):
    """Two workstations that are linked; anna is an operator, bert the shift leader."""

    def setUp(self) -> None:
        """Everybody is known, nobody is signed on."""
        super().setUp()
        self.place = evolve(self.place, randomness=os.urandom)
        self.registry = Registry(self.place)
        for name, fingerprint in DESKS.items():
            self.administer("workstation add", name=name, fingerprint=fingerprint)
        self.administer("operator add", name="anna", password=PASSWORD)
        self.administer("operator add", name="bert", password=PASSWORD, role="shift_leader")
        self.administer("site add", number=SITE)
        self.administer("source add", address=SOURCE, site=SITE)
        self.linked = set(DESKS.values())
        self.commands = 0
        self.open_room()

    def open_room(self) -> None:
        """As a start of the gateway does; what was held in memory is forgotten."""
        place = self.place
        self.conversations = Conversations(lambda: self.registry.directory, place.now)
        self.suppressions = Suppressions(place.journal, place.now)
        self.room = ControlRoom(
            place,
            DEFAULT,
            self.suppressions,
            self.registry.within,
            Queries(place, self.conversations, DEFAULT.false_codes),
            lambda: self.linked,
        )

    def administer(self, command: str, **given: Any) -> Any:
        """What a command of administration answers."""
        return self.outcome(self.registry.perform(command, given))

    def sign_on(self, name: str, at: str = "platz-1", password: str = PASSWORD) -> dict[str, Any]:
        """Somebody wants to work at a workstation."""
        given = SignOn(name=name, password=password)
        answer: dict[str, Any] = self.outcome(self.room.sign_on(at, DESKS[at], given))
        return answer

    def next_id(self) -> str:
        """A command's id that was not used before."""
        self.commands += 1
        return f"{self.commands:032x}"

    def given(self, do: str, incident: int | None = None, **facts: Any) -> Command:
        """A command about the incident of the ``incident``-th alarm."""
        beside = {name: facts.pop(name) for name in ("id", "session", "incidents") if name in facts}
        seen = facts.pop("seen", self.head)
        return Command(
            **{"id": self.next_id(), **beside},
            incident=None if incident is None else desk.alarm_id(incident),
            seen=seen,
            action={"do": do, **facts},
        )

    def command(self, do: str, incident: int | None = None, **facts: Any) -> dict[str, Any]:
        """What a command at a workstation is answered."""
        at = facts.pop("at", "platz-1")
        return self.say(at, self.given(do, incident, **facts))

    def say(self, at: str, command: Command) -> dict[str, Any]:
        """What this command is answered there."""
        answer: dict[str, Any] = self.outcome(self.room.command(at, DESKS[at], command))
        return answer

    def ring(self, number: int, **facts: Any) -> None:
        """An alarm comes, now."""
        seconds = (self.clock() - desk.at()).total_seconds()
        done(self.place.journal.submit(lambda ledger: desk.ring(ledger, number, seconds, **facts)))

    def look(self, **step: float) -> None:
        """Time passes; then it is looked what is due."""
        self.clock.advance(**step)
        self.reactor.rightNow += sum(
            value * {"seconds": 1, "minutes": 60, "hours": 3600}[unit]
            for unit, value in step.items()
        )
        self.outcome(self.deadlines.look())

    def held(self, **facts: Any) -> str:
        """How an alarm of `SOURCE` is handled now; ``facts`` say what is unusual about it."""
        kind, priority = facts.get("kind", "alarm"), facts.get("priority", 3)
        meaning = Meaning(kind=kind, events=(Event(event="motion"),))
        usual = Handling(priority=priority, handling=facts.get("handling", "queue"), rule="default")
        source = Source(address=facts.get("source", SOURCE), site=facts.get("site", SITE))
        nobodys = facts.get("unassigned", False)
        return self.suppressions.held(meaning, usual, None if nobodys else source).handling

    @property
    def deadlines(self) -> Deadlines:
        """What time alone does."""
        return self.room.deadlines

    @property
    def head(self) -> int:
        """The last entry's number."""
        return done(self.place.journal.submit(lambda ledger: ledger.head))  # type: ignore[no-any-return]

    def incident(self, number: int) -> Incident:
        """The incident of that alarm's id."""
        with self.place.journal.reading() as connection:
            found = incidents.incident(connection, desk.alarm_id(number))
        assert found is not None
        return found

    def holder(self, number: int) -> str | None:
        """Who has accepted it now."""
        found = self.incident(number)
        return found.holder if found.state == "accepted" else None

    def signed_on(self) -> list[tuple[str, str]]:
        """Who works where."""
        with self.place.journal.reading() as connection:
            return [(one.operator, one.workstation) for one in shifts.sessions(connection)]

    def told(self, *types: str) -> list[dict[str, Any]]:
        """The journal's entries of these types."""
        return [one for one in entries_of(self.place.journal) if one["type"] in types]
