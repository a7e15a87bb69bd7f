"""Rows: what the list needs of an alarm."""

from __future__ import annotations

import json

from alarmgw.workstation.rows import ROW_TEXT, file_of, row_of
from tests.workstation.console_fakes import alarm_of, picture_part


def test_row_says_what_the_list_shows() -> None:
    """A row has the source, the first event, the time of receipt and the first picture."""
    entry = alarm_of(3, pictures=[picture_part("01-a.jpg", b"x"), picture_part("02-b.jpg", b"y")])
    row = row_of(entry)
    assert (row["source"], row["event"], row["seq"]) == ("bq3@ebues.internal", "unknown_alarm", 3)
    assert row["time"] == entry["times"]["eom"]
    assert (row["picture"], row["pictures"]) == ("01-a.jpg", 2)


def test_row_shows_late_pictures_with_the_alarms_own() -> None:
    """The first picture of all is shown, whoever's it is."""
    late = alarm_of(4, pictures=[picture_part("01-a.jpg", b"x")])
    row = row_of(alarm_of(3), [late, late], resends=2)
    assert (row["alarm"], row["picture_of"]) == (alarm_of(3)["alarm"], late["alarm"])
    assert (row["picture"], row["pictures"], row["resends"]) == ("01-a.jpg", 2, 2)


def test_row_has_an_end() -> None:
    """However long a device's texts are, a row is small; the entry keeps them whole."""
    event = {**alarm_of(1)["events"][0], "camera": "k" * 30000}
    row = row_of(alarm_of(1, subject="s" * 30000, events=[event]))
    assert row["subject"] == "s" * (ROW_TEXT - 1) + "…"
    assert len(json.dumps(row)) < 2000


def test_row_of_an_erased_alarm_is_still_a_row() -> None:
    """What was erased is null; the row says when and where it was."""
    row = row_of(alarm_of(1, subject=None, text=None, pictures=None, envelope=None))
    assert (row["subject"], row["picture"], row["pictures"], row["sender"]) == (None, None, 0, None)


def test_only_listed_files_are_found() -> None:
    """A file is what the entry lists by exactly that name."""
    entry = alarm_of(1, files=[picture_part("01-clip.mp4", b"x")])
    assert file_of(entry, "01-clip.mp4") == entry["files"][0]
    assert file_of(entry, "../message.eml") is None
