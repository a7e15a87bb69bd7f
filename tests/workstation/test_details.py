"""One incident in full, from memory or from the gateway."""

from __future__ import annotations

from typing import Any

from alarmgw.workstation.details import REMEMBERED, TEXT, told_alarm
from alarmgw.workstation.gathered import Alarm
from tests.desk import alarm_id, rung
from tests.workstation.console_fakes import picture_part
from tests.workstation.memory_browser import MemoryBrowser


def asked(browser: MemoryBrowser) -> list[str]:
    """The incidents that the gateway was asked for."""
    return [one.given["incident"] for one in browser.room.asked if one.name == "incident"]


def test_an_open_incident_is_shown_without_asking() -> None:
    """Its alarms in order, its steps, and its row with names."""
    browser = MemoryBrowser()
    incident = browser.ring(1)
    browser.ring(2, 5.0)
    browser.command(incident, "accept")
    told = browser.get(f"/incidents/{incident}").json
    assert [alarm["alarm"] for alarm in told["alarms"]] == [alarm_id(1), alarm_id(2)]
    assert [entry["type"] for entry in told["entries"]] == ["accepted"]
    assert (told["row"]["state"], told["more"], asked(browser)) == ("accepted", 0, [])
    assert "site_name" in told["row"]


def test_a_closed_incident_is_asked_for() -> None:
    """It has no row; its pictures can be seen afterwards."""
    browser = MemoryBrowser({"01-a.jpg": b"jpeg"})
    incident = browser.ring(1, pictures=[picture_part("01-a.jpg", b"jpeg")])
    browser.command(incident, "close", outcome="real")
    told = browser.get(f"/incidents/{incident}").json
    assert told["row"] is None and asked(browser) == [incident]
    assert [entry["type"] for entry in told["entries"]] == ["accepted", "closed"]
    assert browser.get(f"/picture/{incident}/01-a.jpg").body == b"jpeg"


def test_what_memory_has_lost_is_asked_for() -> None:
    """Without a link what is left is shown, and how much is missing."""
    browser = MemoryBrowser()
    incident = browser.ring(1)
    browser.ring(2)
    browser.console.mirror.incidents._leave(alarm_id(1))
    assert len(browser.get(f"/incidents/{incident}").json["alarms"]) == 2
    browser.wire.lose()
    told = browser.get(f"/incidents/{incident}").json
    assert (len(told["alarms"]), told["more"]) == (1, 1)
    assert browser.get("/incidents/unknown").code == 503


def test_alarms_that_were_told_are_remembered_up_to_a_bound() -> None:
    """Their pictures can be seen, and memory stays flat."""
    browser = MemoryBrowser()
    entries = [rung(number) for number in range(1, REMEMBERED + 3)]
    answer: dict[str, Any] = {"incident": {"id": "x"}, "alarms": entries, "entries": []}
    answer["resends"] = {alarm_id(3): 2}
    browser.room.questions["incident"] = lambda _: answer
    told = browser.get("/incidents/x").json["alarms"]
    assert [alarm["resends"] for alarm in told[:4]] == [0, 0, 2, 0]
    assert browser.get(f"/alarms/{alarm_id(2)}").code == 404
    assert browser.get(f"/alarms/{alarm_id(3)}").code == 200


def test_an_alarm_in_no_incident_is_shown_alone() -> None:
    """As the gateway tells it; without a link as far as memory has it."""
    browser = MemoryBrowser({"01-a.jpg": b"jpeg"})
    parts = [picture_part("01-a.jpg", b"jpeg")]
    alarm = browser.ring(1, kind="test", handling="test", pictures=parts)
    told = browser.get(f"/alone/{alarm}").json
    assert (told["row"], told["more"], told["entries"]) == (None, 0, [])
    assert [one["alarm"] for one in told["alarms"]] == [alarm]
    assert browser.room.asked[-1].given == {"alarm": alarm}
    assert browser.get(f"/picture/{alarm}/01-a.jpg").body == b"jpeg"
    assert browser.get("/alone/unknown").code == 404
    browser.wire.lose()
    assert browser.get(f"/alone/{alarm}").json["alarms"] == told["alarms"]
    assert browser.get("/alone/unknown").code == 503


def test_an_alarm_has_its_text_and_files() -> None:
    """A long text has an end, and says so; a file without a name cannot be had."""
    part = picture_part("01-a.jpg", b"x")
    event = {"event": "motion", "device_time": "2026-11-21T12:00:00"}
    entry = {
        **rung(1, kind="restore"),
        "seq": 1,
        "text": "x" * (TEXT + 1),
        "pictures": [part, {**part, "name": None}],
        "events": [{"event": "motion"}, event],
        "times": {"clock_offset_s": 130.0},
    }
    told = told_alarm(Alarm(entry=entry, resends=2))
    names = ("text_cut", "device_time", "clock_offset_s", "resends", "restore")
    assert [told[name] for name in names] == [True, "2026-11-21T12:00:00", 130.0, 2, True]
    assert (len(told["text"]), len(told["pictures_list"])) == (TEXT, 1)
    assert told["pictures_list"][0] == {
        "name": "01-a.jpg",
        "label": "01-a.jpg",
        "media_type": "image/jpeg",
        "size": 1,
    }


def test_an_erased_alarm_is_shown_as_far_as_it_is_there() -> None:
    """Nothing that a deletion period took away is an error."""
    erased = dict.fromkeys(("text", "subject", "events", "pictures", "files"))
    told = told_alarm(Alarm(entry={**rung(1), "seq": 1, **erased}))
    assert (told["text"], told["pictures_list"], told["text_cut"]) == ("", [], False)
