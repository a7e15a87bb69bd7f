"""Administration: the commands that change who is known, and those that list them.

A command has two halves.  `prepared` checks its arguments and does what takes
time (an operator's scrypt) wherever it is called; the job that it answers runs
inside the journal's writer, changes the records and appends a `config` entry
in the same transaction.  The result is what the CLI prints: an invented
password stands in it, once, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs
from attrs import frozen

from alarmgw.arguments import Arguments, bad_value
from alarmgw.entries import config_entry, record
from alarmgw.errors import Cause, Refused
from alarmgw.model import Now, Randomness, Source, normal_address, utc_text
from alarmgw.store import accounts, passwords
from alarmgw.store.accounts import Operator, Site, Workstation
from alarmgw.store.journal import Ledger

Result = dict[str, object]
Job = Callable[[Ledger], "Result | list[Result]"]

#: The first one is what an operator is unless something else was said.
ROLES = ("operator", "shift_leader")

OPERATOR_PASSWORD_LEAST = 8


@frozen(kw_only=True)
class Context:
    """Where a command is carried out: what it needs besides its arguments."""

    now: Now
    node: str
    randomness: Randomness

    def time(self) -> str:
        """The time as records keep it."""
        return utc_text(self.now())

    def tell(self, ledger: Ledger, event: str, **facts: object) -> None:
        """Append the `config` entry of a change.  Never give it a password."""
        entry = config_entry(time=self.now(), node=self.node, event=event, **facts)
        ledger.append(record(entry, self.randomness))


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


def _source_add(arguments: Arguments, context: Context) -> Job:
    login = arguments.word("login")
    source = Source(
        address=arguments.address("address"),
        name=arguments.word("name"),
        site=arguments.word("site"),
        login=normal_address(login) if login else None,
    )
    password = arguments.password("password")
    if password is not None and source.login is None:
        raise bad_value("a password needs a login: give --login as well")

    def job(ledger: Ledger) -> Result:
        _refuse_known_source(ledger, source.address)
        brought_back = accounts.is_retired(ledger.connection, source.address)
        site_made = _make_site(ledger, source.site, context)
        login_made, invented = _join_login(ledger, source.login, password, context)
        accounts.put_source(ledger.connection, source, context.time())
        made = {"site_made": site_made, "login_made": login_made, "brought_back": brought_back}
        facts = _source_facts(source)
        context.tell(ledger, "source_added", **_told(facts), **made)
        return {**facts, **made, "password": invented}

    return job


def _refuse_known_source(ledger: Ledger, address: str) -> None:
    if accounts.source(ledger.connection, address) is not None:
        raise bad_value(
            f"{address} is a source already: see `alarmgw source show {address}`,"
            " or remove it first"
        )


def _make_site(ledger: Ledger, number: str | None, context: Context) -> bool:
    """Make the site when it is new; whether it was."""
    if number is None or accounts.has_site(ledger.connection, number):
        return False
    _add_site(ledger, Site(number=number), context)
    return True


def _add_site(ledger: Ledger, site: Site, context: Context) -> None:
    accounts.add_site(ledger.connection, site, context.time())
    facts = attrs.asdict(site)
    context.tell(ledger, "site_added", site=facts.pop("number"), **facts)


def _join_login(
    ledger: Ledger, name: str | None, password: str | None, context: Context
) -> tuple[bool, str | None]:
    """Make the login when it is new; whether it was, and its password if that was invented."""
    if name is None:
        return False, None
    if accounts.login(ledger.connection, name) is not None:
        if password is not None:
            raise bad_value(
                f"the login {name} exists and keeps its password: leave the password out"
                " to join it, or choose another login"
            )
        return False, None
    invented = passwords.invented_password(context.randomness) if password is None else None
    login = passwords.new_login(name, password or invented or "", context.randomness)
    accounts.add_login(ledger.connection, login, context.time())
    return True, invented


def _source_list(arguments: Arguments, context: Context) -> Job:
    return lambda ledger: [_source_facts(row) for row in accounts.sources(ledger.connection)]


def _source_show(arguments: Arguments, context: Context) -> Job:
    address = arguments.address("address")
    return lambda ledger: _source_facts(_known_source(ledger, address))


def _source_remove(arguments: Arguments, context: Context) -> Job:
    address = arguments.address("address")

    def job(ledger: Ledger) -> Result:
        source = _known_source(ledger, address)
        accounts.retire_source(ledger.connection, address, context.time())
        login_removed = source.login is not None and accounts.remove_unused_login(
            ledger.connection, source.login
        )
        facts = {**_source_facts(source), "login_removed": login_removed}
        context.tell(ledger, "source_removed", **_told(facts))
        return facts

    return job


def _known_source(ledger: Ledger, address: str) -> Source:
    source = accounts.source(ledger.connection, address)
    if source is None:
        raise Refused(
            Cause.NOT_FOUND, f"{address} is no source: `alarmgw source list` shows all of them"
        )
    return source


def _source_facts(source: Source) -> Result:
    return {
        "address": source.address,
        "name": source.name,
        "site": source.site,
        "tenant": source.tenant,
        "login": source.login,
        "networks": [str(network) for network in source.networks],
    }


def _told(facts: Result) -> Result:
    """A source's facts as entries name them: its address is ``source``, as in an alarm."""
    return {"source": facts["address"], **{k: v for k, v in facts.items() if k != "address"}}


