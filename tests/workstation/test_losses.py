"""What was taken over is told to who lost it, until he has seen it."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from alarmgw.codec.requests import Command
from alarmgw.workstation import losses
from alarmgw.workstation.losses import Losses
from alarmgw.workstation.mirror import LinkState
from tests.desk import alarm_id
from tests.workstation.memory_browser import MemoryBrowser


def told(browser: MemoryBrowser) -> list[dict[str, Any]]:
    """What the state tells of it."""
    return list(browser.get("/state").json["losses"])


def bert(browser: MemoryBrowser, number: int, do: str, **keys: Any) -> None:
    """Bert does something with an incident, at the other desk."""
    room = browser.room
    action, seen = {"do": do, **keys}, room.ledger.head
    command = Command(id=f"{seen:032x}", incident=alarm_id(number), seen=seen, action=action)
    assert room.answer(room.wires[-1], command)["ok"]


def taken_over(browser: MemoryBrowser, number: int) -> None:
    """Anna accepts an incident here, and bert takes it over there."""
    incident = browser.ring(number, site=str(number))
    assert browser.command(incident, "accept")["ok"]
    bert(browser, number, "take_over")


def desks() -> MemoryBrowser:
    """A console where anna sits, and another desk where bert does."""
    browser = MemoryBrowser()
    browser.room.signed_on("bert", browser.room.wire("desk2", "f2"))
    return browser


def test_it_is_told_until_it_was_seen() -> None:
    """With its row as it was, and its names; a closed incident makes no difference."""
    browser = desks()
    taken_over(browser, 1)
    bert(browser, 1, "close", outcome="real")
    [loss] = told(browser)
    assert (loss["incident"], loss["holder"], loss["site"]) == (alarm_id(1), "bert", "1")
    assert "site_name" in loss
    session = browser.get("/state").json["seat"]["session"]
    given = {"loss": loss["loss"], "session": session}
    assert not browser.post("/seen", {**given, "session": "0"}).json["ok"]
    assert told(browser) == [loss]
    assert browser.post("/seen", given).json == {"ok": True}
    assert told(browser) == []


def test_a_snapshot_tells_nothing_twice() -> None:
    """Neither what was seen, nor what is told still."""
    browser = desks()
    for number in (1, 2):
        taken_over(browser, number)
    first, second = told(browser)
    browser.post("/seen", {"loss": first["loss"]})
    browser.console.state(LinkState(state="snapshot"))
    browser.console.entries(browser.room.since(0), browser.room.ledger.head)
    browser.console.state(LinkState(state="current", journal="j1"))
    assert [one["loss"] for one in told(browser)] == [second["loss"]]


def test_it_is_told_to_who_lost_it_alone() -> None:
    """Neither to who took it, nor to who comes next, nor to a later session of the same person."""
    browser = desks()
    taken_over(browser, 1)
    assert len(told(browser)) == 1
    browser.post("/sign-off")
    assert told(browser) == []
    for name in ("carla", "anna"):
        browser.room.signed_on(name, browser.wire)
        assert told(browser) == []


def test_it_is_bounded() -> None:
    """The first ones are told, and the newest ones known."""
    session = desks().console.seat.session
    assert session is not None
    kept = Losses()
    for seq in range(10, 10 + losses.KNOWN + 2):
        entry = {"seq": seq, "time": "t", "from": session.operator, "operator": "bert"}
        kept.take(entry, {})
        kept.take({**entry, "seq": seq + 5000, "from": None}, {})
        kept.take({**entry, "seq": seq + 5000, "operator": session.operator}, {})
    assert kept.of(evolve(session, operator="bert")) == {}
    assert list(kept.of(session)) == [f"{seq} t" for seq in range(12, 12 + losses.TOLD)]
