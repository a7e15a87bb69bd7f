"""Hidden tables: rows laid out beside the true ones, until both change places at once.

A hidden table is made like its true one, with all its indexes and references,
and filled in ordinary transactions: nobody asks for it by its name.  The
database's own table of contents says at which page each table and each index
begins; `exchange` changes these few numbers and nothing else.  However many
rows there are, it takes less than a millisecond, and it is part of its
transaction: it happens with all else in it, or not at all.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

_PREFIX = "hidden_"
_AUTOMATIC = "sqlite_autoindex_"


def hidden(name: str) -> str:
    """What the hidden table beside the table ``name`` is called; an index likewise."""
    return _PREFIX + name


def make(connection: sqlite3.Connection, names: Sequence[str]) -> None:
    """Make an empty hidden table for each name, those first that others refer to."""
    for name in names:
        made = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL"
            " ORDER BY type DESC, name",
            (name,),
        )
        for (sql,) in made.fetchall():
            connection.execute(_elsewhere(sql, names))


def exchange(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """What is hidden is true, and what was true is hidden.  Raises `sqlite3.IntegrityError`.

    References between these tables hold as they held between the hidden ones; those of other
    tables are looked at again.
    """
    assert connection.in_transaction, "half an exchange would be seen"
    pages = _first_pages(connection)
    for one, other in _pairs(pages, names):
        _point(connection, one, pages[other])
        _point(connection, other, pages[one])
    [version] = connection.execute("PRAGMA schema_version").fetchone()
    # Every connection reads the table of contents again, this one too.
    connection.execute(f"PRAGMA schema_version = {version + 1}")
    _look_at_references(connection, set(names))


def left(connection: sqlite3.Connection) -> list[str]:
    """The hidden tables that are there, those first that refer to others."""
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ? ORDER BY rowid DESC",
        (f"{_PREFIX}*",),
    )
    return [name for (name,) in rows.fetchall()]


def drop(connection: sqlite3.Connection) -> None:
    """Remove every hidden table with all that is in it."""
    for name in left(connection):
        connection.execute(f"DROP TABLE {name}")


def _elsewhere(sql: str, names: Iterable[str]) -> str:
    """The statement that made a table or an index, for the hidden ones."""
    known = "|".join(names)
    if sql.startswith("CREATE TABLE"):
        return re.sub(rf"\b(TABLE|REFERENCES) ({known})\b", rf"\1 {_PREFIX}\2", sql)
    return re.sub(rf"\bINDEX (\w+) ON ({known})\b", rf"INDEX {_PREFIX}\1 ON {_PREFIX}\2", sql)


def _first_pages(connection: sqlite3.Connection) -> Mapping[str, int]:
    rows = connection.execute(
        "SELECT name, rootpage FROM sqlite_schema WHERE type IN ('table', 'index')"
    )
    return dict(rows.fetchall())


def _pairs(pages: Iterable[str], names: Iterable[str]) -> list[tuple[str, str]]:
    """Each hidden table and index with its true one."""
    pairs = []
    for name in pages:
        if name.startswith(_PREFIX):
            pairs.append((name, name.removeprefix(_PREFIX)))
        elif name.startswith(_AUTOMATIC + _PREFIX):
            pairs.append((name, _AUTOMATIC + name.removeprefix(_AUTOMATIC + _PREFIX)))
    missing = set(names) - {true for _, true in pairs}
    if missing:
        raise sqlite3.IntegrityError(f"nothing is laid out for {', '.join(sorted(missing))}")
    return pairs


def _point(connection: sqlite3.Connection, name: str, page: int) -> None:
    """Let a table or an index begin at that page."""
    connection.execute("PRAGMA writable_schema = ON")
    try:
        connection.execute("UPDATE sqlite_schema SET rootpage = ? WHERE name = ?", (page, name))
    finally:
        connection.execute("PRAGMA writable_schema = OFF")


def _look_at_references(connection: sqlite3.Connection, names: set[str]) -> None:
    rows = connection.execute(
        'SELECT DISTINCT t.name, r."table" FROM sqlite_schema t,'
        " pragma_foreign_key_list(t.name) r WHERE t.type = 'table'"
    )
    others = {name for name, target in rows.fetchall() if target in names} - names
    for name in others:
        for table, row, target, _ in connection.execute(f"PRAGMA foreign_key_check({name})"):
            raise sqlite3.IntegrityError(f"row {row} of {table} refers to none of {target}")
