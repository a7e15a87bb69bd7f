"""The console in a real browser: what it shows, and how it stands by its link."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from alarmgw import workstation
from tests.browser.made import alarm, named, widths
from tests.browser.served import JPEG
from tests.workstation.console_fakes import picture_part

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

STATIC = Path(workstation.__file__).parent / "static"
WORDS = json.loads((STATIC / "words.json").read_text(encoding="utf-8"))["de"]

#: WebDriver's names of two keys.
ARROW_DOWN, END = "\ue015", "\ue010"

HOSTILE = [
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title = 'owned'\">",
    "\"><svg onload=document.title='owned'>{{7*7}}",
]


def test_incident_appears_with_its_pictures(desk: Desk) -> None:
    """An alarm that arrives is an incident's row, is opened, and all its pictures are there."""
    desk.manned().gateway("alarms", [alarm(1, photos=2, subject="Person am Tor")])
    desk.until(lambda: desk.titles() == ["Person am Tor"])
    desk.until(lambda: widths(desk, ".thumb img")[0] > 0)
    desk.until(lambda: len(drawn := widths(desk, ".frame img")) == 2 and min(drawn) > 0)
    desk.until(lambda: widths(desk, ".stage img")[0] > 0)
    assert desk.part("#incident h2") == "Person am Tor"
    assert "Alarm Event: Motion Detection" in desk.part("#incident .alarm-box pre")
    desk.chrome.execute_script("document.querySelector('.papers button').click()")
    desk.says("#incident .facts", "10.8.0.23")


def test_adopted_alarm_gets_its_source_at_once(desk: Desk) -> None:
    """In the list and where it is looked at; the picture that is drawn stays as it is."""
    unknown = alarm(1, photos=2, source=None, site=None)
    desk.manned().gateway("alarms", [unknown])
    desk.until(lambda: desk.part("#tab-unassigned .tab-count") == "1")
    desk.at("tab-unassigned").click()
    desk.says("#incident .head-place", "nicht zugeordnet")
    desk.until(lambda: (widths(desk, ".stage img") or [0])[0] > 0)
    desk.chrome.execute_script("document.querySelector('.stage img').dataset.mark = 'kept'")
    owner = {"source": "tor@ebues.internal", "site": "4711", "tenant": None}
    desk.gateway("alarms", [{**adopted_by(unknown["alarm"]), **owner}])
    desk.says("#incident .head-place", "4711")
    desk.says("#incident .alarm-box summary", "tor@ebues.internal")
    desk.until(lambda: "4711" in "".join(desk.column(".row-source")))
    desk.says('[role="tab"][aria-selected="true"]', "Vorg\u00e4nge")
    kept = "return document.querySelector('.stage img').dataset.mark"
    assert desk.chrome.execute_script(kept) == "kept"


def adopted_by(alarm_id: str) -> dict[str, object]:
    """The entry by which an alarm gets an owner."""
    return {"time": alarm(1)["time"], "type": "adopted", "node": "gw1", "alarms": [alarm_id]}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_a_device_is_text(desk: Desk, hostile: str) -> None:
    """Markup in any word of a device is shown letter for letter and does nothing."""
    event = {**alarm(1)["events"][0], "event": "x" + hostile, "camera": hostile}
    part = {**picture_part("01-gate.jpg", JPEG), "label": hostile}
    envelope = {**alarm(1)["envelope"], "helo": hostile, "from": hostile}
    fields = {"subject": hostile, "text": hostile, "source": hostile, "notes": [hostile]}
    desk.manned().gateway("conditions", [hostile])
    desk.gateway("alarms", [alarm(1, events=[event], pictures=[part], envelope=envelope, **fields)])
    desk.until(lambda: widths(desk, ".stage img") and desk.part("#incident .alarm-box"))
    assert desk.part("#incident .alarm-box pre") == hostile
    assert desk.part("#incident .alarm-box h4") == hostile
    assert hostile in desk.text("conditions")
    assert hostile in desk.part(".stage-caption")
    desk.chrome.execute_script("document.querySelector('.papers button').click()")
    desk.says("#incident .facts", hostile)
    assert "owned" not in desk.chrome.title
    assert desk.chrome.execute_script("return document.scripts.length") == 1


