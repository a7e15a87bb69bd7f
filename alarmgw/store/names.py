"""What sites and sources are called, for whoever shows numbers and addresses."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from typing import Any


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
