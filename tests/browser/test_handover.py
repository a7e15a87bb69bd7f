"""The hand-over on the page: what is confirmed was there to be read; what is begun is not lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.made import alarm

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

ALT, END = "\ue00a", "\ue010"
FIELD, TAKE = "#sheet textarea", "#sheet button.primary"

_VALUE = "return document.querySelector(arguments[0])?.value"
_CLICK = "document.querySelector(arguments[0]).click()"


def opened(desk: Desk) -> None:
    """Bert is there already, at the other workstation; anna comes and looks at the page."""
    desk.gateway("connect")
    desk.gateway("other", {"name": "bert"})
    desk.manned().chord(ALT, "8")
    desk.says("#sheet", "Übergabe von: bert")


def test_a_note_of_the_other_workstation_appears_by_itself(desk: Desk) -> None:
    """What is half written stays, and so does the keyboard; the note can be confirmed then."""
    opened(desk)
    desk.keys("Schlüssel beim Pfö")
    desk.gateway("other", {"name": "bert", "do": "note", "text": "Tor klemmt"})
    desk.says("#sheet", "Tor klemmt")
    desk.keys("rtner")
    assert desk.chrome.execute_script(_VALUE, FIELD) == "Schlüssel beim Pförtner"
    desk.gateway("alarms", [alarm(1, site="4711")])
    desk.says("#sheet", "4711")
    desk.chrome.execute_script(_CLICK, TAKE)
    desk.says("#sheet", "von bert an anna")
    desk.until(lambda: "Tor klemmt" not in desk.part("#sheet"))
    desk.says("#sheet", "Das ist Ihre eigene Schicht")
    assert not desk.chrome.find_element("css selector", TAKE).is_enabled()


def test_what_was_not_drawn_is_not_confirmed(desk: Desk) -> None:
    """A note that comes with the key stays on the page, and counts for the next hand-over."""
    opened(desk)
    desk.gateway("other", {"name": "bert", "do": "note", "text": "zuerst"})
    desk.says("#sheet", "zuerst")
    late = """
        const fetched = window.fetch;
        window.fetch = (path, given) => String(path).includes("/ask/handover")
            && !window.pressed ? new Promise(() => {}) : fetched(path, given);"""
    desk.chrome.execute_script(late)
    desk.gateway("other", {"name": "bert", "do": "note", "text": "eben noch"})
    press = "window.pressed = true; document.querySelector(arguments[0]).click()"
    wait = "return await new Promise((done) => setTimeout(done, 750))"
    desk.chrome.execute_script(wait)
    desk.chrome.execute_script(press, TAKE)
    desk.says("#sheet", "von bert an anna")
    desk.says("#sheet", "eben noch")
    assert "zuerst" not in desk.part("#sheet")


def test_a_note_that_was_just_drawn_is_not_confirmed(desk: Desk) -> None:
    """Nobody has read it yet."""
    opened(desk)
    at_once = """
        const button = document.querySelector(arguments[0]);
        const sheet = document.getElementById("sheet");
        new MutationObserver((_, self) => {
            if (!sheet.innerText.includes("eben noch")) return;
            self.disconnect();
            button.click();
        }).observe(sheet, {subtree: true, childList: true});"""
    desk.chrome.execute_script(at_once, TAKE)
    desk.gateway("other", {"name": "bert", "do": "note", "text": "eben noch"})
    desk.says("#sheet", "von bert an anna")
    desk.says("#sheet", "eben noch")


def test_a_suppression_that_is_over_is_told_afterwards(desk: Desk) -> None:
    """At the hand-over and in the record: whose it was, why, and what it held back."""
    opened(desk)
    whom = {"source": "tor@ebues.internal", "minutes": 30, "reason": "Bauarbeiten"}
    desk.gateway("other", {"name": "bert", "do": "suppress", **whom})
    desk.says("#sheet", "Bauarbeiten")
    desk.chord(ALT, "6")
    row = "#sheet tr[data-key='{}']".format
    desk.says(row(3), "gesperrt bis")
    rule = "suppression:" + "2".rjust(16, "0")
    held = {"source": "tor@ebues.internal", "handling": "suppressed", "rule": rule}
    desk.gateway("alarms", [alarm(1, **held), alarm(2, **held)])
    desk.gateway("other", {"name": "bert", "do": "unsuppress", "suppression": rule[12:]})
    desk.chrome.find_element("css selector", "#sheet [name=source]").send_keys(
        "tor@ebues.internal", "\ue007"
    )
    desk.says(row(6), "Sperre beendet")
    assert "tor@ebues.internal" in desk.part(row(6))
    assert "2 Alarme zurückgehalten" in desk.part(row(6))
    assert "von bert · Bauarbeiten" in desk.part(row(6))
    assert "gesperrt" in desk.part("#sheet tr[data-key='{}']".format(alarm(1)["alarm"]))
    desk.chord(ALT, "8")
    desk.says("#sheet", "Seit der letzten Übergabe beendete Sperren")
    desk.says("#sheet", "2 Alarme zurückgehalten")


def test_what_is_half_written_outlives_other_views_and_the_language(desk: Desk) -> None:
    """But not the session of who wrote it."""
    opened(desk)
    desk.keys("Tor")
    desk.at("language-en").click()
    desk.says("#sheet", "Hand-over from: bert")
    assert desk.chrome.execute_script(_VALUE, FIELD) == "Tor"
    desk.at("language-de").click()
    desk.gateway("alarms", [alarm(1)])
    desk.says("#notices", "Zur Liste")
    desk.chrome.execute_script(_CLICK, "#notices button")
    desk.until(lambda: "accept" in desk.offered())
    desk.chord(ALT, "8")
    desk.until(lambda: desk.chrome.execute_script(_VALUE, FIELD) == "Tor")
    desk.until(lambda: desk.chrome.switch_to.active_element.tag_name == "textarea")
    desk.keys(END, " klemmt")
    desk.gateway("sign_on", "carl")
    desk.until(lambda: desk.text("seat-name").startswith("carl"))
    desk.chord(ALT, "8")
    desk.until(lambda: desk.chrome.execute_script(_VALUE, FIELD) == "")
    desk.says("#sheet", "Übergabe von: bert, anna")
