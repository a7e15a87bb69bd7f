"""The console in a real browser."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from alarmgw.model import utc_now
from tests.browser.served import JPEG
from tests.workstation.console_fakes import alarm_of, picture_part

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

#: WebDriver's names of two keys.
ARROW_DOWN, END = "\ue015", "\ue010"

HOSTILE = [
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title = 'owned'\">",
    "\"><svg onload=document.title='owned'>{{7*7}}",
]


def alarm(seq: int, photos: int = 0, **fields: Any) -> dict[str, Any]:
    """An alarm of just now, with so many real pictures."""
    parts = [picture_part(f"{number:02}-gate.jpg", JPEG) for number in range(1, photos + 1)]
    at = utc_now() - timedelta(seconds=seq)
    return alarm_of(seq, at=at, **{"pictures": parts, **fields})


def widths(desk: Desk, selector: str) -> list[int]:
    """The natural widths of these pictures: 0 is one that is not drawn."""
    script = "return [...document.querySelectorAll(arguments[0])].map((img) => img.naturalWidth)"
    return list(desk.chrome.execute_script(script, selector))


def test_alarm_appears_with_its_pictures(desk: Desk) -> None:
    """An alarm that arrives is a row, is selected, and all its pictures are drawn."""
    desk.gateway("connect")
    desk.gateway("alarms", [alarm(1, photos=2, subject="Person am Tor")])
    desk.until(lambda: desk.titles() == ["Person am Tor"])
    desk.until(lambda: widths(desk, ".thumb img")[0] > 0)
    desk.until(lambda: len(drawn := widths(desk, ".picture img")) == 2 and min(drawn) > 0)
    assert desk.text("detail-title") == "Person am Tor"
    assert "Alarm Event: Motion Detection" in desk.text("detail-text")
    assert "10.8.0.23" in desk.text("facts")


def test_adopted_alarm_gets_its_source_at_once(desk: Desk) -> None:
    """In the list and where it is looked at; its text and pictures stay as they are drawn."""
    desk.gateway("connect")
    unknown = alarm(1, photos=2, source=None, site=None)
    desk.gateway("alarms", [unknown])
    desk.until(lambda: "nicht zugeordnet" in desk.text("detail-source").lower())
    desk.until(lambda: len(drawn := widths(desk, ".picture img")) == 2 and min(drawn) > 0)
    mark = "document.querySelector('.picture img').dataset.mark = 'kept'"
    desk.chrome.execute_script(mark)
    owner = {"source": "tor@ebues.internal", "site": "4711", "tenant": None}
    adopted = {"seq": 2, "type": "adopted", **owner, "alarms": [unknown["alarm"]]}
    desk.gateway("alarms", [adopted])
    desk.until(lambda: desk.text("detail-source").startswith("tor@ebues.internal"))
    assert "4711" in desk.text("detail-source")
    rows = "return [...document.querySelectorAll('.row-source')].map((row) => row.textContent)"
    desk.until(lambda: desk.chrome.execute_script(rows) == ["tor@ebues.internal"])
    kept = "return document.querySelector('.picture img').dataset.mark"
    assert desk.chrome.execute_script(kept) == "kept"
    assert "Alarm Event: Motion Detection" in desk.text("detail-text")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_a_device_is_text(desk: Desk, hostile: str) -> None:
    """Markup in any word of a device is shown letter for letter and does nothing."""
    event = {**alarm(1)["events"][0], "event": "x" + hostile, "camera": hostile}
    part = {**picture_part("01-gate.jpg", JPEG), "label": hostile}
    envelope = {**alarm(1)["envelope"], "helo": hostile, "from": hostile}
    fields = {"subject": hostile, "text": hostile, "source": hostile, "notes": [hostile]}
    desk.gateway("connect")
    desk.gateway("conditions", [hostile])
    desk.gateway("alarms", [alarm(1, events=[event], pictures=[part], envelope=envelope, **fields)])
    desk.until(lambda: widths(desk, ".picture img") and hostile in desk.text("facts"))
    assert desk.text("detail-text") == desk.text("detail-subject") == hostile
    assert "owned" not in desk.chrome.title
    assert desk.chrome.execute_script("return document.scripts.length") == 1


def test_newest_is_selected_until_another_is_picked(desk: Desk) -> None:
    """The selection follows the newest; picked by the keyboard it stays, and new ones count."""
    desk.gateway("connect")
    desk.gateway("alarms", [alarm(1), alarm(2)])
    desk.until(lambda: desk.text("detail-title") == "Motion Detected 2")
    desk.gateway("alarms", [alarm(3)])
    desk.until(lambda: desk.text("detail-title") == "Motion Detected 3")
    desk.press(ARROW_DOWN)
    desk.gateway("alarms", [alarm(4)])
    desk.until(lambda: desk.text("newest") == "1 neuer Alarm \u2013 zum neuesten")
    assert desk.text("detail-title") == "Motion Detected 2"
    desk.at("newest").click()
    desk.until(lambda: desk.text("detail-title") == "Motion Detected 4")


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


def test_silent_gateway_is_noticed_by_the_page(desk: Desk) -> None:
    """Heartbeats that stay away are shown although nobody has called the link lost."""
    desk.gateway("connect")
    desk.gateway("fall_silent")
    desk.until(lambda: desk.at("link").get_attribute("data-link") == "late")
    assert "Kein Lebenszeichen vom Gateway" in desk.text("banner")


def test_lost_workstation_process_is_loud(desk: Desk) -> None:
    """A page whose process is gone says so by itself, and does not look quiet."""
    desk.gateway("connect")
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    desk.close()
    desk.until(lambda: desk.at("banner").is_displayed())
    assert "Arbeitsplatz-Prozess verloren" in desk.text("banner-title")
    assert desk.text("quiet-title") == "Kein aktueller Stand"


def test_restarted_process_asks_for_its_new_address(desk: Desk) -> None:
    """The page of an earlier run says where the new address is, and that address works."""
    desk.gateway("connect")
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    address = desk.restart()
    desk.until(lambda: "neu gestartet" in desk.text("banner-title"))
    assert "console-url" in desk.text("banner-text")
    desk.chrome.get(address)
    desk.gateway("connect")
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")


def test_quiet_night_proves_that_it_is_alive(desk: Desk) -> None:
    """Without alarms the page shows a heartbeat whose age ticks."""
    desk.gateway("connect")
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    ages = set()
    desk.until(lambda: ages.add(desk.text("quiet-heartbeat")) or len(ages) > 2)
    assert desk.text("quiet-gateway") == "gw.example:2527"


def test_language_is_switched_and_remembered(desk: Desk) -> None:
    """German by the browser's wish, English by a click, and English after a reload."""
    desk.gateway("connect")
    desk.until(lambda: desk.text("quiet-title") == "Alles ruhig")
    desk.at("language-en").click()
    assert desk.text("quiet-title") == "All quiet"
    desk.chrome.refresh()
    desk.until(lambda: desk.text("quiet-title") == "All quiet")
    desk.at("language-de").click()


def test_long_list_draws_only_what_is_seen(desk: Desk) -> None:
    """Of 2,000 alarms some dozen rows exist, and the last one is a key away."""
    desk.gateway("connect")
    desk.gateway("alarms", [alarm(seq) for seq in range(1, 2001)])
    desk.until(lambda: desk.text("count") == "2.000 Alarme")
    assert desk.chrome.execute_script("return document.querySelectorAll('.row').length") < 40
    desk.press(END)
    desk.until(lambda: desk.titles()[-1] == "Motion Detected 1")
    assert desk.text("detail-title") == "Motion Detected 1"


def test_nothing_is_complained_about(desk: Desk) -> None:
    """The page breaks no rule of its own: the browser's log stays empty."""
    desk.gateway("connect")
    desk.gateway("alarms", [alarm(1, photos=1)])
    desk.until(lambda: widths(desk, ".picture img") and widths(desk, ".picture img")[0] > 0)
    mine = desk.address.partition("?")[0]
    assert [line for line in desk.chrome.get_log("browser") if mine in line["message"]] == []
