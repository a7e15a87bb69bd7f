"""Numbers of the house: by hour, to acceptance, and by source; none about a person."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from alarmgw.codec.outcomes import DEFAULT
from alarmgw.model import Source
from alarmgw.store import accounts
from alarmgw.store.ledger import Ledger
from alarmgw.store.numbers import MARKS, SOURCES, YEAR, acceptance, false_alarms, hours
from tests.desk import ANNA, alarm_id, at, do, fresh_ledger, ring


def accepted(waits: Sequence[float]) -> Ledger:
    """A journal with an incident accepted after each of these waits."""
    ledger = fresh_ledger()
    for number, wait in enumerate(waits, 1):
        begun = number * 10_000
        ring(ledger, number, begun, site=str(number))
        do(ledger, alarm_id(number), "accept", seconds=begun + wait)
    return ledger


def test_alarms_and_their_incidents_are_counted_by_the_hour() -> None:
    """Two mails of one incident are two alarms; tests and faults are none."""
    ledger = fresh_ledger()
    ring(ledger, 1, 0)
    ring(ledger, 2, 5)
    ring(ledger, 3, 3600, site="4712")
    ring(ledger, 4, 3601, kind="fault")
    ring(ledger, 5, 3602, kind="test", handling="test")
    told = hours(ledger.connection, at(3700), 1)
    assert len(told) == 24
    assert told[-2:] == [
        {"hour": "2026-11-21T20:00:00.000Z", "alarms": 2, "incidents": 1},
        {"hour": "2026-11-21T21:00:00.000Z", "alarms": 1, "incidents": 1},
    ]
    assert not any(hour["alarms"] or hour["incidents"] for hour in told[:-2])


def test_hours_that_are_over_are_left_out() -> None:
    """The period ends with this hour and has as many hours as its days."""
    ledger = fresh_ledger()
    ring(ledger, 1, 0)
    told = hours(ledger.connection, at(86_400), 1)
    assert [sum(hour["alarms"] for hour in told), len(told)] == [0, 24]
    assert sum(hour["alarms"] for hour in hours(ledger.connection, at(86_400), 2)) == 1


def test_each_wait_is_in_one_bin_and_bins_end_at_the_marks() -> None:
    """A wait of 30 s is not below 30 s."""
    waits = [0, 9.999, 10, 29.999, 30, 59, 60, 89, 90, 179.9, 180, 500, 5000]
    told = acceptance(accepted(waits).connection, at(0))
    by_begin = {one["from_s"]: one["n"] for one in told["bins"] if one["n"]}
    assert by_begin == {0: 2, 10: 1, 20: 1, 30: 1, 50: 1, 60: 1, 80: 1, 90: 1, 170: 1} | {
        180: 1,
        300: 1,
        900: 1,
    }
    assert set(MARKS) <= {one["to_s"] for one in told["bins"]}
    assert told["n"] == sum(one["n"] for one in told["bins"]) == len(waits)


def test_median_and_the_slow_tenth() -> None:
    """Of ten waits the median is the fifth; one in ten took longer than the ninth."""
    told = acceptance(accepted(range(1, 11)).connection, at(0))
    assert (told["median_s"], told["p90_s"]) == (5, 9)


def test_nothing_accepted_is_no_wait() -> None:
    """What nobody accepted counts nowhere, and no division fails."""
    ledger = fresh_ledger()
    ring(ledger, 1)
    told = acceptance(ledger.connection, at(0))
    assert (told["n"], told["median_s"], told["p90_s"]) == (0, None, None)


def test_only_the_first_acceptance_counts() -> None:
    """Who takes over later does not make the first one slow."""
    ledger = accepted([7])
    do(ledger, alarm_id(1), "release", seconds=10_100)
    do(ledger, alarm_id(1), "accept", seconds=10_200)
    assert acceptance(ledger.connection, at(0))["median_s"] == 7


def closed(ledger: Ledger, number: int, site: str, outcome: str) -> None:
    """An incident that ended so."""
    ring(ledger, number, number, site=site)
    cause = {"cause": "animal"} if outcome == "deceptive" else {}
    do(ledger, alarm_id(number), "close", outcome=outcome, **cause, seconds=number)


def test_sources_stand_in_the_order_of_their_false_alarms() -> None:
    """What counts as false says the list of outcomes; the source has its record's name."""
    ledger = fresh_ledger()
    source = Source(address="bq@2", name="Tor", site=None)
    accounts.put_source(ledger.connection, source, "2026-01-01T00:00:00.000Z")
    outcomes = [("1", "deceptive"), ("2", "technical"), ("2", "deceptive"), ("2", "real")]
    for number, (site, outcome) in enumerate([*outcomes, ("3", "real")], 1):
        closed(ledger, number, site, outcome)
    told = false_alarms(ledger.connection, at(-1), DEFAULT.false_codes)
    nowhere = {"site": None, "site_name": None}
    assert told == [
        {"address": "bq@2", "name": "Tor", **nowhere, "false": 2, "incidents": 3},
        {"address": "bq@1", "name": None, **nowhere, "false": 1, "incidents": 1},
    ]
    assert false_alarms(ledger.connection, at(100) + YEAR, DEFAULT.false_codes) == []
    assert false_alarms(ledger.connection, at(-1), ()) == []


@pytest.mark.parametrize("more", [0, 10])
def test_so_many_sources_and_no_more(more: int) -> None:
    """The worst ones are what matters."""
    ledger = fresh_ledger()
    for number in range(1, SOURCES + more + 1):
        closed(ledger, number, str(number), "technical")
    assert len(false_alarms(ledger.connection, at(-1), DEFAULT.false_codes)) == SOURCES


def test_no_number_is_about_one_person() -> None:
    """No operator's name leaves the journal this way."""
    ledger = accepted([5, 6])
    told = [hours(ledger.connection, at(30_000), 1), acceptance(ledger.connection, at(0))]
    told.append(false_alarms(ledger.connection, at(0), DEFAULT.false_codes))
    assert str(ANNA.operator) not in json.dumps(told)
