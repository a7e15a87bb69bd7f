"""What is looked up beside the lists: rows that open, names, and moments that are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.made import alarm, named, widths

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

HOME, ENTER, ESCAPE, TAB, ALT = "\ue011", "\ue007", "\ue00c", "\ue004", "\ue00a"

TEST = {"kind": "test", "handling": "test", "subject": "Testbild", **named("test")}

#: What `momentOf` makes of words on 5 March 2026 at 14:00, as somebody reads a clock.
MOMENTS = [
    ("31.12.2025 22:15", "2025-12-31 22:15:00.0", "2025-12-31 22:15:59.999"),
    ("31/12/2025 7:05:09", "2025-12-31 7:05:09.0", "2025-12-31 7:05:09.999"),
    (" 2025-12-31T22:15 ", "2025-12-31 22:15:00.0", "2025-12-31 22:15:59.999"),
    ("1.3.2026", "2026-3-1 0:00:00.0", "2026-3-1 23:59:59.999"),
    ("28.2.", "2026-2-28 0:00:00.0", "2026-2-28 23:59:59.999"),
    ("5.3.", "2026-3-5 0:00:00.0", "2026-3-5 23:59:59.999"),
    ("31.12. 22:15", "2025-12-31 22:15:00.0", "2025-12-31 22:15:59.999"),
    ("6.3.", "2025-3-6 0:00:00.0", "2025-3-6 23:59:59.999"),
    ("22:15", "2026-3-5 22:15:00.0", "2026-3-5 22:15:59.999"),
    *((odd, None, None) for odd in ("31.2.2026", "24:00", "22:60", "1.13.", "gestern", "12")),
    *((odd, None, None) for odd in ("22:15 1.3.2026", "1.3.2026 x", "1.3.2026 1:00 2:00", "")),
]

_MOMENT = """
    const { momentOf } = await import("/static/moments.js");
    const found = momentOf(arguments[0], arguments[1], new Date(2026, 2, 5, 14));
    if (!found) return found;
    const two = (n) => String(n).padStart(2, "0");
    return `${found.getFullYear()}-${found.getMonth() + 1}-${found.getDate()} ${found.getHours()}:`
      + `${two(found.getMinutes())}:${two(found.getSeconds())}.${found.getMilliseconds()}`"""


def row(told: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """A row of the record about that alarm."""
    names = ("alarm", "time", "type", "source", "site", "kind", "handling", "subject", "incident")
    event = {name: told["events"][0][name] for name in ("event", "state", "channel", "camera")}
    return {**{name: told.get(name) for name in names}, **event, "seq": 7, **facts}


def focus(desk: Desk, selector: str) -> None:
    """The keyboard goes there."""
    desk.until(lambda: desk.part(selector))
    desk.chrome.execute_script("document.querySelector(arguments[0]).focus()", selector)


def asked(desk: Desk) -> str:
    """The last search of the record."""
    script = """return performance.getEntriesByType("resource").map((one) => one.name)
        .filter((name) => name.includes("/ask/history?")).at(-1)"""
    return str(desk.chrome.execute_script(script))


def test_an_alarm_in_no_incident_opens_from_the_record(desk: Desk) -> None:
    """By keyboard: pictures, text, facts and mail, and nothing to decide; Esc goes back."""
    told = alarm(1, photos=2, **TEST)
    found = {"rows": [row(told), row(told, type="signed_on", alarm=None)], "before": None}
    desk.manned().gateway("answers", {"history": found})
    desk.gateway("alarms", [told])
    desk.chord(ALT, "6")
    focus(desk, "#sheet tr.can-open")
    assert len(desk.chrome.find_elements("css selector", "#sheet tr.can-open")) == 1
    desk.keys(ENTER)
    desk.says("article.past .head-state", "Test")
    desk.until(lambda: (widths(desk, "article.past .stage img") or [0])[0] > 0)
    desk.says("article.past .stage-caption", "Bild 1 von 2")
    desk.keys("\ue014")
    desk.says("article.past .stage-caption", "Bild 2 von 2")
    assert desk.part("article.past .alarm-box h4") == "Testbild"
    assert desk.part("article.past .papers a") == "Originalmail"
    assert desk.part("article.past .bar button") == ""
    desk.chrome.execute_script("document.querySelector('.past .papers button').click()")
    desk.says("article.past .facts", told["alarm"])
    desk.keys("1", ENTER, ESCAPE)
    desk.until(lambda: desk.part("article.past") == "")
    at_row = "return document.activeElement.matches('tr.can-open')"
    assert desk.chrome.execute_script(at_row)
    assert desk.part("#toast") == ""


def test_tests_open_too_and_keep_the_keyboard(desk: Desk) -> None:
    """A row that is chosen stays chosen while others come, and has its names."""
    desk.manned().gateway("alarms", [alarm(2, photos=1, **TEST)])
    desk.chord(ALT, "4")
    focus(desk, "#sheet tr.can-open")
    desk.says("#sheet tr.can-open", "4002 · Objekt 4002")
    desk.says("#sheet tr.can-open .named", "Kamera ")
    desk.gateway("alarms", [alarm(1, **TEST)])
    desk.until(lambda: len(desk.chrome.find_elements("css selector", "tr.can-open")) == 2)
    desk.keys(ENTER)
    desk.says("article.past .stage-caption", "Bild 1 von 1")
    desk.says("article.past .head-place", "4002")


def test_sites_and_sources_are_called_by_name(desk: Desk) -> None:
    """In the record and at the hand-over, and the sources at the alarms of an incident."""
    told = alarm(1, site="4711", source="tor@ebues.internal")
    names = {"site_name": "Autohaus Maier", "source_name": "Tor Süd"}
    standing = {"opened": told["time"], "priority": 2, "state": "new", "count": 1, "id": "x"}
    counts = {"open": 101, "parked": 0, "faults": 0, "suppressed": 1}
    empty = {"parked": [], "faults": [], "notes": [], "unassigned": 0, "counts": counts}
    held = {"source": None, "site": "4711", "until": told["time"], **names}
    handover = {**empty, "open": [{**row(told), **standing, **names}], "suppressions": [held]}
    card = {"site": None, "sources": {"tor@ebues.internal": {"name": "Tor Süd"}}}
    found = {"rows": [row(told, **names), row(told, source="x@y", seq=8)], "before": None}
    answers = {"history": found, "handover": handover, "card": card}
    desk.manned().gateway("answers", answers)
    for view in ("6", "8"):
        desk.chord(ALT, view)
        desk.says("#sheet", "4711 · Autohaus Maier")
        desk.says("#sheet .named", "Tor Süd\ntor@ebues.internal")
    assert "Objekt 4711 · Autohaus Maier" in desk.part("#sheet")
    assert "1 von 101 gezeigt" in desk.part("#sheet")
    assert desk.part("#sheet .handover-counts dd") == "101"
    desk.chord(ALT, "6")
    desk.says("#sheet tbody tr:nth-child(2) .named", "x@y")
    desk.chord(ALT, "1")
    desk.gateway("alarms", [told])
    desk.says("#incident .alarm-box .named", "Tor Süd")
    desk.says("#incident .alarm-box .named small", "tor@ebues.internal")


def test_a_source_that_comes_later_gets_its_name(desk: Desk) -> None:
    """The card is asked for again, once; what was opened meanwhile stays open."""
    second = {"b@x": {"name": "Halle", "pre_alarm_pictures": 1}}
    desk.manned().gateway("answers", {"card": {"site": None, "sources": {}}})
    desk.gateway("alarms", [alarm(2, site="4711", source="a@x")])
    desk.says("#incident .alarm-box .named", "a@x")
    desk.chrome.execute_script("document.querySelector('.papers button').click()")
    desk.says("#incident .alarm-box .named", "Kamera a@x")
    desk.gateway("answers", {"card": {"site": None, "sources": second}})
    desk.gateway("alarms", [alarm(1, site="4711", source="b@x", photos=2)])
    desk.says("#incident .alarm-box .named", "Halle")
    desk.until(lambda: desk.part("#incident .frame-before"))
    assert desk.part("#incident .facts")


def test_moments_are_understood_as_people_write_them(desk: Desk) -> None:
    """Whatever the browser's language is; an end is the end of what was named."""
    desk.manned()
    for words, begin, end in MOMENTS:
        told = [desk.chrome.execute_script(_MOMENT, words, last) for last in (False, True)]
        assert told == [begin, end], words


