"""Rows of the record: what a list shows, every text with an end."""

from __future__ import annotations

from alarmgw.model import Event, Meaning, Unpacked
from alarmgw.store.historyrow import NOTE_CHARACTERS, SUBJECT_CHARACTERS, row_of
from tests.journals import alarm


def test_an_alarms_row_has_its_first_event_and_the_words_of_all() -> None:
    """Two cameras with the same word are one word."""
    events = (
        Event(event="motion", state="start", channel="3", camera="Tor"),
        Event(event="motion", camera="Hof"),
        Event(event="person"),
    )
    row = row_of({**alarm(1, meaning=Meaning(kind="alarm", events=events)), "seq": 7})
    told = {name: row[name] for name in ("seq", "event", "state", "channel", "camera", "events")}
    assert told == {
        "seq": 7,
        "event": "motion",
        "state": "start",
        "channel": "3",
        "camera": "Tor",
        "events": ["motion", "person"],
    }


def test_no_text_of_a_row_is_endless() -> None:
    """A list of a hundred rows has an end, whatever a device or a person wrote."""
    row = row_of({**alarm(1, unpacked=Unpacked(subject="s" * 9000)), "note": "n" * 9000})
    assert len(row["subject"]) == SUBJECT_CHARACTERS and len(row["note"]) == NOTE_CHARACTERS


def test_an_entry_without_its_content_has_a_row() -> None:
    """What was erased is null."""
    row = row_of({"seq": 1, "type": "closed", "outcome": "real", "note": None})
    assert (row["outcome"], row["note"], row["events"], row["pictures"]) == ("real", None, [], 0)


def test_a_step_says_how_why_and_until_when() -> None:
    """What a sentence about it needs: until when it is parked, why it came back, from whom."""
    for fact, value in (
        ("until", "2026-11-21T12:30:00.000Z"),
        ("why", "due"),
        ("how", "take_over"),
        ("from", "bert"),
        ("holder", "anna"),
    ):
        assert row_of({"seq": 1, "type": "parked", fact: value})[fact] == value


def test_a_changed_record_names_who_changed_it_and_not_whose_it_is() -> None:
    """The `operator` of a changed operator is the record, not the person."""
    entry = {"seq": 1, "type": "config", "operator": "neu", "workstation": "platz-9"}
    by = {"operator": "anna", "workstation": "platz-1"}
    for doer, told in ((by, ("anna", "platz-1")), (None, (None, None))):
        row = row_of({**entry, "by": doer})
        assert (row["operator"], row["workstation"]) == told


def test_a_mail_says_who_sent_it() -> None:
    """What is nobody's is known by that; without a sender by its network address."""
    entry = {**alarm(1), "envelope": {"from": "cam@x", "peer": "10.0.0.1"}}
    assert row_of(entry)["sender"] == "cam@x"
    assert row_of({**entry, "envelope": {"from": "", "peer": "10.0.0.1"}})["sender"] == "10.0.0.1"
    assert row_of({"seq": 1, "type": "noted"})["sender"] is None
