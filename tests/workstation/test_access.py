"""Who may see the console."""

from __future__ import annotations

import pytest

from alarmgw.workstation.access import Access, Verdict
from tests.workstation.console_fakes import seeded

HOST = "127.0.0.1:2528"


def made() -> tuple[Access, str, str]:
    """An access with its token and its cookie."""
    access = Access(seeded)
    address = access.serve_at(2528)
    return access, address.partition("token=")[2], access.set_cookie.partition(";")[0]


def test_cookie_opens() -> None:
    """The right cookie from our own page opens the console."""
    access, _, cookie = made()
    assert access.judge({"host": HOST, "cookie": cookie}, None) is Verdict.OPEN


def test_cookie_is_found_among_odd_ones() -> None:
    """Cookies of other programs on this host do not hide ours, however odd they are."""
    access, _, cookie = made()
    jar = f'_xsrf=2|a=b@{{"; {cookie}; other'
    assert access.judge({"host": HOST, "cookie": jar}, None) is Verdict.OPEN


def test_token_is_exchanged() -> None:
    """The start token earns the cookie, from wherever its address was opened."""
    access, token, _ = made()
    headers = {"host": HOST, "sec-fetch-site": "cross-site"}
    assert access.judge(headers, token) is Verdict.EXCHANGE


@pytest.mark.parametrize("token", ["", "0" * 64, "ü", "\udcff"])
def test_wrong_token_is_nothing(token: str) -> None:
    """A wrong token is as good as none."""
    assert made()[0].judge({"host": HOST}, token) is Verdict.NO_COOKIE


@pytest.mark.parametrize("host", ["evil.example:2528", "127.0.0.1", "127.0.0.1:2529", "", "[::1]"])
def test_foreign_host_is_refused(host: str) -> None:
    """A page re-bound to 127.0.0.1 carries its own name as Host and gets nothing."""
    access, token, cookie = made()
    assert access.judge({"host": host, "cookie": cookie}, token) is Verdict.FOREIGN


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:2528", ""])
def test_foreign_origin_is_refused(origin: str) -> None:
    """A request that another page caused gets nothing, even with the cookie."""
    access, _, cookie = made()
    headers = {"host": HOST, "cookie": cookie, "origin": origin}
    assert access.judge(headers, None) is Verdict.FOREIGN


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_port_of_this_machine_is_foreign(site: str) -> None:
    """Another port is the same site to a browser, so the cookie comes along; we refuse."""
    access, _, cookie = made()
    headers = {"host": HOST, "cookie": cookie, "sec-fetch-site": site}
    assert access.judge(headers, None) is Verdict.FOREIGN


def test_own_origin_is_ours() -> None:
    """Our own page may say where it comes from."""
    access, _, cookie = made()
    headers = {"host": HOST, "cookie": cookie, "origin": f"http://{HOST}"}
    assert access.judge(headers, None) is Verdict.OPEN


def test_nobody_gets_in_before_it_listens() -> None:
    """Until the port is known there is no right Host."""
    access = Access(seeded)
    cookie = access.set_cookie.partition(";")[0]
    assert access.judge({"host": "127.0.0.1:None", "cookie": cookie}, None) is Verdict.FOREIGN


def test_each_start_has_its_own_token() -> None:
    """An address of an earlier run opens nothing."""
    old, new = made(), made()
    assert new[0].judge({"host": HOST, "cookie": old[2]}, old[1]) is Verdict.NO_COOKIE


def test_cookie_is_hidden_from_scripts_and_other_sites() -> None:
    """The cookie is HttpOnly and SameSite=Strict, and named after its port."""
    cookie = made()[0].set_cookie
    assert cookie.startswith("alarmgw-console-2528=")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