def test_what_is_read_stays_where_it_is(desk: Desk) -> None:
    """A more urgent incident goes on top of the list; the one that is read stays open."""
    desk.manned().gateway("alarms", [alarm(2), alarm(1)])
    desk.until(lambda: desk.titles() == ["Motion Detected 2", "Motion Detected 1"])
    desk.press(ARROW_DOWN)
    assert desk.part("#incident h2") == "Motion Detected 1"
    desk.gateway("alarms", [alarm(3, priority=1, **named("panic"))])
    desk.until(lambda: desk.titles()[:1] == ["Überfall"])
    assert desk.part("#incident h2") == "Motion Detected 1"
    assert desk.part('.row[aria-selected="true"] .row-title') == "Motion Detected 1"


def test_what_cannot_be_shown_is_said_calmly(desk: Desk) -> None:
    """How many more are open than stand there, and what this workstation did not understand."""
    desk.manned().gateway("alarms", [alarm(1), alarm(2)])
    desk.until(lambda: len(desk.titles()) == 2)
    assert desk.part("#more") == desk.part("#conditions") == ""
    desk.gateway("left_out", 3210)
    desk.says("#more", "Hier stehen 2 von 3.212 offenen Vorgängen: die dringendsten.")
    desk.gateway("odd", None)
    desk.says("#conditions", "Dieser Arbeitsplatz kann einen Eintrag nicht oder nicht ganz")
    desk.gateway("conditions", ["x"])
    desk.says("#conditions", "Das Gateway meldet eine Störung: x · Dieser Arbeitsplatz")
    desk.gateway("odd", None)
    desk.gateway("left_out", 0)
    desk.says("#conditions", "kann 2 Einträge nicht oder nicht ganz darstellen; der erste hat Numm")
    desk.until(lambda: desk.part("#more") == "")


def test_filter_hides_nothing_new_in_silence(desk: Desk) -> None:
    """What a filter hides of new incidents is counted aloud, and one click shows it."""
    desk.manned().gateway("alarms", [alarm(1), alarm(2)])
    desk.until(lambda: len(desk.titles()) == 2)
    desk.press("f")
    desk.keys("4001")
    desk.until(lambda: desk.titles() == ["Motion Detected 1"])
    desk.gateway("alarms", [alarm(3)])
    desk.says("#filtered", "2 neue Vorgänge durch den Filter verborgen")
    desk.at("filtered").click()
    desk.until(lambda: len(desk.titles()) == 3)


def test_other_views_say_what_waits(desk: Desk) -> None:
    """Whoever reads the history is told of a new incident, and one click opens it."""
    desk.manned().at("tab-history").click()
    desk.until(lambda: desk.at("sheet").is_displayed())
    desk.gateway("alarms", [alarm(1, priority=2, **named("person"))])
    desk.says("#notices", "1 neuer Vorgang: Klasse 2, Person erkannt")
    desk.chrome.execute_script("document.querySelector('#notices button').click()")
    desk.says("#incident h2", "Person erkannt")


def test_no_list_and_no_picture_hides_what_waits(desk: Desk) -> None:
    """Whoever looks after faults, or at a large picture, is told of a new incident as well."""
    desk.manned().gateway("alarms", [alarm(1, photos=1, kind="fault", **named("video_loss"))])
    desk.at("tab-faults").click()
    desk.says("#incident h2", "Videoverlust")
    desk.until(lambda: (widths(desk, ".stage img") or [0])[0] > 0)
    assert desk.part("#notices") == ""
    desk.press("+")
    desk.until(lambda: desk.at("large").is_displayed())
    desk.gateway("alarms", [alarm(2, priority=2, **named("person"))])
    desk.says("#large", "1 neuer Vorgang: Klasse 2, Person erkannt")
    desk.keys("+")
    desk.until(lambda: not desk.at("large").is_displayed())
    desk.says("#notices", "1 neuer Vorgang: Klasse 2, Person erkannt")
    desk.chrome.execute_script("document.querySelector('#notices button').click()")
    desk.says("#incident h2", "Person erkannt")
    assert desk.part("#notices") == ""


