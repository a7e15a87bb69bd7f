"""Scenes of a control room: a real gateway, real workstations, real browsers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.made import widths
from tests.browser.served import JPEG
from tests.live import LiveGateway, run

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.browser.control_room import Workplace

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

HOME, ENTER, TAB, ALT = "\ue011", "\ue007", "\ue004", "\ue00a"

#: What a page would do if it took a device's words for markup.
SCRIPT = "<script>window.owned = 1</script><img src='http://10.255.255.1/x' onerror='owned=1'>"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload='owned=1'>{SCRIPT}</svg>"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[LiveGateway]:
    """A running gateway with an operator."""
    from tests.browser.control_room import people

    with LiveGateway(tmp_path / "room") as started:
        people(started, "anna")
        yield started


@pytest.fixture
def place(gateway: LiveGateway, chromium: Chrome) -> Iterator[Workplace]:
    """A workstation with nobody signed on."""
    from tests.browser.control_room import Workplace

    opened = Workplace(gateway, chromium)
    yield opened
    opened.close()


def mail(subject: str, text: str = "EVENT TYPE: Motion Detected\n", name: str = "cap.jpg") -> bytes:
    """A mail with a real picture."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "cam@site.example", "arc@x", subject
    message.set_content(text)
    message.add_attachment(JPEG, maintype="image", subtype="jpeg", filename=name)
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def told(gateway: LiveGateway, type_: str) -> list[dict[str, Any]]:
    """The journal's entries of that type."""
    return [entry for entry in gateway.journal() if entry["type"] == type_]


def shown(gateway: LiveGateway) -> set[str]:
    """The alarms that were on a screen."""
    found = told(gateway, "displayed")
    return {entry["alarm"] for entry in found if entry["what"] == "alarm"}


def test_one_intruder_forty_mails_six_cameras(gateway: LiveGateway, place: Workplace) -> None:
    """Scene 1: one row, one tone, one acceptance, one closing, and 40 alarms in the record."""
    cameras = [f"cam{number}@gw.example" for number in range(6)]
    sources = gateway.folder / "sources.csv"
    sources.write_text("\n".join(["address;site", *(f"{one};4711" for one in cameras), ""]))
    run("source", "import", sources, "--home", gateway.home)
    place.sign_on("anna")
    begun = time.monotonic()
    for number in range(20):
        gateway.send(mail(f"Motion {number}"), rcpt=cameras[number % 6])
    place.until(lambda: place.column(".row-count") == ["\u00d720"])
    place.until(lambda: place.tones() == ["class-3"])
    place.press(HOME, ENTER)
    place.says("#incident .head-state", "von mir angenommen")
    for number in range(20, 40):
        gateway.send(mail(f"Motion {number}"), rcpt=cameras[number % 6])
    place.until(lambda: place.column(".row-count") == ["\u00d740"])
    place.until(lambda: len(shown(gateway)) == 40)
    place.can_close()
    place.press("1")
    place.until(lambda: place.titles() == [])
    assert time.monotonic() - begun < 60
    assert place.tones() == ["class-3"]
    assert len(gateway.alarms()) == 40
    assert len({entry["incident"] for entry in gateway.alarms()}) == 1
    [accepted], [closed] = told(gateway, "accepted"), told(gateway, "closed")
    assert accepted["operator"] == closed["operator"] == "anna"
    assert (closed["alarms"], closed["follow_up"]) == (40, None)


