"""The book: what a workstation knows by the entries that it hears."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alarmgw import workflow_book
from alarmgw.workflow_book import Book
from alarmgw.workflow_shift import sign_off, sign_on, suppress, suppression_elapsed, unsuppress
from tests.desk import ANNA, RULES, alarm_id, do, fresh_ledger, line, ring, stamp

#: More than one workstation is tested in `tests/properties/test_workflow.py`.


class Desk:
    """A journal, and a book that hears what it says."""

    def __init__(self) -> None:
        self.ledger = fresh_ledger()
        self.book = Book()
        self._heard = 0

    def hear(self) -> list[tuple[str, ...]]:
        """What each entry changed that is new."""
        new = self.ledger.appended[self._heard :]
        self._heard += len(new)
        return [self.book.take(json.loads(entry)) for _, entry in new]


@pytest.fixture
def desk() -> Desk:
    """An empty one."""
    return Desk()


def test_each_entry_tells_what_it_changed(desk: Desk) -> None:
    """A closing may change two."""
    ring(desk.ledger, 1)
    ring(desk.ledger, 2, 5, kind="routine")
    ring(desk.ledger, 3, 6)
    do(desk.ledger, alarm_id(1), "accept")
    do(desk.ledger, alarm_id(1), "close", seen=2, outcome="test")
    first, later = alarm_id(1), alarm_id(3)
    assert desk.hear() == [(first,), (), (first,), (first,), (first, later)]
    assert set(desk.book.incidents) == {later} and set(desk.book.closed) == {first}


def test_a_closing_is_taken_whole_or_not_at_all(desk: Desk) -> None:
    """One that does not tell of its follow-up as it must closes nothing either."""
    ring(desk.ledger, 1)
    ring(desk.ledger, 2)
    do(desk.ledger, alarm_id(1), "accept")
    desk.hear()
    do(desk.ledger, alarm_id(1), "close", seen=1, outcome="test")
    closed = json.loads(desk.ledger.appended[-1][1])
    with pytest.raises(KeyError):
        desk.book.take({**closed, "rest": {}})
    assert set(desk.book.incidents) == {alarm_id(1)} and not desk.book.closed
    assert desk.book.take(closed) == (alarm_id(1), alarm_id(2))


def test_a_repeat_changes_nothing(desk: Desk) -> None:
    """A link that was lost may say things twice."""
    ring(desk.ledger, 1)
    desk.hear()
    assert desk.book.take(json.loads(desk.ledger.appended[0][1])) == ()


def test_what_is_about_unknown_incidents_is_left_out(desk: Desk) -> None:
    """They were closed before the snapshot."""
    ring(desk.ledger, 1)
    do(desk.ledger, alarm_id(1), "accept")
    assert Book().take(json.loads(desk.ledger.appended[1][1])) == ()


def test_a_new_incident_follows_the_old_one(desk: Desk) -> None:
    """An hour later the site's next alarm is a new matter."""
    ring(desk.ledger, 1)
    ring(desk.ledger, 2, 4000)
    desk.hear()
    assert desk.book.incidents[alarm_id(2)].follows == alarm_id(1)


def test_closed_ones_are_forgotten_in_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of them would fill a workstation."""
    monkeypatch.setattr(workflow_book, "CLOSED_KEPT", 2)
    for number in range(1, 5):
        ring(desk.ledger, number, number, site=str(number))
        do(desk.ledger, alarm_id(number), "close", outcome="test")
    desk.hear()
    assert list(desk.book.closed) == [alarm_id(3), alarm_id(4)]


def test_a_close_that_was_taken_back_is_known_again(desk: Desk) -> None:
    """Also where it was forgotten, or never known."""
    ring(desk.ledger, 1)
    do(desk.ledger, alarm_id(1), "close", outcome="test")
    do(desk.ledger, alarm_id(1), "undo", seconds=5)
    fresh = Book()
    fresh.take(json.loads(desk.ledger.appended[-1][1]))
    desk.hear()
    assert fresh.incidents == desk.book.incidents != {}


def test_people_come_and_go(desk: Desk) -> None:
    """Who is signed on where is known."""
    desk.ledger.append(line(sign_on("f" * 64, stamp())[0]))
    desk.hear()
    assert desk.book.sessions["a" * 16].who == ANNA
    desk.ledger.append(line(sign_off("signed_off", stamp())[0]))
    desk.hear()
    assert desk.book.sessions == {}


def test_suppressions_begin_and_end(desk: Desk) -> None:
    """Their notice is known."""
    wanted: dict[str, Any] = {"source": "a@x", "minutes": 30, "reason": "Bau"}
    desk.ledger.append(line(suppress("s1", wanted, stamp(), RULES)[0]))
    desk.hear()
    active = desk.book.suppressions["s1"]
    desk.ledger.append(line(suppression_elapsed(active, stamp(None, 1300))[0]))
    desk.hear()
    assert desk.book.suppressions["s1"].noticed and not active.noticed
    desk.ledger.append(line(unsuppress(active, stamp())[0]))
    desk.hear()
    assert desk.book.suppressions == {}


def test_a_notice_of_what_is_over_is_left_out(desk: Desk) -> None:
    """As every entry about something unknown."""
    notice = {"seq": 1, "type": "suppression_notice", "suppression": "s9", "until": "u"}
    assert desk.book.take(notice) == ()


def test_a_snapshot_begins_with_nothing(desk: Desk) -> None:
    """Whatever was known before."""
    ring(desk.ledger, 1)
    desk.ledger.append(line(sign_on("f" * 64, stamp())[0]))
    desk.hear()
    desk.book.clear()
    assert (desk.book.incidents, desk.book.closed, desk.book.sessions) == ({}, {}, {})
