"""`alarmgw.cli.sentence`: an entry as a line for people."""

from __future__ import annotations

import json

import pytest

from alarmgw.cli.sentence import sentence, size_text
from tests import journals


def test_alarm_says_who_what_and_how_many_pictures() -> None:
    """Number, time, source, subject, pictures and id stand in one line."""
    entry = {"seq": 17, **journals.alarm(1)}
    assert sentence(entry) == (
        "    17  2026-11-21 20:45:02.123  alarm      "
        "bq3@ebues.internal: Bewegung  (1 picture)  gw1-20261121-204502-0000000001-1"
    )


def test_unassigned_alarm_names_its_sender() -> None:
    """Where no source is known, the envelope's sender stands for it."""
    assert "unassigned (c@d): Bewegung" in sentence({"seq": 1, **journals.alarm(1, source=None)})


def test_erased_alarm_still_is_a_line() -> None:
    """When the deletion period has emptied the words, the event's name remains."""
    body = json.loads(journals.alarm_record(1).body)
    assert "unknown_alarm  (1 picture)" in sentence({"seq": 1, **body})


def test_any_other_entry_shows_all_its_fields() -> None:
    """Entry types of later versions are readable, too."""
    entry = {"seq": 2, "time": "2026-11-21T20:00:00.000Z", "type": "novel", "node": "gw1"}
    facts = {"event": "tested", "by": "anna", "none": None, "ok": True, "mail": {"id": "m"}}
    assert sentence({**entry, **facts}) == (
        "     2  2026-11-21 20:00:00.000  novel      tested  by=anna  ok=yes  mail=id:m"
    )


def test_an_import_is_counted() -> None:
    """Thousands of changes are one line; each of them stands in the JSON."""
    changes = [{"event": "site_added", "site": "1"}, *[{"event": "source_added"}] * 3]
    entry = {"seq": 2, "time": "2026-11-21T20:00:00.000Z", "type": "config", "node": "gw1"}
    said = sentence({**entry, "event": "imported", "part": 1, "parts": 2, "changes": changes})
    assert said.endswith("imported  part=1  parts=2  changes=site_added:1,source_added:3")


def test_control_characters_are_blanks() -> None:
    """A subject cannot write on the operator's terminal."""
    entry = {"seq": 1, **journals.alarm(1)}
    assert "\x1b" not in sentence({**entry, "subject": "\x1b[2Jgone"})


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (999, "999 bytes"), (31234, "31 KB"), (2_500_000, "2.5 MB")]
)
def test_sizes_are_said_as_people_do(size: int, text: str) -> None:
    """Bytes, then KB, then MB with one decimal."""
    assert size_text(size) == text
