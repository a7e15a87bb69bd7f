"""The pages: static files and what the page asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from alarmgw import workstation
from alarmgw.codec.notes import NOTES
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
    """/state carries the link, its names, the age of the last sign of life, and the outcomes."""
    browser = MemoryBrowser()
    browser.clock.advance(3)
    state = browser.get("/state").json
    assert (state["link"], state["workstation"], state["gateway"]) == (
        "current",
        "desk1",
        "gw:2527",
    )
    assert state["heartbeat_age_s"] == 3
    assert "real" in [outcome["code"] for outcome in state["outcomes"]]


@pytest.mark.parametrize("path", ["/", "/state", "/static/console.js", "/events"])
def test_nothing_else_can_be_posted(path: str) -> None:
    """Files and facts are read-only."""
    assert MemoryBrowser().ask(path, "POST").response.code == 405


@pytest.mark.parametrize("path", ["/alarms", "/nothing", "/incidents", "/ask", "/tone", "/mail"])
def test_a_word_without_a_name_is_nothing(path: str) -> None:
    """Not found or not allowed, in plain text, never a page of the framework's."""
    response = MemoryBrowser().get(path)
    assert response.code in (404, 405)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
