"""The rehearsal: a copy of the records that may be changed, and what they are in the end."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from alarmgw.errors import BadConfig
from alarmgw.model import Login, Source
from alarmgw.store import accounts
from alarmgw.store.database import open_writer
from alarmgw.store.journal import Ledger
from alarmgw.store.ledger import PROJECTIONS
from alarmgw.store.rehearsal import RECORD_TABLES, rehearsing
from tests.journals import appending, done, started, system_record

#: Tables that no import of sources, sites or customers may change.
OTHER_TABLES = {
    "meta",
    "entry",
    "content",
    "operators",
    "workstations",
    "rules",
    "answered_command",
}


def a_source(**changes: Any) -> Source:
    """One with a network."""
    return Source(**{"address": "a@x", "networks": ("10.0.0.0/8",), **changes})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with two entries and one source that has a login."""

    def job(ledger: Ledger) -> None:
        accounts.add_login(ledger.connection, Login(name="cam", salt=b"s", digest=b"d"), "2026")
        accounts.put_source(ledger.connection, a_source(login="cam"), "2026")

    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        done(journal.submit(job))
        done(journal.submit(appending(system_record("one"), system_record("two"))))
    return tmp_path / "journal.sqlite3"


def written(path: Path, target: Path, *changes: Source) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a proposal in which these sources were kept."""
    with rehearsing(path) as rehearsal:
        for change in changes:
            accounts.put_source(rehearsal.ledger.connection, change, "2027")
        rehearsal.write(target, [b"[]"])
    with closing(sqlite3.connect(target)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}


def test_all_records_are_proposed_as_they_shall_be(path: Path, tmp_path: Path) -> None:
    """New rows, changed ones, those that nobody has touched; what is gone is not there."""
    new = Source(address="b@x", networks=("10.2.0.0/16", "10.1.0.0/16"))
    rows = written(path, tmp_path / "one", a_source(login="cam"), new)
    assert [row[0] for row in rows["sources"]] == ["a@x", "b@x"]
    # A source's networks keep the order in which it was given them.
    assert [row[0] for row in rows["source_networks"]] == ["10.0.0.0/8", *map(str, new.networks)]
    rows = written(path, tmp_path / "two", a_source(login="cam", networks=(), name="Tor"))
    assert [row[:2] for row in rows["sources"]] == [("a@x", "Tor")]
    assert rows["source_networks"] == [] and [row[0] for row in rows["logins"]] == ["cam"]
    assert rows.keys() == {*RECORD_TABLES, "fact", "change"}
    assert (dict(rows["fact"])["head"], rows["change"]) == ("2", [(b"[]",)])


def test_the_journal_is_only_read(path: Path, tmp_path: Path) -> None:
    """Whatever is tried."""
    before = path.read_bytes()
    written(path, tmp_path / "one", a_source(name="Tor"))
    assert path.read_bytes() == before


def test_a_proposal_is_for_its_owner_only(path: Path, tmp_path: Path) -> None:
    """There are digests of passwords in it."""
    written(path, tmp_path / "one", a_source(name="Tor"))
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o600


def test_references_are_held_to(path: Path) -> None:
    """What the journal would refuse is refused here."""
    with rehearsing(path) as rehearsal, pytest.raises(sqlite3.IntegrityError):
        accounts.put_source(rehearsal.ledger.connection, a_source(login="nobody"), "2027")


def test_a_journal_of_another_schema_is_not_copied(path: Path) -> None:
    """The sentence says what to do."""
    with closing(open_writer(path)) as connection:
        connection.execute("UPDATE meta SET value = '1' WHERE name = 'schema'")
    with pytest.raises(BadConfig, match="start the gateway anew"), rehearsing(path):
        pass


def test_every_table_is_either_a_records_or_not(path: Path) -> None:
    """A new table is put into one of the lists, else an import would forget it."""
    with closing(open_writer(path)) as connection:
        names = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith("sqlite_")
        }
    assert names == {*RECORD_TABLES} | OTHER_TABLES | {*PROJECTIONS}
