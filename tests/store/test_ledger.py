"""The ledger: numbers, savepoints and projections inside one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarmgw.entries import Record, adopted_entry, record
from alarmgw.model import Handling, Source
from alarmgw.store.chain import verify_chain
from alarmgw.store.database import open_writer
from alarmgw.store.ledger import Ledger, rebuild_projections
from tests.journals import (
    MOMENT,
    alarm_record,
    closed_record,
    joining_record,
    made,
    mail_id,
    randomness,
    resend_record,
    system_record,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The ledger of an empty journal, in a transaction."""
    path = tmp_path / "journal.sqlite3"
    made(path).close()
    with closing(open_writer(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield Ledger(connection)


def open_alarms(ledger: Ledger) -> list[tuple[int, str]]:
    """The projection of open alarms."""
    return ledger.connection.execute("SELECT seq, alarm FROM open_alarm ORDER BY seq").fetchall()


def test_numbers_begin_at_one_and_have_no_gaps(ledger: Ledger) -> None:
    """Each entry's number is the one after the last."""
    assert [ledger.append(system_record(word)) for word in "abc"] == [1, 2, 3]


def test_numbers_go_on_where_the_last_transaction_ended(ledger: Ledger) -> None:
    """A new ledger finds the end of the journal by itself, and chains on."""
    ledger.append(system_record("a"))
    assert Ledger(ledger.connection).append(system_record("b")) == 2
    assert verify_chain(ledger.connection).faults == ()


def test_what_was_appended_is_told_as_public_json(ledger: Ledger) -> None:
    """The encoded entry has its number in it."""
    line = alarm_record(1)
    ledger.append(line)
    [(seq, public)] = ledger.appended
    assert seq == 1 and json.loads(public) == {
        "seq": 1, **json.loads(line.public), "incident": f"{mail_id(1)}-1"
    }  # fmt: skip


def test_a_failed_savepoint_takes_back_entries_numbers_and_chain(ledger: Ledger) -> None:
    """What comes next takes the number, and the chain knows nothing of the failure."""
    ledger.append(system_record("before"))
    with pytest.raises(ZeroDivisionError), ledger.savepoint():
        ledger.append(system_record("undone"))
        raise ZeroDivisionError
    assert ledger.append(system_record("after")) == 2
    assert b"undone" not in b"".join(public for _, public in ledger.appended)
    assert verify_chain(ledger.connection).faults == ()


def test_an_alarm_arrives_once(ledger: Ledger) -> None:
    """A second alarm entry with the same id is refused by the database."""
    ledger.append(alarm_record(1))
    with pytest.raises(sqlite3.IntegrityError), ledger.savepoint():
        ledger.append(alarm_record(1))


def test_an_alarm_in_the_queue_is_open_until_it_is_closed(ledger: Ledger) -> None:
    """The projection changes with the entries."""
    ledger.append(alarm_record(1))
    ledger.append(alarm_record(2))
    assert [seq for seq, _ in open_alarms(ledger)] == [1, 2]
    ledger.append(closed_record(f"{mail_id(1)}-1"))
    assert open_alarms(ledger) == [(2, f"{mail_id(2)}-1")]


def test_an_alarm_that_is_not_for_the_queue_is_not_open(ledger: Ledger) -> None:
    """Tests and disarmed alarms are stored and counted, not queued."""
    ledger.append(alarm_record(1, handling=Handling(priority=5, handling="test", rule="x")))
    assert open_alarms(ledger) == []


def followers(ledger: Ledger) -> list[tuple[int, str, str]]:
    """The projection of what follows an alarm."""
    return ledger.connection.execute("SELECT * FROM follower ORDER BY seq").fetchall()


def test_a_resend_is_not_open_and_follows_its_first(ledger: Ledger) -> None:
    """Whatever its handling says."""
    ledger.append(alarm_record(1))
    ledger.append(resend_record(2, first=1))
    assert open_alarms(ledger) == [(1, f"{mail_id(1)}-1")]
    assert followers(ledger) == [(2, f"{mail_id(2)}-1", f"{mail_id(1)}-1")]


def test_a_resend_arrives_once(ledger: Ledger) -> None:
    """As an alarm does."""
    ledger.append(resend_record(2, first=1))
    with pytest.raises(sqlite3.IntegrityError), ledger.savepoint():
        ledger.append(resend_record(2, first=1))


def test_late_pictures_wait_with_their_alarm(ledger: Ledger) -> None:
    """They are not open themselves, and need not be closed."""
    ledger.append(alarm_record(1))
    ledger.append(joining_record(2, first=1))
    assert open_alarms(ledger) == [(1, f"{mail_id(1)}-1")]
    ledger.append(closed_record(f"{mail_id(1)}-1"))
    assert open_alarms(ledger) == []


def test_late_pictures_of_what_was_closed_just_now_are_open(ledger: Ledger) -> None:
    """Between planning and writing an operator may be quicker: nothing is lost then."""
    ledger.append(alarm_record(1))
    ledger.append(closed_record(f"{mail_id(1)}-1"))
    ledger.append(joining_record(2, first=1))
    assert open_alarms(ledger) == [(3, f"{mail_id(2)}-1")]


def kept_record(number: int) -> Record:
    """Every third one an alarm; the others follow the third."""
    if number % 3 == 0:
        return alarm_record(number)
    return (joining_record if number % 3 == 1 else resend_record)(number, first=3)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=20))
