"""Every view and every dialog, light and dark, as axe and a keyboard meet it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.made import alarm, named

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

#: WebDriver's names of keys.
ENTER, ESCAPE, ALT, TAB, HOME = "\ue007", "\ue00c", "\ue00a", "\ue004", "\ue011"

#: Where the keyboard is, and whether one sees that: a ring or a line, the list's at its row.
_FOCUS = """
    const at = document.activeElement;
    const seen = at.id === "list" ? at.querySelector('[aria-selected="true"]') ?? at : at;
    const style = getComputedStyle(seen);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const empty = at.id === "list" && !at.querySelector(".row");
    return [at === document.body ? "nowhere" : at.id || at.className || at.name || at.tagName,
      ring || style.boxShadow !== "none" || empty];"""


def test_no_view_breaks_a_rule_of_axe(chromium: Chrome, tmp_path: Path) -> None:
    """WCAG 2.1 A and AA in light, the contrast again in dark, at every moment of a night."""
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    from tests.browser import accessible, tour
    from tests.browser.scenes import scene

    tags = {"light": accessible.WCAG_2_1_AA, "dark": accessible.CONTRAST}
    found = []
    with scene(chromium, tmp_path / "room") as room:
        for moment, views in tour.moments(room):
            for view in views:
                tour.look(room, view)
                for scheme in tour.SCHEMES:
                    tour.lit(room, scheme, "de")
                    for broken in accessible.violations(chromium, tags[scheme]):
                        found.append(f"{moment}, {view.name}, {scheme}: {broken}")
                view.leave(room)
    assert found == []


def at_focus(desk: Desk) -> str:
    """Where the keyboard is; it is somewhere, and one sees it."""
    where, seen = desk.chrome.execute_script(_FOCUS)
    assert where != "nowhere", "The focus is lost."
    assert seen, f"Nothing shows that {where} has the focus."
    return str(where)


def test_focus_is_always_seen_and_never_lost(desk: Desk) -> None:
    """After dialogs, closings and changes of view, and at every stop of the Tab key."""
    desk.gateway("connect")
    desk.until(lambda: desk.at("sign-on").is_displayed())
    desk.at("sign-on-name").send_keys("anna", TAB, "richtig", ENTER)
    desk.gateway("alarms", [alarm(1, photos=1), alarm(2), alarm(3, kind="test", **named("test"))])
    desk.until(lambda: "accept" in desk.offered())
    desk.keys(HOME, ENTER)
    desk.says("#incident .head-state", "von mir angenommen")
    assert at_focus(desk) == "list"
    desk.can_close()
    for key in "c2pnsx?":
        desk.keys(key)
        desk.until(lambda key=key: key == "x" or desk.at("ask").is_displayed())
        at_focus(desk)
        desk.keys(ESCAPE)
        desk.until(lambda: desk.chrome.switch_to.active_element.get_attribute("id") == "list")
        assert at_focus(desk) == "list" and not desk.at("ask").is_displayed()
    desk.keys("1")
    desk.says("#toast", "Abgeschlossen: Echtalarm")
    assert at_focus(desk) == "list"
    for view in "23456781":
        desk.chord(ALT, view)
        tabs = f"#views .tab:nth-child({view})[aria-selected=true]"
        desk.until(lambda tabs=tabs: desk.part(tabs))
        desk.until(lambda: desk.chrome.switch_to.active_element.tag_name != "body")
        stops = {at_focus(desk)}
        for _ in range(30):
            desk.keys(TAB)
            if desk.chrome.execute_script("return document.activeElement === document.body"):
                continue  # past the page's end; the next stop is its first
            stops.add(at_focus(desk))
        assert len(stops) > 5


def test_a_new_incident_is_announced_once(desk: Desk) -> None:
    """A screen reader says it when it comes, not when it rings again; many are a number."""
    desk.manned().gateway("alarms", [alarm(1, site="4711", **named("person"))])
    heard = "return document.getElementById('heard').textContent"
    first = "Klasse 3, Person erkannt, 4711"
    desk.until(lambda: desk.chrome.execute_script(heard) == first)
    desk.gateway("alarms", [alarm(2, site="4711", **named("motion"))])
    desk.until(lambda: desk.column(".row-count") == ["\u00d72"])
    assert desk.chrome.execute_script(heard) == first
    desk.gateway("alarms", [alarm(3), alarm(4)])
    desk.until(lambda: desk.chrome.execute_script(heard) == "2 neue Vorgänge")
