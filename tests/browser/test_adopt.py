"""Making a source of a sender: asked where it makes a site, refused in the page's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.made import alarm, answered

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

HOME, ENTER, ESCAPE, TAB, ALT = "\ue011", "\ue007", "\ue00c", "\ue004", "\ue00a"

#: What the gateway would answer, one after the other; what it was asked is kept.
_ANSWERS = """
    const answers = arguments[0];
    window.asked = [];
    const ask = window.fetch;
    window.fetch = async (path, given) => {
        const told = given?.body ? JSON.parse(given.body) : {};
        if (told.action?.do !== "adopt") return ask(path, given);
        asked.push(told.action);
        return new Response(JSON.stringify(answers.shift()));
    };"""


def test_a_new_site_is_asked_for_and_a_refusal_is_in_words(desk: Desk) -> None:
    """Nothing is made by a slip of the hand, and what was typed stays."""
    desk.manned().gateway("alarms", [alarm(1, source=None, site=None)])
    desk.chord(ALT, "3")
    desk.until(lambda: "adopt" in desk.offered())
    english = {"ok": False, "text": "there is no site"}
    unknown, kept = ({**english, "error": error} for error in ("unknown_site", "source_kept"))
    desk.chrome.execute_script(_ANSWERS, [unknown, unknown, kept])
    desk.press(HOME, "a")
    answered(desk, "Neue Bildquelle")
    longest = "return [...document.querySelectorAll('#ask input')].map((one) => one.maxLength)"
    assert desk.chrome.execute_script(longest) == [254, 200, 200]
    desk.keys(TAB, "Tor", TAB, "47x11", ENTER)
    answered(desk, "Neues Objekt 47x11 anlegen?")
    desk.keys(ESCAPE)
    answered(desk, "Neue Bildquelle")
    value = "return document.querySelector('#ask input[name=site]').value"
    assert desk.chrome.execute_script(value) == "47x11"
    desk.keys(ENTER)
    answered(desk, "Neues Objekt 47x11 anlegen?")
    desk.keys(ENTER)
    desk.says("#toast", "Diese Bildquelle gibt es schon")
    asked = desk.chrome.execute_script("return asked")
    assert [one.get("new_site") for one in asked] == [None, None, True]
    assert {one["site"] for one in asked} == {"47x11"}
