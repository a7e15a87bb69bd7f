"""Leaving: how a session ends, whoever ends it, and what becomes of what was accepted in it."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from alarmgw.entries import record
from alarmgw.model import Randomness
from alarmgw.store import incidents
from alarmgw.store.journal import Ledger
from alarmgw.workflow_actions import Entry, given_up
from alarmgw.workflow_entries import Stamp
from alarmgw.workflow_shift import Session, sign_off

#: To whoever reads of an incident, these are the loss of a workstation.
_LOST = ("lost", "revoked")


def left(ledger: Ledger, session: Session, why: str, stamp: Stamp) -> tuple[Entry, ...]:
    """The entries by which a session ends: what was accepted in it goes back first."""
    goes_back = "lost" if why in _LOST else "signed_off"
    held = incidents.of_session(ledger.connection, session.session)
    own = evolve(stamp, who=session.who)
    returned = [entry for one in held for entry in given_up(one, goes_back, own)]
    return (*returned, *sign_off(why, own))


def end(
    ledger: Ledger, sessions: Iterable[Session], why: str, stamp: Stamp, randomness: Randomness
) -> None:
    """Write that these sessions have ended, in the transaction in which the reason comes true."""
    for session in sessions:
        for entry in left(ledger, session, why, stamp):
            ledger.append(record(entry, randomness))