def test_a_time_is_typed_in_the_language_of_the_page(desk: Desk) -> None:
    """What is no time is said in words beside the field; nothing is searched until it is one."""
    desk.manned().gateway("answers", {"history": {"rows": [], "before": None}})
    desk.at("language-en").click()
    desk.chord(ALT, "6")
    field = "#sheet input[name=from]"
    shown = "return document.querySelector(arguments[0])"
    focus_script = f"{shown}.focus()"
    desk.until(lambda: "/ask/history?" in asked(desk))
    before = asked(desk)
    desk.chrome.execute_script(focus_script, field)
    assert desk.chrome.execute_script(f"{shown}.placeholder", field) == "DD/MM/YYYY hh:mm"
    desk.keys("31.2.2026", ENTER)
    desk.says("#sheet [role=alert]", "“31.2.2026” is not a time")
    assert desk.chrome.execute_script(f"{shown}.ariaInvalid", field) == "true"
    assert desk.chrome.switch_to.active_element.get_attribute("name") == "from"
    assert asked(desk) == before
    desk.chrome.execute_script(f"{shown}.value = ''", field)
    desk.keys("1.2.2026 7:30", TAB, "2026-01-31", ENTER)
    desk.says("#sheet [role=alert]", "“To” is before “From”")
    assert desk.chrome.execute_script(f"{shown}.value", field) == "01/02/2026 07:30"
    desk.keys("\ue003" * 10, "2026-02-01", ENTER)
    desk.until(lambda: asked(desk) != before)
    utc = "return new Date(2026, 1, arguments[0], ...arguments[1]).toISOString()"
    since = desk.chrome.execute_script(utc, 1, [7, 30])
    until = desk.chrome.execute_script(utc, 1, [23, 59, 59, 999])
    facts = [
        f"{key}={value.replace(':', '%3A')}" for key, value in (("from", since), ("to", until))
    ]
    assert all(one in asked(desk) for one in facts)
    assert desk.part("#sheet [role=alert]") == ""
    desk.at("language-de").click()


