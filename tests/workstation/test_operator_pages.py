"""What an operator does at the console, as the page asks for it."""

from __future__ import annotations

import io
import wave
from typing import Any

import pytest

from alarmgw.codec.tone import TONES
from tests.desk import alarm_id
from tests.workstation.memory_browser import MemoryBrowser
from tests.workstation.memory_gateway import PASSWORD


def test_a_shift_from_the_sign_on_to_the_sign_off() -> None:
    """Sign on, accept, look, close, sign off: each is one request."""
    browser = MemoryBrowser(manned=False)
    browser.wire.connect()
    alarm = browser.ring(1)
    answer = browser.post("/sign-on", {"name": "anna", "password": PASSWORD}).json
    assert answer == {"ok": True, "operator": "anna", "role": "operator"}
    assert browser.command(alarm, "accept")["ok"]
    told = browser.get(f"/incidents/{alarm}").json
    assert (told["row"]["holder"], told["alarms"][0]["text"]) == ("anna", "Zaun Süd")
    assert browser.command(alarm, "close", outcome="real")["ok"]
    assert browser.post("/sign-off").json["ok"] and not browser.console.is_manned


@pytest.mark.parametrize(
    "given",
    [{}, {"name": "anna"}, {"name": 1, "password": []}, {"name": "a" * 200, "password": ""}],
)
def test_whatever_is_wrong_with_a_sign_on_is_wrong(given: Any) -> None:
    """The gateway is not even asked."""
    browser = MemoryBrowser()
    assert browser.post("/sign-on", given).json == {"ok": False, "error": "wrong"}


def test_a_repeated_id_is_one_command() -> None:
    """The page may say it again when it did not hear the answer."""
    browser = MemoryBrowser()
    alarm = browser.ring(1)
    told = {"id": "f" * 32, "incident": alarm, "seen": 2, "action": {"do": "accept"}}
    assert browser.post("/command", told).json == browser.post("/command", told).json
    assert [one["type"] for one in browser.room.since(2)] == ["accepted"]


def test_many_incidents_are_closed_by_one_command() -> None:
    """Each by itself, and only those that were named."""
    browser = MemoryBrowser()
    alarms = [browser.ring(number, site=str(number)) for number in (1, 2, 3)]
    told = {
        "incidents": [[alarms[0], 4], [alarms[1], 4], ["gone", 4]],
        "action": {"do": "close", "outcome": "other"},
    }
    answer = browser.post("/command", told).json
    assert (answer["ok"], answer["error"]) == (False, "mixed")
    assert [one["ok"] for one in answer["each"]] == [True, True, False]
    assert [one.id for one in browser.console.mirror.incidents] == [alarms[2]]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"action": "accept"},
        {"action": {}, "seen": "1"},
        {"action": {}, "seen": -1},
        {"action": {}, "incident": 5},
        {"action": {}, "id": "x"},
        {"action": {}, "incidents": [["a"]]},
        {"action": {}, "incidents": 7},
        {"action": {}, "incidents": [["a", 1]] * 201},
    ],
)
def test_an_odd_command_is_a_bad_request(given: Any) -> None:
    """Nothing of it reaches the gateway."""
    browser = MemoryBrowser()
    head = browser.room.ledger.head
    response = browser.post("/command", given)
    assert (response.code, response.json["error"]) == (400, "bad_request")
    assert browser.room.ledger.head == head


def test_a_page_decides_only_for_whom_it_shows() -> None:
    """One that has not heard yet that somebody else sits here decides nothing in his name."""
    browser = MemoryBrowser()
    alarm = browser.ring(1)
    shown = browser.get("/state").json["seat"]["session"]
    told = {"session": shown, "incident": alarm, "seen": 2, "action": {"do": "accept"}}
    browser.room.signed_on("bert", browser.wire)
    for path in ("/command", "/sign-off"):
        refused = browser.post(path, told).json
        assert refused == {"ok": False, "error": "not_signed_on"}
    told["session"] = browser.get("/state").json["seat"]["session"]
    assert browser.post("/command", told).json["ok"]
    assert browser.room.since(4)[0]["operator"] == "bert"
    assert browser.post("/sign-off", told).json["ok"]
    assert browser.get("/state").json["seat"] is None


