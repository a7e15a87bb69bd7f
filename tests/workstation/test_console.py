"""The console: the link's state as the page is told it, and what may be seen by whom."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from twisted.internet.task import Clock
from twisted.logger import capturedLogs

from alarmgw.codec.requests import Command
from alarmgw.workstation.console import Console
from alarmgw.workstation.mirror import LinkState
from tests.desk import alarm_id, rung
from tests.workstation.memory_browser import console_of
from tests.workstation.memory_gateway import BEAT, MemoryGateway, Wire

CURRENT = LinkState(state="current", node="gw1")


class Room:
    """A gateway and one console, with a clock for both."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.gateway = MemoryGateway()
        self.wire = self.gateway.wire("desk1", "f1")
        self.console, self.played = console_of(self.wire, self.clock)

    def other(self) -> Wire:
        """A second workstation's link."""
        return self.gateway.wire("desk2", "f2")

    def rows(self, change: int | None = None) -> list[dict[str, Any]]:
        """The rows that a page would get."""
        return list(self.console.since(change).incidents)


def console() -> Console:
    """A console whose link never came up."""
    return Room().console


def test_a_lost_link_stays_lost_while_it_is_tried_again() -> None:
    """Trying again changes neither the word nor the time since when."""
    room = Room()
    room.console.state(CURRENT)
    room.clock.advance(60)
    room.console.state(LinkState(state="lost", reason="no sign of life"))
    room.clock.advance(60)
    room.console.state(LinkState(state="connecting"))
    facts = room.console.facts()
    assert (facts["link"], facts["since"]) == ("lost", "2026-11-21T20:46:02.123Z")


def test_a_link_that_never_was_is_connecting() -> None:
    """Before the first connection nothing is lost yet."""
    new = console()
    new.state(LinkState(state="connecting"))
    assert new.facts()["link"] == "connecting"


def test_a_gateway_that_never_answered_is_unreachable() -> None:
    """Nothing was lost where nothing was: the page says that the gateway cannot be reached."""
    new = console()
    new.state(LinkState(state="lost", reason="connection refused"))
    assert (new.facts()["link"], new.facts()["reason"]) == ("unreachable", "connection refused")


def test_age_counts_from_the_last_sign_of_life() -> None:
    """Heartbeats and entries are signs of life; their age ticks on without them."""
    room = Room()
    assert room.console.facts()["heartbeat_age_s"] is None
    room.console.heartbeat(BEAT)
    room.clock.advance(4)
    assert room.console.facts()["heartbeat_age_s"] == 4
    room.console.entries([{"type": "system", "seq": 1}], 1)
    assert room.console.facts()["heartbeat_age_s"] == 0


def test_conditions_of_the_gateway_are_told() -> None:
    """What is wrong with the gateway comes with its heartbeat and goes with it."""
    new = console()
    full = {"name": "no_space", "subject": "", "detail": "1 %", "text": "Full: 1 %", "shut": "all"}
    new.heartbeat(evolve(BEAT, reasons=["Full: 1 %"], conditions=[{**full, "since": "2026"}]))
    assert new.facts()["conditions"] == [full]
    new.heartbeat(BEAT)
    assert new.facts()["conditions"] == []


def test_conditions_of_an_older_gateway_are_told_in_its_words() -> None:
    """It sends sentences alone."""
    new = console()
    new.heartbeat(evolve(BEAT, reasons=["The disk is full."]))
    [told] = new.facts()["conditions"]
    assert (told["text"], told["name"], told["shut"]) == ("The disk is full.", None, None)


def test_what_this_workstation_cannot_follow_is_a_condition() -> None:
    """Beside the gateway's own; alarms after it are drawn all the same."""
    room = Room()
    room.wire.connect()
    broken = {"type": "unsuppressed", "seq": 2}
    room.gateway.write([rung(1)])
    room.console.heartbeat(evolve(BEAT, reasons=["x"]))
    after = rung(3, site="3", incident=alarm_id(3))
    room.console.entries([broken, {**after, "seq": 3}], 3)
    facts = room.console.facts()
    assert facts["unread"] == {"count": 1, "first": 2}
    assert [one["text"] for one in facts["conditions"]] == ["x"]
    assert len(room.console.since(None).incidents) == 2
    room.console.state(LinkState(state="snapshot"))
    assert room.console.facts()["unread"] == {"count": 0, "first": None}


