"""Staging: how a proposal's thousands of rows become true in one short transaction.

First the rows are laid out in temporary tables of the writer, slice by slice,
and mails go first between two slices.  Nobody sees those tables, and a crash
leaves nothing of them.  Then one job, in SQL alone, moves all rows into the
records and appends what is told about them: all of it happens or nothing.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import field, frozen

from alarmgw.entries import Record
from alarmgw.errors import Cause, Refused, TryLater
from alarmgw.store.database import open_reader, schema_steps
from alarmgw.store.ledger import Ledger
from alarmgw.store.rehearsal import RECORD_TABLES, gone, keys_of

#: Where proposals stand in the home, and what they are called.
FOLDER = "run"
NAME = re.compile(r"proposal-[0-9a-f]{32}\.sqlite3\Z")

#: Rows laid out by one job of the writer: about a millisecond.
SLICE = 200

_TABLES = tuple(table for name in RECORD_TABLES for table in (name, gone(name)))


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
            self.total = sum(self._count(table) for table in _TABLES)
            if int(facts["schema"]) != max(schema_steps()):
                raise Refused(Cause.BAD_VALUE, _OTHER_VERSION)
        except (sqlite3.Error, KeyError, ValueError) as error:
            self.close()
            raise Refused(Cause.BAD_VALUE, f"{path} is no proposal: {error}") from error
        except BaseException:
            self.close()
            raise

    @property
    def connection(self) -> sqlite3.Connection:
        """For `accounts` and other stores: the records that are new or different, and no others."""
        return self._connection

    def slices(self) -> Iterator[Slice]:
        """All rows, some at a time."""
        for table in _TABLES:
            cursor = self._connection.execute(f"SELECT * FROM {table} ORDER BY rowid")
            while rows := cursor.fetchmany(SLICE):
                yield Slice(table, rows)

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
    for name, keys in keys_of(ledger.connection).items():
        ledger.connection.execute(
            f"CREATE TEMP TABLE {staged(name)} AS SELECT * FROM main.{name} WHERE 0"
        )
        ledger.connection.execute(
            f"CREATE TEMP TABLE {staged(gone(name))} AS"
            f" SELECT {', '.join(keys)} FROM main.{name} WHERE 0"
        )


def end(ledger: Ledger) -> None:
    """Throw away what is laid out."""
    for table in _TABLES:
        ledger.connection.execute(f"DROP TABLE IF EXISTS temp.{staged(table)}")


def lay_out(part: Slice) -> Callable[[Ledger], None]:
    """The job that puts some rows beside the records.  It raises `TryLater` after a failure."""
    marks = ", ".join("?" * len(part.rows[0]))
    statement = f"INSERT INTO temp.{staged(part.table)} VALUES ({marks})"

    def job(ledger: Ledger) -> None:
        with _still_there(ledger.connection):
            ledger.connection.executemany(statement, part.rows)

    return job


def make_true(head: int, told: Sequence[Record]) -> Callable[[Ledger], bool]:
    """The job that makes all of it true; False, and nothing is done, if records have changed.

    They have if there is a ``config`` entry after ``head``.  The job raises `TryLater` after a
    failure of the journal, which has taken away what was laid out.
    """

    def job(ledger: Ledger) -> bool:
        row = ledger.connection.execute(
            "SELECT 1 FROM entry WHERE seq > ? AND type = 'config' LIMIT 1", (head,)
        )
        if row.fetchone() is not None:
            return False
        with _still_there(ledger.connection):
            _move(ledger.connection)
        for record in told:
            ledger.append(record)
        return True

    return job


def staged(table: str) -> str:
    """What the temporary table for some rows is called."""
    return f"staged_{table}"


def _move(connection: sqlite3.Connection) -> None:
    """New rows first, so that what they take over from removed ones is free of those."""
    keys = keys_of(connection)
    for name in RECORD_TABLES:
        columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({name})")]
        kept = [f"{column} = excluded.{column}" for column in columns if column not in keys[name]]
        action = f"UPDATE SET {', '.join(kept)}" if kept else "NOTHING"
        connection.execute(
            f"INSERT INTO main.{name} SELECT * FROM temp.{staged(name)} WHERE true"
            f" ON CONFLICT ({', '.join(keys[name])}) DO {action}"
        )
    for name in reversed(RECORD_TABLES):
        key = ", ".join(keys[name])
        connection.execute(
            f"DELETE FROM main.{name} WHERE ({key}) IN"
            f" (SELECT {key} FROM temp.{staged(gone(name))})"
        )


@contextlib.contextmanager
def _still_there(connection: sqlite3.Connection) -> Iterator[None]:
    """A journal that failed meanwhile has another connection, without what was laid out."""
    row = connection.execute(
        "SELECT 1 FROM temp.sqlite_master WHERE name = ?", (staged(_TABLES[-1]),)
    )
    if row.fetchone() is None:
        raise TryLater(Cause.JOURNAL_FAILED, "the journal has failed meanwhile: import again")
    yield


def sweep(home: Path) -> None:
    """Remove proposals that nobody waits for any more.  Raises `OSError`."""
    for path in (home / FOLDER).glob("proposal-*"):
        if NAME.match(path.name):
            path.unlink(missing_ok=True)


_OTHER_VERSION = (
    "the gateway that runs is of another version than this command: start the gateway anew"
)