def test_lost_link_is_loud(desk: Desk) -> None:
    """A lost link is a banner at once, with its reason, and goes when the link is back."""
    desk.gateway("connect")
    desk.until(lambda: desk.text("link-word") == "Verbunden")
    assert not desk.at("banner").is_displayed()
    desk.gateway("lose", "nothing heard for 15 s")
    desk.until(lambda: desk.at("banner").is_displayed())
    assert "Keine Verbindung zum Gateway seit" in desk.text("banner")
    assert "nothing heard for 15 s" in desk.text("banner")
    assert "Keine Verbindung" in desk.chrome.title
    desk.gateway("connect")
    desk.until(lambda: not desk.at("banner").is_displayed())


@pytest.mark.parametrize(
    ("name", "shut", "title"),
    [
        ("no_space", "all", "Das Gateway nimmt keine Mail an"),
        ("connections_full", "some", "Das Gateway weist Geräte ab"),
    ],
)
def test_a_gateway_that_takes_no_mail_is_no_quiet_night(
    desk: Desk, name: str, shut: str, title: str
) -> None:
    """It is said as loudly as a lost link, in the page's language, and goes when it is over."""
    desk.manned()
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    told = {"name": name, "subject": "", "detail": "1 %", "text": "The disk", "shut": shut}
    desk.gateway("conditions", [told])
    desk.until(lambda: desk.text("banner-title") == title)
    assert desk.text("quiet-title") == "Kein Empfang"
    assert desk.text("conditions").endswith(f"{WORDS['condition_' + name]}: 1 %")
    assert desk.chrome.title.startswith("⚠")
    desk.gateway("conditions", [])
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    assert not desk.at("banner").is_displayed()


def test_silent_gateway_is_noticed_by_the_page(desk: Desk) -> None:
    """Heartbeats that stay away are shown although nobody has called the link lost."""
    desk.gateway("connect")
    desk.gateway("fall_silent")
    desk.until(lambda: desk.at("link").get_attribute("data-link") == "late")
    assert "Kein Lebenszeichen vom Gateway" in desk.text("banner")


def test_what_is_held_up_is_noticed_by_the_page(desk: Desk) -> None:
    """A link that brings heartbeats and no entries looks like no quiet night; entries end it."""
    desk.manned()
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    desk.gateway("hold_up")
    desk.until(lambda: desk.at("link").get_attribute("data-link") == "behind")
    assert "im Rückstand" in desk.text("banner")
    assert desk.text("quiet-title") == "Kein aktueller Stand"
    desk.gateway("alarms", [alarm(1)])
    desk.until(lambda: desk.at("link").get_attribute("data-link") == "current")


def test_lost_workstation_process_is_loud(desk: Desk) -> None:
    """A page whose process is gone says so by itself, and does not look quiet."""
    desk.manned()
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    desk.close()
    desk.until(lambda: desk.at("banner").is_displayed())
    assert "Arbeitsplatz-Prozess verloren" in desk.text("banner-title")
    assert desk.text("quiet-title") == "Kein aktueller Stand"


def test_a_process_that_hangs_is_loud(desk: Desk) -> None:
    """It plays nothing any more, and no connection ends: the page has to notice, and to sound."""
    count = """
        window.started = 0;
        AudioBufferSourceNode.prototype.start = () => { window.started += 1; };"""
    desk.manned().press(END)
    desk.chrome.execute_script(count)
    desk.process.send_signal(signal.SIGSTOP)
    desk.until(lambda: desk.chrome.execute_script("return started") > 0)
    assert desk.at("banner").is_displayed()
    desk.process.send_signal(signal.SIGCONT)
    desk.until(lambda: not desk.at("banner").is_displayed())


def test_restarted_process_asks_for_its_new_address(desk: Desk) -> None:
    """The page of an earlier run says where the new address is, and that address works."""
    desk.manned()
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    address = desk.restart()
    desk.until(lambda: "neu gestartet" in desk.text("banner-title"))
    assert "console-url" in desk.text("banner-text")
    desk.chrome.get(address)
    desk.manned()
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")


