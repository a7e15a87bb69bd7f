"""The pages: static files and what the page asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from alarmgw import workstation
from alarmgw.codec.notes import NOTES
from tests.workstation.console_fakes import alarm_of
from tests.workstation.memory_browser import MemoryBrowser

STATIC = Path(workstation.__file__).parent / "static"
WORDS = json.loads((STATIC / "words.json").read_text(encoding="utf-8"))
SCRIPTS = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))


def test_index_refers_only_to_own_files() -> None:
    """The page loads everything from itself: it works in a room without internet."""
    html = MemoryBrowser().get("/").body.decode("utf-8")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert addresses
    assert all((STATIC / name.removeprefix("/static/")).is_file() for name in addresses)


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_static_file_is_served_with_its_type(path: Path) -> None:
    """Every file of the page is served as it is, with a type of its own."""
    response = MemoryBrowser().get(f"/static/{path.name}")
    assert response.body == path.read_bytes()
    assert response.headers["content-type"].split(";")[0] in {
        "text/html", "text/css", "text/javascript", "application/json", "image/svg+xml",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/static/../page.py", "/static/%2e%2e/page.py", "/static/nothing"]
)
def test_other_files_are_not_served(path: str) -> None:
    """No path reaches beyond the files that were read at the start."""
    assert MemoryBrowser().get(path).code == 404


def test_page_has_no_inline_script_and_no_markup_from_data() -> None:
    """No inline script, no handler attribute, and no script that writes markup."""
    html = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:|\bstyle=", html)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", SCRIPTS
    )


def test_both_languages_have_the_same_words() -> None:
    """A word that one language lacks would show as its key."""
    assert WORDS["de"].keys() == WORDS["en"].keys()
    for key, text in WORDS["de"].items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", WORDS["en"][key])), (
            key
        )


def test_every_note_has_words() -> None:
    """What was odd about a mail is told in the operator's language."""
    assert {f"note_{code}" for code in NOTES} <= WORDS["de"].keys()


def test_every_word_that_is_used_exists() -> None:
    """Each key that page and scripts name literally is in the dictionary."""
    html = (STATIC / "index.html").read_text(encoding="utf-8")
    used = set(re.findall(r'\bsay\("(\w+)"', SCRIPTS) + re.findall(r'data-word="(\w+)"', html))
    counted = re.findall(r'\bsayCount\("(\w+)"', SCRIPTS)
    used |= {f"{key}_{number}" for key in counted for number in ("one", "many")}
    assert used and used <= WORDS["de"].keys()


def test_state_tells_how_the_link_stands() -> None:
    """/state carries the link, its names and the age of the last sign of life."""
    browser = MemoryBrowser()
    browser.connect()
    browser.clock.advance(3)
    state = browser.get("/state").json
    assert (state["link"], state["workstation"], state["gateway"]) == (
        "current",
        "desk1",
        "gw:2527",
    )
    assert state["heartbeat_age_s"] == 3


def test_alarms_are_listed_newest_first() -> None:
    """/alarms lists the rows, newest first."""
    browser = MemoryBrowser()
    browser.console.entries([alarm_of(1), alarm_of(2)], 2)
    assert [row["seq"] for row in browser.get("/alarms").json["rows"]] == [2, 1]


def test_one_alarm_is_its_whole_entry() -> None:
    """/alarms/ALARM is the entry as the journal has it."""
    browser, entry = MemoryBrowser(), alarm_of(1)
    browser.console.entries([entry], 1)
    assert browser.get(f"/alarms/{entry['alarm']}").json == entry


def test_late_pictures_come_with_their_alarm() -> None:
    """/alarms/ALARM has them as ``joined``."""
    browser, entry = MemoryBrowser(), alarm_of(1)
    late = alarm_of(2, joins=entry["alarm"])
    browser.console.entries([entry, late], 2)
    assert browser.get(f"/alarms/{entry['alarm']}").json == {**entry, "joined": [late]}


def test_unknown_alarm_is_not_found() -> None:
    """An alarm that is not mirrored is 404, in plain text."""
    response = MemoryBrowser().get("/alarms/%3Cscript%3E")
    assert response.code == 404
    assert b"<" not in response.body


def test_drawn_reaches_the_heartbeat() -> None:
    """What the page has shown is the answer to the gateway's next heartbeat."""
    browser = MemoryBrowser()
    browser.connect()
    browser.console.entries([alarm_of(5)], 5)
    assert browser.ask("/drawn?up_to=5", "POST").response.code == 204
    assert browser.console.mirror.drawn_up_to == 5


@pytest.mark.parametrize("number", ["", "-1", "x", "9" * 30, "%D9%A3"])
def test_drawn_takes_only_numbers(number: str) -> None:
    """Anything but a number is refused and changes nothing."""
    browser = MemoryBrowser()
    assert browser.ask(f"/drawn?up_to={number}", "POST").response.code == 400
    assert browser.console.mirror.drawn_up_to is None


@pytest.mark.parametrize("path", ["/", "/state", "/alarms", "/static/console.js"])
def test_nothing_else_can_be_posted(path: str) -> None:
    """The pages are read-only."""
    assert MemoryBrowser().ask(path, "POST").response.code == 405
