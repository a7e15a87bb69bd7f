"""The book of sources: the commands that add, change, show and retire them."""

from __future__ import annotations

import attrs

from alarmgw.arguments import Arguments, bad_value
from alarmgw.commands import Context, Job, Result
from alarmgw.errors import Cause, Refused
from alarmgw.model import Source, normal_address
from alarmgw.store import accounts, passwords, sites
from alarmgw.store.journal import Ledger
from alarmgw.store.sites import Site

#: Its history would be taken for the new one's.
RETIRED = (
    "{address} was another source's and its history is kept: choose another address,"
    " or `alarmgw source add {address} --bring-back` if it is the same device again"
)

#: By its address it would get the mails that the alias was made for, or the other way round.
ALIAS_TAKEN = (
    "{address} is an alias of {owner}: choose another address,"
    " or leave it out of the --aliases of {owner} first"
)

SITE_RETIRED = (
    "site {number} was removed and its history is kept: choose another number, or bring it back"
    " with `alarmgw site add {number} --bring-back`"
)


def add(arguments: Arguments, context: Context) -> Job:
    """`source add`: a new source, its site and its login on the way."""
    source, password = given_source(arguments, "address")
    bring_back = arguments.flag("bring_back")

    def job(ledger: Ledger) -> Result:
        _refuse_known_source(ledger, source.address)
        return new_source(ledger, source, password, context, bring_back=bring_back)

    return job


def given_source(arguments: Arguments, key: str) -> tuple[Source, str | None]:
    """A new source as the arguments describe it (``key`` is its address), and its password."""
    login = arguments.word("login")
    source = Source(
        address=arguments.address(key),
        name=arguments.word("name"),
        site=arguments.word("site"),
        login=normal_address(login) if login else None,
    )
    password = arguments.password("password")
    if password is not None and source.login is None:
        raise bad_value("a password needs a login: give --login as well")
    return source, password


def new_source(
    ledger: Ledger,
    source: Source,
    password: str | None,
    context: Context,
    *,
    bring_back: bool = False,
) -> Result:
    """Make a source, its site and its login on the way.  A retired one only with `bring_back`.

    Raises `Refused`.
    """
    retired = accounts.is_retired(ledger.connection, source.address)
    if retired and not bring_back:
        raise bad_value(RETIRED.format(address=source.address), "source_retired")
    owner = accounts.alias_owner(ledger.connection, source.address)
    if owner not in (None, source.address):
        raise bad_value(ALIAS_TAKEN.format(address=source.address, owner=owner), "alias_taken")
    site_made = make_site(ledger, source.site, context)
    login_made, invented = join_login(ledger, source.login, password, context)
    accounts.put_source(ledger.connection, source, context.time())
    made = {"site_made": site_made, "login_made": login_made, "brought_back": retired}
    facts = source_facts(source)
    context.tell(ledger, "source_added", **told(facts), **made)
    return {**facts, **made, "password": invented}


def _refuse_known_source(ledger: Ledger, address: str) -> None:
    if accounts.source(ledger.connection, address) is not None:
        raise bad_value(
            f"{address} is a source already: see `alarmgw source show {address}`,"
            " or remove it first"
        )


def disable(arguments: Arguments, context: Context) -> Job:
    """`source disable`: its mails are kept, and nobody is told of them."""
    return _switching(arguments, context, context.time())


def enable(arguments: Arguments, context: Context) -> Job:
    """`source enable`: its mails are alarms again."""
    return _switching(arguments, context, None)


def _switching(arguments: Arguments, context: Context, disabled: str | None) -> Job:
    address = arguments.address("address")

    def job(ledger: Ledger) -> Result:
        source = known_source(ledger, address)
        if (source.disabled is None) is (disabled is None):
            state = "in use" if disabled is None else f"disabled since {source.disabled}"
            raise bad_value(f"{address} is {state} already")
        changed = attrs.evolve(source, disabled=disabled)
        tell_change(ledger, source, changed, context)
        return source_facts(changed)

    return job


