"""Incidents in the store: decided with the alarm, kept with the entries, found again."""

from __future__ import annotations

import json

import pytest

from alarmgw.store import incidents
from alarmgw.store.ledger import Ledger, rebuild_projections
from alarmgw.workflow import Incident
from alarmgw.workflow_actions import Rejected
from tests.desk import BERT, alarm_id, at, do, fresh_ledger, line, ring, rung, stamp


@pytest.fixture
def ledger() -> Ledger:
    """The ledger of an empty journal."""
    return fresh_ledger()


def entry(ledger: Ledger, seq: int) -> dict[str, object]:
    """An entry as everybody hears it."""
    return dict(json.loads(ledger.appended[seq - 1][1]))


def known(ledger: Ledger, number: int) -> Incident:
    """The incident that the ``number``-th alarm opened."""
    found = incidents.incident(ledger.connection, alarm_id(number))
    assert found is not None
    return found


def open_alarms(ledger: Ledger) -> list[int]:
    """The entries of open alarms."""
    rows = ledger.connection.execute("SELECT seq FROM open_alarm ORDER BY seq")
    return [seq for (seq,) in rows]


def test_an_alarms_entry_names_its_incident(ledger: Ledger) -> None:
    """Publicly, in the chained body, and as it is published."""
    for number in (1, 2):
        ring(ledger, number, number)
    body = ledger.connection.execute("SELECT body FROM entry WHERE seq = 2").fetchone()[0]
    for told in (entry(ledger, 2), json.loads(body), json.loads(ledger.public(2))):
        assert told["incident"] == alarm_id(1)
    assert "seq" not in json.loads(ledger.public(2))


def test_what_belongs_to_none_names_none(ledger: Ledger) -> None:
    """A test is kept, and is nothing that waits."""
    ring(ledger, 1, kind="test", handling="test")
    ring(ledger, 2, kind="routine")
    assert entry(ledger, 1)["incident"] is entry(ledger, 2)["incident"] is None
    assert open_alarms(ledger) == [] == incidents.open_incidents(ledger.connection)


def test_words_of_a_mail_are_no_incident(ledger: Ledger) -> None:
    """Whatever stands in a subject, the key in its entry is found."""
    text = 'x","incident":null,"y'
    ring(ledger, 1, subject=text, text='"incident":null')
    told = entry(ledger, 1)
    assert (told["subject"], told["text"]) == (text, '"incident":null')
    assert told["incident"] == alarm_id(1)


def test_a_parked_incident_comes_back_with_a_more_urgent_alarm(ledger: Ledger) -> None:
    """In the same transaction; a calmer one leaves it parked."""
    ring(ledger, 1)
    do(ledger, alarm_id(1), "accept")
    do(ledger, alarm_id(1), "park", minutes=15)
    ring(ledger, 2, 20)
    assert known(ledger, 1).state == "parked" and ledger.head == 4
    assert ring(ledger, 3, 30, priority=1) == 5
    returned = entry(ledger, 6)
    assert (returned["type"], returned["why"], returned["operator"]) == ("returned", "class", None)
    assert (known(ledger, 1).state, known(ledger, 1).priority) == ("new", 1)
    assert json.loads(ledger.public(5))["type"] == "alarm"


def test_a_close_leaves_what_was_not_seen(ledger: Ledger) -> None:
    """It is a follow-up, whose alarms wait; what was seen waits no more."""
    for number in range(1, 6):
        ring(ledger, number, number, priority=6 - number if number < 5 else 2)
    do(ledger, alarm_id(1), "close", seconds=20, seen=3, outcome="test")
    assert open_alarms(ledger) == [4, 5]
    later = known(ledger, 4)
    assert (later.follows, later.count, later.priority) == (alarm_id(1), 2, 2)
    assert (later.offered_to, later.first_seq, later.last_seq) == ("anna", 4, 5)
    assert (known(ledger, 1).count, known(ledger, 1).priority) == (3, 3)
    ring(ledger, 6, 30)
    assert entry(ledger, ledger.head)["incident"] == later.id


def test_an_unseen_restore_is_no_follow_up(ledger: Ledger) -> None:
    """There is nothing to be done about it; before an unseen alarm it stays with what is closed."""
    ring(ledger, 1)
    ring(ledger, 2, 5, kind="restore")
    do(ledger, alarm_id(1), "close", seen=1, outcome="test")
    assert incidents.open_incidents(ledger.connection) == []
    ring(ledger, 3, 10)
    ring(ledger, 4, 11, kind="restore")
    ring(ledger, 5, 12)
    do(ledger, alarm_id(3), "close", seen=5, outcome="test")
    assert (known(ledger, 3).count, known(ledger, 5).count) == (2, 1)


def test_nobody_closes_what_is_still_to_come(ledger: Ledger) -> None:
    """A number beyond the journal's end is no promise for later."""
    ring(ledger, 1)
    do(ledger, alarm_id(1), "close", seen=10_000, outcome="test")
    assert entry(ledger, ledger.head)["up_to"] == 1


def test_a_close_that_is_taken_back_opens_its_alarms_again(ledger: Ledger) -> None:
    """The follow-up stays what it is."""
    for number in range(1, 4):
        ring(ledger, number, number)
    do(ledger, alarm_id(1), "close", seconds=20, seen=2, outcome="test")
    do(ledger, alarm_id(1), "undo", seconds=25)
    assert open_alarms(ledger) == [1, 2, 3]
    assert {one.id: one.count for one in incidents.open_incidents(ledger.connection)} == {
        alarm_id(1): 2, alarm_id(3): 1
    }  # fmt: skip


