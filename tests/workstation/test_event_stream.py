"""Server-Sent Events: live, resumed, and never queued for a page that does not read."""

from __future__ import annotations

import json
from typing import Any

from alarmgw.workstation.event_stream import STALLED_SECONDS
from alarmgw.workstation.mirror import LinkState
from tests.workstation.console_fakes import alarm_of
from tests.workstation.memory_browser import Exchange, MemoryBrowser


def events(exchange: Exchange, kind: str) -> list[tuple[str | None, Any]]:
    """The (id, data) of every event of that kind, in order."""
    found = []
    for block in exchange.response.body.decode("ascii").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        if fields.get("event") == kind:
            found.append((fields.get("id"), json.loads(fields["data"])))
    return found


def seqs(exchange: Exchange) -> list[list[int]]:
    """The journal numbers of the rows in each ``alarms`` event."""
    return [[row["seq"] for row in data["rows"]] for _, data in events(exchange, "alarms")]


def test_fresh_page_gets_everything_and_then_what_follows() -> None:
    """A page without a number starts anew; later alarms come as they come."""
    browser = MemoryBrowser()
    browser.console.entries([alarm_of(1), alarm_of(2)], 2)
    exchange = browser.ask("/events")
    browser.console.entries([alarm_of(3)], 3)
    assert seqs(exchange) == [[2, 1], [3]]
    assert [data["reset"] for _, data in events(exchange, "alarms")] == [True, False]
    assert exchange.response.headers["content-type"].startswith("text/event-stream")


def test_page_resumes_by_number() -> None:
    """A page that comes back gets what it has missed, and nothing twice."""
    browser = MemoryBrowser()
    browser.console.entries([alarm_of(1)], 1)
    first = browser.ask("/events")
    [(number, _)] = events(first, "alarms")
    first.leave()
    browser.console.entries([alarm_of(2)], 2)
    assert seqs(browser.ask("/events", Last_Event_ID=number or "")) == [[2]]


def test_unknown_number_starts_anew() -> None:
    """A number that is not ours, or is none, means everything."""
    browser = MemoryBrowser()
    browser.console.entries([alarm_of(1)], 1)
    for number in ("999", "-1", "x", "9" * 40):
        [(_, data)] = events(browser.ask("/events", Last_Event_ID=number), "alarms")
        assert data["reset"] and len(data["rows"]) == 1


def test_closed_alarm_is_removed() -> None:
    """What is closed leaves the list."""
    browser, entry = MemoryBrowser(), alarm_of(1)
    browser.console.entries([entry], 1)
    exchange = browser.ask("/events")
    browser.console.entries([{"type": "closed", "seq": 2, "alarm": entry["alarm"]}], 2)
    assert events(exchange, "alarms")[-1][1]["removed"] == [entry["alarm"]]


def test_process_says_every_two_seconds_that_it_lives() -> None:
    """Without any change the state comes every 2 s, with the age of the last heartbeat."""
    browser = MemoryBrowser()
    browser.connect()
    exchange = browser.ask("/events")
    browser.clock.pump([2.0] * 3)
    assert [data["heartbeat_age_s"] for _, data in events(exchange, "state")] == [0, 2, 4, 6]


def test_lost_link_is_told_at_once() -> None:
    """The page does not wait for the next beat to hear that the link is lost."""
    browser = MemoryBrowser()
    browser.connect()
    exchange = browser.ask("/events")
    browser.console.state(LinkState(state="lost", reason="cut"))
    assert events(exchange, "state")[-1][1]["link"] == "lost"


def test_page_that_does_not_read_gets_one_event_afterwards() -> None:
    """While a page is behind nothing piles up; then it gets all it missed in one event."""
    browser = MemoryBrowser()
    exchange = browser.ask("/events")
    exchange.transport.producer.pauseProducing()
    written = len(exchange.transport.value())
    for seq in range(1, 200):
        browser.console.entries([alarm_of(seq)], seq)
    assert len(exchange.transport.value()) == written
    exchange.transport.producer.resumeProducing()
    assert [len(rows) for rows in seqs(exchange)] == [0, 199]


def test_page_that_never_reads_is_cut_off() -> None:
    """A page that is behind for 30 s loses its connection and nothing is left of it."""
    browser = MemoryBrowser()
    exchange = browser.ask("/events")
    exchange.transport.producer.pauseProducing()
    browser.clock.pump([2.0] * (int(STALLED_SECONDS / 2) + 1))
    assert exchange.transport.disconnected


def test_page_that_left_is_forgotten() -> None:
    """After a page went away nothing is written, listened or timed for it."""
    browser = MemoryBrowser()
    exchange = browser.ask("/events")
    exchange.leave()
    written = len(exchange.transport.value())
    browser.console.entries([alarm_of(1)], 1)
    assert len(exchange.transport.value()) == written
    assert (browser.clock.getDelayedCalls(), browser.console._ears) == ([], [])


def test_text_cannot_end_an_event() -> None:
    """Line ends of any kind in a device's text stay inside their event."""
    browser, subject = MemoryBrowser(), "a\r\n\r\nevent: state\ndata: {}\u2028\x85b"
    browser.console.entries([alarm_of(1, subject=subject)], 1)
    exchange = browser.ask("/events")
    [(_, data)] = events(exchange, "alarms")
    assert data["rows"][0]["subject"] == subject
    assert len(events(exchange, "state")) == 1
