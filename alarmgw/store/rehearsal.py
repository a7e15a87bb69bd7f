"""The rehearsal: all records in memory, where thousands of changes are tried before any is made.

What differs in the end goes into a *proposal*: a file of the home with the
rows that are new or different, those that are gone, and what the journal is
to say about it.  Making and trying it costs the gateway nothing: it happens
in another process.  `alarmgw.store.staging` makes a proposal true.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from alarmgw.errors import BadConfig, Complaint
from alarmgw.store.database import schema_steps
from alarmgw.store.ledger import Ledger

#: The tables of records that a command for sources, sites or customers may change, those that
#: others refer to first.
RECORD_TABLES = (
    "tenants",
    "customers",
    "sites",
    "site_contacts",
    "site_action_texts",
    "logins",
    "sources",
    "source_networks",
    "source_aliases",
    "source_keys",
    "source_action_texts",
    "source_certificates",
)


class Rehearsal:
    """The records of a journal as they were at entry ``head``, free to be changed in memory."""

    def __init__(self, path: Path) -> None:
        """Copy them from the journal at ``path``.  Raises `BadConfig` if its schema is another."""
        self._connection = sqlite3.connect(":memory:", uri=True, isolation_level=None)
        try:
            for _, script in sorted(schema_steps().items()):
                self._connection.executescript(script)
            self._connection.execute("ATTACH ':memory:' AS before")
            self.head = self._copied(path)
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.execute("BEGIN")
        except BaseException:
            self._connection.close()
            raise

    @property
    def ledger(self) -> Ledger:
        """Where a job may try what it would do."""
        return Ledger(self._connection)

    def write(self, path: Path, changes: Iterable[bytes]) -> None:
        """Write what is different, and what is to be told of it, into the new file ``path``."""
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        connection = self._connection
        connection.execute("COMMIT")
        connection.execute("ATTACH ? AS proposal", (f"{path.absolute().as_uri()}?mode=rw",))
        # The file lives for seconds, and a crash makes it worthless.
        connection.execute("PRAGMA proposal.journal_mode = OFF").fetchall()
        connection.execute("PRAGMA proposal.synchronous = OFF")
        connection.execute("BEGIN")
        for name, keys in keys_of(connection).items():
            self._write_table(name, keys)
        connection.execute("CREATE TABLE proposal.fact (name TEXT, value TEXT)")
        facts = {"head": str(self.head), "schema": str(max(schema_steps()))}
        connection.executemany("INSERT INTO proposal.fact VALUES (?, ?)", facts.items())
        connection.execute("CREATE TABLE proposal.change (body BLOB)")
        connection.executemany(
            "INSERT INTO proposal.change VALUES (?)", ((one,) for one in changes)
        )
        connection.execute("COMMIT")
        connection.execute("DETACH proposal")
        connection.execute("BEGIN")

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()

    def _copied(self, path: Path) -> int:
        """Copy all records from one moment of the journal; the number of its last entry then."""
        connection = self._connection
        connection.execute("ATTACH ? AS journal", (f"{path.absolute().as_uri()}?mode=ro",))
        connection.execute("BEGIN")
        row = connection.execute("SELECT value FROM journal.meta WHERE name = 'schema'").fetchone()
        if int(row[0]) != max(schema_steps()):
            raise BadConfig([Complaint(str(path), "schema", _OTHER_SCHEMA.format(schema=row[0]))])
        for name in RECORD_TABLES:
            connection.execute(f"INSERT INTO main.{name} SELECT * FROM journal.{name}")
            connection.execute(f"CREATE TABLE before.{name} AS SELECT * FROM main.{name}")
        row = connection.execute("SELECT coalesce(max(seq), 0) FROM journal.entry").fetchone()
        connection.execute("COMMIT")
        connection.execute("DETACH journal")
        return int(row[0])

    def _write_table(self, name: str, keys: Sequence[str]) -> None:
        """The rows that are new or different, by their key, and the keys that are gone."""
        key = ", ".join(keys)
        for statement in (
            f"CREATE TABLE proposal.{name} AS SELECT * FROM main.{name}"
            f" EXCEPT SELECT * FROM before.{name}",
            f"CREATE TABLE proposal.{gone(name)} AS SELECT {key} FROM before.{name}"
            f" EXCEPT SELECT {key} FROM main.{name}",
        ):
            self._connection.execute(f"{statement} ORDER BY {key}")


def gone(name: str) -> str:
    """What the table with the removed keys of another one is called."""
    return f"{name}_gone"


def keys_of(connection: sqlite3.Connection) -> Mapping[str, Sequence[str]]:
    """The columns of each record table by which its rows are known."""
    return {
        name: [
            column
            for _, column, _, _, _, place in connection.execute(f"PRAGMA main.table_info({name})")
            if place
        ]
        for name in RECORD_TABLES
    }


@contextlib.contextmanager
def rehearsing(path: Path) -> Iterator[Rehearsal]:
    """A `Rehearsal` for as long as the block runs."""
    with contextlib.closing(Rehearsal(path)) as rehearsal:
        yield rehearsal


_OTHER_SCHEMA = (
    "is of schema {schema}, which is not this alarmgw's: start the gateway anew with this version"
)
