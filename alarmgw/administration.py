"""Administration: the commands that change who is known, and those that list them.

A command has two halves.  `prepared` checks its arguments and does what takes
time (an operator's scrypt) wherever it is called; the job that it answers runs
inside the journal's writer, changes the records and appends a `config` entry
in the same transaction.  The result is what the CLI prints: an invented
password stands in it, once, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alarmgw import adoption, operators, records, retiring, rulebook, sourcebook
from alarmgw.arguments import Arguments, bad_value
from alarmgw.commands import Context, Job, Result
from alarmgw.errors import Cause, Refused
from alarmgw.fields import FIELDS
from alarmgw.leaving import end
from alarmgw.store import accounts, shifts
from alarmgw.store.accounts import Workstation
from alarmgw.store.journal import Ledger
from alarmgw.workflow_entries import Stamp


def prepared(command: str, given: Mapping[str, object], context: Context) -> Job:
    """The job that carries out ``command``.  Raises `Refused` for what it cannot mean.

    May take tens of milliseconds: call it in a pool thread, not in the journal's writer.
    """
    if command not in COMMANDS:
        raise Refused(Cause.NOT_FOUND, f"there is no command {command!r}")
    known, prepare = COMMANDS[command]
    return prepare(Arguments(command, given, known), context)


def perform(
    ledger: Ledger, command: str, given: Mapping[str, object], context: Context
) -> Result | list[Result]:
    """Carry out ``command`` at once, inside the writer's transaction.  Raises `Refused`."""
    return prepared(command, given, context)(ledger)


def _workstation_add(arguments: Arguments, context: Context) -> Job:
    name, fingerprint = arguments.needed_word("name"), arguments.fingerprint("fingerprint")

    def job(ledger: Ledger) -> Result:
        known = accounts.workstations(ledger.connection)
        if any(row.name == name and row.revoked is None for row in known):
            raise bad_value(
                f"there is a workstation {name} already: choose another name, or revoke it"
                f" first with `alarmgw workstation revoke {name}`"
            )
        if any(row.fingerprint == fingerprint for row in known):
            raise bad_value("this certificate is a workstation's already: make a new one")
        workstation = Workstation(name=name, fingerprint=fingerprint, added=context.time())
        accounts.add_workstation(ledger.connection, workstation)
        context.tell(ledger, "workstation_added", workstation=name, fingerprint=fingerprint)
        return {"name": name, "fingerprint": fingerprint}

    return job


def _workstation_revoke(arguments: Arguments, context: Context) -> Job:
    name = arguments.needed_word("name")

    def job(ledger: Ledger) -> Result:
        revoked = accounts.revoke_workstation(ledger.connection, name, context.time())
        if not revoked:
            raise Refused(Cause.NOT_FOUND, f"there is no workstation {name} that may log in")
        here = [one for one in shifts.sessions(ledger.connection) if one.fingerprint in revoked]
        stamp = Stamp(now=context.now(), node=context.node)
        end(ledger, here, "revoked", stamp, context.randomness)
        context.tell(ledger, "workstation_revoked", workstation=name, fingerprint=revoked[0])
        return {"name": name, "fingerprint": revoked[0]}

    return job


#: Each command with the arguments that it knows.
COMMANDS: Mapping[str, tuple[tuple[str, ...], Callable[[Arguments, Context], Job]]] = {
    "source add": (
        ("address", "name", "site", "login", "password", "bring_back"),
        sourcebook.add,
    ),
    "source adopt": (
        ("wanted", "peer", "address", "name", "site", "known_site", "login", "password"),
        adoption.adopt,
    ),
    "source list": ((), sourcebook.list_),
    "source show": (("address",), sourcebook.show),
    "source remove": (("address",), sourcebook.remove),
    "source change": (tuple(FIELDS["source"]), records.changing("source")),
    "source disable": (("address",), sourcebook.disable),
    "source enable": (("address",), sourcebook.enable),
    "source certify": (("address", "fingerprint"), sourcebook.certify),
    "site add": ((*FIELDS["site"], "bring_back"), records.adding("site")),
    "site change": (tuple(FIELDS["site"]), records.changing("site")),
    "site list": ((), records.listing("site")),
    "site remove": (("number",), retiring.removing("site")),
    "customer add": ((*FIELDS["customer"], "bring_back"), records.adding("customer")),
    "customer change": (tuple(FIELDS["customer"]), records.changing("customer")),
    "customer list": ((), records.listing("customer")),
    "customer remove": (("number",), retiring.removing("customer")),
    "rule add": (rulebook.ARGUMENTS, rulebook.add),
    "rule change": (rulebook.ARGUMENTS, rulebook.change),
    "rule list": ((), rulebook.list_),
    "rule enable": (("name",), rulebook.enable),
    "rule disable": (("name",), rulebook.disable),
    "rule remove": (("name",), rulebook.remove),
    "operator add": (("name", "password", "role"), operators.add),
    "operator list": ((), operators.list_),
    "operator change": (("name", "password", "role", "invent"), operators.change),
    "operator remove": (("name",), operators.remove),
    "workstation add": (("name", "fingerprint"), _workstation_add),
    "workstation revoke": (("name",), _workstation_revoke),
}