def test_of_two_operators_exactly_one_gets_it(
    gateway: LiveGateway, place: Workplace, second_chromium: Chrome
) -> None:
    """Both press Enter in the same moment; the other one sees by whom it was taken."""
    from tests.browser.control_room import Workplace, people

    people(gateway, "bert")
    other = Workplace(gateway, second_chromium, "platz-2")
    both = {"anna": place.sign_on("anna"), "bert": other.sign_on("bert")}
    gateway.send(mail("Person am Tor"))
    moment = time.time() * 1000 + 1500
    for screen in both.values():
        screen.at("tab-unassigned").click()
        screen.until(lambda screen=screen: "accept" in screen.offered())
        press = """const key = new KeyboardEvent("keydown", {key: "Enter", bubbles: true});
            const list = document.getElementById("list");
            setTimeout(() => list.dispatchEvent(key), arguments[0] - Date.now())"""
        screen.chrome.execute_script(press, moment)
    for screen in both.values():
        screen.says("#incident .head-state", "angenommen")
    [accepted] = told(gateway, "accepted")
    winner = both.pop(accepted["operator"])
    [loser] = both.values()
    winner.says("#incident .head-state", "von mir angenommen")
    loser.says("#incident .head-state", f"angenommen von {accepted['operator']}")
    loser.says("#toast", f"Schon angenommen. Von: {accepted['operator']}.")
    other.close()


def test_gateway_killed_and_restarted(gateway: LiveGateway, place: Workplace) -> None:
    """The page says so, comes back by itself, misses nothing and repeats nothing."""
    place.sign_on("anna").at("tab-unassigned").click()
    gateway.send(mail("Vorher"))
    place.until(lambda: len(place.titles()) == 1)
    place.press(HOME, ENTER)
    place.says("#incident .head-state", "von mir angenommen")
    gateway.kill()
    place.until(lambda: place.at("banner").is_displayed())
    assert "Neue Alarme kommen hier nicht an" in place.text("banner")
    place.press("n")
    place.keys("Ohne Verbindung", ENTER)
    place.says("#toast", "Keine Verbindung zum Gateway: nichts wurde geändert.")
    gateway.start()
    gateway.send(mail("Nachher"))
    place.until(lambda: not place.at("banner").is_displayed())
    place.says("#incident .head-state", "von mir angenommen")
    place.until(lambda: place.column(".row-count") == ["\u00d72"])
    place.says("#incident .alarms h3", "2 Alarme")
    assert [entry["subject"] for entry in gateway.alarms()] == ["Vorher", "Nachher"]
    assert (len(told(gateway, "accepted")), told(gateway, "noted")) == (1, [])
    assert place.text("seat-name").startswith("anna")


