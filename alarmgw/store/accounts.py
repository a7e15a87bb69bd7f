"""Accounts: the records of sources, logins, operators and workstations.

Plain functions on the journal's database: those that change something take
the connection of a `Ledger`, the others any.  They keep records and know no
policy; what may be changed, and what is told about it, is `administration`'s.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from alarmgw.directory import Directory
from alarmgw.model import Login, Pace, Source, at_once
from alarmgw.store import textkeys
from alarmgw.store.actiontexts import OF_SOURCES
from alarmgw.store.rules import rules
from alarmgw.store.timezones import zones_of_sites


@frozen(kw_only=True)
class Operator:
    """A person (Bediener), known by name; of the password only scrypt's digest."""

    name: str
    role: str
    salt: bytes
    digest: bytes


@frozen(kw_only=True)
class Workstation:
    """A machine (Arbeitsplatz), known by its certificate's fingerprint."""

    name: str
    fingerprint: str
    added: str
    revoked: str | None = None


def directory(connection: sqlite3.Connection, pace: Pace = at_once) -> Directory:
    """All sources that are in use and what mails are matched with: logins, rules, zones …"""
    certificates = connection.execute("SELECT fingerprint, login FROM source_certificates")
    logins = connection.execute("SELECT name, salt, digest FROM logins")
    return Directory.of(
        sources(connection, pace),
        [Login(name=name, salt=salt, digest=digest) for name, salt, digest in pace(logins)],
        dict(certificates.fetchall()),
        rules(connection),
        zones_of_sites(connection),
        pace,
    )


#: A source's columns; each is a field of `Source` and, but for the tenant, kept as it is.
SOURCE_COLUMNS = (
    "address",
    "name",
    "site",
    "tenant",
    "login",
    "make",
    "pre_alarm_pictures",
    "routine_minutes",
    "late_pictures_seconds",
    "priority",
    "handling",
    "action_text",
    "notes",
    "disabled",
)

_COLUMNS = ", ".join(
    "coalesce(sources.tenant, sites.tenant)" if name == "tenant" else f"sources.{name}"
    for name in SOURCE_COLUMNS
)

_SOURCES = f"""
    SELECT {_COLUMNS} FROM sources LEFT JOIN sites ON sites.number = sources.site
    WHERE sources.retired IS NULL
"""

_NETWORKS = "SELECT address, network FROM source_networks"
_ALIASES = "SELECT address, alias FROM source_aliases"


def sources(connection: sqlite3.Connection, pace: Pace = at_once) -> list[Source]:
    """Every source that is in use, by address."""
    lists = {
        "networks": _gathered(pace(connection.execute(f"{_NETWORKS} ORDER BY rowid"))),
        "aliases": _gathered(pace(connection.execute(f"{_ALIASES} ORDER BY alias"))),
        "keys": textkeys.all_keys(connection),
        "action_texts": OF_SOURCES.all(connection),
    }
    rows = connection.execute(f"{_SOURCES} ORDER BY sources.address")
    return [
        _source(row, {name: found.get(row[0], ()) for name, found in lists.items()})
        for row in pace(rows)
    ]


def source(connection: sqlite3.Connection, address: str) -> Source | None:
    """The source in use with this address."""
    row = connection.execute(f"{_SOURCES} AND sources.address = ?", (address,)).fetchone()
    if row is None:
        return None
    one = " WHERE address = ? ORDER BY"
    networks = connection.execute(f"{_NETWORKS}{one} rowid", (address,)).fetchall()
    aliases = connection.execute(f"{_ALIASES}{one} alias", (address,)).fetchall()
    lists: Mapping[str, Sequence[Any]] = {
        "networks": [network for _, network in networks],
        "aliases": [alias for _, alias in aliases],
        "keys": textkeys.keys_of(connection, address),
        "action_texts": OF_SOURCES.of(connection, address),
    }
    return _source(row, lists)