def test_quiet_night_proves_that_it_is_alive(desk: Desk) -> None:
    """Without alarms the page shows a heartbeat whose age ticks."""
    desk.manned()
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    ages = set()
    desk.until(lambda: ages.add(desk.text("quiet-heartbeat")) or len(ages) > 2)
    clock = r"(.* )?\d\d:\d\d:\d\d"
    assert re.fullmatch(rf"gw\.example:2527 · {clock}", desk.text("quiet-gateway"))
    assert re.fullmatch(clock, desk.text("gateway-clock"))
    desk.gateway("lose", "nothing heard for 15 s")
    desk.until(lambda: desk.text("gateway-clock") == "\u2013")


def test_language_is_switched_and_remembered(desk: Desk) -> None:
    """German by the browser's wish, English by a click, and English after a reload."""
    desk.manned()
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    desk.at("language-en").click()
    assert desk.text("quiet-title") == "All quiet"
    assert desk.part("#tab-history") == "History"
    desk.chrome.refresh()
    desk.until(lambda: desk.text("quiet-title") == "All quiet")
    desk.at("language-de").click()


def test_long_list_draws_only_what_is_seen(desk: Desk) -> None:
    """Of 1,000 incidents some dozen rows exist, and the last one is a key away."""
    desk.manned().gateway("alarms", [alarm(number) for number in range(1, 1001)])
    desk.until(lambda: desk.text("count") == "1.000 offen, davon 1.000 neu")
    assert desk.chrome.execute_script("return document.querySelectorAll('.row').length") < 40
    desk.says("#below", "neue Vorgänge weiter unten")
    desk.press(END)
    desk.until(lambda: desk.titles()[-1:] == ["Motion Detected 1"])
    assert desk.part("#incident h2") == "Motion Detected 1"
    desk.says("#newest", "neue Vorgänge weiter oben")


def test_a_row_that_cannot_be_drawn_takes_no_other_with_it(desk: Desk) -> None:
    """It stands with its class at its place, and those behind it are there."""
    script = """
        const [{ RowList }, { plainRow }, { clock, exactly }] = await Promise.all(
            ["rows", "incident_row", "words"].map((name) => import(`/static/${name}.js`)));
        const [list, space, odd] = ["div", "div", "p"].map((tag) => document.createElement(tag));
        list.style.height = "400px";
        list.append(space);
        document.body.append(list);
        const make = (row) => {
            if (row.incident === "b") throw RangeError("odd");
            const made = odd.cloneNode();
            made.textContent = row.incident;
            return made;
        };
        const shape = {id: (row) => row.incident, order: () => 0, make, plain: plainRow,
            tick: (drawn, row) => { drawn.title = make(row).textContent; }};
        const rows = new RowList(list, space, shape, () => {});
        rows.height = 400;
        rows.show(["a", "b", "c"].map((incident) => ({incident, priority: 1, state: "new"})), []);
        rows.draw();
        rows.tick(0);
        const none = new Date("none");
        return [...[...space.children].map((row) => row.textContent), space.lastChild.title,
            clock(none), exactly(none)]"""
    assert desk.chrome.execute_script(script) == [
        "a",
        "Zeile nicht darstellbar \u2013 Vorgang öffnenb1",
        *("c", "c", "unbekannt", "unbekannt"),
    ]


def test_nothing_is_complained_about(desk: Desk) -> None:
    """The page breaks no rule of its own: the browser's log stays empty."""
    desk.manned().gateway("answers", {"card": {"site": None, "action_text": "Wachdienst rufen"}})
    desk.gateway("alarms", [alarm(1, photos=1)])
    desk.until(lambda: widths(desk, ".stage img") and widths(desk, ".stage img")[0] > 0)
    desk.says("#incident .side", "Wachdienst rufen")
    mine = desk.address.partition("?")[0]
    assert [line for line in desk.chrome.get_log("browser") if mine in line["message"]] == []
