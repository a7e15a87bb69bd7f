"""What a fresh workstation has not heard, asked of the gateway until every row can be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from alarmgw.errors import Cause, TryLater
from alarmgw.model import Event, Meaning
from alarmgw.workstation.recall import AGAIN_SECONDS, AT_ONCE
from tests.desk import alarm_id, line, rung
from tests.workstation.memory_browser import MemoryBrowser

Row = dict[str, Any]


def started(incidents: int, manned: bool = True, **facts: Any) -> MemoryBrowser:
    """A workstation that starts when so many incidents are open, each at a site of its own."""
    browser = MemoryBrowser(manned=False)
    for number in range(1, incidents + 1):
        given = {name: fact(number) for name, fact in facts.items()}
        browser.room.ledger.append(line(rung(number, number, site=str(number), **given)))
    if manned:
        browser.room.signed_on("anna", browser.wire)
    browser.wire.connect()
    return browser


def rows(browser: MemoryBrowser) -> dict[str, Row]:
    """The rows that a page gets, by incident."""
    return {row["incident"]: row for row in browser.console.since(None).incidents}


def asked(browser: MemoryBrowser) -> list[str]:
    """The incidents that were asked for, in order."""
    return [one.given["incident"] for one in browser.room.asked if one.name == "incident"]


def slowly(browser: MemoryBrowser) -> list[tuple[Callable[[], None], Callable[[], None]]]:
    """From now on each question waits: what answers it, and what refuses it."""
    held: list[tuple[Callable[[], None], Callable[[], None]]] = []
    ask = browser.wire.ask

    async def later(given: Any) -> Any:
        if given.name == "incident":
            waiting: Deferred[None] = Deferred()
            busy = TryLater(Cause.BUSY, "busy")
            held.append((lambda: waiting.callback(None), lambda: waiting.errback(busy)))
            await waiting
        return await ask(given)

    browser.wire.ask = later  # type: ignore[method-assign]
    return held


def test_every_row_can_be_read_in_a_storm() -> None:
    """600 incidents are open, and a snapshot tells 500 alarms: the others are asked for."""
    browser = started(600)
    found = rows(browser)
    assert len(found) == 600 and len(asked(browser)) == 100
    for row in found.values():
        assert (row["event"], row["source"], row["sources"]) == ("motion", f"bq@{row['site']}", 1)
        assert row["picture"] == {"alarm": row["incident"], "name": "01-a.jpg"}
        assert row["pictures"] == 1 and row["subject"]


def test_the_most_urgent_are_asked_for_first_and_a_few_at_a_time() -> None:
    """The gateway has other things to do in a storm."""
    browser = started(520, manned=False, priority=lambda number: 1 + number % 4)
    held = slowly(browser)
    browser.room.signed_on("anna", browser.wire)
    order = []
    while held:
        assert len(held) <= AT_ONCE
        held.pop(0)[0]()
        order.append(rows(browser)[asked(browser)[-1]])
    assert len(order) == 20 and all(row["event"] for row in order)
    classes = [row["priority"] for row in order]
    assert classes == sorted(classes)


def test_nobody_signed_on_asks_for_nothing() -> None:
    """Who signs on later sees all of it."""
    browser = started(510, manned=False)
    assert asked(browser) == []
    browser.room.signed_on("anna", browser.wire)
    assert len(asked(browser)) == 10 and all(row["event"] for row in rows(browser).values())


def test_what_was_not_answered_is_asked_again() -> None:
    """After a while, and not by who has no link."""
    browser = started(505, manned=False)
    held = slowly(browser)
    browser.room.signed_on("anna", browser.wire)
    for _ in range(AT_ONCE):
        held.pop(0)[1]()
    assert held == []
    browser.clock.advance(AGAIN_SECONDS)
    assert len(held) == AT_ONCE
    browser.wire.lose()
    held.pop(0)[0]()
    browser.clock.advance(AGAIN_SECONDS)
    assert len(held) == AT_ONCE - 1
    browser.wire.connect()
    while held:
        held.pop(0)[0]()
    assert all(row["event"] for row in rows(browser).values())


def test_a_row_tells_of_all_its_alarms() -> None:
    """The most urgent names it though it is old, and what comes meanwhile is counted once."""
    browser = MemoryBrowser(manned=False)
    words = ("glass_break", "motion", "person")
    for number, word in enumerate(words, 1):
        meaning = Meaning(kind="alarm", events=(Event(event=word),))
        facts = {"events": [event.as_json() for event in meaning.events]}
        priority = 1 if number == 1 else 3
        browser.room.ledger.append(line(rung(number, site="x", priority=priority, **facts)))
    for number in range(4, 504):
        browser.room.ledger.append(line(rung(number, site=str(number))))
    browser.wire.connect()
    held = slowly(browser)
    browser.room.signed_on("anna", browser.wire)
    browser.ring(504, site="x")
    held.pop(0)[0]()
    row = rows(browser)[alarm_id(1)]
    assert (row["event"], row["events"]) == ("glass_break", ["glass_break", "motion", "person"])
    assert (row["count"], row["pictures"], row["sources"]) == (4, 4, 1)
    assert row["picture"]["alarm"] == alarm_id(504)
    assert held == [] and not browser.console.mirror.incidents.lacks(alarm_id(1))


def test_what_was_adopted_is_recalled_as_its_sources() -> None:
    """Before this workstation started, and while it runs."""
    browser = MemoryBrowser(manned=False)
    for number in (1, 2):
        sender = {"from": f"cam{number}@x", "peer": "10.0.0.1"}
        envelope = {**rung(1)["envelope"], **sender}
        unknown = rung(number, site=None, source=None, envelope=envelope)
        browser.room.ledger.append(line(unknown))
    owner = {"time": rung(1)["time"], "type": "adopted", "node": "gw1", "tenant": None}
    early, late = (
        {**owner, "source": f"gate{n}@x", "site": str(n), "alarms": [alarm_id(n)]} for n in (1, 2)
    )
    browser.room.ledger.append(line(early))
    for number in range(3, 503):
        browser.room.ledger.append(line(rung(number, site=str(number))))
    browser.wire.connect()
    browser.room.signed_on("anna", browser.wire)
    first, second = (rows(browser)[alarm_id(number)] for number in (1, 2))
    assert (first["source"], first["site"], first["adopted"]) == ("gate1@x", "1", True)
    assert (second["source"], second["sender"]) == (None, "cam2@x")
    change = browser.console.mirror.change
    browser.room.write([late])
    [second] = browser.console.since(change).incidents
    assert (second["source"], second["site"], second["sources"]) == ("gate2@x", "2", 1)


@pytest.mark.parametrize("answered", [True, False])
def test_a_console_that_is_stopped_asks_no_more(answered: bool) -> None:
    """Nor does an answer that comes too late begin anything."""
    browser = started(510, manned=False)
    held = slowly(browser)
    browser.room.signed_on("anna", browser.wire)
    browser.console.stop()
    for one in list(held):
        one[0 if answered else 1]()
    assert len(held) == AT_ONCE and browser.clock.getDelayedCalls() == []
