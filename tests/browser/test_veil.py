"""With nobody signed on: no picture and no word of a device, whatever was on the screen before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.made import alarm, named, widths

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

HOME, ENTER, ALT = "\ue011", "\ue007", "\ue00a"

#: Every word that is only known of a device.
SECRET = "Geheim"
DEVICE = {"subject": SECRET, "text": SECRET, "source": SECRET, "site": SECRET}

#: What of a device is in the page, seen or not; what a person typed; which dialogs stand open.
LEFT = """
    const found = [...document.querySelectorAll("img, video, source, a")]
        .filter((one) => /picture|mail/.test(one.src || one.href)).map((one) => one.outerHTML);
    const said = document.documentElement.outerHTML.match(/.{0,80}Geheim.{0,40}/g) ?? [];
    const typed = [...document.querySelectorAll("input, textarea")].map((one) => one.value);
    return [...found, ...said, ...typed.filter(Boolean),
        ...[...document.querySelectorAll("dialog[open]")].map((one) => `dialog ${one.id}`)]"""


def opened(desk: Desk) -> None:
    """Two incidents with pictures; the first is on the screen, and the tongue has told of both."""
    desk.manned()
    desk.gateway("alarms", [alarm(1, photos=2, **DEVICE, **named("person"))])
    desk.until(lambda: (widths(desk, ".stage img") or [0])[0] > 0)
    desk.says("#incident .head-place", SECRET)
    heard = "return document.getElementById('heard').textContent"
    desk.until(lambda: SECRET in desk.chrome.execute_script(heard))


def veiled(desk: Desk) -> None:
    """The form for signing on can be typed into, and nothing of a device is in the page."""
    desk.until(lambda: desk.at("sign-on").is_displayed())
    desk.until(lambda: desk.titles() == ["Klasse 3: Bewegung, unbekannt"])
    assert desk.chrome.execute_script(LEFT) == []
    desk.keys("anna")
    assert desk.at("sign-on-name").get_attribute("value") == "anna"


def test_the_large_picture_goes_with_its_viewer(desk: Desk) -> None:
    """Also when the session ends by no hand at this page; what comes then bears no word."""
    opened(desk)
    desk.press("+")
    desk.until(lambda: widths(desk, "#large img")[:1] > [0])
    desk.gateway("sign_off", "lost")
    veiled(desk)
    desk.gateway("alarms", [alarm(2, **DEVICE, **named("person"))])
    desk.until(lambda: desk.column(".row-count") == ["\u00d72"])
    assert [one for one in desk.chrome.execute_script(LEFT) if SECRET in one] == []


def test_a_dialog_goes_with_what_was_typed(desk: Desk) -> None:
    """A note that was begun, a closing that could be taken back, and whom a line named."""
    opened(desk)
    desk.gateway("alarms", [alarm(2, photos=1, **{**DEVICE, "site": "2"}, **named("person"))])
    desk.until(lambda: len(desk.titles()) == 2)
    desk.press(HOME, ENTER)
    desk.until(lambda: "park" in desk.offered())
    desk.can_close()
    desk.press("1")
    desk.until(lambda: desk.at("toast-undo").is_displayed())
    desk.can_close()
    desk.press("n")
    desk.until(lambda: desk.at("ask").is_displayed())
    desk.keys(SECRET)
    desk.gateway("sign_off", "removed")
    veiled(desk)


def test_parked_incidents_are_counted_and_drawn(desk: Desk) -> None:
    """Until when one is parked is not told with nobody signed on; it and all behind it stand."""
    desk.manned().gateway("alarms", [alarm(1), alarm(2, priority=4), alarm(3)])
    for one in (alarm(1), alarm(2)):
        for action in ({"do": "accept"}, {"do": "park", "minutes": 30}):
            desk.gateway("other", {"name": "bert", "incident": one["alarm"], **action})
    desk.until(lambda: [one[:12] for one in desk.column(".row-due")][1:] == ["geparkt bis "] * 2)
    desk.gateway("sign_off", "removed")
    desk.until(lambda: desk.at("sign-on").is_displayed())
    desk.until(lambda: desk.column(".badge-parked") == ["", "geparkt", "geparkt"])


def test_a_sheet_goes_with_what_was_found(desk: Desk) -> None:
    """A record that was opened in another view, with a large picture of it and a search."""
    opened(desk)
    desk.gateway("answers", {"history": {"rows": [], "before": None, "scanned": 0}})
    desk.chord(ALT, "6")
    desk.until(lambda: desk.part("#sheet form"))
    desk.chrome.execute_script("document.querySelector('#sheet [name=text]').value = 'Geheim'")
    script = """
        const { past } = await import("/static/past.js");
        const box = document.querySelector("#sheet > div:empty");
        await past(box, {incident: arguments[0]}, {seat: {operator: "anna"}})"""
    desk.chrome.execute_script(script, alarm(1)["alarm"])
    desk.until(lambda: (widths(desk, "#sheet .stage img") or [0])[0] > 0)
    desk.chrome.execute_script("document.querySelector('#sheet .stage-picture').click()")
    desk.until(lambda: widths(desk, "#large img")[:1] > [0])
    desk.gateway("sign_off", "removed")
    veiled(desk)
