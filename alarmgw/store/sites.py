"""The records of sites and of the customers who pay for them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from alarmgw.model import ActionText, Contact
from alarmgw.store.actiontexts import OF_SITES


@frozen(kw_only=True)
class Customer:
    """Who pays for sites (Kunde), known by a number."""

    number: str
    name: str | None = None
    tenant: str | None = None
    address: str | None = None
    notes: str | None = None


@frozen(kw_only=True)
class Site:
    """A guarded place (Objekt), known by its number; its contacts in calling order."""

    number: str
    name: str | None = None
    tenant: str | None = None
    customer: str | None = None
    address: str | None = None
    time_zone: str | None = None
    contacts: tuple[Contact, ...] = ()
    action_text: str | None = None
    action_texts: tuple[ActionText, ...] = ()
    notes: str | None = None


_CUSTOMER = ("number", "name", "tenant", "address", "notes")
_SITE = (
    "number",
    "name",
    "tenant",
    "customer",
    "address",
    "time_zone",
    "action_text",
    "notes",
)


def customers(connection: sqlite3.Connection) -> list[Customer]:
    """Every customer that is in use, by number."""
    rows = connection.execute(
        f"SELECT {', '.join(_CUSTOMER)} FROM customers WHERE retired IS NULL ORDER BY number"
    )
    return [Customer(**dict(zip(_CUSTOMER, row, strict=True))) for row in rows]


def put_customer(connection: sqlite3.Connection, customer: Customer, created: str) -> None:
    """Make or change a customer; one that was retired is in use again.

    A new tenant is made on the way.
    """
    if customer.tenant is not None:
        connection.execute(
            "INSERT OR IGNORE INTO tenants (name, created) VALUES (?, ?)",
            (customer.tenant, created),
        )
    _put(connection, "customers", _CUSTOMER, customer, created)


def has_customer(connection: sqlite3.Connection, number: str) -> bool:
    """Whether there is a customer of this number, in use."""
    return _is_there(connection, "customers", number, "IS NULL")


def customer_name(connection: sqlite3.Connection, number: str) -> str | None:
    """What a customer is called."""
    row = connection.execute("SELECT name FROM customers WHERE number = ?", (number,)).fetchone()
    return row[0] if row else None


def is_retired_customer(connection: sqlite3.Connection, number: str) -> bool:
    """Whether the number was a customer's that has been removed."""
    return _is_there(connection, "customers", number, "IS NOT NULL")


def retire_customer(connection: sqlite3.Connection, number: str, retired: str) -> None:
    """Take a customer out of use; the record stays, because the journal names it."""
    connection.execute("UPDATE customers SET retired = ? WHERE number = ?", (retired, number))


def sites_of(connection: sqlite3.Connection, customer: str) -> list[str]:
    """The numbers of a customer's sites that are in use."""
    rows = connection.execute(
        "SELECT number FROM sites WHERE customer = ? AND retired IS NULL ORDER BY number",
        (customer,),
    )
    return [number for (number,) in rows]


def sites(connection: sqlite3.Connection) -> list[Site]:
    """Every site that is in use, by number."""
    contacts = defaultdict(list)
    for site, name, phone in connection.execute(
        "SELECT site, name, phone FROM site_contacts ORDER BY site, place"
    ):
        contacts[site].append(Contact(name=name, phone=phone))
    texts = OF_SITES.all(connection)
    rows = connection.execute(f"{_SITES} ORDER BY number")
    return [_site(row, contacts.get(row[0], ()), texts.get(row[0], ())) for row in rows]


def site(connection: sqlite3.Connection, number: str) -> Site | None:
    """The site of this number that is in use."""
    row = connection.execute(f"{_SITES} AND number = ?", (number,)).fetchone()
    if row is None:
        return None
    contacts = connection.execute(
        "SELECT name, phone FROM site_contacts WHERE site = ? ORDER BY place", (number,)
    ).fetchall()
    people = [Contact(name=name, phone=phone) for name, phone in contacts]
    return _site(row, people, OF_SITES.of(connection, number))


_SITES = f"SELECT {', '.join(_SITE)} FROM sites WHERE retired IS NULL"


def _site(row: Sequence[str], contacts: Iterable[Contact], texts: Iterable[ActionText]) -> Site:
    facts: dict[str, Any] = dict(zip(_SITE, row, strict=True))
    return Site(**facts, contacts=tuple(contacts), action_texts=tuple(texts))


def has_site(connection: sqlite3.Connection, number: str) -> bool:
    """Whether there is a site of this number, in use."""
    return _is_there(connection, "sites", number, "IS NULL")


def is_retired_site(connection: sqlite3.Connection, number: str) -> bool:
    """Whether the number was a site's that has been removed."""
    return _is_there(connection, "sites", number, "IS NOT NULL")


def retire_site(connection: sqlite3.Connection, number: str, retired: str) -> None:
    """Take a site out of use; its record stays, because the journal names it."""
    connection.execute("UPDATE sites SET retired = ? WHERE number = ?", (retired, number))


def sources_of(connection: sqlite3.Connection, site: str) -> list[str]:
    """The addresses of a site's sources that are in use."""
    rows = connection.execute(
        "SELECT address FROM sources WHERE site = ? AND retired IS NULL ORDER BY address", (site,)
    )
    return [address for (address,) in rows]


def rules_of(connection: sqlite3.Connection, site: str) -> list[str]:
    """The names of own rules for this site."""
    rows = connection.execute("SELECT name FROM rules WHERE site = ? ORDER BY name", (site,))
    return [name for (name,) in rows]


def add_site(connection: sqlite3.Connection, site: Site, created: str) -> None:
    """Make a site.  A number that was ever used is refused by the database."""
    connection.execute("INSERT INTO sites (number, created) VALUES (?, ?)", (site.number, created))
    put_site(connection, site, created)


def put_site(connection: sqlite3.Connection, site: Site, created: str) -> None:
    """Make or change a site; one that was retired is in use again."""
    _put(connection, "sites", _SITE, site, created)
    connection.execute("DELETE FROM site_contacts WHERE site = ?", (site.number,))
    connection.executemany(
        "INSERT INTO site_contacts (site, place, name, phone) VALUES (?, ?, ?, ?)",
        [(site.number, place, one.name, one.phone) for place, one in enumerate(site.contacts, 1)],
    )
    OF_SITES.put(connection, site.number, site.action_texts)


def _is_there(connection: sqlite3.Connection, table: str, number: str, retired: str) -> bool:
    row = connection.execute(
        f"SELECT 1 FROM {table} WHERE number = ? AND retired {retired}", (number,)
    ).fetchone()
    return row is not None


def _put(
    connection: sqlite3.Connection,
    table: str,
    columns: tuple[str, ...],
    record: Customer | Site,
    created: str,
) -> None:
    kept = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}, created)"
        f" VALUES ({'?, ' * len(columns)}?) ON CONFLICT (number) DO UPDATE SET {kept},"
        " created = CASE WHEN retired IS NULL THEN created ELSE excluded.created END,"
        " retired = NULL",
        (*(getattr(record, name) for name in columns), created),
    )
