"""What is open, made anew from the entries and compared with what the journal lists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.entries import adopted_entry, record
from alarmgw.model import Source
from alarmgw.store.chain import Line, parsed
from alarmgw.store.inspection import lines
from alarmgw.store.journal import Journal, Ledger
from alarmgw.store.projections import Projections
from alarmgw.workflow_shift import sign_on, suppress
from tests.desk import RULES, alarm_id, do, ring, stamp
from tests.journals import (
    MOMENT,
    alarm_record,
    appending,
    closed_record,
    done,
    filled,
    mail_id,
    randomness,
    started,
    timed,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Three alarms, the first one closed."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        filled(journal, 3)
        done(journal.submit(appending(closed_record(f"{mail_id(1)}-1"))))
        yield journal


def faults(journal: Journal, head: int = 4, extra: tuple[Line, ...] = ()) -> list[str]:
    """What the comparison says."""
    with closing(Projections(journal)) as projections:
        for line in (*lines(journal, head), *extra):
            projections.follow(line, parsed(line.body))
        return list(projections.faults(journal, head))


def test_a_true_list_has_no_faults(journal: Journal) -> None:
    """Alarms that wait are open, closed ones are not."""
    assert faults(journal) == []


def test_what_came_later_is_left_aside(journal: Journal) -> None:
    """A list that has moved on is right for the entries that were read."""
    later = (closed_record(f"{mail_id(2)}-1"), alarm_record(9))
    done(journal.submit(appending(*later)))
    assert faults(journal) == []


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("DELETE FROM open_alarm WHERE seq = 3", "(entry 3) is open and not in the list"),
        ("INSERT INTO open_alarm SELECT seq, alarm FROM entry WHERE seq = 1",
         "(entry 1) is in the list of open ones and is not open"),
        ("INSERT INTO unassigned_alarm SELECT seq, alarm, 'c', '1' FROM entry WHERE seq = 1",
         "(entry 1) is in the list of unassigned ones and is not unassigned"),
        ("INSERT INTO adopted_alarm SELECT alarm, seq, 'b@x' FROM entry WHERE seq = 1",
         "(entry 1) is in the list of adopted ones and is not adopted"),
    ],
)  # fmt: skip
def test_each_difference_is_told(journal: Journal, statement: str, text: str) -> None:
    """Alarms that nobody would be shown, and alarms that nobody could close."""
    done(journal.submit(lambda ledger: ledger.connection.execute(statement)))
    [fault] = faults(journal)
    assert text in fault


def worked(ledger: Ledger) -> None:
    """People have worked: something of each kind is kept."""
    ring(ledger, 20, site="9")
    do(ledger, alarm_id(20), "accept")
    ledger.append(record(sign_on("f" * 64, stamp())[0], randomness))
    wanted = {"site": "9", "minutes": 30, "reason": "Bau"}
    ledger.append(record(suppress("s1", wanted, stamp(), RULES)[0], randomness))


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("UPDATE incident SET priority = 5 WHERE list = 'alarm' AND key = 'site:9'",
         f"incident {alarm_id(20)} is not kept as its entries say"),
        ("DELETE FROM incident WHERE key = 'site:9'",
         f"incident {alarm_id(20)} is not kept as its entries say"),
        ("UPDATE incident_alarm SET incident = 'x' WHERE seq = 5",
         f"alarm {alarm_id(20)} (entry 5) is not kept with the incident that it belongs to"),
        ("DELETE FROM incident_step", "entry 6 is not kept with the incident that it is about"),
        ("DELETE FROM operator_session", f"session {'a' * 16} is not kept as its entries say"),
        ("UPDATE suppression SET until = 'x'", "suppression s1 is not kept as its entries say"),
    ],
)  # fmt: skip
def test_what_people_did_is_proved(journal: Journal, statement: str, text: str) -> None:
    """Incidents, sessions, suppressions; also what was done after the entries were read."""
    done(journal.submit(worked))
    assert faults(journal) == faults(journal, head=8) == []
    done(journal.submit(lambda ledger: ledger.connection.execute(statement)))
    assert faults(journal) == faults(journal, head=8) == [text]


def test_damaged_entries_are_not_understood(journal: Journal) -> None:
    """The chain tells of them; here they say nothing, even where they say it twice."""
    [first, *_] = lines(journal, 1)
    broken = first._replace(seq=5, body=b"{")
    again = first._replace(seq=6)
    assert faults(journal, extra=(broken, again._replace(alarm=None))) != [""]
    assert all("entry 5" not in fault for fault in faults(journal, extra=(broken,)))


def test_what_was_adopted_later_is_left_aside(journal: Journal) -> None:
    """It was unassigned when the entries were read."""
    done(journal.submit(appending(alarm_record(9, source=None))))
    entry = adopted_entry(
        time=MOMENT, node="gw1", source=Source(address="a@x"), alarms=[f"{mail_id(9)}-1"]
    )
    done(journal.submit(appending(record(entry, randomness))))
    assert faults(journal, head=5) == [] and faults(journal, head=6) == []


@pytest.mark.parametrize(
    "statement", ["DELETE FROM source_clock", "UPDATE source_clock SET offset_s = 1"]
)
def test_a_clock_that_is_not_what_the_mail_said_is_told(journal: Journal, statement: str) -> None:
    """And one that has moved on since is right."""
    line = alarm_record(5, times=timed(900.0))
    done(journal.submit(appending(line)))
    assert faults(journal, head=5) == []
    done(journal.submit(appending(alarm_record(6, times=timed(7.0)))))
    assert faults(journal, head=5) == []
    done(journal.submit(lambda ledger: ledger.connection.execute(statement)))
    assert faults(journal, head=6) == [
        "the clock of bq3@ebues.internal is not kept as its newest mail shows it"
    ]