def test_a_fault_of_one_that_hears_of_changes_strikes_nobody_else() -> None:
    """Neither the link nor the other ones; it is told while it lasts, and logged in full once."""
    room, heard = Room(), list[str]()
    room.console.listen(lambda: heard.append("before"))
    leave = room.console.listen(lambda: broken.pop())
    room.console.listen(lambda: heard.append("after"))
    broken: list[None] = []
    with capturedLogs() as logs:
        room.wire.connect()
        for number in (1, 2):
            room.gateway.write([rung(number)])
    assert len(logs) == 1 and "log_failure" in logs[0] and room.console.facts()["faulty"]
    assert heard.count("before") == heard.count("after") >= 3
    leave()
    room.gateway.write([rung(3)])
    assert not room.console.facts()["faulty"] and len(room.console.since(None).incidents) == 1


def test_what_a_snapshot_left_out_is_asked_for_when_there_is_room() -> None:
    """Not before it is over, and not without need."""
    room, asked = Room(), list[int]()
    room.console.begin_anew = lambda: asked.append(1)
    room.wire.connect()
    room.gateway.write([rung(1)])
    assert (asked, room.console.facts()["counts"]["more"]) == ([], 0)
    room.console.state(LinkState(state="snapshot", more_incidents=3))
    room.console.entries([{**rung(2, incident=alarm_id(2)), "seq": 2}], 2)
    assert (asked, room.console.facts()["counts"]["more"]) == ([], 3)
    room.console.state(LinkState(state="current"))
    assert asked == [1]
    room.console.state(LinkState(state="lost"))
    assert asked == [1]


def test_last_alarm_outlives_its_incident() -> None:
    """The time of the last alarm stays when its incident is closed."""
    room = Room()
    room.wire.connect()
    room.gateway.write([rung(1)])
    before = room.console.facts()["last_alarm"]
    room.console.state(LinkState(state="snapshot"))
    assert before is not None and room.console.facts()["last_alarm"] == before


def test_last_alarm_is_known_after_a_start_with_nothing_open() -> None:
    """The snapshot tells of it; an older one is no news."""
    room = Room()
    room.gateway.write([rung(1, kind="test", handling="test")])
    room.wire.connect()
    told = room.console.facts()["last_alarm"]
    assert room.rows() == [] and told is not None
    room.console.state(LinkState(state="snapshot", last_alarm="2000-01-01T00:00:00.000Z"))
    assert room.console.facts()["last_alarm"] == told


def test_who_stopped_listening_is_not_called() -> None:
    """An ear hears each change until it is taken off."""
    new, heard = console(), list[int]()
    off = new.listen(lambda: heard.append(1))
    new.state(CURRENT)
    off()
    new.state(LinkState(state="lost"))
    assert heard == [1]


def test_with_nobody_signed_on_only_counts_and_classes_are_told() -> None:
    """No place, no word and no picture; with the sign-on all of it comes, and goes with it."""
    room = Room()
    room.wire.connect()
    room.gateway.write([rung(1), rung(2, kind="test", handling="test")])
    changes = room.console.since(None)
    [row] = changes.incidents
    assert row == {
        "incident": alarm_id(1),
        "list": "alarm",
        "state": "new",
        "priority": 3,
        "opened": row["opened"],
        "last": row["last"],
        "count": 1,
        "seq": 1,
        "holder": None,
        "since": row["since"],
    }
    assert changes.others == ()
    session = room.gateway.signed_on("anna", room.wire)
    shown = room.console.since(changes.change)
    assert shown.reset and shown.incidents[0]["site"] == "4711" and len(shown.others) == 1
    room.gateway.left(session, "signed_off")
    hidden = room.console.since(shown.change)
    assert hidden.reset and "site" not in hidden.incidents[0] and hidden.others == ()


