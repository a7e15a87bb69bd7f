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

from attrs import evolve

from alarmgw.codec.requests import SignOn
from alarmgw.decisions import Seat, signed_on
from alarmgw.entries import record
from alarmgw.errors import Refusal
from alarmgw.fitting import encode
from alarmgw.leaving import end
from alarmgw.model import normal_address
from alarmgw.store import accounts, shifts
from alarmgw.store.accounts import Operator
from alarmgw.store.journal import Ledger
from alarmgw.store.passwords import SALT_BYTES, operator_digest
from alarmgw.workflow_actions import Rejected
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
        tries = self._tries(seat)
        if len(tries) >= FAILURES:
            return {"ok": False, "error": "locked"}
        place, begun = self._place, self._place.reactor.seconds()
        # It counts until it is known to be right: many at once are no way around the limit.
        tries.append(begun)
        try:
            operator = await place.in_pool(lambda: self._known(given))
            if operator is None:
                return {"ok": False, "error": "wrong"}
            tries.remove(begun)
            job = partial(self._signed_on, seat, operator)
            return dict(json.loads(await place.awaited(place.journal.submit(job))))
        except Refusal:
            if begun in tries:
                tries.remove(begun)
            return {"ok": False, "error": "busy"}

    def _tries(self, seat: Seat) -> list[float]:
        """When wrong passwords came from there of late; changed in place."""
        tries = self._failures.setdefault(seat.fingerprint, [])
        since = self._place.reactor.seconds() - FAILURE_SECONDS
        tries[:] = [at for at in tries if at > since]
        return tries

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
        place, connection = self._place, ledger.connection
        if accounts.operator(connection, operator.name) != operator:
            return encode({"ok": False, "error": "wrong"})  # changed while it was checked
        here = accounts.workstation(connection, seat.fingerprint)
        if here is None or here.revoked is not None:
            return encode(Rejected("not_allowed").as_json())
        before = signed_on(connection, seat)
        if before is not None and before.operator == operator.name:
            return _told(before.session, operator)
        stamp = Stamp(now=place.now(), node=place.node)
        if before is not None:
            end(ledger, [before], "replaced", stamp, place.randomness)
        who = Who(
            operator=operator.name,
            role=operator.role,
            workstation=seat.workstation,
            session=place.randomness(16).hex(),
        )
        for entry in sign_on(seat.fingerprint, evolve(stamp, who=who)):
            ledger.append(record(entry, place.randomness))
        return _told(str(who.session), operator)

    def lost(self, sessions: Collection[Session]) -> list[Session]:
        """Of these sessions, those whose workstation has been away for too long."""
        now, linked = self._place.reactor.seconds(), set(self._linked())
        away = {one.fingerprint for one in sessions} - linked
        self._absent = {known: self._absent.get(known, now) for known in away}
        gone = {known for known, since in self._absent.items() if now - since >= LOST_SECONDS}
        return [one for one in sessions if one.fingerprint in gone]

    def end_lost(self, gone: Collection[Session], ledger: Ledger) -> None:
        """In the writer: sign these off, if they are still signed on."""
        lost = {one.session for one in gone}
        standing = [one for one in shifts.sessions(ledger.connection) if one.session in lost]
        stamp = Stamp(now=self._place.now(), node=self._place.node)
        end(ledger, standing, "lost", stamp, self._place.randomness)


def _told(session: str, operator: Operator) -> bytes:
    told = {"ok": True, "session": session, "operator": operator.name, "role": operator.role}
    return encode(told)
