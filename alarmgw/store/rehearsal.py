"""The rehearsal: all records in memory, where thousands of changes are tried before any is made.

All records as they are in the end go into a *proposal*: a file of the home,
with what the journal is to say about it.  Making and trying it costs the
gateway nothing: it happens in another process.  `alarmgw.store.staging` makes
a proposal true.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
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

#: What a proposal has in it: all records.  Before, it had those that were to change, and to go.
FORM = "all"


class Rehearsal:
    """The records of a journal as they were at entry ``head``, free to be changed in memory."""

    def __init__(self, path: Path) -> None:
        """Copy them from the journal at ``path``.  Raises `BadConfig` if its schema is another."""
        self._connection = sqlite3.connect(":memory:", uri=True, isolation_level=None)
        try:
            for _, script in sorted(schema_steps().items()):
                self._connection.executescript(script)
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
        """Write all records, and what is to be told of them, into the new file ``path``."""
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        connection = self._connection
        connection.execute("COMMIT")
        connection.execute("ATTACH ? AS proposal", (f"{path.absolute().as_uri()}?mode=rw",))
        # The file lives for seconds, and a crash makes it worthless.
        connection.execute("PRAGMA proposal.journal_mode = OFF").fetchall()
        connection.execute("PRAGMA proposal.synchronous = OFF")
        connection.execute("BEGIN")
        for name, order in _orders(connection).items():
            connection.execute(
                f"CREATE TABLE proposal.{name} AS SELECT * FROM main.{name} ORDER BY {order}"
            )
        connection.execute("CREATE TABLE proposal.fact (name TEXT, value TEXT)")
        facts = {"head": str(self.head), "schema": str(max(schema_steps())), "form": FORM}
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
        for name, order in _orders(connection).items():
            connection.execute(
                f"INSERT INTO main.{name} SELECT * FROM journal.{name} ORDER BY {order}"
            )
        row = connection.execute("SELECT coalesce(max(seq), 0) FROM journal.entry").fetchone()
        connection.execute("COMMIT")
        connection.execute("DETACH journal")
        return int(row[0])


def _orders(connection: sqlite3.Connection) -> Mapping[str, str]:
    """By what the rows of each record table are in the order in which they were made, or in any."""
    keyed = connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr")
    without_rowid = {name for (name,) in keyed.fetchall()}
    return {name: "1, 2" if name in without_rowid else "rowid" for name in RECORD_TABLES}


@contextlib.contextmanager
def rehearsing(path: Path) -> Iterator[Rehearsal]:
    """A `Rehearsal` for as long as the block runs."""
    with contextlib.closing(Rehearsal(path)) as rehearsal:
        yield rehearsal


_OTHER_SCHEMA = (
    "is of schema {schema}, which is not this alarmgw's: start the gateway anew with this version"
)