def test_names_come_when_the_gateway_has_told_them() -> None:
    """A row is there at once, and again with its names."""
    room = Room()
    room.wire.connect()
    room.gateway.signed_on("anna", room.wire)
    room.gateway.write([rung(1)])
    assert room.rows()[0]["site_name"] is None
    change = room.console.mirror.change
    room.clock.advance(1)
    [row] = room.rows(change)
    assert (row["site_name"], row["source_name"]) == ("Objekt 4711", "Kamera bq@4711")


def test_what_is_in_no_incident_and_what_is_held_back_get_their_names() -> None:
    """As incidents do."""
    room = Room()
    room.wire.connect()
    room.gateway.signed_on("anna", room.wire)
    room.gateway.write([rung(1, kind="test", handling="test")])
    action = {"do": "suppress", "source": "tor@x", "minutes": 30, "reason": "Bau"}
    command = Command(id="c" * 32, incident=None, seen=0, action=action)
    assert room.gateway.answer(room.wire, command)["ok"]
    [held] = room.console.facts()["suppressions"]
    [row] = room.console.since(None).others
    assert (row["site_name"], held["source_name"]) == (None, None)
    change = room.console.mirror.change
    room.clock.advance(1)
    [held] = room.console.facts()["suppressions"]
    [row] = room.console.since(change).others
    assert (row["source_name"], held["source_name"]) == ("Kamera bq@4711", "Kamera tor@x")


def test_what_stands_open_is_counted() -> None:
    """By state over both lists; faults and what belongs to nobody are counted beside that."""
    room = Room()
    room.wire.connect()
    room.gateway.signed_on("anna", room.wire)
    room.gateway.write([rung(1), rung(2, site="2", kind="fault"), rung(3, site=None, source=None)])
    assert room.console.facts()["counts"] == {
        "new": 3,
        "accepted": 0,
        "parked": 0,
        "faults": 1,
        "unassigned": 1,
        "more": 0,
    }


def test_suppressions_are_told_with_what_they_held_back() -> None:
    """Their reasons only to who is signed on; how many there are to everybody."""
    room = Room()
    room.wire.connect()
    room.gateway.signed_on("anna", room.wire)
    entry = {
        "suppression": "5" * 16,
        "source": None,
        "site": "4711",
        "until": "2026-11-21T22:00:00.000Z",
        "minutes": 60,
        "reason": "Bauarbeiten",
    }
    suppressed = {
        **rung(9), "type": "suppressed", **entry, "operator": "anna", "alarm": None, "mail": None
    }  # fmt: skip
    room.console.entries([{**suppressed, "seq": 90}], 90)
    held = rung(10, handling="suppressed", rule=f"suppression:{'5' * 16}")
    room.console.entries([{**held, "seq": 91}], 91)
    [told] = room.console.facts()["suppressions"]
    assert (told["reason"], told["held"], told["site"]) == ("Bauarbeiten", 1, "4711")
    assert told["minutes"] == 60
    room.gateway.left(room.gateway.sessions()[0], "signed_off")
    room.console.seat.session = None
    facts = room.console.facts()
    assert (facts["suppressions"], facts["suppressions_total"]) == ([], 1)


def test_outcomes_are_the_houses() -> None:
    """Asked for with each new link; an older gateway that has no such question changes nothing."""
    room = Room()
    before = room.console.outcomes
    room.wire.connect()
    assert room.console.outcomes is before
    room.gateway.questions["outcomes"] = lambda _: {"ok": True, "outcomes": [{"code": "house"}]}
    room.wire.lose()
    room.wire.connect()
    assert room.console.outcomes == [{"code": "house"}]


def test_targets_are_those_of_the_gateway() -> None:
    """Seconds to the target and to the limit, by class; class 5 has none."""
    assert console().facts()["targets"] == {
        "1": [30, 60],
        "2": [90, 180],
        "3": [90, 180],
        "4": [900, 900],
    }


def test_a_console_that_is_stopped_leaves_nothing_behind() -> None:
    """No call is left in the clock."""
    room = Room()
    room.console.start()
    room.wire.connect()
    room.gateway.signed_on("anna", room.wire)
    room.gateway.write([rung(1)])
    room.console.since(None)
    room.console.stop()
    assert room.clock.getDelayedCalls() == []
