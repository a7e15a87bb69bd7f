"""Several incidents at once, and what can be taken back of them, at a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.made import alarm, answered, opened

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

ENTER, SHIFT, TAB, ARROW_DOWN, HOME = "\ue007\ue008\ue004\ue015\ue011"


def test_marked_incidents_are_handled_together(desk: Desk) -> None:
    """Marked with X, listed in the dialog, closed at once; what is not marked stays.

    A digit that answers a dialog does nothing to the incident below, which could be closed, too.
    """
    opened(desk, alarm(3), alarm(2), alarm(1))
    desk.press("x", ARROW_DOWN, "x")
    desk.says("#bulk-count", "2 markiert")
    desk.can_close()
    desk.press("b")
    answered(desk, "2 markierte Vorgänge")
    desk.keys("2")
    desk.until(lambda: "Motion Detected 3" in desk.part(".bulk-list"))
    desk.keys("T", TAB, "Sturm", ENTER)
    desk.says("#toast", "2 Vorgänge bearbeitet.")
    desk.until(lambda: desk.titles() == ["Motion Detected 1"])
    desk.says("#toast-undo", "Abschluss zurücknehmen (Z): 2 Vorgänge")
    desk.press("z")
    desk.says("#toast", "2 Abschlüsse sind zurückgenommen.")
    desk.until(lambda: len(desk.titles()) == 3)


def test_marked_incidents_are_parked_together(desk: Desk) -> None:
    """Those that I hold, until the same time."""
    opened(desk, alarm(2), alarm(1))
    for _ in range(2):
        desk.press(HOME, ENTER)
        desk.says("#incident .head-state", "von mir angenommen")
        desk.press("x")
    desk.press("b")
    answered(desk, "2 markierte Vorgänge")
    desk.keys("3")
    desk.until(lambda: "Motion Detected 2" in desk.part(".bulk-list"))
    desk.keys(ENTER)
    desk.says("#toast", "2 Vorgänge bearbeitet.")
    desk.until(lambda: len(desk.column(".row-due")) == 2)


def test_each_closing_of_the_last_seconds_can_be_taken_back(desk: Desk) -> None:
    """The newest first, each named before; what does not come back of many is named as well."""
    opened(desk, alarm(3), alarm(2), alarm(1))
    for number in (3, 2):
        desk.says("#incident h2", f"Motion Detected {number}")
        desk.can_close()
        desk.press("1")
        desk.says("#toast-undo", f"Motion Detected {number}")
    desk.press("z")
    desk.until(lambda: desk.titles() == ["Motion Detected 1", "Motion Detected 2"])
    desk.says("#toast-undo", "Motion Detected 3")
    desk.press("z")
    desk.until(lambda: len(desk.titles()) == 3)
    assert not desk.at("toast-undo").is_displayed()
    desk.chord(SHIFT, "x")
    desk.press("b")
    answered(desk, "3 markierte Vorgänge")
    desk.keys("2")
    desk.until(lambda: desk.part(".bulk-list"))
    desk.keys("E", TAB, ENTER)
    desk.until(lambda: desk.titles() == [])
    back = """
        const { command } = await import("/static/command.js");
        return (await command(arguments[0], 0, {do: "undo"})).ok"""
    assert desk.chrome.execute_script(back, alarm(2)["alarm"])
    desk.press("z")
    answered(desk, "2 von 3 Abschlüssen zurückgenommen; diese nicht:")
    assert "Motion Detected 2" in desk.text("ask") and "Motion Detected 1" not in desk.text("ask")
    desk.until(lambda: len(desk.titles()) == 3)
