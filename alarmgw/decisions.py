"""Decisions: what operators do, decided inside the writer's transaction and answered.

A command is judged by the facts that are true when its entries are written,
so of two operators exactly one wins, and the other learns who.  A command
that comes again, because its answer was lost, gets the answer it had.  One
about many incidents takes several transactions, so that mails go in between.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from attrs import evolve, frozen
from twisted.internet.defer import DeferredLock

from alarmgw import bulk
from alarmgw.codec.requests import MOST, Command
from alarmgw.commands import By
from alarmgw.entries import record
from alarmgw.errors import Refusal, Refused
from alarmgw.fitting import encode
from alarmgw.leaving import left
from alarmgw.model import Randomness, utc_text
from alarmgw.store import accounts, incidents, shifts, sites, unassigned
from alarmgw.store.journal import Ledger
from alarmgw.store.relief import relief
from alarmgw.store.shifts import Asked
from alarmgw.workflow import ALARMS, FAULTS, PARKED
from alarmgw.workflow_actions import Entry, Rejected, Rules, decide
from alarmgw.workflow_entries import Stamp, Who
from alarmgw.workflow_shift import Session, hand_over, note_shift, suppress, unsuppress
from alarmgw.workplace import Workplace

Around = Callable[[Ledger, Callable[[Ledger], Any]], Any]
"""Carries out a command's job in the writer, with more in the same transaction."""

Adopt = Callable[[str, dict[str, Any], Around, By], Awaitable[Any]]
"""Carries out a command of administration (`alarmgw.registry.Registry.within`)."""

#: What may be given to `adopt`; all else is left out.
_ADOPTING = ("wanted", "peer", "address", "name", "site")

#: Nothing of this is kept: a workstation where nobody sits must not fill the journal.
_NOBODY = Rejected("not_signed_on").as_json()

#: What these tell is so already when they come again; their answers are not kept.
_HARMLESS = ("displayed", "touch")


@frozen(kw_only=True)
class Seat:
    """A workstation that is linked: its name and its certificate."""

    workstation: str
    fingerprint: str


