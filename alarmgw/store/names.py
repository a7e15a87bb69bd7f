"""What sites and sources are called, for whoever shows numbers and addresses, or looks for them."""

from __future__ import annotations

import functools
import json
import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

from attrs import frozen

from alarmgw.codec.folding import folded
from alarmgw.model import normal_address

#: Sources or sites that words are taken to mean; a search goes through each one's own entries.
MEANT = 50

#: The same names are looked through whenever somebody searches.
_folded = functools.lru_cache(maxsize=20_000)(folded)


@frozen
class Meant:
    """Whom words mean: those of the first `MEANT` that fit, and how many fit in all."""

    keys: tuple[str, ...]
    found: int


def meant_sources(connection: sqlite3.Connection, words: str) -> Meant:
    """The source of that address, or those whose address and name have each word in them."""
    exact = normal_address(words)
    return _meant(connection, ("sources", "address", "source"), exact, words)


def meant_sites(connection: sqlite3.Connection, words: str) -> Meant:
    """The site of that number, or those whose number and name have each word in them."""
    return _meant(connection, ("sites", "number", "site"), words.strip(), words)


def site_names(connection: sqlite3.Connection, numbers: Collection[str]) -> dict[str, str | None]:
    """The names of those sites that there are; also of removed ones, which the record names."""
    return _names(connection, "SELECT number, name FROM sites WHERE number", numbers)


def source_names(
    connection: sqlite3.Connection, addresses: Collection[str]
) -> dict[str, str | None]:
    """The names of those sources that there are; also of removed ones."""
    return _names(connection, "SELECT address, name FROM sources WHERE address", addresses)


def with_names(
    connection: sqlite3.Connection, rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows, each with ``site_name`` and ``source_name``: null where there is none."""
    sites = site_names(connection, _keys(rows, "site"))
    sources = source_names(connection, _keys(rows, "source"))
    return [
        {
            **row,
            "site_name": sites.get(row.get("site") or ""),
            "source_name": sources.get(row.get("source") or ""),
        }
        for row in rows
    ]


def _keys(rows: Sequence[dict[str, Any]], name: str) -> list[str]:
    return list({row[name] for row in rows if row.get(name)})


def _names(
    connection: sqlite3.Connection, query: str, keys: Collection[str]
) -> dict[str, str | None]:
    listed = json.dumps(list(keys))
    rows = connection.execute(f"{query} IN (SELECT value FROM json_each(?))", (listed,))
    return dict(rows.fetchall())


def _meant(
    connection: sqlite3.Connection, where: tuple[str, str, str], exact: str, words: str
) -> Meant:
    table, key, column = where
    # What the record once named is found by its whole name, whether or not there is a record of it.
    known = f"SELECT 1 FROM {table} WHERE {key} = ?1"
    named = f"SELECT 1 FROM history WHERE {column} = ?1"
    [is_exact] = connection.execute(
        f"SELECT EXISTS ({known}) OR EXISTS ({named})", (exact,)
    ).fetchone()
    if is_exact:
        return Meant((exact,), 1)
    wanted = folded(words).split()
    rows = connection.execute(
        f"SELECT {key}, {key} || char(10) || coalesce(name, '') FROM {table} ORDER BY {key}"
    )
    found = [one for one, text in rows if all(word in _folded(text) for word in wanted)]
    return Meant(tuple(found[:MEANT]), len(found))