def _gathered(rows: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    gathered = defaultdict(list)
    for address, value in rows:
        gathered[address].append(value)
    return gathered


def _source(row: Sequence[Any], lists: Mapping[str, Sequence[Any]]) -> Source:
    facts: dict[str, Any] = dict(zip(SOURCE_COLUMNS, row, strict=True))
    facts |= {name: tuple(values) for name, values in lists.items()}
    return Source(**facts)


def own_tenant(connection: sqlite3.Connection, address: str) -> str | None:
    """The tenant that a source has itself, not by its site."""
    row = connection.execute("SELECT tenant FROM sources WHERE address = ?", (address,)).fetchone()
    return row[0] if row else None


def alias_owner(connection: sqlite3.Connection, alias: str) -> str | None:
    """The address of the source that has this alias (in lower case)."""
    row = connection.execute(
        "SELECT address FROM source_aliases WHERE alias = ?", (alias,)
    ).fetchone()
    return row[0] if row else None


def is_source(connection: sqlite3.Connection, address: str) -> bool:
    """Whether a source in use has this address (in lower case)."""
    row = connection.execute(
        "SELECT 1 FROM sources WHERE address = ? AND retired IS NULL", (address,)
    ).fetchone()
    return row is not None


def network_sharer(connection: sqlite3.Connection, network: str, source: Source) -> str | None:
    """Another source that has this network and is not of the same recorder as ``source``."""
    row = connection.execute(
        "SELECT address FROM source_networks JOIN sources USING (address)"
        " WHERE network = ? AND address != ? AND (login IS NULL OR login IS NOT ?) LIMIT 1",
        (network, source.address, source.login),
    ).fetchone()
    return row[0] if row else None


def is_retired(connection: sqlite3.Connection, address: str) -> bool:
    """Whether the address was a source's that has been removed."""
    row = connection.execute(
        "SELECT 1 FROM sources WHERE address = ? AND retired IS NOT NULL", (address,)
    ).fetchone()
    return row is not None


def put_source(connection: sqlite3.Connection, source: Source, created: str) -> None:
    """Make or change a source; one that was retired is in use again, all of it as given.

    A source that is in use keeps the time at which it was made.
    """
    columns = ", ".join(SOURCE_COLUMNS)
    kept = ", ".join(f"{name} = excluded.{name}" for name in SOURCE_COLUMNS[1:])
    connection.execute(
        f"INSERT INTO sources ({columns}, created) VALUES ({'?, ' * len(SOURCE_COLUMNS)}?)"
        f" ON CONFLICT (address) DO UPDATE SET {kept}, retired = NULL,"
        " created = CASE WHEN retired IS NULL THEN created ELSE excluded.created END",
        (*(getattr(source, name) for name in SOURCE_COLUMNS), created),
    )
    forget_names(connection, source.address)
    connection.executemany(
        "INSERT INTO source_networks (network, address) VALUES (?, ?)",
        [(str(network), source.address) for network in source.networks],
    )
    connection.executemany(
        "INSERT INTO source_aliases (alias, address) VALUES (?, ?)",
        [(alias, source.address) for alias in source.aliases],
    )
    textkeys.put_keys(connection, source)
    OF_SOURCES.put(connection, source.address, source.action_texts)


def forget_names(connection: sqlite3.Connection, address: str) -> None:
    """A source has no networks, aliases and keys any more."""
    connection.execute("DELETE FROM source_networks WHERE address = ?", (address,))
    connection.execute("DELETE FROM source_aliases WHERE address = ?", (address,))
    textkeys.forget_keys(connection, address)


def retire_source(connection: sqlite3.Connection, address: str, retired: str) -> None:
    """Take a source out of use; its record stays, because the journal names it."""
    forget_names(connection, address)
    connection.execute(
        "UPDATE sources SET retired = ?, login = NULL WHERE address = ?", (retired, address)
    )


def login(connection: sqlite3.Connection, name: str) -> Login | None:
    """The login of this name (in lower case)."""
    row = connection.execute(
        "SELECT name, salt, digest FROM logins WHERE name = ?", (name,)
    ).fetchone()
    return Login(name=row[0], salt=row[1], digest=row[2]) if row else None


def add_login(connection: sqlite3.Connection, login: Login, created: str) -> None:
    """Make a login."""
    connection.execute(
        "INSERT INTO logins (name, salt, digest, created) VALUES (?, ?, ?, ?)",
        (login.name, login.salt, login.digest, created),
    )


def add_certificate(connection: sqlite3.Connection, fingerprint: str, login: str) -> None:
    """Let a client certificate prove a login."""
    connection.execute(
        "INSERT INTO source_certificates (fingerprint, login) VALUES (?, ?)", (fingerprint, login)
    )


def remove_unused_login(connection: sqlite3.Connection, name: str) -> bool:
    """Forget a login that no source has any more, so that its password opens nothing."""
    if connection.execute("SELECT 1 FROM sources WHERE login = ? LIMIT 1", (name,)).fetchone():
        return False
    connection.execute("DELETE FROM source_certificates WHERE login = ?", (name,))
    return connection.execute("DELETE FROM logins WHERE name = ?", (name,)).rowcount > 0


def operator(connection: sqlite3.Connection, name: str) -> Operator | None:
    """The operator of this name (in lower case)."""
    row = connection.execute(
        "SELECT name, role, salt, digest FROM operators WHERE name = ? AND retired IS NULL",
        (name,),
    ).fetchone()
    return Operator(name=row[0], role=row[1], salt=row[2], digest=row[3]) if row else None


def operators(connection: sqlite3.Connection) -> list[Operator]:
    """Every operator who may sign on, by name."""
    rows = connection.execute(
        "SELECT name, role, salt, digest FROM operators WHERE retired IS NULL ORDER BY name"
    )
    return [
        Operator(name=name, role=role, salt=salt, digest=digest)
        for name, role, salt, digest in rows
    ]


def put_operator(connection: sqlite3.Connection, operator: Operator, created: str) -> None:
    """Make or change an operator; one who was retired may sign on again."""
    connection.execute(
        "INSERT INTO operators (name, role, salt, digest, created) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET role = excluded.role, salt = excluded.salt,"
        " digest = excluded.digest, retired = NULL",
        (operator.name, operator.role, operator.salt, operator.digest, created),
    )


def retire_operator(connection: sqlite3.Connection, name: str, retired: str) -> None:
    """Let him sign on no more; his name stays, because the journal names him."""
    connection.execute("UPDATE operators SET retired = ? WHERE name = ?", (retired, name))


def workstations(connection: sqlite3.Connection) -> list[Workstation]:
    """Every workstation that was ever enrolled, by name; revoked ones too."""
    rows = connection.execute(
        "SELECT name, fingerprint, added, revoked FROM workstations ORDER BY name, added"
    )
    return [
        Workstation(name=name, fingerprint=fingerprint, added=added, revoked=revoked)
        for name, fingerprint, added, revoked in rows
    ]


def workstation(connection: sqlite3.Connection, fingerprint: str) -> Workstation | None:
    """The workstation with this certificate; look at ``revoked`` before letting it in."""
    return next((row for row in workstations(connection) if row.fingerprint == fingerprint), None)


def add_workstation(connection: sqlite3.Connection, workstation: Workstation) -> None:
    """Enrol a workstation."""
    connection.execute(
        "INSERT INTO workstations (fingerprint, name, added, revoked) VALUES (?, ?, ?, ?)",
        (workstation.fingerprint, workstation.name, workstation.added, workstation.revoked),
    )


def revoke_workstation(connection: sqlite3.Connection, name: str, revoked: str) -> list[str]:
    """Lock a workstation out; the fingerprints that this concerns."""
    rows = connection.execute(
        "UPDATE workstations SET revoked = ? WHERE name = ? AND revoked IS NULL"
        " RETURNING fingerprint",
        (revoked, name),
    )
    return [fingerprint for (fingerprint,) in rows.fetchall()]
