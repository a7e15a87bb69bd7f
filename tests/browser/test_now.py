"""Ages and marks are by the gateway's clock, whatever the browser's says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from alarmgw.model import utc_now
from tests.browser.made import alarm

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

_WRONG = """
    const Right = Date;
    const off = %d;
    window.Date = class extends Right {
        constructor(...given) {
            super(...(given.length ? given : [Right.now() + off]));
        }
        static now() { return Right.now() + off; }
    };"""


@contextmanager
def browser_clock_off(desk: Desk, seconds: float) -> Iterator[None]:
    """Pages that are opened meanwhile have a clock that is wrong by so much."""
    script = {"source": _WRONG % (seconds * 1000)}
    added = desk.chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)
    desk.chrome.refresh()
    try:
        yield
    finally:
        desk.chrome.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def of_ago(number: int, seconds: float, ahead: float = 0.0) -> dict[str, Any]:
    """An alarm of so long ago, by a clock that is so far ahead of this machine's."""
    time = (utc_now() + timedelta(seconds=ahead - seconds)).isoformat(timespec="milliseconds")
    at = time.replace("+00:00", "Z")
    return {**alarm(number), "time": at, "received": at, "eom": at}


def seconds_of(desk: Desk, selector: str) -> int:
    """The age that stands there, if it is one in seconds; else -1."""
    words = desk.part(selector).split()
    return int(words[0]) if words[1:] == ["s"] else -1


@pytest.mark.parametrize("off", [-600, 600])
@pytest.mark.parametrize("ahead", [0, -3600])
def test_ages_and_marks_are_by_the_gateways_clock(desk: Desk, off: int, ahead: int) -> None:
    """An alarm of 100 s ago is 100 s old and over its target; a fresh one is not."""
    desk.manned()
    with browser_clock_off(desk, off):
        desk.until(lambda: desk.text("seat-name").startswith("anna"))
        desk.gateway("ahead", ahead)
        desk.gateway("alarms", [of_ago(1, 100, ahead)])
        desk.until(lambda: desk.part(".row .row-age") == "1 min")
        desk.until(lambda: desk.part('.row[data-late="target"]') != "")
        assert desk.part("#incident .head-age") == "vor 1 min"
        desk.gateway("alarms", [of_ago(2, 0, ahead)])
        desk.until(lambda: len(desk.titles()) == 2)
        desk.until(lambda: 0 <= seconds_of(desk, '.row[data-late=""] .row-age') < 30)


def test_time_stands_still_rather_than_go_back(desk: Desk) -> None:
    """A word that was slow on its way changes nothing; a clock that was put back does."""
    script = """
        const { hearTime, gatewayNow } = await import("/static/now.js?alone");
        const began = Date.parse("2026-03-05T14:00:00Z") - performance.now();
        const told = (seconds) => {
            const now = new Date(began + performance.now() + seconds * 1000).toISOString();
            hearTime({ now, gateway_ahead_s: 60 });
            return Math.round((gatewayNow() - began - performance.now()) / 1000);
        };
        return [0, -4, -1, 0, -30, 2, ...Array(6).fill(-300)].map(told);"""
    heard = desk.chrome.execute_script(script)
    assert heard == [60, 60, 60, 60, 60, 62, 62, 62, 62, 62, -240, -240]


def test_what_is_back_in_the_list_waits_since_then(desk: Desk) -> None:
    """It is over its target when it came back so long ago, as the gateway's limits count."""
    desk.manned().gateway("alarms", [of_ago(1, 100)])
    desk.until(lambda: desk.part('.row[data-late="target"]') != "")
    for do in ("accept", "release"):
        action = {"name": "bert", "incident": alarm(1)["alarm"], "do": do}
        desk.gateway("other", action)
    desk.until(lambda: 0 <= seconds_of(desk, '.row[data-late=""] .row-age') < 30)
    desk.says("#incident .head-age", "wieder neu:")
    assert desk.chrome.find_elements("css selector", "#incident [data-late='']")
    title = desk.chrome.find_element("css selector", ".row-age").get_attribute("title")
    assert title.startswith("wieder neu: ")
    desk.gateway("sign_off", "signed_off")
    desk.until(lambda: desk.text("seat-name").startswith("Niemand"))
    desk.until(lambda: 0 <= seconds_of(desk, '.row[data-late=""] .row-age') < 60)
