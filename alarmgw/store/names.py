"""What sites and sources are called, for whoever shows numbers and addresses."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection


def site_names(connection: sqlite3.Connection, numbers: Collection[str]) -> dict[str, str | None]:
    """The names of those sites that there are; also of removed ones, which the record names."""
    return _names(connection, "SELECT number, name FROM sites WHERE number", numbers)


def source_names(
    connection: sqlite3.Connection, addresses: Collection[str]
) -> dict[str, str | None]:
    """The names of those sources that there are; also of removed ones."""
    return _names(connection, "SELECT address, name FROM sources WHERE address", addresses)


def _names(
    connection: sqlite3.Connection, query: str, keys: Collection[str]
) -> dict[str, str | None]:
    marks = ", ".join("?" * len(keys))
    return dict(connection.execute(f"{query} IN ({marks})", tuple(keys)).fetchall())
