"""Hidden tables: they change places with the true ones, all at once or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.store.hidden import drop, exchange, hidden, left, make

TABLES = ("sites", "sources", "keys")

SCHEMA = """
    CREATE TABLE sites (number TEXT NOT NULL PRIMARY KEY) STRICT;
    CREATE TABLE sources (
        address TEXT NOT NULL PRIMARY KEY,
        site TEXT REFERENCES sites (number),
        sites TEXT              -- a column's name is no table's
    ) STRICT;
    ALTER TABLE sources ADD COLUMN login TEXT;
    CREATE INDEX sources_login ON sources (login) WHERE login IS NOT NULL;
    CREATE TABLE keys (
        login TEXT NOT NULL, word TEXT NOT NULL, address TEXT NOT NULL REFERENCES sources (address),
        PRIMARY KEY (login, word)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX keys_address ON keys (address);
    CREATE TABLE rules (name TEXT NOT NULL PRIMARY KEY, site TEXT REFERENCES sites (number)) STRICT;
"""

TRUE = """
    INSERT INTO sites VALUES ('1');
    INSERT INTO sources VALUES ('old@x', '1', NULL, 'cam');
    INSERT INTO keys VALUES ('cam', 'tor', 'old@x');
"""

SHALL_BE = """
    INSERT INTO hidden_sites VALUES ('1'), ('2');
    INSERT INTO hidden_sources VALUES ('a@x', '1', NULL, 'cam'), ('b@x', '2', 's', 'cam');
    INSERT INTO hidden_keys VALUES ('cam', 'hof', 'a@x'), ('cam', 'tor', 'b@x');
"""

ADDRESSES = "SELECT address FROM sources WHERE login = 'cam' ORDER BY address"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with a source, and two others laid out beside it."""
    path = tmp_path / "db"
    with closing(opened(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.executescript(SCHEMA + TRUE)
        make(connection, TABLES)
        connection.executescript(SHALL_BE)
    return path


@pytest.fixture
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to it."""
    with closing(opened(path)) as connection:
        yield connection


def opened(path: Path) -> sqlite3.Connection:
    """As the journal's writer opens it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def exchanged(connection: sqlite3.Connection) -> None:
    """An exchange in a transaction of its own."""
    connection.execute("BEGIN IMMEDIATE")
    exchange(connection, TABLES)
    connection.execute("COMMIT")


def addresses(connection: sqlite3.Connection) -> list[str]:
    """What is true now, as the index has it."""
    return [address for (address,) in connection.execute(ADDRESSES)]


def assert_sound(connection: sqlite3.Connection) -> None:
    """Every index has what its table has."""
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_both_change_places(database: sqlite3.Connection) -> None:
    """With their indexes, in tables with and without numbered rows; and back again."""
    schema = database.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
    for true in (["a@x", "b@x"], ["old@x"]):
        exchanged(database)
        assert addresses(database) == true
        assert_sound(database)
    same = database.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
    assert same == schema


def test_references_are_held_to_on_both_sides(database: sqlite3.Connection) -> None:
    """What is hidden refers to what is hidden, and after the exchange the true to the true."""
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        database.execute("INSERT INTO hidden_keys VALUES ('cam', 'x', 'old@x')")
    exchanged(database)
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        database.execute("INSERT INTO keys VALUES ('cam', 'x', 'old@x')")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        database.execute("INSERT INTO keys VALUES ('cam', 'x', 'a@x')")


def test_it_happens_with_its_transaction_or_not_at_all(
    path: Path, database: sqlite3.Connection
) -> None:
    """Whatever undoes it; other connections see it when it is committed, and not earlier."""
    with closing(opened(path)) as other:
        for undo in ("ROLLBACK TO job", "ROLLBACK"):
            database.execute("BEGIN IMMEDIATE")
            database.execute("SAVEPOINT job")
            exchange(database, TABLES)
            assert (addresses(database), addresses(other)) == (["a@x", "b@x"], ["old@x"])
            database.execute(undo)
            assert addresses(database) == ["old@x"]
            if database.in_transaction:
                database.execute("COMMIT")
            assert_sound(database)
        other.execute("BEGIN")
        assert addresses(other) == ["old@x"]
        exchanged(database)
        assert addresses(other) == ["old@x"]
        other.execute("COMMIT")
        assert addresses(other) == ["a@x", "b@x"]
        assert_sound(other)


def test_what_else_refers_to_them_is_looked_at(database: sqlite3.Connection) -> None:
    """A table that is not exchanged must find what it refers to."""
    database.execute("DELETE FROM hidden_keys")
    database.execute("DELETE FROM hidden_sources")
    database.execute("DELETE FROM hidden_sites WHERE number = '1'")
    database.execute("INSERT INTO rules VALUES ('r', '1')")
    database.execute("BEGIN")
    with pytest.raises(sqlite3.IntegrityError, match="rules refers to none of sites"):
        exchange(database, TABLES)
    database.execute("ROLLBACK")
    assert addresses(database) == ["old@x"]


def test_what_is_not_laid_out_is_not_exchanged(database: sqlite3.Connection) -> None:
    """One table without its rows would be an empty one."""
    database.execute(f"DROP TABLE {hidden('keys')}")
    with pytest.raises(sqlite3.IntegrityError, match="nothing is laid out for keys"):
        exchanged(database)
    database.execute("ROLLBACK")
    assert addresses(database) == ["old@x"]


def test_they_can_be_removed_full_as_they_are(database: sqlite3.Connection) -> None:
    """Those that refer to others first."""
    assert left(database) == [hidden(name) for name in reversed(TABLES)]
    drop(database)
    assert left(database) == [] and addresses(database) == ["old@x"]
    assert_sound(database)
