"""`alarmgw status`: from the gateway while it runs, from the journal when not."""

from __future__ import annotations

import json
from pathlib import Path

from tests import journals
from tests.cli.conftest import Run, keep
from tests.cli.scripted import scripted_control

WRONG = {"name": "space_low", "text": "The disk is getting full", "since": "2026-11-21T20:00:00Z"}
TOLD = {
    "pid": 7,
    "node": "gw1",
    "state": "disturbed",
    "reasons": [WRONG],
    "head": 12,
    "open": 3,
    "connections": 2,
    "workstations": [{"name": "console", "up_to": 12}],
}


def answer() -> bytes:
    """What a gateway answers that is not quite well."""
    return json.dumps({"ok": True, "result": TOLD}).encode() + b"\n"


def test_stopped_gateway_is_told_from_its_journal(run: Run, home: Path) -> None:
    """Without a gateway the head and what is open are known all the same."""
    keep(home, journals.alarm_record(1), journals.system_record("x"))
    found = json.loads(run("status", "--json").stdout)
    assert (found["running"], found["state"]) == (False, "stopped")
    assert (found["head"], found["open"], found["node"]) == (2, 1, "gw1")


def test_running_gateway_speaks_for_itself(run: Run, home: Path) -> None:
    """With a gateway everything that it tells is passed on."""
    with scripted_control(home, answer()):
        found = json.loads(run("status", "--json").stdout)
    assert found == {"running": True, "home": str(home), **TOLD}


def test_what_is_wrong_is_a_line_of_its_own(run: Run, home: Path) -> None:
    """Each reason is a sentence that nobody overlooks."""
    with scripted_control(home, answer()):
        lines = run("status").stdout.splitlines()
    assert "WRONG        The disk is getting full (since 2026-11-21T20:00:00Z)" in lines
    assert "workstation  name console, up_to 12" in lines
    assert "gateway      gw1: disturbed, process 7" in lines


def test_wrong_clocks_are_counted_and_the_first_are_named(run: Run, home: Path) -> None:
    """From the gateway and without one; a clock disturbs nobody's alarms."""
    quiet = {"count": 0, "first": []}
    assert json.loads(run("status", "--json").stdout)["wrong_clocks"] == quiet
    told = {"count": 6, "first": [{"source": "a@b", "offset_s": -725.0}]}
    result = json.dumps({"ok": True, "result": {**TOLD, "wrong_clocks": told}}).encode() + b"\n"
    with scripted_control(home, result):
        lines = run("status").stdout.splitlines()
    assert "clocks       6 wrong by more than 10 min: a@b 12 min behind, …" in lines
    assert "clocks       none is wrong" in run("status").stdout


def test_a_legacy_listener_is_shown_with_a_warning(run: Run, home: Path) -> None:
    """Whoever reads the status sees it beside the listener."""
    listener = {"endpoint": "tcp:2525", "tls": "starttls", "warning": "legacy TLS: unsafe"}
    result = json.dumps({"ok": True, "result": {**TOLD, "listeners": [listener]}}).encode() + b"\n"
    with scripted_control(home, result):
        lines = run("status").stdout.splitlines()
    assert "listener     endpoint tcp:2525, tls starttls, warning legacy TLS: unsafe" in lines


def test_people_incidents_and_suppressions_are_lines(run: Run, home: Path) -> None:
    """From the gateway and without one; what there is none of is not counted out."""
    quiet = json.loads(run("status", "--json").stdout)
    assert (quiet["signed_on"], quiet["incidents"]["new"], quiet["suppressions"]) == ([], 0, [])
    assert "incidents    none is open" in run("status").stdout.splitlines()
    room = {
        "incidents": {"new": 2, "accepted": 1, "parked": 0, "late": 1, "unattended": 0},
        "signed_on": [
            {"operator": "bert", "role": "shift_leader", "workstation": "platz-2", "since": "T"}
        ],
        "suppressions": [
            {"source": None, "site": "4711", "until": "T2", "operator": "anna", "alarms": 3}
        ],
    }
    result = json.dumps({"ok": True, "result": {**TOLD, **room}}).encode() + b"\n"
    with scripted_control(home, result):
        lines = run("status").stdout.splitlines()
    assert "incidents    2 new, 1 accepted, 1 late" in lines
    assert "signed on    bert (shift leader) at platz-2 since T" in lines
    assert "suppressed   site 4711 held back until T2 by anna, 3 so far" in lines