class Decisions:
    """Carries out commands.  Lives in the reactor's thread; what decides runs in the writer."""

    def __init__(self, place: Workplace, rules: Rules, adopt: Adopt) -> None:
        self.rules = rules
        #: Called after a change of suppressions; blocks.
        self.on_suppressions: Callable[[], None] = _nobody
        self._place, self._adopt = place, adopt
        #: What one workstation wants of many incidents is done in order, and before it leaves.
        self._lines: dict[str, DeferredLock] = {}
        # Written by the journal's writer alone.
        self._touched: dict[str, datetime] = {}
        self._since = place.now()

    def touched(self, incident: str) -> datetime:
        """When its holder last did something that was not worth an entry, as far as it is known.

        Nobody could do anything before the gateway ran: that is held against no one.
        """
        return self._touched.get(incident, self._since)

    def forget(self, before: datetime) -> None:
        """In the writer: forget older touches."""
        self._touched = {id_: at for id_, at in self._touched.items() if at >= before}

    async def command(self, seat: Seat, command: Command) -> dict[str, Any]:
        """The answer to a command.  Never raises for what a workstation says."""
        do = command.action.get("do")
        try:
            if do == "adopt":
                return await self._adopted(seat, command)
            if bulk.is_bulk(command) or do == "sign_off":
                return await self._in_line(seat, command)
            answer = await self._in_parts(seat, command)
            if answer.get("ok") and do in ("suppress", "unsuppress"):
                await self._place.in_pool(self.on_suppressions)
        except Refusal:
            return Rejected("try_later").as_json()
        return answer

    async def _in_line(self, seat: Seat, command: Command) -> dict[str, Any]:
        line = self._lines.setdefault(seat.fingerprint, DeferredLock())
        await line.acquire()
        try:
            job, urgent = self.job(seat, command), len(command.incidents) <= bulk.INCIDENTS
            while not bulk.is_done(answer := await self._written(job, urgent)):
                pass
            return answer
        finally:
            line.release()

    async def _in_parts(self, seat: Seat, command: Command) -> dict[str, Any]:
        first, *others = bulk.parts(command)
        answer = await self._written(self.job(seat, first), urgent=not others)
        for part in others:
            if answer["ok"]:
                answer = await self._written(self.job(seat, part), urgent=False)
        return answer

    async def _written(self, job: Callable[[Ledger], bytes], urgent: bool) -> dict[str, Any]:
        """The answer of a job; one of several is no more urgent than an import's."""
        place = self._place
        answer = await place.awaited(place.journal.submit(job, urgent=urgent))
        return dict(json.loads(answer))

    def job(self, seat: Seat, command: Command) -> Callable[[Ledger], bytes]:
        """The job for the writer that carries the command out, or goes on with it."""
        step = self._answered_some if bulk.is_bulk(command) else self._answered
        return partial(step, seat, command, _asked(seat, command))

    def _answered(self, seat: Seat, command: Command, asked: Asked, ledger: Ledger) -> bytes:
        """In the writer: the answer that it had, or a new one, kept with what it did."""
        had = _had(ledger, asked)
        if had is not None:
            return had
        answer = self._answer(seat, command, ledger)
        if command.action.get("do") not in _HARMLESS and answer != _NOBODY:
            self._keep(asked, ledger, encode(answer))
        return encode(answer)

    def _answered_some(self, seat: Seat, command: Command, asked: Asked, ledger: Ledger) -> bytes:
        """In the writer: decide about some more incidents; the answer that it has by now."""
        had = _had(ledger, asked)
        if had is not None and bulk.is_done(json.loads(had)):
            return had
        progress = bulk.Progress.of(command, had)
        work = self._work(seat, command, ledger)
        if work is None and had is None:
            return encode(_NOBODY)
        seconds = self._place.reactor.seconds
        until, decided = seconds() + bulk.SECONDS, list[dict[str, Any]]()
        for id_, seen in progress.next():
            if decided and seconds() >= until:
                break
            one = evolve(command, incident=id_, seen=seen, incidents=())
            # Whoever has left by now decides nothing more.
            decided.append({**(self._one(work, one) if work else _NOBODY), "incident": id_})
        answer = encode(progress.then(decided).answer())
        self._keep(asked, ledger, answer)
        return answer

    def _keep(self, asked: Asked, ledger: Ledger, answer: bytes) -> None:
        shifts.keep_answer(ledger.connection, asked, utc_text(self._place.now()), answer)

    def _answer(self, seat: Seat, command: Command, ledger: Ledger) -> dict[str, Any]:
        work = self._work(seat, command, ledger)
        if work is None:
            return _NOBODY
        return Rejected("bad_request").as_json() if command.incidents else self._one(work, command)

    def _work(self, seat: Seat, command: Command, ledger: Ledger) -> _Work | None:
        """None: whose command it is has left."""
        session = _session_of(ledger, seat, command)
        # What was drawn for nobody is told all the same; what was for who has left is not.
        is_nobodys = command.session is None and command.action.get("do") == "displayed"
        if session is None and not is_nobodys:
            return None
        stamp = Stamp(
            now=self._place.now(),
            node=self._place.node,
            who=session.who if session else _nobody_at(seat),
            command=command.id,
        )
        return _Work(ledger, self._place.randomness, self.rules, stamp, session)

    def _one(self, work: _Work, command: Command) -> dict[str, Any]:
        """One decision; what it had begun to write is taken back when it is refused."""
        try:
            with work.ledger.savepoint():
                work.carry_out(command)
        except Rejected as rejected:
            return rejected.as_json()
        if command.incident is not None and command.action.get("do") == "touch":
            self._touched[command.incident] = work.stamp.now
        return {"ok": True, "seq": work.ledger.head}

    async def _adopted(self, seat: Seat, command: Command) -> dict[str, Any]:
        """A source is made in the transaction in which the answer is kept."""
        given = {name: command.action.get(name) for name in _ADOPTING}
        wanted = {name: value for name, value in given.items() if value}
        wanted["known_site"] = command.action.get("new_site") is not True
        try:
            around = self._adopting(seat, command)
            by = partial(_doer, seat, command)
            return dict(await self._adopt("source adopt", wanted, around, by))
        except Refused as refused:
            answer = {"ok": False, "error": refused.code or "bad_request", "text": refused.text}
            job = partial(self._refused, seat, command, answer)
            return await self._written(job, urgent=True)

    def _adopting(self, seat: Seat, command: Command) -> Around:
        asked = _asked(seat, command)

        def around(ledger: Ledger, job: Callable[[Ledger], Any]) -> Any:
            had = _had(ledger, asked)
            if had is not None:
                return json.loads(had)
            if _session_of(ledger, seat, command) is None:
                return _NOBODY
            answer = {"ok": True, "result": job(ledger)}
            self._keep(asked, ledger, encode(answer))
            return answer

        return around

    def _refused(
        self, seat: Seat, command: Command, answer: dict[str, Any], ledger: Ledger
    ) -> bytes:
        asked = _asked(seat, command)
        had = _had(ledger, asked)
        if had is None:
            if _session_of(ledger, seat, command) is None:
                return encode(_NOBODY)
            had = encode(answer)
            self._keep(asked, ledger, had)
        return had


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
        alarms = command.action.get("alarms")
        if alarms is None:
            self._decide(command, command.action)
            return
        if not isinstance(alarms, list) or len(alarms) > MOST:
            raise Rejected("bad_request")
        for alarm in alarms:
            try:
                self._decide(command, {**command.action, "alarm": alarm})
            except Rejected as rejected:
                # A test or a report is in no incident; those beside it are told all the same.
                if rejected.code != "unknown_incident":
                    raise

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
        known = relief(self.ledger.connection, self._person().operator, command.seen)
        self.write(hand_over(command.action, known, counts(self.ledger), self.stamp))

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


