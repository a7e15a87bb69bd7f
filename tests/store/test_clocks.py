"""`alarmgw.store.clocks`: what is known of each source's clock, and made anew from the entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.clockwatch import ClockWatch
from alarmgw.entries import record
from alarmgw.model import Source
from alarmgw.store import accounts
from alarmgw.store.clocks import Clock, clock, clocks, wrong_clocks
from alarmgw.store.database import open_writer
from alarmgw.store.ledger import Ledger, rebuild_projections
from tests.journals import MOMENT, alarm, made, now, randomness, timed

NOW = "2026-11-21T20:45:02.123Z"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The ledger of an empty journal, in a transaction."""
    path = tmp_path / "journal.sqlite3"
    made(path).close()
    with closing(open_writer(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield Ledger(connection)


def came(ledger: Ledger, number: int, source: str | None, offset: float | None) -> None:
    """A mail of a source, with its clock so far ahead."""
    owner = Source(address=source) if source else None
    entry = alarm(number, source=owner, times=timed(offset))
    ledger.append(record(entry, randomness))
    ClockWatch("gw1", now, randomness).look(ledger, entry)


def test_the_newest_mail_that_tells_a_time_counts(ledger: Ledger) -> None:
    """One without a time leaves what is known."""
    for number, offset in enumerate((-3.0, -425.0, None), 1):
        came(ledger, number, "a@x", offset)
    assert clock(ledger.connection, "a@x") == Clock(offset_s=-425.0, measured=NOW, off_since=NOW)
    assert clock(ledger.connection, "b@x") is None


def test_off_since_stays_while_it_is_off(ledger: Ledger) -> None:
    """From the first mail that showed it to the first that is right again."""
    came(ledger, 1, "a@x", 300.0)
    ledger.connection.execute("UPDATE source_clock SET off_since = 'then'")
    came(ledger, 2, "a@x", 310.0)
    assert clocks(ledger.connection)["a@x"].off_since == "then"
    came(ledger, 3, "a@x", 1.0)
    assert clocks(ledger.connection)["a@x"].off_since is None


def test_what_is_nobodys_is_not_kept(ledger: Ledger) -> None:
    """There is no source whose clock it could be."""
    came(ledger, 1, None, 900.0)
    assert clocks(ledger.connection) == {}


def test_wrong_clocks_are_counted_and_the_first_are_named(ledger: Ledger) -> None:
    """Of sources in use alone."""
    for number, name in enumerate("abcd", 1):
        accounts.put_source(ledger.connection, Source(address=f"{name}@x"), NOW)
        came(ledger, number, f"{name}@x", 900.0 if name != "b" else 300.0)
    accounts.retire_source(ledger.connection, "d@x", NOW)
    told = wrong_clocks(ledger.connection, 1)
    assert told["count"] == 2
    [first] = told["first"]
    assert (first["source"], first["offset_s"], first["wrong_since"]) == ("a@x", 900.0, NOW)


def test_they_are_made_anew_from_the_entries(ledger: Ledger) -> None:
    """As they were, faults that are over and faults that last."""
    for number, (name, offset) in enumerate([("a", 900.0), ("a", 1.0), ("b", 900.0), ("c", 5.0)]):
        came(ledger, number, f"{name}@x", offset)
    before = clocks(ledger.connection)
    assert before["b@x"].wrong_since and not before["a@x"].wrong_since
    ledger.connection.execute("UPDATE source_clock SET offset_s = 7, wrong_since = 'x'")
    rebuild_projections(ledger)
    assert clocks(ledger.connection) == before


def test_a_clock_is_told_as_json(ledger: Ledger) -> None:
    """As `source show` prints it."""
    assert Clock(offset_s=1.5, measured=f"{MOMENT:%Y}").as_json() == {
        "offset_s": 1.5,
        "measured": "2026",
        "off_since": None,
        "wrong_since": None,
    }
