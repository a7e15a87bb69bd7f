"""The door: what comes back from outside."""

from __future__ import annotations

import io

import pytest

from alarmgw.workstation.door import LONGEST_BODY
from tests.workstation.memory_browser import MemoryBrowser

PATHS = [
    "/",
    "/state",
    "/alarms/a",
    "/events",
    "/static/console.js",
    "/picture/a/b",
    "/mail/a",
    "/incidents/a",
    "/ask/people",
    "/tone/class-1.wav",
    "/command",
    "/sign-on",
    "/nothing",
]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_without_the_cookie(path: str) -> None:
    """Every path answers 403 in plain text until the token was exchanged."""
    response = MemoryBrowser().get(path, Cookie="")
    assert response.code == 403
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert b"console-url" in response.body


@pytest.mark.parametrize("path", [*PATHS, "/?token=wrong"])
def test_every_answer_is_safe(path: str) -> None:
    """Open or closed, each answer forbids scripts from elsewhere, sniffing and keeping."""
    browser = MemoryBrowser()
    for exchange in (browser.ask(path), browser.ask(path, Cookie="")):
        headers = exchange.response.headers
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'"
        )
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        exchange.leave()


def test_token_becomes_a_cookie_and_leaves_the_address() -> None:
    """The start address sets the cookie and redirects to an address without the token."""
    browser = MemoryBrowser()
    path = browser.address.partition(":2528")[2]
    response = browser.get(path, Cookie="")
    assert (response.code, response.headers["location"]) == (303, "/")
    cookie = response.headers["set-cookie"].partition(";")[0]
    assert browser.get("/", Cookie=cookie).code == 200


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example:2528"}, {"Origin": "http://evil.example"}]
)
def test_foreign_pages_get_nothing(headers: dict[str, str]) -> None:
    """A foreign Host or Origin is refused although the cookie is right."""
    assert MemoryBrowser().get("/state", **headers).code == 403


def test_access_log_is_not_written() -> None:
    """No request line reaches a log: it can hold the start token."""
    browser = MemoryBrowser()
    written = browser.site.logFile = io.StringIO()
    assert browser.get(f"/?token={'0' * 64}").code == 200
    assert written.getvalue() == ""


POSTS = ["/sign-on", "/sign-off", "/command", "/mute", "/seen", "/visible", "/drawn?up_to=1"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Host": "evil.example:2528"},
        {"Cookie": ""},
    ],
)
def test_nobody_else_can_act_for_the_operator(path: str, headers: dict[str, str]) -> None:
    """A foreign page's POST is refused although the browser is signed on, and does nothing."""
    browser = MemoryBrowser()
    head = browser.room.ledger.head
    assert browser.post(path, {"action": {"do": "sign_off"}}, **headers).code == 403
    assert browser.room.ledger.head == head and browser.console.is_manned


def test_a_body_without_an_end_ends_the_connection() -> None:
    """Nobody, let in or not, fills this machine's memory or disk."""
    browser = MemoryBrowser()
    exchange = browser.ask("/command", "POST", b"x" * (LONGEST_BODY + 1), Cookie="")
    assert exchange.transport.disconnected
