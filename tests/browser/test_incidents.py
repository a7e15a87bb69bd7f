"""What an operator does with incidents, at a real browser: by keys alone, and never by mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from alarmgw import workstation
from tests.browser.made import alarm, answered, named, opened, widths
from tests.browser.served import CLIPS
from tests.workstation.console_fakes import picture_part

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

#: WebDriver's names of keys.
ENTER, ESCAPE, SHIFT, ALT, TAB = "\ue007", "\ue00c", "\ue008", "\ue00a", "\ue004"
ARROW_LEFT, ARROW_RIGHT, HOME, BACKSPACE = "\ue012\ue014\ue011\ue003"

STATIC = Path(workstation.__file__).parent / "static"
WORDS = json.loads((STATIC / "words.json").read_text(encoding="utf-8"))["de"]


def test_signing_on_and_off_by_keyboard(desk: Desk) -> None:
    """Name, password, Enter; then Alt+0 and Enter; a wrong password is told."""
    desk.gateway("connect")
    desk.until(lambda: desk.at("sign-on").is_displayed())
    desk.at("sign-on-name").click()
    desk.keys("anna", TAB, "falsch", ENTER)
    desk.says("#sign-on-fault", "Name oder Passwort stimmt nicht.")
    desk.keys("richtig", ENTER)
    desk.until(lambda: desk.text("seat-name") == "anna (Bediener)")
    desk.chord(ALT, "0")
    answered(desk, "anna abmelden?")
    desk.keys(ENTER)
    desk.until(lambda: desk.text("seat-name") == "Niemand angemeldet")


def test_what_was_drawn_is_told_for_whom_it_was_drawn(desk: Desk) -> None:
    """Also when another has signed on until it is told."""
    desk.manned()
    assert desk.chrome.execute_async_script(_RELIEVED) == [["anna", ["a", "b"]], ["bert", ["b"]]]


_RELIEVED = """
    const end = arguments[arguments.length - 1], told = [], fetched = window.fetch;
    const imported = ["command", "told"].map((name) => import(`/static/${name}.js`));
    Promise.all(imported).then(([{ speakFor }, { displayed }]) => {
        window.fetch = (path, given) => {
            if (path !== "/command") return fetched(path, given);
            const { session, action } = JSON.parse(given.body);
            if (told.push([session, action.alarms]) === 2) end(told);
            return Promise.resolve(new Response(`{"ok": true}`));
        };
        speakFor("anna");
        for (const alarm of ["a", "b", "b"]) displayed("one", "alarm", [alarm]);
        speakFor("bert");
        displayed("one", "alarm", ["b"]);
        speakFor("carl");
    })"""


def test_the_first_picture_of_each_alarm_is_told_once(desk: Desk) -> None:
    """Whoever steps through all of them has seen one of each; no picture is told that was not."""
    desk.manned()
    told = """
        const real = window.fetch;
        window.pictures = [];
        window.fetch = (path, given) => {
            const { action } = path === "/command" ? JSON.parse(given.body) : {};
            if (action?.what === "picture") pictures.push(...action.alarms);
            return real(path, given);
        }"""
    desk.chrome.execute_script(told)
    alarms = [alarm(number, photos=2, site="1") for number in (3, 2, 1)]
    desk.gateway("alarms", alarms)
    desk.says(".stage-caption", "von 6")
    desk.press(*[ARROW_LEFT] * 6)
    frames = """
        const end = arguments[0];
        const wait = (n) => (n ? requestAnimationFrame(() => wait(n - 1)) : end());
        wait(4)"""
    for number in range(1, 7):
        desk.says(".stage-caption", f"Bild {number} von 6")
        desk.until(lambda: (widths(desk, ".stage img") or [0])[0] > 0)
        desk.chrome.execute_async_script(frames)
        desk.press(ARROW_RIGHT)
    pictures = "return pictures"
    desk.until(lambda: len(desk.chrome.execute_script(pictures)) >= len(alarms))
    assert sorted(desk.chrome.execute_script(pictures)) == sorted(one["alarm"] for one in alarms)


def test_nobody_signed_on_sees_counts_and_classes_only(desk: Desk) -> None:
    """No word and no picture of an alarm, and nothing of one who has just left."""
    desk.gateway("connect")
    desk.gateway("alarms", [alarm(1, photos=1, priority=2, subject="Geheim", **named("person"))])
    desk.until(lambda: desk.text("count") == "1 offen, davon 1 neu")
    assert desk.titles() == ["Klasse 2: Einbruch, Person, Sabotage"]
    assert widths(desk, "img") == []
    desk.gateway("sign_on", "anna")
    desk.until(lambda: (widths(desk, ".stage img") or [0])[0] > 0)
    desk.chord(ALT, "0")
    answered(desk, "abmelden?")
    desk.keys(ENTER)
    desk.until(lambda: desk.at("sign-on").is_displayed())
    desk.until(lambda: desk.titles() == ["Klasse 2: Einbruch, Person, Sabotage"])
    assert "Geheim" not in desk.chrome.page_source
    assert widths(desk, "img") == []
    status = "return (await fetch(arguments[0])).status"
    for path in (f"/picture/{alarm(1)['alarm']}/01-gate.jpg", f"/incidents/{alarm(1)['alarm']}"):
        assert desk.chrome.execute_script(status, path) == 403


def test_who_signs_on_next_finds_nothing_begun(desk: Desk) -> None:
    """A dialog of the one before is gone, and so is what he could have taken back."""
    opened(desk, alarm(1), alarm(2, site="2"))
    desk.can_close()
    desk.press("1")
    desk.until(lambda: desk.at("toast-undo").is_displayed())
    desk.can_close()
    desk.press("n")
    answered(desk, WORDS["note_title"])
    desk.keys("von Anna")
    desk.gateway("sign_on", "bert")
    desk.until(lambda: desk.text("seat-name").startswith("bert"))
    assert not desk.at("ask").is_displayed() and not desk.at("toast").is_displayed()
    assert "von Anna" not in desk.chrome.page_source


def test_accept_and_close_are_two_keys(desk: Desk) -> None:
    """Enter accepts, a digit closes, and the next incident opens by itself."""
    opened(desk, alarm(2, photos=1), alarm(1, photos=1))
    desk.press(HOME, ENTER)
    desk.says("#incident .head-state", "von mir angenommen")
    desk.can_close()
    desk.press("1")
    desk.says("#toast", "Abgeschlossen: Echtalarm")
    desk.until(lambda: desk.titles() == ["Motion Detected 1"])
    assert desk.part("#incident h2") == "Motion Detected 1"


def test_fast_lane_closes_with_its_cause_and_can_be_undone(desk: Desk) -> None:
    """Shift and a digit close a deceptive alarm with its cause; Z takes it back, once."""
    opened(desk, alarm(2, photos=1), alarm(1, photos=1))
    desk.can_close()
    desk.chord(SHIFT, "2")
    desk.says("#toast", "Abgeschlossen: Täuschungsalarm")
    desk.until(lambda: desk.titles() == ["Motion Detected 1"])
    desk.press("z")
    desk.says("#toast", "zurückgenommen")
    desk.says("#incident h2", "Motion Detected 2")
    desk.says("#incident .head-state", "von mir angenommen")
    desk.says("#incident .course", "abgeschlossen: Täuschungsalarm, Tier")


def test_nothing_is_closed_that_was_not_looked_at(desk: Desk) -> None:
    """A closing waits until 0.7 s after the first picture, and a key that is held does nothing."""
    held = """
        const key = (repeat) => document.getElementById("list").dispatchEvent(new KeyboardEvent(
            "keydown", {key: "1", code: "Digit1", bubbles: true, repeat}));
        window.closings = [];
        const real = window.fetch;
        window.fetch = (path, given) => {
            if (path === "/command" && given.body.includes('"close"'))
                closings.push(performance.now());
            return real(path, given);
        };
        document.addEventListener("load", (event) => {
            if (event.target.closest?.(".stage")) window.drawnAt ??= performance.now();
        }, true);
        setInterval(() => key(window.drawnAt === undefined || arguments[0]), 20)"""
    desk.manned()
    desk.chrome.execute_script(held, False)
    desk.gateway("alarms", [alarm(1, photos=1)])
    desk.says("#toast", "Abgeschlossen")
    first, drawn = desk.chrome.execute_script("return [closings[0], drawnAt]")
    assert first - drawn >= 700
    desk.chrome.refresh()
    desk.until(lambda: desk.text("seat-name").startswith("anna"))
    desk.chrome.execute_script(held, True)
    desk.gateway("alarms", [alarm(2, photos=1)])
    desk.can_close()
    held_on = "return await new Promise((done) => setTimeout(() => done(closings.length), 200))"
    assert desk.chrome.execute_script(held_on) == 0


def test_later_alarms_become_the_follow_up(desk: Desk) -> None:
    """A closing covers what was on the screen; what came meanwhile is offered to the same one."""
    opened(desk, alarm(3, photos=1, site="4711"))
    desk.can_close()
    desk.press("2")
    answered(desk, "Täuschungsalarm")
    desk.gateway("alarms", [alarm(2, site="4711", subject="Danach")])
    desk.until(lambda: desk.column(".row-count") == ["\u00d72"])
    desk.keys("1")
    desk.says("#toast", "Abgeschlossen: Täuschungsalarm")
    desk.until(lambda: desk.titles() == ["Danach"])
    desk.says(".row-said", "zuerst angeboten: anna")
    desk.says(".row-said", "Folgealarm")
    desk.says("#incident .head-state", "Ihnen zuerst angeboten")


def test_everything_else_by_keyboard(desk: Desk) -> None:
    """Pictures, note, parking, resuming, suppressing and closing with a cause, without a mouse."""
    opened(desk, alarm(1, photos=2))
    desk.press(HOME, ENTER)
    desk.until(lambda: "park" in desk.offered())
    desk.until(lambda: "Bild 1 von 2" in desk.part(".stage-caption"))
    desk.press(ARROW_RIGHT)
    desk.says(".stage-caption", "Bild 2 von 2")
    desk.press("+")
    desk.until(lambda: desk.at("large").is_displayed())
    desk.keys(ESCAPE)
    desk.until(lambda: not desk.at("large").is_displayed())
    desk.press("n")
    answered(desk, "Bemerkung")
    desk.keys("Person am Tor", ENTER)
    desk.says("#incident .course", "Person am Tor")
    desk.press("p")
    answered(desk, "Parken")
    desk.keys(TAB, "Rückruf", ENTER)
    desk.says("#incident .head-state", "geparkt bis")
    desk.press(ENTER)
    desk.says("#incident .head-state", "von mir angenommen")
    desk.press("s")
    answered(desk, "Sperren")
    desk.keys(TAB, TAB, "Wartung", ENTER)
    desk.says("#toast", "gesperrt")
    desk.can_close()
    desk.press("2")
    answered(desk, "Täuschungsalarm")
    desk.keys("2")
    desk.until(lambda: desk.titles() == [])


def test_every_view_has_a_key(desk: Desk) -> None:
    """Alt and a digit open the views; `?` shows all keys, in the language of the page."""
    desk.manned()
    views = "incidents faults unassigned tests sources history numbers handover"
    for number, view in enumerate(views.split(), 1):
        desk.chord(ALT, str(number))
        desk.says('[role="tab"][aria-selected="true"]', WORDS[f"view_{view}"])
    desk.chord(ALT, "1")
    desk.press("?")
    answered(desk, "Tasten")
    assert "Abschluss zurücknehmen" in desk.text("ask")


def test_a_taken_incident_says_by_whom(desk: Desk) -> None:
    """What another has accepted is marked with his name; taking it over asks first."""
    opened(desk, alarm(1))
    desk.gateway("other", {"name": "bert", "incident": alarm(1)["alarm"], "do": "accept"})
    desk.says("#incident .head-state", "angenommen von bert")
    assert "accept" not in desk.offered()
    desk.press(HOME, "t")
    answered(desk, "Von bert übernehmen?")
    desk.keys(ENTER)
    desk.says("#incident .head-state", "von mir angenommen")
    desk.gateway("other", {"name": "bert", "incident": alarm(1)["alarm"], "do": "take_over"})
    desk.says("#notices", "bert hat übernommen: Motion Detected 1")


def test_a_loss_is_told_after_a_reload_too(desk: Desk) -> None:
    """Also of what happened while no page was open; no more when it was seen."""
    opened(desk, alarm(1))
    incident = alarm(1)["alarm"]
    desk.press(HOME, ENTER)
    desk.says("#incident .head-state", "von mir angenommen")
    desk.chrome.get("about:blank")
    desk.gateway("other", {"name": "bert", "incident": incident, "do": "take_over"})
    desk.gateway("other", {"name": "bert", "incident": incident, "do": "release"})
    desk.chrome.get(desk.address.partition("/?")[0])
    desk.says("#notices", "bert hat übernommen: Motion Detected 1")
    desk.chrome.refresh()
    desk.says("#notices", "bert hat übernommen: Motion Detected 1")
    desk.chrome.find_element("css selector", "#notices .is-told button").click()
    desk.until(lambda: desk.part("#notices") == "")
    desk.chrome.refresh()
    desk.until(lambda: desk.titles() == ["Motion Detected 1"])
    assert desk.part("#notices") == ""


def test_faults_have_their_own_list_and_outcomes(desk: Desk) -> None:
    """A fault is not among the incidents, and is closed as one."""
    desk.manned().gateway("alarms", [alarm(1, kind="fault", priority=4, **named("video_loss"))])
    desk.until(lambda: desk.part("#tab-faults .tab-count") == "1")
    assert desk.titles() == []
    assert desk.text("quiet-title") == "Diese Liste ist leer"
    desk.chord(ALT, "2")
    desk.says("#incident h2", "Videoverlust")
    desk.can_close()
    assert "Störung behoben" in desk.part("#incident .bar")
    assert "Echtalarm" not in desk.part("#incident .bar")
    desk.press("1")
    desk.until(lambda: desk.titles() == [])


def test_an_acceptance_without_input_is_warned_of(desk: Desk) -> None:
    """After 3 minutes without a key its holder is told; the next key at it ends that."""
    opened(desk, alarm(1))
    desk.press(HOME, ENTER)
    desk.says("#incident .head-state", "von mir angenommen")
    desk.gateway("ahead", 200)
    desk.says("#notices", "Seit 3 Minuten keine Eingabe: Motion Detected 1")
    desk.press(ARROW_RIGHT)
    desk.until(lambda: desk.part("#notices") == "")


def test_a_suppression_tells_its_end(desk: Desk) -> None:
    """Ten minutes before, unless it was no longer anyway; what it held back is told after it."""
    opened(desk, alarm(1, source="tor@ebues.internal"))
    short = {"name": "bert", "do": "suppress", "site": "4001", "minutes": 10, "reason": "Probe"}
    desk.press(HOME, "s")
    answered(desk, "Sperren")
    desk.keys(TAB, BACKSPACE, BACKSPACE, "11", TAB, "Wartung", ENTER)
    desk.says("#toast", "gesperrt")
    desk.gateway("other", short)
    held = "return (await (await fetch('/state')).json()).suppressions.length"
    desk.until(lambda: desk.chrome.execute_script(held) == 2)
    desk.gateway("ahead", 90)
    desk.says("#notices", "tor@ebues.internal, zurückgehalten: 0")
    assert "4001" not in desk.part("#notices")
    state = "return (await (await fetch('/state')).json()).suppressions[0].suppression"
    rule = f"suppression:{desk.chrome.execute_script(state)}"
    desk.gateway("alarms", [alarm(2, handling="suppressed", rule=rule)])
    desk.says("#notices", "zurückgehalten: 1")
    desk.chord(ALT, "5")
    desk.says("#sheet", "Gesperrt: 2")
    desk.chrome.execute_script("document.querySelector('#sheet .table button').click()")
    desk.says("#notices", "Sperre beendet: Kamera tor@ebues.internal, zurückgehalten: 1")


def test_what_is_offered_to_me_is_never_above_a_more_urgent_one(desk: Desk) -> None:
    """A follow-up stands before others of its class, and below a hold-up."""
    opened(desk, alarm(1))
    order = """
        const { orderFor } = await import("/static/incidents.js");
        const row = (incident, priority, more) => ({incident, priority, state: "new",
            opened: "2026-11-22T01:00:00Z", ...more});
        return [row("old", 3), row("mine", 3, {offered_to: "anna"}), row("panic", 1)]
            .sort(orderFor("anna")).map((one) => one.incident)"""
    assert desk.chrome.execute_script(order) == ["panic", "mine", "old"]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("moment.webm", "video/webm"),
        ("moment.mov", "video/quicktime"),
        ("moment.mkv", "video/x-matroska"),
    ],
)
def test_clips_play_where_the_browser_can(desk: Desk, name: str, media_type: str) -> None:
    """WebM, QuickTime and Matroska are on the screen as clips, not only as downloads."""
    opened(desk, alarm(1, files=[picture_part(name, CLIPS[name], media_type)]))
    width = "return document.querySelector('.stage video')?.videoWidth"
    desk.until(lambda: desk.chrome.execute_script(width) == 32)


def test_clip_that_cannot_be_played_says_so(desk: Desk) -> None:
    """And how it can be had."""
    clip = picture_part("broken.mp4", CLIPS["broken.mp4"], "video/mp4")
    opened(desk, alarm(1, files=[clip]))
    desk.says(".stage .picture-failed b", WORDS["clip_failed"])
