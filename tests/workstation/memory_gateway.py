"""A gateway without a network: a real journal in memory, real decisions, and workstations on it.

Everybody who follows hears each entry at once, unless his link is cut; what he has missed then
comes when it is mended.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from attrs import evolve

from alarmgw.asking import Asking, arguments
from alarmgw.bulk import is_bulk
from alarmgw.codec.outcomes import DEFAULT
from alarmgw.codec.requests import Command, Question, SignOn
from alarmgw.codec.wire import Heartbeat
from alarmgw.errors import Cause, Refused
from alarmgw.model import utc_text
from alarmgw.queries import QUESTIONS
from alarmgw.store import incidents, shifts
from alarmgw.store.casefile import alarm_file, case_file
from alarmgw.store.relief import relief
from alarmgw.store.snapshots import snapshot
from alarmgw.workflow_actions import Entry, Rejected, decide, elapsed, given_up
from alarmgw.workflow_entries import SHIFT_LEADER, Stamp, Who
from alarmgw.workflow_shift import (
    Session,
    hand_over,
    note_shift,
    sign_off,
    sign_on,
    suppress,
    unsuppress,
)
from alarmgw.workstation.link import NoLink
from alarmgw.workstation.mirror import OF_SNAPSHOT, LinkState
from tests.desk import RULES, fresh_ledger, line
from tests.journals import MOMENT

PASSWORD = "richtig"

#: A sign of life of a gateway that is well.
BEAT = Heartbeat(journal="j1", head=0, time="2026-11-21T12:00:00.000Z", state="ok")

Answers = dict[str, Callable[[dict[str, Any]], dict[str, Any]]]


class Follower(Protocol):
    """A `LinkListener`."""

    def state(self, state: LinkState) -> None:
        """The link stands otherwise."""

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """The next entries."""

    def heartbeat(self, heartbeat: Heartbeat) -> int | None:
        """The gateway lives."""


class MemoryGateway:
    """The journal and whoever follows it; ``now`` is the gateway's time."""

    def __init__(self, now: Callable[[], datetime] = lambda: MOMENT) -> None:
        self.ledger = fresh_ledger()
        self.now = now
        #: What questions are answered, by their name.
        self.questions: Answers = {
            "alarm": lambda given: alarm_file(self.ledger.connection, given["alarm"]),
            "incident": lambda given: case_file(self.ledger.connection, given["incident"]),
            "names": _names,
            **{name: partial(self._looked_up, name) for name in ("handover", "history")},
        }
        self.asking: Session | None = None
        self.asked: list[Question] = []
        self.files: dict[str, bytes] = {}
        self.wires: list[Wire] = []
        self._answers: dict[str, dict[str, Any]] = {}
        self._sessions = 0

    def _looked_up(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """As the gateway looks it up."""
        known, answer = QUESTIONS[name]
        asking = Asking(
            connection=self.ledger.connection,
            operator=self.asking.operator if self.asking else "",
            given=arguments(name, given, known),
            now=self.now(),
            is_over=lambda: False,
            false_codes=DEFAULT.false_codes,
        )
        return {"ok": True, **answer(asking)}

    def wire(self, name: str, fingerprint: str) -> Wire:
        """The way from a workstation to this gateway; not connected yet."""
        self.wires.append(Wire(self, name, fingerprint))
        return self.wires[-1]

    def write(self, entries: list[Entry] | tuple[Entry, ...]) -> int:
        """These entries, to the journal and to everybody; answers the newest number."""
        for entry in entries:
            self.ledger.append(line(entry))
        for wire in self.wires:
            wire.catch_up()
        return self.ledger.head

    def tick(self) -> None:
        """What time alone does to incidents."""
        stamp = Stamp(now=self.now(), node="gw1")
        for incident in incidents.open_incidents(self.ledger.connection):
            self.write(elapsed(incident, stamp, None))

    def sessions(self) -> list[Session]:
        """Who is signed on."""
        return shifts.sessions(self.ledger.connection)

    def since(self, seq: int) -> list[dict[str, Any]]:
        """The journal after an entry, as workstations hear it."""
        return [json.loads(data) for number, data in self.ledger.appended if number > seq]

    def signed_on(self, name: str, wire: Wire, role: str = "operator") -> Session:
        """A person begins at that workstation; whoever sat there leaves."""
        seated = self.session_at(wire)
        if seated is not None:
            self.left(seated, "replaced")
        self._sessions += 1
        who = Who(
            operator=name,
            role=role,
            workstation=wire.name,
            session=f"{self._sessions:032x}",
        )
        self.write(sign_on(wire.fingerprint, Stamp(now=self.now(), node="gw1", who=who)))
        session = self.session_at(wire)
        assert session is not None
        return session

    def left(self, session: Session, why: str) -> None:
        """A person leaves; what he had accepted goes back first."""
        stamp = Stamp(now=self.now(), node="gw1", who=session.who)
        for one in incidents.of_session(self.ledger.connection, session.session):
            self.write(given_up(one, "lost" if why == "lost" else "signed_off", stamp))
        self.write(sign_off(why, stamp))

    def session_at(self, wire: Wire) -> Session | None:
        """Who sits at that workstation."""
        found = (one for one in self.sessions() if one.fingerprint == wire.fingerprint)
        return next(found, None)

    def answer(self, wire: Wire, command: Command) -> dict[str, Any]:
        """The answer to a command; a repeated id gets the one it had."""
        if command.id not in self._answers:
            self._answers[command.id] = self._decided(wire, command)
        return self._answers[command.id]

    def _decided(self, wire: Wire, command: Command) -> dict[str, Any]:
        if not command.incidents:
            return self._one(wire, command)
        if not is_bulk(command):
            return Rejected("bad_request").as_json()
        each = [
            {**self._one(wire, evolve(command, incident=id_, seen=seen)), "incident": id_}
            for id_, seen in command.incidents
        ]
        done = all(one["ok"] for one in each)
        return {"ok": done, **({} if done else {"error": "mixed"}), "each": each}

    def _one(self, wire: Wire, command: Command) -> dict[str, Any]:
        session = self.session_at(wire)
        stamp = Stamp(
            now=self.now(),
            node="gw1",
            who=session.who if session else None,
            command=command.id,
        )
        try:
            if session is None or command.session not in (None, session.session):
                raise Rejected("not_signed_on")
            if command.action.get("do") == "sign_off":
                self.left(session, "signed_off")
            else:
                self.write(self._entries(command, stamp))
        except Rejected as rejected:
            return rejected.as_json()
        return {"ok": True, "seq": self.ledger.head}

    def _entries(self, command: Command, stamp: Stamp) -> tuple[Entry, ...]:
        action, connection = command.action, self.ledger.connection
        do = action.get("do")
        if do == "suppress":
            return suppress(f"{self.ledger.head:016x}", action, stamp, RULES)
        if do == "unsuppress":
            return unsuppress(shifts.suppression(connection, action["suppression"]), stamp)
        if do == "hand_over":
            names = ("open", "parked", "suppressed", "faults", "unassigned")
            known = relief(connection, stamp.who.operator or "" if stamp.who else "", command.seen)
            return hand_over(action, known, dict.fromkeys(names, 0), stamp)
        if do == "note" and command.incident is None:
            return note_shift(action, stamp)
        found: tuple[Entry, ...] = ()
        alarms = action.get("alarms") or [action.get("alarm")]
        for alarm in alarms if do == "displayed" else [None]:
            wanted = {**action, "alarm": alarm} if alarm else action
            case = incidents.case(connection, command.incident or "", wanted, command.seen)
            found += decide(case, wanted, stamp, RULES)
        return found


class Wire:
    """One workstation's link, as `alarmgw.workstation.link.Link` is to whoever uses it."""

    def __init__(self, gateway: MemoryGateway, name: str, fingerprint: str) -> None:
        self.gateway, self.name, self.fingerprint = gateway, name, fingerprint
        self.listener: Follower | None = None
        self.up = False
        #: So many answers get lost on their way back, and the link with them.
        self.losing = 0
        self._told: int | None = None

    def connect(self) -> None:
        """The link comes up: a snapshot first, later what was missed."""
        listener, ledger = self._listener(), self.gateway.ledger
        self.up = True
        if self._told is None:
            found = snapshot(ledger.connection, 500)
            told = {name: getattr(found, name) for name in OF_SNAPSHOT}
            listener.state(LinkState(state="snapshot", node="gw1", **told))
            listener.entries([json.loads(data) for _, data in found.entries], found.head)
            self._told = found.head
        self.catch_up()
        listener.state(LinkState(state="current", journal="j1", node="gw1", head=ledger.head))
        listener.heartbeat(evolve(BEAT, time=utc_text(self.gateway.now())))

    def lose(self, reason: str = "cut") -> None:
        """The link is lost."""
        self.up = False
        self._listener().state(LinkState(state="lost", reason=reason))

    def catch_up(self) -> None:
        """All that was written since."""
        if not self.up or self._told is None:
            return
        fresh, self._told = self.gateway.since(self._told), self.gateway.ledger.head
        if fresh:
            self._listener().entries(fresh, self._told)

    async def sign_on(self, given: SignOn) -> dict[str, Any]:
        """Everybody's password is `PASSWORD`; who is called chef leads the shift."""
        self._there()
        if given.password != PASSWORD:
            return {"ok": False, "error": "wrong"}
        role = SHIFT_LEADER if given.name == "chef" else "operator"
        session = self.gateway.signed_on(given.name, self, role)
        return {"ok": True, "session": session.session, "operator": given.name, "role": role}

    async def command(self, given: Command) -> dict[str, Any]:
        """Decided by the gateway."""
        self._there()
        answer = self.gateway.answer(self, given)
        if self.losing:
            self.losing -= 1
            raise NoLink("the link was lost before the answer came")
        return answer

    async def ask(self, given: Question) -> dict[str, Any]:
        """What the gateway's `questions` answer."""
        self._there()
        self.gateway.asked.append(given)
        self.gateway.asking = self.gateway.session_at(self)
        if given.name not in self.gateway.questions:
            raise Refused(Cause.NOT_FOUND, "no such question")
        return self.gateway.questions[given.name](given.given)

    async def fetch(self, alarm: str, name: str) -> AsyncIterator[bytes]:
        """A file of that name, whatever the alarm."""
        self._there()
        if name not in self.gateway.files:
            raise Refused(Cause.NOT_FOUND, "no such alarm or file")
        yield self.gateway.files[name]

    def _there(self) -> None:
        if not self.up:
            raise NoLink("there is no link to the gateway")

    def _listener(self) -> Follower:
        assert self.listener is not None
        return self.listener


def _names(given: dict[str, Any]) -> dict[str, Any]:
    """Every site and source is called as its key says, in German."""
    return {
        "sites": {key: f"Objekt {key}" for key in given.get("sites", "").split(",") if key},
        "sources": {key: f"Kamera {key}" for key in given.get("sources", "").split(",") if key},
    }


def at_noon() -> str:
    """The tests' moment as entries write it."""
    return utc_text(MOMENT)
