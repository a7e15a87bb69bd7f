"""Alarms, people and commands for tests of the workflow: short, and at any time."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from alarmgw.codec.outcomes import DEFAULT
from alarmgw.controlroom import rules_of
from alarmgw.entries import Record, record
from alarmgw.model import Event, Handling, Meaning, Source, utc_text
from alarmgw.store import incidents
from alarmgw.store.database import schema_steps
from alarmgw.store.ledger import Ledger
from alarmgw.workflow_actions import decide
from alarmgw.workflow_entries import OPERATOR, Stamp, Who
from alarmgw.workflow_shift import Relief
from tests.journals import MOMENT, alarm, mail_id, randomness

#: What a house without outcomes of its own allows.
RULES = rules_of(DEFAULT)

ANNA = Who(operator="anna", role=OPERATOR, workstation="platz-1", session="a" * 16)
BERT = Who(operator="bert", role=OPERATOR, workstation="platz-2", session="b" * 16)


def at(seconds: float = 0.0) -> datetime:
    """So many seconds after the tests' moment."""
    return MOMENT + timedelta(seconds=seconds)


def stamp(who: Who | None = ANNA, seconds: float = 0.0) -> Stamp:
    """A command of somebody at that time; the clock's own doing without anybody."""
    return Stamp(now=at(seconds), node="gw1", who=who, command="c" * 32 if who else None)


def alarm_id(number: int) -> str:
    """The id of the ``number``-th mail's alarm."""
    return f"{mail_id(number)}-1"


def relieved(seen: int = 0, **facts: Any) -> Relief:
    """Anna hands over to who has seen so much; ``facts`` say what is otherwise."""
    usual = Relief(givers=("anna",), is_new=True, has_taken=False, own=None, covered=0, seen=seen)
    return evolve(usual, **facts)


def rung(
    number: int,
    seconds: float = 0.0,
    *,
    site: str = "4711",
    kind: str = "alarm",
    priority: int = 3,
    handling: str = "queue",
    **changes: Any,
) -> dict[str, Any]:
    """An alarm's entry as it is before its incident is known."""
    meaning = Meaning(kind=kind, events=(Event(event="motion"),))
    entry = alarm(
        number,
        source=Source(address=f"bq@{site}", site=site),
        meaning=meaning,
        handling=Handling(priority=priority, handling=handling, rule="default"),
    )
    return {**entry, "time": utc_text(at(seconds)), **changes}


def fresh_ledger() -> Ledger:
    """The ledger of an empty journal that is kept in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for _, script in sorted(schema_steps().items()):
        connection.executescript(script)
    return Ledger(connection)


def line(entry: dict[str, Any]) -> Record:
    """An entry as the journal takes it."""
    return record(entry, randomness)


def ring(ledger: Ledger, number: int, seconds: float = 0.0, **facts: Any) -> int:
    """An alarm comes."""
    return ledger.append(line(rung(number, seconds, **facts)))


def do(
    ledger: Ledger,
    incident: str,
    action: str,
    who: Who = ANNA,
    seconds: float = 0.0,
    seen: int | None = None,
    **keys: Any,
) -> list[int]:
    """A command as the gateway carries it out: decided and written in one transaction."""
    wanted = {"do": action, **keys}
    case = incidents.case(
        ledger.connection, incident, wanted, ledger.head if seen is None else seen
    )
    return [ledger.append(line(one)) for one in decide(case, wanted, stamp(who, seconds), RULES)]
