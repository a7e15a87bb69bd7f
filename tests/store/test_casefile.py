"""An incident's file: everything about it, and never too much of it."""

from __future__ import annotations

import pytest

from alarmgw.entries import adopted_entry
from alarmgw.fitting import encode
from alarmgw.model import Source
from alarmgw.store import casefile
from alarmgw.store.casefile import alarm_file, case_file
from alarmgw.store.ledger import Ledger
from tests.desk import alarm_id, do, fresh_ledger, line, ring, rung
from tests.journals import MOMENT, joining_record, resend_record


@pytest.fixture
def ledger() -> Ledger:
    """An incident of three alarms."""
    ledger = fresh_ledger()
    for number in (1, 2, 3):
        ring(ledger, number, number)
    return ledger


def test_open_or_closed_it_tells_the_same(ledger: Ledger) -> None:
    """Its alarms and what was done, each in the journal's order."""
    do(ledger, alarm_id(1), "accept")
    ledger.append(resend_record(9, 2))
    told = case_file(ledger.connection, alarm_id(1))
    assert [one["seq"] for one in told["alarms"]] == [1, 2, 3]
    assert [one["type"] for one in told["entries"]] == ["accepted"]
    assert told["incident"]["state"] == "accepted"
    assert told["resends"] == {alarm_id(2): 1}
    do(ledger, alarm_id(1), "close", outcome="real", note="Täter")
    told = case_file(ledger.connection, alarm_id(1))
    assert told["incident"]["state"] == "closed" and len(told["alarms"]) == 3
    assert told["entries"][-1]["note"] == "Täter"
    assert (told["more"], told["more_entries"]) == (0, 0)


def test_the_newest_alarms_are_told_and_the_rest_is_counted(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By number as by size."""
    monkeypatch.setattr(casefile, "ALARMS", 2)
    told = case_file(ledger.connection, alarm_id(1))
    assert ([one["seq"] for one in told["alarms"]], told["more"]) == ([2, 3], 1)
    monkeypatch.setattr(casefile, "ALARM_BYTES", len(encode(told["alarms"][-1])) + 1)
    told = case_file(ledger.connection, alarm_id(1))
    assert ([one["seq"] for one in told["alarms"]], told["more"]) == ([3], 2)


def test_a_long_text_is_told_in_part() -> None:
    """The alarm's own entry has it whole."""
    ledger = fresh_ledger()
    ledger.append(line({**rung(1), "text": "x" * 9000}))
    [alarm] = case_file(ledger.connection, alarm_id(1))["alarms"]
    assert len(alarm["text"]) == casefile.TEXT_CHARACTERS and alarm["text_cut"]


def test_what_was_erased_or_damaged_does_not_hide_the_rest(ledger: Ledger) -> None:
    """Facts stay; what cannot be read is counted."""
    ledger.erase(1)
    ledger.connection.execute("UPDATE entry SET body = X'78' WHERE seq = 2")
    told = case_file(ledger.connection, alarm_id(1))
    assert [(one["seq"], one["subject"]) for one in told["alarms"]] == [(1, None), (3, "Bewegung")]
    assert told["more"] == 1


def test_what_was_adopted_is_its_sources_now() -> None:
    """The entries stay as they are."""
    ledger = fresh_ledger()
    for number in (1, 2):
        ring(ledger, number, site=None, source=None)
    for number, address in ((2, "old@x"), (1, "gate@x")):
        source = Source(address=address, site="4711")
        entry = adopted_entry(time=MOMENT, node="gw1", source=source, alarms=[alarm_id(number)])
        ledger.append(line(entry))
    told = case_file(ledger.connection, alarm_id(1))
    assert told["adopted"] == {
        alarm_id(1): {"source": "gate@x", "site": "4711", "tenant": None},
        alarm_id(2): {"source": "old@x", "site": "4711", "tenant": None},
    }
    assert [one["source"] for one in told["alarms"]] == [None, None]
    assert alarm_file(ledger.connection, alarm_id(1))["adopted"].keys() == {alarm_id(1)}


def test_an_alarm_in_no_incident_has_a_file_with_its_late_pictures() -> None:
    """And how often its mail came again; a mail that came again can be looked at, too."""
    ledger = fresh_ledger()
    ring(ledger, 1, kind="test", handling="test")
    ledger.append(joining_record(2, 1))
    ledger.append(resend_record(3, 1))
    ring(ledger, 4)
    told = alarm_file(ledger.connection, alarm_id(1))
    assert [one["seq"] for one in told["alarms"]] == [1, 2]
    assert told["resends"] == {alarm_id(1): 1}
    [again] = alarm_file(ledger.connection, alarm_id(3))["alarms"]
    assert (again["type"], again["first"]) == ("resend", alarm_id(1))
    assert alarm_file(ledger.connection, "gw1-x") == {"alarms": [], "resends": {}, "adopted": {}}


def test_of_an_unknown_one_nothing_is_told(ledger: Ledger) -> None:
    """It is null, and all lists are empty."""
    told = case_file(ledger.connection, "gw1-x")
    assert told["incident"] is None and not told["alarms"] and not told["entries"]
