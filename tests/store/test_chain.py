"""The hash chain: every change behind the journal's back is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.store.chain import FIRST_HASH, Verification, chained, verify_chain
from alarmgw.store.database import open_writer
from tests.journals import filled, started


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A closed journal of five alarms, open to be tampered with."""
    path = tmp_path / "journal.sqlite3"
    journal = started(path)
    filled(journal, 5)
    journal.close()
    with closing(open_writer(path)) as opened:
        opened.execute("PRAGMA foreign_keys = OFF")
        yield opened


def faults(connection: sqlite3.Connection) -> tuple[str, ...]:
    """What the verification complains about."""
    return verify_chain(connection).faults


def test_an_untouched_journal_verifies(connection: sqlite3.Connection) -> None:
    """Every entry is counted, and none is wrong."""
    assert verify_chain(connection) == Verification(entries=5, erased=0, faults=())


def test_the_first_entry_follows_32_zero_octets(connection: sqlite3.Connection) -> None:
    """SHA-256(32 zero octets || body) is the first hash."""
    body, digest = connection.execute("SELECT body, hash FROM entry WHERE seq = 1").fetchone()
    assert digest == chained(bytes(32), body) and bytes(32) == FIRST_HASH


def test_a_changed_entry_is_found(connection: sqlite3.Connection) -> None:
    """Its own hash does not fit any more."""
    connection.execute("UPDATE entry SET body = CAST(replace(body, 'queue', 'tests') AS BLOB)")
    assert faults(connection)[0].startswith("entry 1 is not what was written")


def test_a_changed_entry_with_a_new_hash_breaks_the_next(connection: sqlite3.Connection) -> None:
    """Who recomputes one hash has to recompute all that follow."""
    digest = connection.execute("SELECT hash FROM entry WHERE seq = 2").fetchone()[0]
    connection.execute("UPDATE entry SET body = x'7b7d', hash = ? WHERE seq = 3", (
        chained(digest, b"{}"),
    ))  # fmt: skip
    assert any("entry 4" in fault for fault in faults(connection))


def test_a_removed_entry_is_found(connection: sqlite3.Connection) -> None:
    """Numbers have no gaps."""
    connection.execute("DELETE FROM entry WHERE seq IN (2, 3)")
    assert faults(connection) == ("entries 2 to 3 are missing",)


def test_one_removed_entry_is_named(connection: sqlite3.Connection) -> None:
    """A gap of one reads as one."""
    connection.execute("DELETE FROM entry WHERE seq = 4")
    assert faults(connection) == ("entry 4 is missing",)


def test_swapped_entries_are_found(connection: sqlite3.Connection) -> None:
    """Two whole entries that changed their places fit neither place, nor does what follows."""
    for old, new in ((2, 99), (3, 2), (99, 3)):
        connection.execute("UPDATE entry SET seq = ? WHERE seq = ?", (new, old))
    found = [fault for fault in faults(connection) if fault.startswith("entry")]
    assert [fault.split(" ")[1] for fault in found] == ["2", "3", "4"]


def test_an_entry_filed_under_another_alarm_is_found(connection: sqlite3.Connection) -> None:
    """The columns that entries are looked up by are not in the chain; they must fit the body."""
    connection.execute("UPDATE entry SET alarm = 'gw1-x' WHERE seq = 2")
    assert faults(connection) == (
        "entry 2 is filed under another type, alarm or mail than it is about",
    )


def test_an_entry_that_is_no_json_is_found(connection: sqlite3.Connection) -> None:
    """A flipped octet in the middle of an entry is a fault like others, not the end."""
    connection.execute("UPDATE entry SET body = CAST('{\"type\":' AS BLOB) WHERE seq = 2")
    assert any("entry 2 is no entry" in fault for fault in faults(connection))


def test_changed_content_is_found(connection: sqlite3.Connection) -> None:
    """What a mail said is in the chain by its hash."""
    connection.execute(
        """UPDATE content SET body = CAST('{"subject":"x"}' AS BLOB) WHERE seq = 4"""
    )
    assert faults(connection) == (
        "the content of entry 4 is not what was written: its hash does not fit",
    )


def test_erased_content_leaves_the_chain_valid(connection: sqlite3.Connection) -> None:
    """Deletion periods empty the content; the entries stay provable, and the count is told."""
    connection.execute("DELETE FROM content WHERE seq < 4")
    assert verify_chain(connection) == Verification(entries=5, erased=3, faults=())


def test_verification_stops_at_so_many_faults(connection: sqlite3.Connection) -> None:
    """A journal that is wrong throughout does not fill the screen."""
    connection.execute("UPDATE entry SET body = x'7b7d'")
    assert len(verify_chain(connection, max_faults=3).faults) == 3
