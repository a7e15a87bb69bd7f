"""The row of an incident: what a list shows of it."""

from __future__ import annotations

import json
from typing import Any

from alarmgw.workflow import opened
from alarmgw.workstation.gathered import Alarm, Gathered
from alarmgw.workstation.incident_row import MOST_PICTURES, VEILED, incident_row, veiled
from alarmgw.workstation.rows import ROW_TEXT
from tests.desk import alarm_id, rung


def event(word: str, **facts: Any) -> dict[str, Any]:
    """One event of an alarm."""
    return {"event": word, "state": None, "channel": None, "camera": None, **facts}


def row_of(*entries: dict[str, Any]) -> dict[str, Any]:
    """The row of the incident that the first of these opens and all of them are in."""
    gathered = Gathered()
    numbered = [{**entry, "seq": seq} for seq, entry in enumerate(entries, 1)]
    for entry in numbered:
        gathered.add(Alarm(entry=entry))
    return incident_row(opened(1, numbered[0]), gathered)


def test_the_most_urgent_alarm_gives_the_title() -> None:
    """The earliest of those; the other words follow, each once, four at most."""
    row = row_of(
        rung(1, events=[event("motion", channel="1")]),
        rung(2, priority=1, events=[event("hold_up", channel="2", state="start")]),
        rung(3, priority=1, events=[event("fire", channel="3")]),
        rung(4, priority=2, events=[event("motion"), event("tamper"), event("power")]),
    )
    assert (row["event"], row["channel"], row["state_word"]) == ("hold_up", "2", "start")
    assert row["events"] == ["hold_up", "fire", "motion", "tamper"]


def test_the_newest_alarm_with_a_picture_gives_the_thumbnail() -> None:
    """All are counted up to a bound; an erased name is none."""
    part = {"name": "01-a.jpg", "media_type": "image/jpeg", "size": 1}
    row = row_of(
        rung(1, pictures=[part] * 600),
        rung(2, pictures=[part] * 500),
        rung(3, pictures=[{**part, "name": None}]),
    )
    assert row["picture"] == {"alarm": alarm_id(2), "name": "01-a.jpg"}
    assert row["pictures"] == MOST_PICTURES


def test_an_incident_without_alarms_in_memory_is_shown_by_its_key() -> None:
    """A fresh workstation knows how an old incident stands, and where it is."""
    row = incident_row(opened(1, rung(1)), Gathered())
    assert (row["site"], row["source"], row["event"], row["events"]) == ("4711", None, None, [])
    assert (row["picture"], row["pictures"], row["sources"]) == (None, 0, 0)
    nobodys = incident_row(opened(1, rung(1, site=None, source=None)), Gathered())
    assert (nobodys["site"], nobodys["source"]) == (None, None)
    assert nobodys["sender"] == rung(1)["envelope"]["from"]


def test_a_row_has_an_end_whatever_a_device_wrote() -> None:
    """Thousands of rows are sent at once."""
    long = "x" * 30_000
    row = row_of(rung(1, subject=long, events=[event(long, channel=long, camera=long)]))
    assert len(row["subject"]) == ROW_TEXT and len(json.dumps(row)) < 3000


def test_sources_are_counted() -> None:
    """Different ones; what belongs to no source counts by its sender."""
    row = row_of(rung(1), rung(2), rung(3, source="other@x"), rung(4, source=None))
    assert row["sources"] == 3


def test_a_veiled_row_has_no_word_of_a_device_or_a_place() -> None:
    """Class, time, state and count are left, and who has it."""
    row = veiled(row_of(rung(1, subject="geheim")))
    assert tuple(row) == VEILED and row["list"] == "alarm"
    assert "geheim" not in json.dumps(row) and "4711" not in json.dumps(row)


def test_a_veiled_row_of_nobodys_alarm_tells_its_list_and_no_sender() -> None:
    """The page counts it where it belongs; the key would name who sent it."""
    alarm = rung(1, site=None, source=None)
    row = veiled(row_of(alarm))
    assert row["list"] == "unassigned" and tuple(row) == VEILED
    assert alarm["envelope"]["from"] not in json.dumps(row)
    found = row_of(alarm, rung(2, incident=alarm_id(1)))
    assert veiled(found)["list"] == "alarm" and found["source"] is not None