def test_what_a_field_lacks_is_said_in_the_language_of_the_page(desk: Desk) -> None:
    """Not in the browser's."""
    desk.manned().gateway("alarms", [alarm(1)])
    desk.until(lambda: "note" in desk.offered())
    lacks = """const field = document.querySelector("#ask textarea, #ask input");
        field.checkValidity(); return field.validationMessage"""
    for language, words in (("en", "Please fill this in."), ("de", "Bitte ausfüllen.")):
        desk.at(f"language-{language}").click()
        desk.press(HOME, "n")
        desk.until(lambda: desk.at("ask").is_displayed())
        desk.keys(ENTER)
        assert desk.chrome.execute_script(lacks) == words
        desk.keys("x")
        assert desk.chrome.execute_script(lacks) == ""
        desk.keys(ESCAPE)
    desk.press("p" if "park" in desk.offered() else ENTER)
    desk.until(lambda: "park" in desk.offered())
    desk.press("p")
    desk.until(lambda: desk.at("ask").is_displayed())
    desk.keys("000")
    assert desk.chrome.execute_script(lacks) == "Erlaubt sind 1 bis 240."


def test_a_click_on_a_button_that_has_just_moved_does_nothing(desk: Desk) -> None:
    """A line that comes in above moves the buttons under the hand; a moment later they work."""
    desk.manned().gateway("alarms", [alarm(1)])
    desk.until(lambda: "accept" in desk.offered())
    script = """
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        const button = document.querySelector("#incident [data-action=accept]");
        const above = document.createElement("p");
        document.querySelector("main").before(above);
        above.textContent = "Zeile";
        await frame(); await frame();
        button.dispatchEvent(new MouseEvent("click", {bubbles: true, detail: 1}));
        above.remove();
        return new Promise((done) => setTimeout(() => done(button.isConnected), 200))"""
    assert desk.chrome.execute_script(script)
    assert "accept" in desk.offered()

    def clicked() -> bool:
        desk.chrome.find_element("css selector", "#incident .bar button").click()
        return "von mir" in desk.part("#incident .head-state")

    desk.until(clicked)


