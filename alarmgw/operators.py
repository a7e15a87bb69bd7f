"""Operators: the commands that say who may sign on, and as what.

A change holds at once, at whatever workstation he is signed on; who is removed
is signed off in the same transaction, and what he had accepted goes back.
"""

from __future__ import annotations

from attrs import evolve

from alarmgw.arguments import Arguments, bad_value
from alarmgw.commands import Context, Job, Result
from alarmgw.errors import Cause, Refused
from alarmgw.leaving import end
from alarmgw.store import accounts, passwords, shifts
from alarmgw.store.accounts import Operator
from alarmgw.store.journal import Ledger
from alarmgw.workflow_entries import OPERATOR, SHIFT_LEADER, Stamp

#: The first one is what an operator is unless something else was said.
ROLES = (OPERATOR, SHIFT_LEADER)

PASSWORD_LEAST = 8


def add(arguments: Arguments, context: Context) -> Job:
    """`operator add`: one more person; who was removed comes back, with a password of his own."""
    name = arguments.needed_word("name").lower()
    role = arguments.choice("role", ROLES)
    given = arguments.password("password", least=PASSWORD_LEAST)
    invented = passwords.invented_password(context.randomness) if given is None else None
    salt, digest = _proof(given or invented or "", context)

    def job(ledger: Ledger) -> Result:
        if accounts.operator(ledger.connection, name) is not None:
            raise bad_value(f"there is an operator {name} already: choose another name")
        operator = Operator(name=name, role=role, salt=salt, digest=digest)
        accounts.put_operator(ledger.connection, operator, context.time())
        context.tell(ledger, "operator_added", operator=name, role=role)
        return {"name": name, "role": role, "password": invented}

    return job


def list_(arguments: Arguments, context: Context) -> Job:
    """`operator list`: who may sign on, and where he is signed on now."""

    def job(ledger: Ledger) -> list[Result]:
        here = shifts.sessions(ledger.connection)
        return [
            {
                "name": one.name,
                "role": one.role,
                "workstations": [row.workstation for row in here if row.operator == one.name],
            }
            for one in accounts.operators(ledger.connection)
        ]

    return job


def change(arguments: Arguments, context: Context) -> Job:
    """`operator change`: another role, another password (``invent`` makes one), or both."""
    name = arguments.needed_word("name").lower()
    role = arguments.choice("role", ROLES) if arguments.word("role") else None
    given = arguments.password("password", least=PASSWORD_LEAST)
    invent = given is None and arguments.flag("invent")
    invented = passwords.invented_password(context.randomness) if invent else None
    proof = _proof(given or invented or "", context) if given or invent else None
    if role is None and proof is None:
        raise bad_value("nothing would change: give a role or a password")

    def job(ledger: Ledger) -> Result:
        before = _known(ledger, name)
        after = evolve(before, role=role or before.role)
        if proof is not None:
            after = evolve(after, salt=proof[0], digest=proof[1])
        accounts.put_operator(ledger.connection, after, context.time())
        facts = {"role": after.role, "new_password": proof is not None}
        context.tell(ledger, "operator_changed", operator=name, **facts)
        return {"name": name, "role": after.role, "password": invented}

    return job


def remove(arguments: Arguments, context: Context) -> Job:
    """`operator remove`: he can sign on no more, and is signed off wherever he is."""
    name = arguments.needed_word("name").lower()

    def job(ledger: Ledger) -> Result:
        operator = _known(ledger, name)
        here = [one for one in shifts.sessions(ledger.connection) if one.operator == name]
        stamp = Stamp(now=context.now(), node=context.node)
        end(ledger, here, "removed", stamp, context.randomness)
        accounts.retire_operator(ledger.connection, name, context.time())
        context.tell(ledger, "operator_removed", operator=name, role=operator.role)
        return {"name": name, "workstations": [one.workstation for one in here]}

    return job


def _proof(password: str, context: Context) -> tuple[bytes, bytes]:
    """Salt and digest of a password; takes tens of milliseconds."""
    salt = context.randomness(passwords.SALT_BYTES)
    return salt, passwords.operator_digest(salt, password)


def _known(ledger: Ledger, name: str) -> Operator:
    operator = accounts.operator(ledger.connection, name)
    if operator is None:
        raise Refused(
            Cause.NOT_FOUND, f"there is no operator {name}: `alarmgw operator list` shows all"
        )
    return operator
