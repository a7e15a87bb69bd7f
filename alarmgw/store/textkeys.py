"""Where the text keys of sources are kept: each once for the sources of one login."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence

from alarmgw.model import Source
from alarmgw.textkeys import compared


def all_keys(connection: sqlite3.Connection) -> Mapping[str, Sequence[str]]:
    """The keys of every source that has some, as written, by its address."""
    found = defaultdict(list)
    for address, written in connection.execute(
        "SELECT address, written FROM source_keys ORDER BY position"
    ):
        found[address].append(written)
    return found


def keys_of(connection: sqlite3.Connection, address: str) -> Sequence[str]:
    """The keys of one source, as written."""
    rows = connection.execute(
        "SELECT written FROM source_keys WHERE address = ? ORDER BY position", (address,)
    )
    return [written for (written,) in rows]


def key_owner(connection: sqlite3.Connection, login: str, key: str) -> str | None:
    """The address of the source of this login that has the key."""
    row = connection.execute(
        "SELECT address FROM source_keys WHERE login = ? AND compared = ?", (login, _stored(key))
    ).fetchone()
    return row[0] if row else None


def put_keys(connection: sqlite3.Connection, source: Source) -> None:
    """Keep a source's keys, which are `forget_keys`'d before.  One with keys has a login."""
    connection.executemany(
        "INSERT INTO source_keys (login, compared, address, position, written)"
        " VALUES (?, ?, ?, ?, ?)",
        [
            (source.login, _stored(key), source.address, position, key)
            for position, key in enumerate(source.keys, 1)
        ],
    )


def forget_keys(connection: sqlite3.Connection, address: str) -> None:
    """A source has no keys any more."""
    connection.execute("DELETE FROM source_keys WHERE address = ?", (address,))


def _stored(key: str) -> str:
    return ", ".join(f"{word}={value}" for word, value in compared(key))
