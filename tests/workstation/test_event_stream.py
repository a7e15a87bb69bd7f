"""Server-Sent Events: live, resumed, and never queued for a page that does not read."""

from __future__ import annotations

import json
from typing import Any

from alarmgw.workstation.event_stream import GATHER_SECONDS, STALLED_SECONDS
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
    """The numbers of the first alarms of the rows in each ``incidents`` event."""
    return [[row["first_seq"] for row in data["rows"]] for _, data in events(exchange, "incidents")]


def ring(browser: MemoryBrowser, number: int) -> str:
    """An alarm at a site of its own; its journal number is one more: the sign-on is the first."""
    return browser.ring(number, site=str(number))


def opened(browser: MemoryBrowser) -> Exchange:
    """A page that has its first events, and to which nothing was written just now."""
    exchange = browser.ask("/events")
    browser.clock.advance(GATHER_SECONDS)
    return exchange


def test_fresh_page_gets_everything_and_then_what_follows() -> None:
    """A page without a number starts anew; later alarms come as they come."""
    browser = MemoryBrowser()
    ring(browser, 1), ring(browser, 2)
    exchange = opened(browser)
    ring(browser, 3)
    assert seqs(exchange) == [[2, 3], [4]]
    assert [data["reset"] for _, data in events(exchange, "incidents")] == [True, False]
    assert exchange.response.headers["content-type"].startswith("text/event-stream")


def test_page_resumes_by_number() -> None:
    """A page that comes back gets what it has missed, and nothing twice."""
    browser = MemoryBrowser()
    ring(browser, 1)
    first = browser.ask("/events")
    [(number, _)] = events(first, "incidents")
    first.leave()
    ring(browser, 2)
    assert seqs(browser.ask("/events", Last_Event_ID=number or "")) == [[3]]


def test_unknown_number_starts_anew() -> None:
    """A number that is not ours, or is none, means everything."""
    browser = MemoryBrowser()
    ring(browser, 1)
    for number in ("999", "-1", "x", "9" * 40):
        [(_, data)] = events(browser.ask("/events", Last_Event_ID=number), "incidents")
        assert data["reset"] and len(data["rows"]) == 1


def test_closed_incident_is_removed() -> None:
    """What is closed leaves the list."""
    browser = MemoryBrowser()
    incident = ring(browser, 1)
    exchange = opened(browser)
    assert browser.command(incident, "close", outcome="real")["ok"]
    assert events(exchange, "incidents")[-1][1]["removed"] == [incident]


def test_alarms_without_an_incident_come_before_the_number() -> None:
    """A page that is cut between the two events asks for both again."""
    browser = MemoryBrowser()
    exchange = opened(browser)
    browser.ring(1, kind="test", handling="test")
    (_, _), (id_, told) = events(exchange, "others")
    assert id_ is None and [row["kind"] for row in told["rows"]] == ["test"]
    last, data = events(exchange, "incidents")[-1]
    assert last == str(browser.console.mirror.change) and data["rows"] == []
    assert exchange.response.body.rindex(b"event: others") < exchange.response.body.rindex(
        b"event: incidents"
    )


def test_whoever_signs_on_gets_everything_anew() -> None:
    """What was veiled is drawn anew, on a page that stayed and on one that comes back."""
    browser = MemoryBrowser(manned=False)
    browser.wire.connect()
    ring(browser, 1)
    exchange = opened(browser)
    [(number, veil)] = events(exchange, "incidents")
    assert "site" not in veil["rows"][0]
    browser.room.signed_on("anna", browser.wire)
    back = browser.ask("/events", Last_Event_ID=number or "")
    for page in (exchange, back):
        told = events(page, "incidents")[-1][1]
        assert told["reset"] and told["rows"][0]["site"] == "1"
    assert events(exchange, "state")[-1][1]["seat"]["operator"] == "anna"


def test_outcomes_are_told_once() -> None:
    """The first state has them, and one after they have changed."""
    browser = MemoryBrowser()
    exchange = browser.ask("/events")
    browser.clock.pump([2.0] * 2)
    browser.console.outcomes = [{"code": "house"}]
    browser.clock.advance(2)
    told = [data.get("outcomes") for _, data in events(exchange, "state")]
    assert [bool(one) for one in told] == [True, False, False, True]
    assert told[-1] == [{"code": "house"}]


def test_process_says_every_two_seconds_that_it_lives() -> None:
    """Without any change the state comes every 2 s, with the age of the last heartbeat."""
    browser = MemoryBrowser()
    exchange = browser.ask("/events")
    browser.clock.pump([2.0] * 3)
    assert [data["heartbeat_age_s"] for _, data in events(exchange, "state")] == [0, 2, 4, 6]


def test_lost_link_is_told_at_once() -> None:
    """The page does not wait for the next beat to hear that the link is lost."""
    browser = MemoryBrowser()
    exchange = opened(browser)
    browser.wire.lose()
    assert events(exchange, "state")[-1][1]["link"] == "lost"


def test_storm_is_told_in_few_events() -> None:
    """The first alarm comes at once, those right after it together; none to a page that left."""
    browser = MemoryBrowser()
    exchange = opened(browser)
    for number in range(1, 101):
        ring(browser, number)
    assert seqs(exchange) == [[], [2]]
    browser.clock.advance(GATHER_SECONDS)
    assert [len(rows) for rows in seqs(exchange)] == [0, 1, 99]
    ring(browser, 101)
    exchange.leave()
    assert not [call for call in browser.clock.getDelayedCalls() if "EventStream" in str(call.func)]


def test_page_that_does_not_read_gets_one_event_afterwards() -> None:
    """While a page is behind nothing piles up; then it gets all it missed in one event."""
    browser = MemoryBrowser()
    exchange = browser.ask("/events")
    exchange.transport.producer.pauseProducing()
    written = len(exchange.transport.value())
    for number in range(1, 100):
        ring(browser, number)
    assert len(exchange.transport.value()) == written
    exchange.transport.producer.resumeProducing()
    assert [len(rows) for rows in seqs(exchange)] == [0, 99]


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
    calls = browser.clock.getDelayedCalls()
    exchange = browser.ask("/events")
    exchange.leave()
    written = len(exchange.transport.value())
    assert (browser.clock.getDelayedCalls(), browser.console._ears) == (calls, [])
    ring(browser, 1)
    assert len(exchange.transport.value()) == written


def test_text_cannot_end_an_event() -> None:
    """Line ends of any kind in a device's text stay inside their event."""
    browser, subject = MemoryBrowser(), "a\r\n\r\nevent: state\ndata: {}\u2028\x85b"
    browser.ring(1, subject=subject)
    exchange = browser.ask("/events")
    [(_, data)] = events(exchange, "incidents")
    assert data["rows"][0]["subject"] == subject
    assert len(events(exchange, "state")) == 1


def test_a_head_has_an_end() -> None:
    """Nothing stays behind for who asks for no more than it."""
    browser = MemoryBrowser()
    ring(browser, 1)
    exchange = browser.ask("/events", "HEAD")
    assert exchange.response.code == 405 and exchange.response.body == b""
    browser.clock.advance(10)
    ring(browser, 2)
    assert exchange.response.body == b"" and browser.console._ears == []
