"""Snapshots: what a workstation needs that knows nothing, and no more than it can hold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from alarmgw.store import incidents, snapshots
from alarmgw.store.database import open_writer
from alarmgw.store.ledger import Ledger
from alarmgw.workflow_book import Book
from alarmgw.workflow_shift import sign_off, sign_on, suppress
from tests.desk import ANNA, BERT, RULES, alarm_id, do, line, ring, stamp
from tests.journals import made


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The ledger of an empty journal, in a transaction."""
    path = tmp_path / "journal.sqlite3"
    made(path).close()
    with closing(open_writer(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield Ledger(connection)


def told(connection: sqlite3.Connection, limit: int = 500, **bounds: int) -> list[dict[str, Any]]:
    """The entries of a snapshot."""
    return [
        json.loads(entry) for _, entry in snapshots.snapshot(connection, limit, **bounds).entries
    ]


def book(connection: sqlite3.Connection, limit: int = 500) -> Book:
    """What a workstation makes of a snapshot."""
    made_of_it = Book()
    for entry in told(connection, limit):
        made_of_it.take(entry)
    return made_of_it


def worked(ledger: Ledger) -> None:
    """Three sites: one accepted, one parked, one closed with a follow-up; each with steps."""
    for number in range(1, 10):
        ring(ledger, number, number, site=str(number % 3))
    do(ledger, alarm_id(1), "accept")
    do(ledger, alarm_id(1), "note", text="Hund")
    do(ledger, alarm_id(2), "accept", BERT)
    do(ledger, alarm_id(2), "park", BERT, minutes=15)
    do(ledger, alarm_id(3), "accept")
    do(ledger, alarm_id(3), "close", seen=4, outcome="test")


@pytest.mark.parametrize("limit", [1, 4, 500])
def test_every_open_incident_is_known_as_it_stands(ledger: Ledger, limit: int) -> None:
    """However few of the alarms are told."""
    worked(ledger)
    expected = {one.id: one for one in incidents.open_incidents(ledger.connection)}
    assert set(expected) == {alarm_id(1), alarm_id(2), alarm_id(6)}
    assert book(ledger.connection, limit).incidents == expected


def test_what_follows_a_snapshot_is_folded_on(ledger: Ledger) -> None:
    """A workstation that came in the middle knows the same as the journal afterwards."""
    worked(ledger)
    follower = book(ledger.connection, 1)
    before = len(ledger.appended)
    ring(ledger, 20, 30, site="1", priority=1)
    do(ledger, alarm_id(1), "close", seen=ledger.head - 1, outcome="real")
    do(ledger, alarm_id(1), "undo", seconds=5)
    do(ledger, alarm_id(2), "resume", ANNA)
    for _, entry in ledger.appended[before:]:
        follower.take(json.loads(entry))
    expected = {one.id: one for one in incidents.open_incidents(ledger.connection)}
    assert follower.incidents == expected and len(expected) == 4


def test_entries_are_numbered_upwards_and_steps_are_told(ledger: Ledger) -> None:
    """Each number once; what was done about a closed incident is nobody's business any more."""
    worked(ledger)
    entries = told(ledger.connection, 2)
    numbers = [entry["seq"] for entry in entries]
    assert numbers == sorted(set(numbers))
    kinds = [entry["type"] for entry in entries]
    steps = ["accepted", "noted", "accepted", "parked"]
    assert kinds == ["alarm", "alarm", *steps, "standing"]


def test_late_pictures_of_a_closed_incident_are_left_out(ledger: Ledger) -> None:
    """A fault's that joined an open alarm have an incident of their own, and that is over."""
    ring(ledger, 1)
    ring(ledger, 2, 30, kind="fault", joins=alarm_id(1))
    ring(ledger, 3, 40, joins=alarm_id(1))
    do(ledger, alarm_id(2), "close", outcome="fixed")
    assert [entry["seq"] for entry in told(ledger.connection)] == [1, 3]
    assert set(book(ledger.connection).incidents) == {alarm_id(1)}


def test_people_and_suppressions_are_told(ledger: Ledger) -> None:
    """Those who are there, and what is held back now, with its reason."""
    for who in (ANNA, BERT):
        ledger.append(line(sign_on("f" * 64, stamp(who))[0]))
    ledger.append(line(sign_off("lost", stamp(BERT))[0]))
    wanted = {"source": "bq@1", "minutes": 30, "reason": "Bauarbeiten"}
    ledger.append(line(suppress("s1", wanted, stamp(), RULES)[0]))
    known = book(ledger.connection)
    assert [one.operator for one in known.sessions.values()] == ["anna"]
    assert [one.reason for one in known.suppressions.values()] == ["Bauarbeiten"]


def test_alarms_are_left_out_where_there_is_no_room(ledger: Ledger) -> None:
    """Incidents come first, then the newest alarms."""
    for number in range(1, 40):
        ring(ledger, number, number, site=str(number % 5))
    few = told(ledger.connection, room=20_000)
    assert sum(map(len, map(json.dumps, few))) < 22_000
    whole = [entry for entry in few if entry["type"] == "alarm"]
    assert 0 < len(whole) < 39 and whole[-1]["seq"] == 39
    assert len([entry for entry in few if "standing" in entry]) == 5


def test_the_most_urgent_incidents_are_told(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are more than can be told, an old hold-up goes before new motion.

    How many are left out is told as well.
    """
    monkeypatch.setattr(snapshots, "INCIDENTS", 2)
    for number, priority in ((1, 1), (2, 3), (3, 3)):
        ring(ledger, number, number, site=str(number), priority=priority)
    assert set(book(ledger.connection, 1).incidents) == {alarm_id(1), alarm_id(3)}
    assert snapshots.snapshot(ledger.connection, 1).more_incidents == 1
    monkeypatch.setattr(snapshots, "INCIDENTS", 3)
    assert snapshots.snapshot(ledger.connection, 1).more_incidents == 0


def test_the_newest_alarm_is_known_by_its_time(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open, closed or a test: when its mail was complete.  A damaged one is in nobody's way."""

    def last() -> str | None:
        return snapshots.snapshot(ledger.connection, 1).last_alarm

    assert last() is None
    ring(ledger, 1, 10)
    first = last()
    do(ledger, alarm_id(1), "close", outcome="real")
    assert first is not None and last() == first
    times = {"eom": "2026-11-21T21:00:00.123456Z", "clock_offset_s": None}
    ring(ledger, 2, 20, kind="test", handling="test", times=times)
    second = last()
    assert second == times["eom"]
    for who in (ANNA, BERT):
        ledger.append(line(sign_on("f" * 64, stamp(who))[0]))
    assert last() == second
    damaged = "UPDATE entry SET body = CAST('x' AS BLOB) WHERE alarm = ?"
    ledger.connection.execute("SAVEPOINT whole")
    ledger.connection.execute(damaged, (alarm_id(2),))
    assert last() is None
    ledger.connection.execute("ROLLBACK TO whole")
    monkeypatch.setattr(snapshots, "LOOKED_THROUGH", 1)
    assert last() == first


def test_who_wants_the_count_gets_no_entries(ledger: Ledger) -> None:
    """A status needs none."""
    worked(ledger)
    found = snapshots.snapshot(ledger.connection, 0)
    assert (found.open_total, found.entries) == (8, ())
