"""The record searched: what fits is found, all of it, once, and in bounded work."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmgw.entries import adopted_entry
from alarmgw.model import Event, Meaning, Source, utc_text
from alarmgw.store import history
from alarmgw.store.history import Found, Wanted, search
from alarmgw.store.ledger import Ledger
from tests.desk import alarm_id, at, do, fresh_ledger, line, ring, rung
from tests.journals import MOMENT


@pytest.fixture
def ledger() -> Ledger:
    """Two sites: one rang twice and was closed, the other has a fault and a test."""
    ledger = fresh_ledger()
    ring(ledger, 1, 0)
    ring(ledger, 2, 10)
    do(
        ledger,
        alarm_id(1),
        "close",
        outcome="deceptive",
        cause="animal",
        note="Wildkatze",
        seconds=20,
    )
    ring(ledger, 3, 30, site="4712", kind="fault", priority=4)
    ring(ledger, 4, 40, site="4712", kind="test", handling="test")
    return ledger


def found(ledger: Ledger, **wanted: Any) -> list[tuple[int, str]]:
    """Numbers and types of what is found."""
    return [(row["seq"], row["type"]) for row in all_of(ledger, **wanted).rows]


def all_of(ledger: Ledger, **wanted: Any) -> Found:
    """What is found in one go."""
    return search(ledger.connection, Wanted(**wanted))


def test_without_a_filter_everything_comes_the_newest_first(ledger: Ledger) -> None:
    """Alarms and what was done about them."""
    assert found(ledger) == [
        (6, "alarm"),
        (5, "alarm"),
        (4, "closed"),
        (3, "accepted"),
        (2, "alarm"),
        (1, "alarm"),
    ]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"source": "bq@4711"}, [4, 3, 2, 1]),
        ({"site": "4712"}, [6, 5]),
        ({"kind": "fault"}, [5]),
        ({"kind": "test"}, [6]),
        ({"outcome": "deceptive"}, [4]),
        ({"outcome": "deceptive", "kind": "alarm"}, [2, 1]),
        ({"outcome": "real", "kind": "alarm"}, []),
        ({"types": ("closed", "accepted")}, [4, 3]),
        ({"source": "bq@4711", "site": "4712"}, []),
        ({"since": utc_text(at(30))}, [6, 5]),
        ({"until": utc_text(at(10))}, [2, 1]),
        ({"since": utc_text(at(10)), "until": utc_text(at(30))}, [5, 4, 3, 2]),
        ({"since": utc_text(at(900))}, []),
        ({"until": utc_text(at(-1))}, []),
        ({"since": utc_text(at(-99999))}, [6, 5, 4, 3, 2, 1]),
        ({"text": "WILDKÄTZE"}, [4]),
        ({"text": "zaun sud", "kind": "alarm"}, [2, 1]),
        ({"text": "sud 4712"}, [6, 5]),
        ({"text": "nothing"}, []),
        ({"before": 3}, [2, 1]),
    ],
)
def test_a_filter_finds_what_fits(
    ledger: Ledger, wanted: dict[str, Any], numbers: list[int]
) -> None:
    """A step has the source and site of its incident; upper case and accents do not matter."""
    assert [seq for seq, _ in found(ledger, **wanted)] == numbers


def test_several_places_are_searched_as_one(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest first over all of them, and on in parts; of no place nothing is found."""
    monkeypatch.setattr(history, "_SLICE", 1)
    monkeypatch.setattr(history, "_LEAST_SLICE", 1)
    ring(ledger, 5, 50)
    both: dict[str, Any] = {"site": ("4711", "4712", "4713")}
    assert [seq for seq, _ in found(ledger, **both)] == [7, 6, 5, 4, 3, 2, 1]
    assert [seq for seq, _ in found(ledger, **both, before=6)] == [5, 4, 3, 2, 1]
    assert [seq for seq, _ in found(ledger, source=("bq@4712", "x"), **both)] == [6, 5]
    assert found(ledger, source=(), **both) == found(ledger, site=()) == []
    assert all_of(ledger, **both, limit=2).before == 6


def test_many_entries_of_one_moment_are_all_found() -> None:
    """Whatever their types: only their numbers tell their order."""
    ledger = fresh_ledger()
    ring(ledger, 1)
    do(ledger, alarm_id(1), "close", outcome="other")
    ring(ledger, 2)
    times = {"since": utc_text(at(-1e6)), "until": utc_text(at(1e6))}
    assert [seq for seq, _ in found(ledger, **times)] == [4, 3, 2, 1]


def test_a_clock_that_was_set_back_hides_nothing() -> None:
    """Entries of the same time stand in two places of the journal."""
    ledger = fresh_ledger()
    for number, seconds in enumerate((0, 1000, 2000, 500, 1500), 1):
        ring(ledger, number, seconds, site=str(number))
    times = {"since": utc_text(at(400)), "until": utc_text(at(1200))}
    assert [seq for seq, _ in found(ledger, **times)] == [4, 2]


def test_an_alarm_shows_the_incident_that_it_is_in_now() -> None:
    """What a closing did not cover is the follow-up's."""
    ledger = fresh_ledger()
    ring(ledger, 1)
    ring(ledger, 2, 5)
    do(ledger, alarm_id(1), "close", seen=1, outcome="real", seconds=9)
    told = {row["alarm"]: (row["incident"], row["outcome"]) for row in all_of(ledger).rows}
    assert told[alarm_id(1)] == (alarm_id(1), "real")
    assert told[alarm_id(2)] == (alarm_id(2), None)


