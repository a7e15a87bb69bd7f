"""The console: the link's state as the page is told it."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve
from twisted.internet.task import Clock

from alarmgw.workstation.console import Console
from alarmgw.workstation.mirror import LinkState, Mirror
from tests.workstation.console_fakes import NOON, alarm_of
from tests.workstation.memory_browser import BEAT

CURRENT = LinkState(state="current", node="gw1")


class Wall:
    """A wall clock and a steady one that go together."""

    def __init__(self) -> None:
        self.steady = Clock()

    def console(self) -> Console:
        """A console that lives by these clocks."""
        now = lambda: NOON + timedelta(seconds=self.steady.seconds())  # noqa: E731
        return Console(Mirror(), workstation="d", gateway="g:1", now=now, clock=self.steady)


def test_a_lost_link_stays_lost_while_it_is_tried_again() -> None:
    """Trying again changes neither the word nor the time since when."""
    wall = Wall()
    console = wall.console()
    console.state(CURRENT)
    wall.steady.advance(60)
    console.state(LinkState(state="lost", reason="no sign of life"))
    wall.steady.advance(60)
    console.state(LinkState(state="connecting"))
    facts = console.facts()
    assert (facts["link"], facts["since"]) == ("lost", "2026-11-21T12:01:00.000Z")


def test_a_link_that_never_was_is_connecting() -> None:
    """Before the first connection nothing is lost yet."""
    console = Wall().console()
    console.state(LinkState(state="connecting"))
    assert console.facts()["link"] == "connecting"


def test_a_gateway_that_never_answered_is_unreachable() -> None:
    """Nothing was lost where nothing was: the page says that the gateway cannot be reached."""
    console = Wall().console()
    console.state(LinkState(state="lost", reason="connection refused"))
    assert (console.facts()["link"], console.facts()["reason"]) == (
        "unreachable",
        "connection refused",
    )


def test_age_counts_from_the_last_sign_of_life() -> None:
    """Heartbeats and entries are signs of life; their age ticks on without them."""
    wall = Wall()
    console = wall.console()
    assert console.facts()["heartbeat_age_s"] is None
    console.heartbeat(BEAT)
    wall.steady.advance(4)
    assert console.facts()["heartbeat_age_s"] == 4
    console.entries([alarm_of(1)], 1)
    assert console.facts()["heartbeat_age_s"] == 0


def test_conditions_of_the_gateway_are_told() -> None:
    """What is wrong with the gateway comes with its heartbeat and goes with it."""
    console = Wall().console()
    console.heartbeat(
        evolve(BEAT, reasons=[{"name": "no_space", "text": "The disk is full."}, "x"])
    )
    assert console.facts()["conditions"] == ["The disk is full.", "x"]
    console.heartbeat(BEAT)
    assert console.facts()["conditions"] == []


def test_last_alarm_outlives_its_row() -> None:
    """The time of the last alarm stays when its row is closed."""
    console, entry = Wall().console(), alarm_of(9)
    console.entries([entry, alarm_of(3)], 9)
    console.entries([{"type": "closed", "seq": 10, "alarm": entry["alarm"]}], 10)
    assert console.facts()["last_alarm"] == entry["times"]["eom"]


def test_alarms_beyond_the_mirror_are_counted() -> None:
    """Open alarms that are not mirrored are told as a number."""
    console = Wall().console()
    console.state(LinkState(state="snapshot", open_total=700))
    console.entries([alarm_of(1)], 1)
    assert (console.facts()["alarms"], console.facts()["more"]) == (1, 699)


def test_who_stopped_listening_is_not_called() -> None:
    """An ear hears each change until it is taken off."""
    console, heard = Wall().console(), []
    off = console.listen(lambda: heard.append(1))
    console.state(CURRENT)
    off()
    console.state(LinkState(state="lost"))
    assert heard == [1]