def _site_add(arguments: Arguments, context: Context) -> Job:
    site = Site(
        number=arguments.needed_word("number"),
        name=arguments.word("name"),
        tenant=arguments.word("tenant"),
        address=arguments.word("address"),
        time_zone=arguments.time_zone("time_zone"),
    )

    def job(ledger: Ledger) -> Result:
        if accounts.has_site(ledger.connection, site.number):
            raise bad_value(f"there is a site {site.number} already: choose another number")
        _add_site(ledger, site, context)
        return attrs.asdict(site)

    return job


def _site_list(arguments: Arguments, context: Context) -> Job:
    return lambda ledger: [attrs.asdict(site) for site in accounts.sites(ledger.connection)]


def _operator_add(arguments: Arguments, context: Context) -> Job:
    name = arguments.needed_word("name").lower()
    role = arguments.choice("role", ROLES)
    given = arguments.password("password", least=OPERATOR_PASSWORD_LEAST)
    invented = passwords.invented_password(context.randomness) if given is None else None
    salt = context.randomness(passwords.SALT_BYTES)
    digest = passwords.operator_digest(salt, given or invented or "")

    def job(ledger: Ledger) -> Result:
        if accounts.operator(ledger.connection, name) is not None:
            raise bad_value(f"there is an operator {name} already: choose another name")
        operator = Operator(name=name, role=role, salt=salt, digest=digest)
        accounts.add_operator(ledger.connection, operator, context.time())
        context.tell(ledger, "operator_added", operator=name, role=role)
        return {"name": name, "role": role, "password": invented}

    return job


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
        context.tell(ledger, "workstation_revoked", workstation=name, fingerprint=revoked[0])
        return {"name": name, "fingerprint": revoked[0]}

    return job


#: Each command with the arguments that it knows.
COMMANDS: Mapping[str, tuple[tuple[str, ...], Callable[[Arguments, Context], Job]]] = {
    "source add": (("address", "name", "site", "login", "password"), _source_add),
    "source list": ((), _source_list),
    "source show": (("address",), _source_show),
    "source remove": (("address",), _source_remove),
    "site add": (("number", "name", "tenant", "address", "time_zone"), _site_add),
    "site list": ((), _site_list),
    "operator add": (("name", "password", "role"), _operator_add),
    "workstation add": (("name", "fingerprint"), _workstation_add),
    "workstation revoke": (("name",), _workstation_revoke),
}