def test_what_is_unattended_is_seen_in_the_narrowest_list(desk: Desk) -> None:
    """Its badge comes first, and is not cut off."""
    desk.manned().gateway("alarms", [alarm(1, site="4711", source="tor-sued@ebues.internal")])
    desk.until(lambda: "accept" in desk.offered())
    incident = alarm(1)["alarm"]
    desk.gateway("other", {"name": "bert", "incident": incident, "do": "accept"})
    desk.says(".row-said", "bei bert")
    entry = {"time": alarm(1)["time"], "type": "unattended", "node": "gw1", "incident": incident}
    entry |= {"state": "start", "holder": "bert", "since": alarm(1)["time"]}
    desk.gateway("alarms", [entry])
    desk.says(".row-said", "ohne Bearbeitung")
    inside = """const box = (one) => document.querySelector(one).getBoundingClientRect();
        return box(".badge-unattended").right <= box(".row-said").right"""
    assert desk.chrome.execute_script(inside)
    desk.says("#incident .course", "ohne Bearbeitung (bert)")


def test_the_selected_row_stays_in_sight(desk: Desk) -> None:
    """A line that comes in above the list takes room of it."""
    desk.manned().gateway("alarms", [alarm(number) for number in range(1, 40)])
    desk.until(lambda: "accept" in desk.offered())
    desk.press("\ue010")
    desk.says("#newest", "weiter oben")
    seen = """const row = document.querySelector('.row[aria-selected="true"]');
        const bottom = document.getElementById("list").getBoundingClientRect().bottom;
        return row.getBoundingClientRect().bottom <= bottom + 1"""
    desk.until(lambda: desk.chrome.execute_script(seen))


def test_another_language_renames_what_stands_on_pictures(desk: Desk) -> None:
    """All of the page is in one language."""
    source = {"name": None, "pre_alarm_pictures": 1}
    card = {"site": None, "sources": {"bq3@ebues.internal": source}}
    desk.manned().gateway("answers", {"card": card})
    desk.gateway("alarms", [alarm(1, photos=2)])
    desk.says("#incident .frame-before", "Voralarm")
    assert len(desk.chrome.find_elements("css selector", ".frame-before")) == 1
    desk.at("language-en").click()
    desk.says("#incident .frame-before", "pre-alarm")
    desk.at("language-de").click()
    desk.gateway("alarms", [alarm(2, photos=1, site="2")])
    desk.until(lambda: len(desk.titles()) == 2)
    desk.press(HOME)
    desk.says("#incident .stage-caption", "Bild 1 von 1")
    assert desk.part("#incident .frame-before") == ""


def test_one_day_is_the_last_day(desk: Desk) -> None:
    """A time of one day is said as people say it."""
    desk.manned().chord(ALT, "7")
    choices = "return [...document.querySelectorAll('#sheet option')].map((one) => one.text)"
    desk.until(lambda: desk.chrome.execute_script(choices))
    assert desk.chrome.execute_script(choices) == ["letzter Tag", "letzte 7 Tage", "letzte 31 Tage"]


def test_what_to_do_is_never_silently_missing(desk: Desk) -> None:
    """Without a link nobody knows what is on record, and the page says so; it is there later."""
    desk.manned().gateway("answers", {"card": {"site": None, "action_text": "Wachdienst rufen"}})
    desk.gateway("alarms", [alarm(1), alarm(2)])
    desk.says("#incident .side", "Wachdienst rufen")
    desk.gateway("lose", "cut")
    desk.press("\ue015")
    desk.says("#incident .side", "Das ist gerade nicht abrufbar.")
    desk.gateway("connect")
    desk.says("#incident .side", "Wachdienst rufen")
    assert "nicht abrufbar" not in desk.part("#incident .side")
