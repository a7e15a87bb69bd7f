"""Titles: what an incident is about, and what was there before."""

from __future__ import annotations

from alarmgw.entries import adopted_entry
from alarmgw.model import Event, Source
from alarmgw.store import incidents
from alarmgw.store.ledger import Ledger
from alarmgw.store.titles import alarm_of, earlier, sources_of, titled
from alarmgw.workflow import Incident
from tests.desk import alarm_id, do, fresh_ledger, line, ring, rung
from tests.journals import MOMENT


def incident(ledger: Ledger, number: int) -> Incident:
    """The incident that the number-th mail opened."""
    found = incidents.incident(ledger.connection, alarm_id(number))
    assert found is not None
    return found


def test_the_most_urgent_alarm_names_the_incident() -> None:
    """Its most urgent word comes first; a restore names nothing."""
    ledger = fresh_ledger()
    ring(ledger, 1)
    events = [Event(event=word, camera="Hof").as_json() for word in ("motion", "panic")]
    ledger.append(line({**rung(2, 1, priority=1), "events": events}))
    ring(ledger, 3, 2, kind="restore", priority=1)
    told = titled(ledger.connection, incident(ledger, 1))
    assert told["events"] == ["panic", "motion"]
    assert (told["camera"], told["incident"], told["count"]) == ("Hof", alarm_id(1), 3)


def test_without_its_words_an_incident_still_has_a_title() -> None:
    """Erased or damaged, there is a row."""
    ledger = fresh_ledger()
    ring(ledger, 1)
    ledger.erase(1)
    assert titled(ledger.connection, incident(ledger, 1))["events"] == ["motion"]
    ledger.connection.execute("UPDATE entry SET body = X'78' WHERE seq = 1")
    assert titled(ledger.connection, incident(ledger, 1))["events"] == []
    assert alarm_of(ledger.connection, "gw1-x") is None


def test_earlier_ones_are_of_this_site_the_newest_first() -> None:
    """How each of them ended stands beside it; later ones and other sites do not count."""
    ledger = fresh_ledger()
    for number in range(1, 5):
        ring(ledger, number, number * 4000)
        ring(ledger, 100 + number, number * 4000, site="4712")
        if number < 4:
            cause = {"outcome": "deceptive", "cause": "animal"}
            do(ledger, alarm_id(number), "close", seconds=number * 4000 + 5, **cause)
    told = earlier(ledger.connection, incident(ledger, 3), "bq@4711", 10)
    assert [one["incident"] for one in told] == [alarm_id(2), alarm_id(1)]
    told_of = {name: told[0][name] for name in ("outcome", "cause", "operator", "state", "source")}
    assert told_of == {
        "outcome": "deceptive",
        "cause": "animal",
        "operator": "anna",
        "state": "closed",
        "source": "bq@4711",
    }
    assert len(earlier(ledger.connection, incident(ledger, 4), None, 2)) == 2


def test_what_the_source_had_without_a_site_counts_too() -> None:
    """It got its site later."""
    ledger = fresh_ledger()
    ledger.append(line({**rung(1), "site": None}))
    ring(ledger, 2, 9999)
    told = earlier(ledger.connection, incident(ledger, 2), "bq@4711", 10)
    assert [one["incident"] for one in told] == [alarm_id(1)]


def test_an_adopted_alarm_is_its_sources() -> None:
    """The incident shows whose it is now."""
    ledger = fresh_ledger()
    ledger.append(line({**rung(1), "source": None, "site": None}))
    source = Source(address="new@gw", site="4713")
    alarms = [alarm_id(1)]
    ledger.append(line(adopted_entry(time=MOMENT, node="gw1", source=source, alarms=alarms)))
    told = titled(ledger.connection, incident(ledger, 1))
    assert (told["source"], told["site"]) == ("new@gw", "4713")
    assert sources_of(ledger.connection, alarm_id(1), 9) == ["new@gw"]