def test_late_pictures_wait_with_their_alarm(ledger: Ledger) -> None:
    """In one row of the list; those that nobody saw open a follow-up when that is closed."""
    ring(ledger, 1)
    ring(ledger, 2, 40, joins=alarm_id(1))
    assert (open_alarms(ledger), known(ledger, 1).count) == ([1], 2)
    do(ledger, alarm_id(1), "close", seen=1, outcome="test")
    assert open_alarms(ledger) == [2] and known(ledger, 2).follows == alarm_id(1)


def test_an_entry_that_does_not_fit_is_not_written(ledger: Ledger) -> None:
    """A bug in deciding costs the command, not the state."""
    ring(ledger, 1)
    wrong = stamp().entry("parked", {"incident": alarm_id(1), "until": "x", "note": None})
    lost = stamp().entry("late", {"incident": "nobody", "limit_s": 1})
    for one in (wrong, lost):
        with pytest.raises(ValueError, match=r"fit|no incident"), ledger.savepoint():
            ledger.append(line(one))
    assert ledger.head == 1 and known(ledger, 1).state == "new"


def test_everything_about_an_incident_is_found(ledger: Ledger) -> None:
    """Alarms and steps in their order, also when it is closed; notes with their words."""
    ring(ledger, 1)
    ring(ledger, 2, site="9")
    do(ledger, alarm_id(1), "accept")
    ring(ledger, 3, 5)
    do(ledger, alarm_id(1), "note", text="Hund")
    do(ledger, alarm_id(1), "close", outcome="test")
    found = [
        json.loads(public) for _, public in incidents.entries_of(ledger.connection, alarm_id(1))
    ]
    assert [one["type"] for one in found] == ["alarm", "accepted", "alarm", "noted", "closed"]
    assert found[3]["note"] == "Hund"
    assert [seq for seq, _ in incidents.alarms_of(ledger.connection, alarm_id(1))] == [1, 4]


def test_what_the_clock_may_change_is_found_at_its_time(ledger: Ledger) -> None:
    """Late, unattended, due; and nothing else is looked at each second."""

    def due(seconds: float) -> list[str]:
        return [one.id for one in incidents.due(ledger.connection, at(seconds))]

    for number in (1, 2, 3):
        ring(ledger, number, site=str(number))
    ring(ledger, 4, site="4", priority=5)
    do(ledger, alarm_id(2), "accept")
    do(ledger, alarm_id(3), "accept")
    do(ledger, alarm_id(3), "park", minutes=10)
    assert (due(179), due(180)) == ([], [alarm_id(1)])
    assert due(300) == [alarm_id(1), alarm_id(2)]
    assert due(600) == [alarm_id(1), alarm_id(2), alarm_id(3)]
    assert (due(-60), due(-61)) == ([], [alarm_id(3)])  # the clock was put back


def test_what_a_session_has_accepted_is_found(ledger: Ledger) -> None:
    """Not what it has parked, nor what others have."""
    for number in (1, 2, 3):
        ring(ledger, number, site=str(number))
    do(ledger, alarm_id(1), "accept")
    do(ledger, alarm_id(2), "accept")
    do(ledger, alarm_id(2), "park", minutes=10)
    do(ledger, alarm_id(3), "accept", BERT)
    assert [one.id for one in incidents.of_session(ledger.connection, "a" * 16)] == [alarm_id(1)]


def test_a_first_drawing_is_known(ledger: Ledger) -> None:
    """Of the alarm and of its picture, each once; the incident is the alarm's own of today."""
    for number in (1, 2):
        ring(ledger, number, number)
    drawn = {"alarm": alarm_id(2)}
    assert len(do(ledger, alarm_id(1), "displayed", what="alarm", **drawn)) == 1
    assert do(ledger, alarm_id(1), "displayed", what="alarm", **drawn) == []
    do(ledger, alarm_id(1), "close", seen=1, outcome="test")
    [seq] = do(ledger, alarm_id(1), "displayed", what="picture", **drawn)
    assert entry(ledger, seq)["incident"] == alarm_id(2)
    with pytest.raises(Rejected, match="unknown_incident"):
        do(ledger, alarm_id(1), "displayed", what="alarm", alarm="nobody")


def test_an_alarm_of_an_older_program_gets_its_incident(ledger: Ledger) -> None:
    """Its entry names none; the same rule finds it when projections are made anew."""
    for number in (1, 2):
        record = line(rung(number, number))
        ledger._write(record)
    rebuild_projections(ledger)
    assert (known(ledger, 1).count, open_alarms(ledger)) == (2, [1, 2])
    assert ring(ledger, 3, 3) == 3 and entry(ledger, 3)["incident"] == alarm_id(1)


def test_an_old_closing_closes_one_alarm(ledger: Ledger) -> None:
    """The first schema's journals have such; the last one closes the incident with it."""
    for number in (1, 2):
        ring(ledger, number, number)
    for number, left in ((1, [2]), (2, [])):
        old = {"time": "2026-11-21T20:50:00.000Z", "type": "closed", "node": "gw1"}
        ledger.append(line({**old, "alarm": alarm_id(number), "note": None}))
        assert open_alarms(ledger) == left
        assert known(ledger, 1).open == bool(left)
    ring(ledger, 3, 400)
    assert entry(ledger, 5)["incident"] == alarm_id(3)
