"""Tones of the page, where the workstation has no program that plays them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.made import alarm

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

END = "\ue010"

_LISTEN = """
    window.started = 0;
    AudioBufferSourceNode.prototype.start = () => { window.started += 1; };"""


def heard(desk: Desk) -> int:
    """How many tones the page has begun."""
    return int(desk.chrome.execute_script("return started"))


def test_each_new_incident_sounds_at_once(desk: Desk) -> None:
    """Also of a class that sounds already, and of one that is never repeated."""
    desk.manned().press(END)
    desk.chrome.execute_script(_LISTEN)
    for number, priority in enumerate((3, 3, 5, 5), 1):
        desk.gateway("alarms", [alarm(number, site=str(number), priority=priority)])
        desk.until(lambda number=number: heard(desk) == number)


def test_a_page_that_is_opened_tells_what_sounds_already(desk: Desk) -> None:
    """As soon as the browser lets it: after the first key."""
    desk.manned().gateway("alarms", [alarm(1, priority=4)])
    desk.until(lambda: len(desk.titles()) == 1)
    desk.chrome.refresh()
    desk.chrome.execute_script(_LISTEN)
    desk.until(lambda: len(desk.titles()) == 1)
    desk.press(END)
    desk.until(lambda: heard(desk) == 1)