def counts(ledger: Ledger) -> dict[str, int]:
    """What stands open, as a hand-over states it."""
    connection = ledger.connection
    standing = incidents.open_incidents(connection)
    return {
        "open": sum(one.list == ALARMS and one.state != PARKED for one in standing),
        "parked": sum(one.state == PARKED for one in standing),
        "faults": sum(one.list == FAULTS for one in standing),
        "suppressed": len(shifts.suppressions(connection)),
        "unassigned": unassigned.how_many(connection),
    }


def signed_on(connection: Any, seat: Seat) -> Session | None:
    """Who is signed on there; a session is bound to the workstation's certificate."""
    return shifts.session_at(connection, seat.fingerprint)


def _session_of(ledger: Ledger, seat: Seat, command: Command) -> Session | None:
    """Whose command it is, with the role that he has now; nobody's when he has left."""
    session = signed_on(ledger.connection, seat)
    if session is None or command.session not in (None, session.session):
        return None
    operator = accounts.operator(ledger.connection, session.operator)
    return evolve(session, role=operator.role) if operator else None


def _doer(seat: Seat, command: Command, ledger: Ledger) -> Who | None:
    session = _session_of(ledger, seat, command)
    return session.who if session else None


def _asked(seat: Seat, command: Command) -> Asked:
    return Asked(workstation=seat.fingerprint, command=command.id, digest=command.digest())


def _had(ledger: Ledger, asked: Asked) -> bytes | None:
    """The answer that it had; another command under the same id is not carried out."""
    had = shifts.answered(ledger.connection, asked)
    if had is None:
        return None
    answer, same = had
    return answer if same else encode(Rejected("bad_request").as_json())


def _nobody_at(seat: Seat) -> Who:
    return Who(operator=None, role=None, workstation=seat.workstation, session=None)


def _nobody() -> None:
    """Nobody asked to hear of suppressions."""
