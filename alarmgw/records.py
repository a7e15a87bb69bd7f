"""Records of sources, sites and customers: added, changed and listed, by the fields they have.

What a spreadsheet brings and what a person types is kept by the same
functions: `faults` says what is wrong with a record among the others, `keep`
makes or changes it and tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import attrs
from attrs import frozen

from alarmgw.arguments import Arguments, bad_value
from alarmgw.commands import Context, Job, Result
from alarmgw.errors import Cause, Refused
from alarmgw.fields import FIELDS, key_of
from alarmgw.model import Source
from alarmgw.sourcebook import (
    ALIAS_TAKEN,
    RETIRED,
    SITE_RETIRED,
    join_login,
    make_site,
    new_source,
    tell_change,
)
from alarmgw.store import accounts, sites, textkeys
from alarmgw.store.journal import Ledger
from alarmgw.store.sites import Customer, Site

#: Its history would be taken for the new one's.
NUMBER_RETIRED = (
    "{kind} {number} was removed and its history is kept: choose another number,"
    " or say --bring-back if it is the same {kind} again"
)

#: A guess may be wrong, so that such a network chooses nobody.
NETWORK_SHARED = (
    "{network} is a network of {other}, too, and chooses neither of them:"
    " their mails need a recipient, login or sender of their own"
)

Prepare = Callable[[Arguments, Context], Job]


@frozen
class _Book:
    """How the records of one kind are made, read and written."""

    make: Callable[..., Any]
    listed: Callable[[Any], list[Any]]
    put: Callable[[Any, Any, str], None]


BOOKS: Mapping[str, _Book] = {
    "source": _Book(Source, accounts.sources, accounts.put_source),
    "site": _Book(Site, sites.sites, sites.put_site),
    "customer": _Book(Customer, sites.customers, sites.put_customer),
}


def facts(record: Any) -> Result:
    """A record as results and entries have it."""
    shown: Result = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in attrs.asdict(record).items()
    }
    if isinstance(record, Source):
        shown["networks"] = [str(network) for network in record.networks]
    return shown


def values(kind: str, arguments: Arguments, names: Collection[str]) -> dict[str, Any]:
    """What the arguments say of these fields.  Raises `Refused`."""
    fields = FIELDS[kind]
    return {name: fields[name].read(arguments, name) for name in names}


def existing(ledger: Ledger, kind: str) -> dict[str, Any]:
    """Every record of this kind that is in use, by its key."""
    key = key_of(kind)
    return {getattr(one, key): one for one in BOOKS[kind].listed(ledger.connection)}


def adding(kind: str) -> Prepare:
    """The command that adds a site or customer."""

    def prepare(arguments: Arguments, context: Context) -> Job:
        record = BOOKS[kind].make(**values(kind, arguments, FIELDS[kind]))
        bring_back = arguments.flag("bring_back")

        def job(ledger: Ledger) -> Result:
            if record.number in existing(ledger, kind):
                raise bad_value(
                    f"there is a {kind} {record.number} already: choose another number,"
                    f" or see `alarmgw {kind} change`"
                )
            _refuse(faults(ledger, kind, None, record, None, bring_back=bring_back))
            keep(ledger, kind, None, record, None, context)
            return facts(record)

        return job

    return prepare


def changing(kind: str) -> Prepare:
    """The command that changes the fields which are given, and no others."""

    def prepare(arguments: Arguments, context: Context) -> Job:
        key = key_of(kind)
        given = values(kind, arguments, {key: None, **dict.fromkeys(arguments.given)})

        def job(ledger: Ledger) -> Result:
            before = existing(ledger, kind).get(given[key])
            if before is None:
                raise Refused(
                    Cause.NOT_FOUND,
                    f"there is no {kind} {given[key]}: `alarmgw {kind} list` shows all",
                )
            after = attrs.evolve(before, **given)
            _refuse(faults(ledger, kind, before, after, None))
            invented = keep(ledger, kind, before, after, None, context)
            told = [hint for _, hint in hints(ledger, kind, before, after)]
            return {**facts(after), "password": invented, "hints": told}

        return job

    return prepare


def listing(kind: str) -> Prepare:
    """The command that lists all records of a kind."""
    return lambda arguments, context: (
        lambda ledger: [facts(one) for one in BOOKS[kind].listed(ledger.connection)]
    )


def _refuse(found: Iterator[tuple[str, str]]) -> None:
    for _, reason in found:
        raise bad_value(reason)


def faults(
    ledger: Ledger,
    kind: str,
    before: Any,
    after: Any,
    password: str | None,
    *,
    bring_back: bool = False,
) -> Iterator[tuple[str, str]]:
    """What keeps this record from being kept as it is: the field, and a sentence."""
    connection = ledger.connection
    if kind == "source":
        yield from _faults_of_source(ledger, before, after, password, bring_back)
        return
    if before is None and not bring_back and _RETIRED[kind](connection, after.number):
        yield "number", NUMBER_RETIRED.format(kind=kind, number=after.number)
    customer = after.customer if kind == "site" else None
    if customer and not sites.has_customer(connection, customer):
        yield "customer", f"there is no customer {customer}: add it first"


def _faults_of_source(
    ledger: Ledger, before: Source | None, after: Source, password: str | None, bring_back: bool
) -> Iterator[tuple[str, str]]:
    connection = ledger.connection
    if after.site is not None and sites.is_retired_site(connection, after.site):
        yield "site", SITE_RETIRED.format(number=after.site)
    if before is None and not bring_back and accounts.is_retired(connection, after.address):
        yield "address", RETIRED.format(address=after.address)
    yield from _faults_of_names(ledger, after)
    yield from _faults_of_keys(ledger, after)
    if password is not None and after.login is None:
        yield "password", "a password needs a login"
    elif password is not None and accounts.login(connection, str(after.login)) is not None:
        yield "password", f"the login {after.login} exists and keeps its password: leave it out"


def _faults_of_names(ledger: Ledger, after: Source) -> Iterator[tuple[str, str]]:
    """An address names one source; what two have would silently be one's."""
    owner = accounts.alias_owner(ledger.connection, after.address)
    if owner not in (None, after.address):
        yield "address", ALIAS_TAKEN.format(address=after.address, owner=owner)
    for alias in after.aliases:
        owner = accounts.alias_owner(ledger.connection, alias)
        if owner not in (None, after.address):
            yield "aliases", f"{alias} is an alias of {owner} already"
        elif alias != after.address and accounts.is_source(ledger.connection, alias):
            yield "aliases", f"{alias} is a source itself: its mails stay its own, leave it out"