def test_what_was_erased_is_there_and_no_word_of_it_is_found(ledger: Ledger) -> None:
    """Facts stay, words go."""
    for seq in range(1, 7):
        ledger.erase(seq)
    assert len(found(ledger)) == 6
    assert found(ledger, text="zaun") == []
    assert [seq for seq, _ in found(ledger, text="bq@4712")] == [6, 5]


def test_a_damaged_entry_is_left_out(ledger: Ledger) -> None:
    """One line that cannot be read hides no other."""
    ledger.connection.execute("UPDATE entry SET body = X'78' WHERE seq = 2")
    ledger.connection.execute("UPDATE content SET body = X'5B' WHERE seq = 5")
    assert [seq for seq, _ in found(ledger)] == [6, 4, 3, 1]


def test_quotation_marks_and_strokes_are_found() -> None:
    """What JSON writes otherwise is searched for as it was said."""
    ledger = fresh_ledger()
    ledger.append(line({**rung(1), "subject": 'Tor "Süd\\West", Улица'}))
    assert len(found(ledger, text='"süd\\w')) == 1
    assert len(found(ledger, text="улица")) == 1
    assert found(ledger, text="subject") == [], "a field's name is no word of a mail"


def test_adopted_alarms_are_their_sources_from_then_on() -> None:
    """What came before the source was made belongs to its record."""
    ledger = fresh_ledger()
    ledger.append(line({**rung(1), "source": None, "site": None}))
    source = Source(address="new@gw", site="4713")
    assert found(ledger, source="new@gw") == []
    entry = adopted_entry(time=MOMENT, node="gw1", source=source, alarms=[alarm_id(1)])
    ledger.append(line(entry))
    assert found(ledger, source="new@gw") == [(2, "adopted"), (1, "alarm")]
    assert found(ledger, site="4713") == [(2, "adopted"), (1, "alarm")]


def test_a_camera_is_found_by_its_name() -> None:
    """Also the second one of a mail."""
    ledger = fresh_ledger()
    events = (Event(event="motion", camera="Hof"), Event(event="motion", camera="Zufahrt Ö"))
    entry = rung(1)
    told = [event.as_json() for event in Meaning(kind="alarm", events=events).events]
    ledger.append(line({**entry, "events": told}))
    assert len(found(ledger, text="zufahrt o")) == 1


def test_the_work_for_one_answer_has_an_end(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says where to go on, by number of entries as by time."""
    monkeypatch.setattr(history, "SCANNED", 2)
    first = all_of(ledger, text="wildkatze")
    assert (first.rows, first.before, first.scanned) == ((), 5, 2)
    second = all_of(ledger, text="wildkatze", before=first.before)
    assert [row["seq"] for row in second.rows] == [4] and second.before == 3
    monkeypatch.undo()
    monkeypatch.setattr(history, "_ASK_EVERY", 1)
    over = search(ledger.connection, Wanted(text="wildkatze"), lambda: True)
    assert (over.rows, over.before, over.scanned) == ((), 6, 1)


def test_no_more_rows_than_were_asked_for_and_none_too_few(ledger: Ledger) -> None:
    """The last page says that it is the last."""
    page = all_of(ledger, limit=4)
    assert (len(page.rows), page.before) == (4, 3)
    page = all_of(ledger, limit=2, before=3)
    assert (len(page.rows), page.before) == (2, None)


def test_an_answers_rows_have_room(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the notes are, an answer can be sent."""
    monkeypatch.setattr(history, "ROWS_BYTES", 1)
    page = all_of(ledger)
    assert (len(page.rows), page.before) == (1, 6)


@given(
    kinds=st.lists(st.sampled_from(("alarm", "fault", "test", "close")), max_size=25),
    limit=st.integers(1, 4),
    scanned=st.integers(1, 7),
    wanted=st.fixed_dictionaries(
        {},
        optional={
            "source": st.sampled_from(("bq@1", "bq@2")),
            "site": st.sampled_from(("1", "2")),
            "kind": st.sampled_from(("alarm", "fault", "test")),
            "outcome": st.just("other"),
            "text": st.sampled_from(("zaun", "bq@1", "nothing")),
            "types": st.just(("alarm", "closed")),
        },
    ),
)
def test_pages_put_together_are_all_that_fits(
    kinds: list[str], limit: int, scanned: int, wanted: dict[str, Any]
) -> None:
    """Each once, in order, however short the pages are."""
    ledger = fresh_ledger()
    for number, kind in enumerate(kinds, 1):
        if kind == "close":
            _close_any(ledger, number)
        else:
            ring(ledger, number, number, site=str(number % 3), kind=kind)
    whole = all_of(ledger, **wanted)
    assert whole.before is None
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(history, "SCANNED", scanned)
        patched.setattr(history, "_SLICE", 3)
        pages, before = [], history.END
        while before is not None:
            page = all_of(ledger, **wanted, limit=limit, before=before)
            assert page.before is None or page.before < before
            pages += page.rows
            before = page.before
    assert tuple(pages) == whole.rows


def _close_any(ledger: Ledger, number: int) -> None:
    row = ledger.connection.execute(
        "SELECT id FROM incident WHERE state = 'new' ORDER BY first_seq LIMIT 1"
    ).fetchone()
    if row is not None:
        do(ledger, row[0], "close", outcome="other", seconds=number)
