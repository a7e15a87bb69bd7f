"""Decisions: what operators do, decided inside the writer's transaction and answered.

A command is judged by the facts that are true when its entries are written,
so of two operators exactly one wins, and the other learns who.  A command
that comes again, because its answer was lost, gets the answer it had.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from attrs import evolve, frozen

from alarmgw.codec.requests import MOST, Command
from alarmgw.entries import encode, record
from alarmgw.errors import Refusal
from alarmgw.model import Randomness, utc_text
from alarmgw.store import accounts, incidents, shifts, sites, unassigned
from alarmgw.store.journal import Ledger
from alarmgw.workflow import ALARMS, FAULTS, PARKED
from alarmgw.workflow_actions import Entry, Rejected, Rules, decide, given_up
from alarmgw.workflow_entries import Stamp, Who
from alarmgw.workflow_shift import Session, hand_over, note_shift, sign_off, suppress, unsuppress
from alarmgw.workplace import Workplace

Adopt = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Carries out a command of administration (`alarmgw.registry.Registry.perform`)."""

#: What may be given to `adopt`; all else is left out.
_ADOPTING = ("wanted", "peer", "address", "name", "site")

#: Only these show no work on an incident.
_NO_INPUT = ("displayed", "undo")


@frozen(kw_only=True)
class Seat:
    """A workstation that is linked: its name and its certificate."""

    workstation: str
    fingerprint: str


class Decisions:
    """Carries out commands.  Lives in the reactor's thread; what decides runs in the writer."""

    def __init__(self, place: Workplace, rules: Rules, adopt: Adopt) -> None:
        self.rules = rules
        #: When the holder of an incident last did something that was not worth an entry.
        self.touched: dict[str, datetime] = {}
        #: Called after a change of suppressions; blocks.
        self.on_suppressions: Callable[[], None] = _nobody
        self._place, self._adopt = place, adopt

    async def command(self, seat: Seat, command: Command) -> dict[str, Any]:
        """The answer to a command.  Never raises for what a workstation says."""
        do = command.action.get("do")
        try:
            if do == "adopt":
                return await self._adopted(seat, command)
            answer = await self._written(partial(self._answered, seat, command))
        except Refusal:
            return Rejected("try_later").as_json()
        if answer.get("ok") and do in ("suppress", "unsuppress"):
            await self._place.in_pool(self.on_suppressions)
        return answer

    async def _written(self, job: Callable[[Ledger], bytes]) -> dict[str, Any]:
        place = self._place
        return dict(json.loads(await place.awaited(place.journal.submit(job))))

    def _answered(self, seat: Seat, command: Command, ledger: Ledger) -> bytes:
        """In the writer: the answer that it had, or a new one, kept with what it did."""
        had = shifts.answered(ledger.connection, command.id)
        if had is not None:
            return had
        now = self._place.now()
        answer = encode(self._answer(seat, command, now, ledger))
        shifts.keep_answer(ledger.connection, command.id, utc_text(now), answer)
        return answer

    def _answer(
        self, seat: Seat, command: Command, now: datetime, ledger: Ledger
    ) -> dict[str, Any]:
        session = session_at(ledger, seat)
        stamp = Stamp(
            now=now,
            node=self._place.node,
            who=session.who if session else _nobody_at(seat),
            command=command.id,
        )
        work = _Work(ledger, self._place.randomness, self.rules, stamp, session)
        if not command.incidents:
            return self._one(work, command)
        each = [
            {**self._one(work, evolve(command, incident=id_, seen=seen)), "incident": id_}
            for id_, seen in command.incidents
        ]
        done = all(one["ok"] for one in each)
        return {"ok": done, **({} if done else {"error": "mixed"}), "each": each}

    def _one(self, work: _Work, command: Command) -> dict[str, Any]:
        """One decision; what it had begun to write is taken back when it is refused."""
        try:
            with work.ledger.savepoint():
                work.carry_out(command)
        except Rejected as rejected:
            return rejected.as_json()
        if command.incident is not None and command.action.get("do") not in _NO_INPUT:
            self.touched[command.incident] = work.stamp.now
        return {"ok": True, "seq": work.ledger.head}

    async def _adopted(self, seat: Seat, command: Command) -> dict[str, Any]:
        place = self._place
        session = await place.in_pool(lambda: _session_now(place, seat))
        if session is None:
            return Rejected("not_signed_on").as_json()
        given = {name: command.action.get(name) for name in _ADOPTING}
        try:
            result = await self._adopt(
                "source adopt", {name: value for name, value in given.items() if value}
            )
        except Refusal as refusal:
            return {"ok": False, "error": "bad_request", "text": refusal.text}
        return {"ok": True, "result": result}