def certify(arguments: Arguments, context: Context) -> Job:
    """`source certify`: a client certificate that proves the source's login, as a password does."""
    address, fingerprint = arguments.address("address"), arguments.fingerprint("fingerprint")

    def job(ledger: Ledger) -> Result:
        source = known_source(ledger, address)
        if source.login is None:
            raise bad_value(
                f"{address} has no login that a certificate could prove: give it one with"
                f" `alarmgw source change {address} --login NAME`"
            )
        accounts.add_certificate(ledger.connection, fingerprint, source.login)
        context.tell(
            ledger, "source_certified", source=address, login=source.login, fingerprint=fingerprint
        )
        return {"address": address, "login": source.login, "fingerprint": fingerprint}

    return job


def make_site(ledger: Ledger, number: str | None, context: Context) -> bool:
    """Make the site when it is new; whether it was.  Raises `Refused` if it was removed."""
    if number is None or sites.has_site(ledger.connection, number):
        return False
    if sites.is_retired_site(ledger.connection, number):
        raise bad_value(SITE_RETIRED.format(number=number), "site_retired")
    add_site(ledger, Site(number=number), context)
    return True


def add_site(ledger: Ledger, site: Site, context: Context) -> None:
    """Make a site, and tell it."""
    sites.add_site(ledger.connection, site, context.time())
    facts = attrs.asdict(site)
    context.tell(ledger, "site_added", site=facts.pop("number"), **facts)


def join_login(
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


def list_(arguments: Arguments, context: Context) -> Job:
    """`source list`: every source that is in use."""
    return lambda ledger: [source_facts(row) for row in accounts.sources(ledger.connection)]


def show(arguments: Arguments, context: Context) -> Job:
    """`source show`: one source."""
    address = arguments.address("address")
    return lambda ledger: source_facts(known_source(ledger, address))


def remove(arguments: Arguments, context: Context) -> Job:
    """`source remove`: nobody's mail from now on; its record stays."""
    address = arguments.address("address")

    def job(ledger: Ledger) -> Result:
        source = known_source(ledger, address)
        accounts.retire_source(ledger.connection, address, context.time())
        login_removed = source.login is not None and accounts.remove_unused_login(
            ledger.connection, source.login
        )
        facts = {**source_facts(source), "login_removed": login_removed}
        context.tell(ledger, "source_removed", **told(facts))
        return facts

    return job


def known_source(ledger: Ledger, address: str) -> Source:
    """The source in use with this address.  Raises `Refused`."""
    source = accounts.source(ledger.connection, address)
    if source is None:
        raise Refused(
            Cause.NOT_FOUND, f"{address} is no source: `alarmgw source list` shows all of them"
        )
    return source


def source_facts(source: Source) -> Result:
    """A source as results have it."""
    return {
        **attrs.asdict(source),
        "networks": [str(network) for network in source.networks],
        "aliases": list(source.aliases),
        "keys": list(source.keys),
        "action_texts": [attrs.asdict(text) for text in source.action_texts],
    }


def told(facts: Result) -> Result:
    """A source's facts as entries name them: its address is ``source``, as in an alarm."""
    return {"source": facts["address"], **{k: v for k, v in facts.items() if k != "address"}}


def tell_change(ledger: Ledger, before: Source, after: Source, context: Context) -> Result:
    """Keep a changed source and tell what is different; nothing where nothing is."""
    old, new = source_facts(before), source_facts(after)
    changed = {key: value for key, value in new.items() if value != old[key]}
    if changed:
        if "tenant" not in changed:
            # What a source shows may be its site's, and shall go on following that.
            own = accounts.own_tenant(ledger.connection, after.address)
            after = attrs.evolve(after, tenant=own)
        accounts.put_source(ledger.connection, after, context.time())
        was = {key: old[key] for key in changed}
        context.tell(ledger, "source_changed", source=after.address, now=changed, was=was)
    return changed
