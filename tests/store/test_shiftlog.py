"""Notes for the next shift, and what has come since the last one was handed over."""

from __future__ import annotations

import pytest

from alarmgw.store import shiftlog
from alarmgw.store.ledger import Ledger
from alarmgw.store.shiftlog import counted_since, covered, head, last_handover, notes_since
from alarmgw.workflow_shift import COUNTS, hand_over, note_shift
from tests.desk import BERT, alarm_id, do, fresh_ledger, line, relieved, ring, stamp


def note(ledger: Ledger, text: str, seconds: float = 0) -> None:
    """Anna writes to the next shift."""
    for entry in note_shift({"text": text}, stamp(seconds=seconds)):
        ledger.append(line(entry))


def take_over(ledger: Ledger, seconds: float, seen: int | None = None) -> None:
    """Bert comes."""
    counts, known = dict.fromkeys(COUNTS, 0), relieved(ledger.head if seen is None else seen)
    for entry in hand_over({}, known, counts, stamp(BERT, seconds)):
        ledger.append(line(entry))


@pytest.fixture
def ledger() -> Ledger:
    """A shift with an incident, a test and two notes; then it was handed over."""
    ledger = fresh_ledger()
    ring(ledger, 1, 1)
    do(ledger, alarm_id(1), "note", text="zum Vorgang", seconds=2)
    ring(ledger, 2, 3, kind="test", handling="test")
    note(ledger, "alt", 4)
    take_over(ledger, 5)
    return ledger


def test_before_the_first_handover_everything_is_new() -> None:
    """A house that has just begun."""
    connection = fresh_ledger().connection
    assert last_handover(connection) is None
    assert notes_since(connection, 0) == []
    assert counted_since(connection, 0) == {"notes_since": 0, "tests": 0, "incidents_since": 0}
    assert (covered(None), head(connection)) == (0, 0)


def test_a_note_about_an_incident_is_none_for_the_shift(ledger: Ledger) -> None:
    """It stands with its incident."""
    assert [one["note"] for one in notes_since(ledger.connection, 0)] == ["alt"]
    counted = counted_since(ledger.connection, 0)
    assert counted == {"notes_since": 1, "tests": 1, "incidents_since": 1}


def test_what_was_handed_over_is_not_told_again(ledger: Ledger) -> None:
    """The next one sees what came after it."""
    last = last_handover(ledger.connection)
    assert last is not None and (last["from"], last["to"]) == ("anna", "bert")
    ring(ledger, 3, 6, site="4712")
    note(ledger, "eins", 7)
    note(ledger, "zwei", 8)
    since = covered(last)
    assert since == last["seq"] - 1
    assert [one["note"] for one in notes_since(ledger.connection, since)] == ["eins", "zwei"]
    counted = counted_since(ledger.connection, since)
    assert counted == {"notes_since": 2, "tests": 0, "incidents_since": 1}
    assert head(ledger.connection) == ledger.head


def test_what_was_not_on_the_screen_is_not_handed_over(ledger: Ledger) -> None:
    """It is told to who looks next, with all that came meanwhile."""
    drawn = ledger.head
    ring(ledger, 3, 6, site="4712")
    note(ledger, "eben noch", 7)
    take_over(ledger, 8, drawn)
    since = covered(last_handover(ledger.connection))
    assert [one["note"] for one in notes_since(ledger.connection, since)] == ["eben noch"]
    counted = counted_since(ledger.connection, since)
    assert counted == {"notes_since": 1, "tests": 0, "incidents_since": 1}


def test_an_older_hand_over_took_everything() -> None:
    """Its entry says no number."""
    assert covered({"seq": 7}) == 7


def test_of_many_long_notes_the_newest_are_told(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By number as by size, in the order in which they were written."""
    for number in range(4):
        note(ledger, f"{number}", 10 + number)
    monkeypatch.setattr(shiftlog, "NOTES_BYTES", 700)
    told = [one["note"] for one in notes_since(ledger.connection, 0)]
    assert 0 < len(told) < 4 and told == ["alt", "0", "1", "2", "3"][-len(told) :]


def test_what_is_damaged_keeps_nobody_from_the_rest(ledger: Ledger) -> None:
    """A note is left out; a hand-over did not happen, as far as anybody can tell."""
    note(ledger, "neu", 6)
    cut = "UPDATE entry SET body = substr(body, 1, length(body) - 3) WHERE seq >= ? AND seq < ?"
    ledger.connection.execute(cut, (ledger.head - 2, ledger.head))  # "alt", and the hand-over
    assert last_handover(ledger.connection) is None
    assert [one["note"] for one in notes_since(ledger.connection, 0)] == ["neu"]
    assert counted_since(ledger.connection, ledger.head - 1)["notes_since"] == 1
