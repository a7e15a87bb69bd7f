"""The records of sites and of the customers who pay for them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

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
    """Make or change a customer; a new tenant is made on the way."""
    if customer.tenant is not None:
        connection.execute(
            "INSERT OR IGNORE INTO tenants (name, created) VALUES (?, ?)",
            (customer.tenant, created),
        )
    _put(connection, "customers", _CUSTOMER, customer, created)


def has_customer(connection: sqlite3.Connection, number: str) -> bool:
    """Whether there is a customer of this number."""
    row = connection.execute("SELECT 1 FROM customers WHERE number = ?", (number,)).fetchone()
    return row is not None


def sites(connection: sqlite3.Connection) -> list[Site]:
    """Every site that is in use, by number."""
    contacts = defaultdict(list)
    for site, name, phone in connection.execute(
        "SELECT site, name, phone FROM site_contacts ORDER BY site, place"
    ):
        contacts[site].append(Contact(name=name, phone=phone))
    rows = connection.execute(
        f"SELECT {', '.join(_SITE)} FROM sites WHERE retired IS NULL ORDER BY number"
    )
    texts = OF_SITES.all(connection)
    return [
        Site(
            **dict(zip(_SITE, row, strict=True)),
            contacts=tuple(contacts.get(row[0], ())),
            action_texts=tuple(texts.get(row[0], ())),
        )
        for row in rows
    ]


def has_site(connection: sqlite3.Connection, number: str) -> bool:
    """Whether there is a site of this number."""
    row = connection.execute("SELECT 1 FROM sites WHERE number = ?", (number,)).fetchone()
    return row is not None


def add_site(connection: sqlite3.Connection, site: Site, created: str) -> None:
    """Make a site.  A number that was ever used is refused by the database."""
    connection.execute("INSERT INTO sites (number, created) VALUES (?, ?)", (site.number, created))
    put_site(connection, site, created)


def put_site(connection: sqlite3.Connection, site: Site, created: str) -> None:
    """Make or change a site."""
    _put(connection, "sites", _SITE, site, created)
    connection.execute("DELETE FROM site_contacts WHERE site = ?", (site.number,))
    connection.executemany(
        "INSERT INTO site_contacts (site, place, name, phone) VALUES (?, ?, ?, ?)",
        [(site.number, place, one.name, one.phone) for place, one in enumerate(site.contacts, 1)],
    )
    OF_SITES.put(connection, site.number, site.action_texts)


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
        f" VALUES ({'?, ' * len(columns)}?) ON CONFLICT (number) DO UPDATE SET {kept}",
        (*(getattr(record, name) for name in columns), created),
    )
