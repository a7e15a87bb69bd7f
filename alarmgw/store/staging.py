"""Staging: how a proposal's thousands of rows become true in one short transaction.

First all records, as they shall be, are laid out slice by slice in hidden
tables of the journal (`alarmgw.store.hidden`), and mails go first between two
slices.  Nobody sees those tables, and the next start removes what a crash has
left of them.  Then one job lets the hidden tables and the true ones change
places, and appends what is told about it: all of it happens or nothing.  What
was true before is thrown away slice by slice, too.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import field, frozen

from alarmgw.entries import Record
from alarmgw.errors import Cause, Refused
from alarmgw.store.database import open_reader, schema_steps
from alarmgw.store.hidden import drop, exchange, hidden, make
from alarmgw.store.ledger import Ledger
from alarmgw.store.rehearsal import FORM, RECORD_TABLES

#: Where proposals stand in the home, and what they are called.
FOLDER = "run"
NAME = re.compile(r"proposal-[0-9a-f]{32}\.sqlite3\Z")

#: Rows laid out, or thrown away, by one job of the writer: about a millisecond.
SLICE = 200

Job = Callable[[Ledger], object]


@frozen
class Slice:
    """Some rows of a proposal for one of its tables."""

    table: str
    rows: Sequence[Sequence[object]] = field(repr=False)


class Proposal:
    """What `alarmgw.store.rehearsal` has written, open for reading.  Close it."""

    def __init__(self, home: Path, name: str) -> None:
        """Open it.  Raises `Refused` if it is no proposal, or another version's."""
        path = home / FOLDER / name
        if not NAME.match(name) or not path.is_file():
            raise Refused(Cause.NOT_FOUND, f"there is no proposal {name!r} in {home / FOLDER}")
        self._connection = open_reader(path)
        try:
            facts = dict(self._connection.execute("SELECT name, value FROM fact").fetchall())
            self.head = int(facts["head"])
            self.total = sum(self._count(table) for table in RECORD_TABLES)
            # What an older command has proposed, changes only, would be all that there is.
            if int(facts["schema"]) != max(schema_steps()) or facts.get("form") != FORM:
                raise Refused(Cause.BAD_VALUE, _OTHER_VERSION)
        except (sqlite3.Error, KeyError, ValueError) as error:
            self.close()
            raise Refused(Cause.BAD_VALUE, f"{path} is no proposal: {error}") from error
        except BaseException:
            self.close()
            raise

    @property
    def connection(self) -> sqlite3.Connection:
        """For `accounts` and other stores: the records as they shall be."""
        return self._connection

    def slices(self) -> Iterator[Slice]:
        """All rows, some at a time."""
        for table in RECORD_TABLES:
            cursor = self._connection.execute(f"SELECT * FROM {table} ORDER BY rowid")
            while rows := cursor.fetchmany(SLICE):
                yield Slice(table, rows)

    def networks(self) -> Iterator[str]:
        """The networks of all sources, each once."""
        cursor = self._connection.execute("SELECT DISTINCT network FROM source_networks")
        while row := cursor.fetchone():
            yield str(row[0])

    def changes(self) -> Iterator[bytes]:
        """What is to be told: a JSON list for each entry."""
        cursor = self._connection.execute("SELECT body FROM change ORDER BY rowid")
        while row := cursor.fetchone():
            yield bytes(row[0])

    def close(self) -> None:
        """Read no more."""
        self._connection.close()

    def _count(self, table: str) -> int:
        row = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(row[0])


def begin(ledger: Ledger) -> None:
    """Make room for a proposal's rows; what another one has left is thrown away."""
    end(ledger)
    make(ledger.connection, RECORD_TABLES)


def lay_out(part: Slice) -> Job:
    """The job that puts some rows beside the records."""
    marks = ", ".join("?" * len(part.rows[0]))
    statement = f"INSERT INTO {hidden(part.table)} VALUES ({marks})"
    return lambda ledger: ledger.connection.executemany(statement, part.rows).rowcount


def make_true(head: int, told: Sequence[Record]) -> Callable[[Ledger], bool]:
    """The job that makes all of it true; False, and nothing is done, if records have changed.

    They have if there is a ``config`` entry after ``head``.
    """

    def job(ledger: Ledger) -> bool:
        row = ledger.connection.execute(
            "SELECT 1 FROM entry WHERE seq > ? AND type = 'config' LIMIT 1", (head,)
        )
        if row.fetchone() is not None:
            return False
        exchange(ledger.connection, RECORD_TABLES)
        for record in told:
            ledger.append(record)
        return True

    return job


def clearing() -> Iterator[Job]:
    """The jobs that throw away what is hidden; each when the one before it is done."""
    for table in reversed(RECORD_TABLES):
        thrown = [SLICE]
        while thrown[-1] == SLICE:
            yield _throwing(hidden(table), thrown)
    yield end


def end(ledger: Ledger) -> None:
    """Remove the hidden tables, and what is in them at once."""
    drop(ledger.connection)


def _throwing(table: str, thrown: list[int]) -> Job:
    """The job that deletes some rows, and notes how many those were."""

    def job(ledger: Ledger) -> int:
        key = ", ".join(_key(ledger.connection, table))
        some = f"SELECT {key} FROM {table} LIMIT {SLICE}"
        deleted = ledger.connection.execute(f"DELETE FROM {table} WHERE ({key}) IN ({some})")
        thrown.append(deleted.rowcount)
        return deleted.rowcount

    return job


def _key(connection: sqlite3.Connection, table: str) -> list[str]:
    columns = connection.execute(f"PRAGMA table_info({table})")
    return [name for _, name, _, _, _, place in columns if place]


def sweep(home: Path) -> None:
    """Remove proposals that nobody waits for any more.  Raises `OSError`."""
    for path in (home / FOLDER).glob("proposal-*"):
        if NAME.match(path.name):
            path.unlink(missing_ok=True)


_OTHER_VERSION = (
    "the gateway that runs is of another version than this command: start the gateway anew"
)