@frozen
class _Work:
    """One command in the writer's transaction: for whom, and what it has to tell."""

    ledger: Ledger
    randomness: Randomness
    rules: Rules
    stamp: Stamp
    session: Session | None

    def carry_out(self, command: Command) -> None:
        """Write the entries of one action.  Raises `Rejected`."""
        action = command.action
        deed = _DEEDS.get(str(action.get("do")))
        if deed is not None:
            deed(self, command)
        elif command.incident is None and action.get("do") == "note":
            self.write(note_shift(action, self.stamp))
        elif action.get("do") == "displayed":
            self._displayed(command)
        else:
            self._decide(command, action)

    def write(self, entries: tuple[Entry, ...]) -> None:
        """Append entries, in order."""
        for entry in entries:
            self.ledger.append(record(entry, self.randomness))

    def _decide(self, command: Command, action: Mapping[str, Any]) -> None:
        connection = self.ledger.connection
        case = incidents.case(connection, command.incident or "", action, command.seen)
        self.write(decide(case, action, self.stamp, self.rules))

    def _displayed(self, command: Command) -> None:
        """Of one alarm or of several: a page tells what it has drawn together."""
        alarms = command.action.get("alarms") or [command.action.get("alarm")]
        if not isinstance(alarms, list) or len(alarms) > MOST:
            raise Rejected("bad_request")
        for alarm in alarms:
            self._decide(command, {**command.action, "alarm": alarm})

    def sign_off(self, command: Command) -> None:
        """He leaves; what he had accepted goes back to the queue."""
        self.write(left(self.ledger, self._person(), "signed_off", self.stamp))

    def suppress(self, command: Command) -> None:
        """Hold back a source or a site that exists."""
        action, connection = command.action, self.ledger.connection
        entries = suppress(self.randomness(8).hex(), action, self.stamp, self.rules)
        site, source = action.get("site"), action.get("source")
        known = (
            accounts.source(connection, str(source)) is not None
            if source
            else sites.has_site(connection, str(site))
        )
        if not known:
            raise Rejected("bad_request")
        self.write(entries)

    def unsuppress(self, command: Command) -> None:
        """Let its alarms through again."""
        wanted = command.action.get("suppression")
        found = shifts.suppression(self.ledger.connection, str(wanted))
        self.write(unsuppress(found, self.stamp))

    def hand_over(self, command: Command) -> None:
        """The incoming operator takes over what stands open."""
        self.write(hand_over(command.action, counts(self.ledger), self.stamp))

    def _person(self) -> Session:
        if self.session is None:
            raise Rejected("not_signed_on")
        return self.session


_DEEDS: Mapping[str, Callable[[_Work, Command], None]] = {
    "sign_off": _Work.sign_off,
    "suppress": _Work.suppress,
    "unsuppress": _Work.unsuppress,
    "hand_over": _Work.hand_over,
}


def left(ledger: Ledger, session: Session, why: str, stamp: Stamp) -> tuple[Entry, ...]:
    """The entries by which a session ends: what was accepted in it goes back first."""
    goes_back = "lost" if why == "lost" else "signed_off"
    held = incidents.of_session(ledger.connection, session.session)
    own = evolve(stamp, who=session.who)
    returned = [entry for one in held for entry in given_up(one, goes_back, own)]
    return (*returned, *sign_off(why, own))


def counts(ledger: Ledger) -> dict[str, int]:
    """What stands open, as a hand-over states it."""
    connection = ledger.connection
    standing = incidents.open_incidents(connection)
    return {
        "open": sum(one.list == ALARMS and one.state != PARKED for one in standing),
        "parked": sum(one.state == PARKED for one in standing),
        "faults": sum(one.list == FAULTS for one in standing),
        "suppressed": len(shifts.suppressions(connection)),
        "unassigned": len(unassigned.senders(connection)),
    }


def session_at(ledger: Ledger, seat: Seat) -> Session | None:
    """`signed_on`, in the writer."""
    return signed_on(ledger.connection, seat)


def signed_on(connection: sqlite3.Connection, seat: Seat) -> Session | None:
    """Who is signed on there; a session is bound to the workstation's certificate."""
    found = shifts.sessions(connection)
    return next((one for one in found if one.fingerprint == seat.fingerprint), None)


def _session_now(place: Workplace, seat: Seat) -> Session | None:
    with place.journal.reading() as connection:
        return signed_on(connection, seat)


def _nobody_at(seat: Seat) -> Who:
    return Who(operator=None, role=None, workstation=seat.workstation, session=None)


def _nobody() -> None:
    """Nobody asked to hear of suppressions."""