def test_hostile_mail_does_nothing(gateway: LiveGateway, place: Workplace) -> None:
    """Scripts in subject, name, HTML, SVG and file name: no script, no element, no request."""
    message = EmailMessage()
    message["From"], message["To"] = "cam@site.example", "arc@x"
    message["Subject"] = f"Alarm {SCRIPT}"
    message.set_content(f"<html><body onload='owned=1'>{SCRIPT}<b>Tor</b></body></html>", "html")
    message.add_attachment(JPEG, maintype="image", subtype="jpeg", filename=f'x"{SCRIPT}.jpg')
    message.add_attachment(SVG.encode(), maintype="image", subtype="svg+xml", filename="x.svg")
    gateway.send(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
    place.sign_on("anna").at("tab-unassigned").click()
    place.until(lambda: (widths(place, ".stage img") or [0])[0] > 0)
    place.chrome.execute_script("document.querySelector('.papers button').click()")
    place.says("#incident .facts", "x.svg")
    assert SCRIPT in place.part("#incident .alarm-box h4")
    assert "Tor" in place.part("#incident .alarm-box pre")
    found = place.chrome.execute_script(
        """return {
            owned: window.owned === undefined,
            scripts: document.scripts.length,
            strange: document.querySelectorAll("svg, [onload], [onerror], iframe, object").length,
            outside: performance.getEntriesByType("resource").map((one) => one.name)
                .filter((name) => !name.startsWith(location.origin + "/")),
        }"""
    )
    assert found == {"owned": True, "scripts": 1, "strange": 0, "outside": []}
    [alarm] = gateway.alarms()
    parts = [part["name"] for part in (*alarm["pictures"], *alarm["files"])]
    for path in [f"/mail/{alarm['alarm']}", *(f"/picture/{alarm['alarm']}/{n}" for n in parts)]:
        answer = place.chrome.execute_script(
            """const told = await fetch(arguments[0]);
            const names = ["content-type", "content-disposition"];
            return [told.status, ...names.map((name) => told.headers.get(name) ?? "")]""",
            path,
        )
        assert answer[0] == 200
        assert answer[1] == "image/jpeg" or answer[2].startswith("attachment")


def test_nobody_signed_on_gets_no_picture(gateway: LiveGateway, place: Workplace) -> None:
    """Counts and classes, no word of a device, and no picture's address answers."""
    gateway.send(mail("Geheim"))
    place.until(lambda: place.part("#tab-unassigned .tab-count") == "1")
    place.at("tab-unassigned").click()
    place.until(lambda: place.titles() == ["Klasse 3: Bewegung, unbekannt"])
    assert "Geheim" not in place.chrome.page_source
    [alarm] = gateway.alarms()
    status = "return (await fetch(arguments[0])).status"
    id_, picture = alarm["alarm"], alarm["pictures"][0]["name"]
    paths = [f"/picture/{id_}/{picture}", f"/mail/{id_}", f"/incidents/{id_}", f"/alarms/{id_}"]
    answers = [place.chrome.execute_script(status, path) for path in (*paths, "/ask/history")]
    assert answers == [403] * 5
    place.sign_on("anna")
    place.says("#incident .alarm-box h4", "Geheim")
    assert place.chrome.execute_script(status, paths[0]) == 200


def test_a_shift_by_keyboard_alone(gateway: LiveGateway, place: Workplace) -> None:
    """An unknown sender becomes a source, is answered, handed over and found again."""
    gateway.send(mail("Tor Nord"))
    place.sign_on("anna")
    place.chord(ALT, "3")
    place.until(lambda: "adopt" in place.offered())
    place.press(HOME, "a")
    place.until(lambda: place.at("ask").is_displayed())
    place.keys(TAB, "Tor Nord", TAB, "4711", ENTER)
    place.says("#ask-title", "Neues Objekt 4711 anlegen?")
    place.keys(ENTER)
    place.says('[role="tab"][aria-selected="true"]', "Vorg\u00e4nge")
    place.says("#incident .head-place", "4711")
    place.press(HOME, ENTER)
    place.can_close()
    place.press("c")
    place.until(lambda: place.at("ask").is_displayed())
    place.keys("Techn", TAB, "Kamera verstellt", ENTER)
    place.until(lambda: place.titles() == [])
    place.chord(ALT, "8")
    place.until(lambda: place.chrome.switch_to.active_element.get_attribute("name") == "note")
    place.keys("Tor Nord klemmt", TAB, ENTER)
    place.says("#sheet", "Tor Nord klemmt")
    place.chord(ALT, "6")
    place.says("#sheet", "abgeschlossen: Technischer Alarm")
    place.keys("Kamera verstellt", ENTER)
    place.says("#sheet", "Einträge: 1")
    place.chrome.execute_script("document.querySelector('tr.can-open').focus()")
    place.keys(ENTER)
    place.says("article.past .course", "Kamera verstellt")
    place.until(lambda: (widths(place, "article.past .stage img") or [0])[0] > 0)


def test_a_full_disk_is_no_quiet_night(gateway: LiveGateway, place: Workplace) -> None:
    """Where every mail is refused, the page and the player say so, in words that can be read."""
    place.sign_on("anna")
    place.until(lambda: place.text("quiet-title") == "Alles ruhig")
    config = gateway.home / "alarmgw.toml"
    text = config.read_text()
    assert 'free_space_floor = "2%"' in text
    config.write_text(text.replace('free_space_floor = "2%"', 'free_space_floor = "99%"'))
    gateway.kill()
    gateway.start()
    place.until(lambda: place.text("banner-title") == "Das Gateway nimmt keine Mail an")
    assert "Die Festplatte ist voll" in place.text("conditions")
    assert place.text("quiet-title") == "Kein Empfang"
    place.until(lambda: "link-lost" in place.tones())