@pytest.mark.parametrize("path", ["/incidents/x", "/alone/x", "/alarms/x", "/ask/people", "/ask/x"])
def test_with_nobody_signed_on_nothing_is_looked_up(path: str) -> None:
    """Not even whether it is there."""
    browser = MemoryBrowser(manned=False)
    browser.wire.connect()
    response = browser.get(path)
    assert (response.code, response.json) == (403, {"ok": False, "error": "not_signed_on"})
    assert [one for one in browser.room.asked if one.name != "outcomes"] == []


def test_a_question_is_passed_on_with_its_arguments() -> None:
    """As texts; the answer comes back as it is."""
    browser = MemoryBrowser()
    browser.room.questions["history"] = lambda given: {"rows": [], "given": given}
    answer = browser.get("/ask/history?site=4711&text=L%C3%BCcke&limit=7").json
    assert answer == {"rows": [], "given": {"site": "4711", "text": "Lücke", "limit": "7"}}


def test_a_question_that_cannot_be_answered_says_why() -> None:
    """Unknown, malformed, without a link, or from somebody whom the gateway does not know."""
    browser = MemoryBrowser()
    assert browser.get("/ask/nothing").code == 404
    assert browser.get("/ask/No%20Name").code == 400
    assert browser.get("/ask/people?" + "&".join(f"a{n}=1" for n in range(30))).code == 400
    refused = {"ok": False, "error": "not_signed_on"}
    browser.room.questions["people"] = lambda _: refused
    assert browser.get("/ask/people").code == 403
    browser.wire.lose()
    response = browser.get("/ask/people")
    assert (response.code, response.json) == (503, {"ok": False, "error": "no_link"})


def test_one_alarm_is_its_whole_entry() -> None:
    """/alarms/ALARM is the entry as the journal has it."""
    browser = MemoryBrowser()
    alarm = browser.ring(1)
    assert browser.get(f"/alarms/{alarm}").json == browser.room.since(1)[0]
    assert browser.get("/alarms/%3Cscript%3E").code == 404


def test_an_incident_that_nobody_knows_is_not_found() -> None:
    """The gateway was asked."""
    browser = MemoryBrowser()
    response = browser.get(f"/incidents/{alarm_id(7)}")
    assert (response.code, browser.room.asked[-1].name) == (404, "incident")


def test_drawn_reaches_the_heartbeat() -> None:
    """What the page has shown is the answer to the gateway's next heartbeat."""
    browser = MemoryBrowser()
    browser.ring(1)
    assert browser.post("/drawn?up_to=2").json == {"ok": True}
    assert browser.console.mirror.drawn_up_to == 2


@pytest.mark.parametrize("number", ["", "-1", "x", "9" * 30, "%D9%A3"])
def test_drawn_takes_only_numbers(number: str) -> None:
    """Anything but a number is refused and changes nothing."""
    browser = MemoryBrowser()
    assert browser.post(f"/drawn?up_to={number}").code == 400
    assert browser.console.mirror.drawn_up_to is None


@pytest.mark.parametrize("seconds", [None, "10", True, [1], {}])
def test_mute_takes_only_numbers(seconds: Any) -> None:
    """Anything else changes nothing."""
    assert MemoryBrowser().post("/mute", {"seconds": seconds}).code == 400


@pytest.mark.parametrize("name", sorted(TONES))
def test_every_tone_is_a_wav_file(name: str) -> None:
    """For a page that has to play it; with nobody signed on, too."""
    response = MemoryBrowser(manned=False).get(f"/tone/{name}.wav")
    assert (response.code, response.headers["content-type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(response.body)) as read:
        assert read.getnframes() > 0


@pytest.mark.parametrize("name", ["class-1", "nothing.wav", "..%2fx.wav", "class-1.wav/x"])
def test_no_other_tone_is_there(name: str) -> None:
    """404."""
    assert MemoryBrowser().get(f"/tone/{name}").code == 404
