"""Unassigned alarms: listed by sender and peer, quickly however many there are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.entries import adopted_entry, record
from alarmgw.model import Envelope, Source, Unpacked
from alarmgw.store import unassigned
from alarmgw.store.journal import Journal
from tests.journals import (
    MOMENT,
    alarm_record,
    appending,
    done,
    filled,
    mail_id,
    randomness,
    started,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """One assigned alarm, then three of two devices that share a sender."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        filled(journal, 1)
        done(journal.submit(appending(*(foreign(n, f"10.0.0.{n % 2}") for n in (2, 3, 4)))))
        yield journal


def foreign(number: int, peer: str, **changes: object) -> object:
    """An alarm that is nobody's."""
    said = Envelope(peer=peer, helo="c", sender="Cam@d", recipients=("a@x", "b@x"), login="rec")
    words = Unpacked(subject=f"Bewegung {number}")
    return alarm_record(number, source=None, envelope=said, unpacked=words, **changes)


def test_each_sender_at_a_peer_is_a_row(journal: Journal) -> None:
    """How many, from when to when, and what the last of them tried; the newest first."""
    with journal.reading() as connection:
        rows = unassigned.senders(connection)
    assert [(row.sender, row.peer, row.count) for row in rows] == [
        ("Cam@d", "10.0.0.0", 2),
        ("Cam@d", "10.0.0.1", 1),
    ]
    assert (rows[0].recipients, rows[0].login, rows[0].subject) == (
        ("a@x", "b@x"),
        "rec",
        "Bewegung 4",
    )
    assert rows[0].alarm == f"{mail_id(4)}-1" and rows[0].as_json()["recipients"] == ["a@x", "b@x"]


def test_the_gateways_own_alarms_are_nobodys_to_adopt(journal: Journal) -> None:
    """A canary has no source and needs none."""
    done(journal.submit(appending(foreign(9, "10.0.0.9", origin="canary"))))
    with journal.reading() as connection:
        assert len(unassigned.senders(connection)) == 2


def test_what_is_adopted_is_unassigned_no_more(journal: Journal) -> None:
    """And its adopter is known."""
    alarm = f"{mail_id(2)}-1"
    entry = adopted_entry(time=MOMENT, node="gw1", source=Source(address="a@x"), alarms=[alarm])
    done(journal.submit(appending(record(entry, randomness))))
    with journal.reading() as connection:
        assert unassigned.alarm(connection, alarm) is None
        assert unassigned.adopter(connection, alarm) == "a@x"
        assert [row.seq for row in unassigned.alarms_of(connection, "CAM@D")] == [3, 4]


def test_erased_words_are_missing_from_the_list(journal: Journal) -> None:
    """Who sent it and how often stays."""
    done(journal.submit(lambda ledger: ledger.erase(4)))
    with journal.reading() as connection:
        first = unassigned.senders(connection)[0]
    assert (first.subject, first.count) == (None, 2)


@pytest.mark.slow
def test_a_hundred_thousand_entries_are_listed_at_once(journal: Journal) -> None:
    """The list is kept, not searched for."""
    rows = [(100 + n, f"a{n}", f"cam{n % 50}@x", "10.9.9.9") for n in range(100_000)]

    def fill(ledger: object) -> None:
        connection = ledger.connection  # type: ignore[attr-defined]
        connection.execute("INSERT INTO entry SELECT 1000000, type, 'x', mail, body, hash"
                           " FROM entry WHERE seq = 2")  # fmt: skip
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.executemany(
            "INSERT INTO entry SELECT ?, 'system', NULL, NULL, body, hash FROM entry WHERE seq = 2",
            [(row[0],) for row in rows],
        )
        connection.executemany("INSERT INTO unassigned_alarm VALUES (?, ?, ?, ?)", rows)

    done(journal.submit(fill))
    with journal.reading() as connection:
        begun = time.perf_counter()
        assert len(unassigned.senders(connection)) == 52
        assert time.perf_counter() - begun < 0.5
