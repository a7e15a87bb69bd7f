"""Duty: who is signed on at which workstation, and when a workstation counts as lost.

A session is an entry, so it survives a short loss of the link and a restart of
the gateway.  It is bound to the workstation's certificate.  One workstation
has one session; who signs on where somebody else is replaces him.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from alarmgw.codec.requests import SignOn
from alarmgw.decisions import Seat, left, session_at
from alarmgw.entries import encode, record
from alarmgw.errors import Refusal
from alarmgw.model import normal_address
from alarmgw.store import accounts, shifts
from alarmgw.store.accounts import Operator
from alarmgw.store.journal import Ledger
from alarmgw.store.passwords import SALT_BYTES, operator_digest
from alarmgw.workflow_actions import Entry
from alarmgw.workflow_entries import Stamp, Who
from alarmgw.workflow_shift import Session, sign_on
from alarmgw.workplace import Workplace

#: A workstation without a link is lost after so many seconds (field/control_room, defaults).
LOST_SECONDS = 60.0

#: So many wrong passwords a workstation may give in a minute.
FAILURES = 5
FAILURE_SECONDS = 60.0


class Duty:
    """Signs people on, and signs off whose workstation is lost.  Lives in the reactor's thread."""

    def __init__(self, place: Workplace, linked: Callable[[], Collection[str]]) -> None:
        """``linked`` answers the certificates (fingerprints) of workstations that are linked."""
        self._place, self._linked = place, linked
        self._failures: dict[str, list[float]] = {}
        self._absent: dict[str, float] = {}

    async def sign_on(self, seat: Seat, given: SignOn) -> dict[str, Any]:
        """The answer to a person who wants to sign on there."""
        if self._is_locked(seat):
            return {"ok": False, "error": "locked"}
        place = self._place
        try:
            operator = await place.in_pool(lambda: self._known(given))
            if operator is None:
                self._failures.setdefault(seat.fingerprint, []).append(place.reactor.seconds())
                return {"ok": False, "error": "wrong"}
            self._failures.pop(seat.fingerprint, None)
            job = partial(self._signed_on, seat, operator)
            return dict(json.loads(await place.awaited(place.journal.submit(job))))
        except Refusal:
            return {"ok": False, "error": "busy"}

    def _is_locked(self, seat: Seat) -> bool:
        since = self._place.reactor.seconds() - FAILURE_SECONDS
        recent = [at for at in self._failures.get(seat.fingerprint, ()) if at > since]
        self._failures[seat.fingerprint] = recent
        return len(recent) >= FAILURES

    def _known(self, given: SignOn) -> Operator | None:
        """The operator of that name and password; a wrong name costs what a wrong password does."""
        with self._place.journal.reading() as connection:
            found = accounts.operator(connection, normal_address(given.name))
        salt = found.salt if found else self._place.randomness(SALT_BYTES)
        digest = operator_digest(salt, given.password)
        right = found is not None and hmac.compare_digest(digest, found.digest)
        return found if right else None

    def _signed_on(self, seat: Seat, operator: Operator, ledger: Ledger) -> bytes:
        """In the writer: who signs on where he is signed on already goes on with that."""
        place = self._place
        before = session_at(ledger, seat)
        if before is not None and before.operator == operator.name:
            return _told(before.session, operator)
        stamp = Stamp(now=place.now(), node=place.node)
        if before is not None:
            self._write(ledger, left(ledger, before, "replaced", stamp))
        session = place.randomness(16).hex()
        who = Who(
            operator=operator.name,
            role=operator.role,
            workstation=seat.workstation,
            session=session,
        )
        new = Stamp(now=stamp.now, node=place.node, who=who)
        self._write(ledger, sign_on(seat.fingerprint, new))
        return _told(session, operator)

    def _write(self, ledger: Ledger, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            ledger.append(record(entry, self._place.randomness))

    def lost(self, sessions: Collection[Session]) -> list[Session]:
        """Of these sessions, those whose workstation has been away for too long."""
        now, linked = self._place.reactor.seconds(), set(self._linked())
        away = {one.fingerprint for one in sessions} - linked
        self._absent = {known: self._absent.get(known, now) for known in away}
        gone = {known for known, since in self._absent.items() if now - since >= LOST_SECONDS}
        return [one for one in sessions if one.fingerprint in gone]

    def end_lost(self, gone: Collection[Session], ledger: Ledger) -> None:
        """In the writer: sign these off, if they are still signed on."""
        standing = {one.session for one in shifts.sessions(ledger.connection)}
        stamp = Stamp(now=self._place.now(), node=self._place.node)
        for session in gone:
            if session.session in standing:
                self._write(ledger, left(ledger, session, "lost", stamp))


def _told(session: str, operator: Operator) -> bytes:
    told = {"ok": True, "session": session, "operator": operator.name, "role": operator.role}
    return encode(told)