def test_rebuilt_projections_are_what_they_were(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]]
) -> None:
    """Whatever was appended, replaying the journal makes the same projection."""
    path = tmp_path_factory.mktemp("replay") / "journal.sqlite3"
    made(path).close()
    with closing(open_writer(path)) as connection:
        ledger, seen = Ledger(connection), set()
        for number, closing_it in steps:
            if closing_it:
                ledger.append(closed_record(f"{mail_id(number)}-1"))
            elif number not in seen:
                seen.add(number)
                ledger.append(kept_record(number))
        before = open_alarms(ledger), followers(ledger)
        connection.execute("UPDATE open_alarm SET alarm = alarm || 'x'")
        connection.execute("DELETE FROM follower")
        rebuild_projections(ledger)
        assert (open_alarms(ledger), followers(ledger)) == before


def test_the_settled_mark_only_advances(ledger: Ledger) -> None:
    """A late round cannot make the next start look at everything again."""
    marks = []
    for seq in (5, 3, 7):
        ledger.set_settled(seq)
        row = ledger.connection.execute("SELECT value FROM meta WHERE name = 'settled'")
        marks.append(row.fetchone()[0])
    assert marks == ["5", "5", "7"]


def test_erased_words_are_gone_and_facts_stay(ledger: Ledger) -> None:
    """Erasing removes the content row and with it the salt; the body is not touched."""
    seq = ledger.append(alarm_record(1))
    body = ledger.connection.execute("SELECT body FROM entry").fetchone()[0]
    ledger.erase(seq)
    assert ledger.connection.execute("SELECT count(*) FROM content").fetchone() == (0,)
    assert ledger.connection.execute("SELECT body FROM entry").fetchone()[0] == body
    assert verify_chain(ledger.connection).erased == 1


def test_rebuilding_finds_what_is_unassigned_and_what_is_adopted(ledger: Ledger) -> None:
    """As it was, whatever had become of the lists."""
    for number in (1, 2, 3):
        ledger.append(alarm_record(number, source=None if number < 3 else Source(address="b@x")))
    entry = adopted_entry(
        time=MOMENT, node="gw1", source=Source(address="a@x"), alarms=[f"{mail_id(1)}-1"]
    )
    ledger.append(record(entry, randomness))
    before = lists(ledger)
    assert before == ([(2, f"{mail_id(2)}-1", "c@d", "10.1.2.3")], [(f"{mail_id(1)}-1", 4, "a@x")])
    for table in ("unassigned_alarm", "adopted_alarm"):
        ledger.connection.execute(f"DELETE FROM {table}")
    rebuild_projections(ledger)
    assert lists(ledger) == before


def lists(ledger: Ledger) -> tuple[list[tuple[object, ...]], ...]:
    """What is unassigned, and what was adopted."""
    tables = ("unassigned_alarm", "adopted_alarm")
    rows = (ledger.connection.execute(f"SELECT * FROM {table}") for table in tables)
    return tuple(table.fetchall() for table in rows)