def hints(ledger: Ledger, kind: str, before: Any, after: Any) -> Iterator[tuple[str, str]]:
    """What is allowed, but hardly meant: the field, and a sentence.

    Cameras behind one router are listed with its address, and are told apart otherwise.
    """
    if kind != "source":
        return
    known = before.networks if before is not None else ()
    for network in after.networks:
        other = accounts.network_sharer(ledger.connection, str(network), after)
        if other is not None and network not in known:
            yield "networks", NETWORK_SHARED.format(network=network, other=other)


def free_names(ledger: Ledger, before: Any, after: Any) -> None:
    """Forget the names of a source that will have others, before any of several is kept.

    So two cameras of a recorder may change places.  The source has to be kept afterwards.
    """
    if isinstance(before, Source) and _names(before) != _names(after):
        accounts.forget_names(ledger.connection, before.address)


def _names(source: Source) -> tuple[object, ...]:
    return source.login, source.aliases, source.keys


_RETIRED = {"site": sites.is_retired_site, "customer": sites.is_retired_customer}


def _faults_of_keys(ledger: Ledger, after: Source) -> Iterator[tuple[str, str]]:
    if after.keys and after.login is None:
        yield "keys", "keys choose among the sources of one login: give it the recorder's login"
        return
    for key in after.keys:
        owner = textkeys.key_owner(ledger.connection, str(after.login), key)
        if owner not in (None, after.address):
            yield "keys", f"{key} is a key of {owner} already, which has the same login"


def keep(
    ledger: Ledger, kind: str, before: Any, after: Any, password: str | None, context: Context
) -> str | None:
    """Make or change a record without `faults`, and tell it; a new login's invented password.

    A retired one is in use again.
    """
    if kind == "source":
        return _keep_source(ledger, before, after, password, context)
    book, told = BOOKS[kind], facts(after)
    old = facts(before) if before is not None else None
    changed = {name: value for name, value in told.items() if old is None or value != old[name]}
    if not changed:
        return None
    book.put(ledger.connection, after, context.time())
    number = {kind: after.number}
    if old is None:
        told.pop("number")
        context.tell(ledger, EVENTS[kind][0], **number, **told)
    else:
        was = {name: old[name] for name in changed}
        context.tell(ledger, EVENTS[kind][1], **number, now=changed, was=was)
    return None


#: What is told of a new record, of a changed one, and of one that is removed.
EVENTS = {
    "site": ("site_added", "site_changed", "site_removed"),
    "customer": ("customer_added", "customer_changed", "customer_removed"),
}


def _keep_source(
    ledger: Ledger, before: Source | None, after: Source, password: str | None, context: Context
) -> str | None:
    if before is None:
        made = new_source(ledger, after, password, context, bring_back=True)
        return str(made["password"]) if made["password"] else None
    make_site(ledger, after.site, context)
    invented = None
    if after.login != before.login:
        _, invented = join_login(ledger, after.login, password, context)
    tell_change(ledger, before, after, context)
    if before.login is not None and after.login != before.login:
        accounts.remove_unused_login(ledger.connection, before.login)
    return invented
