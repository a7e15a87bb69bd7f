"""Who may see the console: whoever holds the start token, from this machine, from our own page.

The console listens on loopback only, but that alone keeps nobody out: every
program and every web page that the operator has open can reach loopback.
Three things are asked of each request:

* its ``Host`` is ours.  A page of a foreign name that was re-bound to
  127.0.0.1 (DNS rebinding) carries its own name there;
* its ``Origin`` and ``Sec-Fetch-Site``, where a browser sends them, are our
  own.  Another port of this machine is the same *site* to a browser, so
  ``SameSite`` cookies alone would let its pages in;
* it carries the cookie, which is given once for the start token.
"""

from __future__ import annotations

import enum
import hmac
from collections.abc import Mapping

from alarmgw.model import Randomness

TOKEN_BYTES = 32

#: What a browser says of a request that no other page has caused.
OWN_FETCH_SITES = frozenset({"", "none", "same-origin"})

#: Sent with every answer, whatever it is.
SAFE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " media-src 'self';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Verdict(enum.Enum):
    """What becomes of a request."""

    OPEN = "open"
    EXCHANGE = "exchange"
    FOREIGN = "foreign"
    NO_COOKIE = "no_cookie"


class Access:
    """The start token of one run, its cookie, and the judgement of each request."""

    def __init__(self, randomness: Randomness) -> None:
        """Token and cookie are new at every start."""
        self._port: int | None = None
        self._cookie_value = randomness(TOKEN_BYTES).hex()
        self._token = randomness(TOKEN_BYTES).hex()

    def serve_at(self, port: int) -> str:
        """Lets in at this port, from now on; returns the address that holds the token."""
        self._port = port
        return f"http://127.0.0.1:{port}/?token={self._token}"

    @property
    def set_cookie(self) -> str:
        """The ``Set-Cookie`` value that a right token earns."""
        return f"{self._cookie_name}={self._cookie_value}; Path=/; HttpOnly; SameSite=Strict"

    @property
    def _cookie_name(self) -> str:
        # Browsers keep one jar for all ports of a host: two consoles must not share a name.
        return f"alarmgw-console-{self._port}"

    def _is_own(self, authority: str) -> bool:
        own = (f"127.0.0.1:{self._port}", f"localhost:{self._port}")
        return self._port is not None and authority.lower() in own

    def judge(self, headers: Mapping[str, str], token: str | None) -> Verdict:
        """The verdict on a request; ``headers`` by lower-case name, absent ones missing."""
        if not self._is_own_host(headers):
            return Verdict.FOREIGN
        if token is not None and self._same(token, self._token):
            return Verdict.EXCHANGE
        if headers.get("sec-fetch-site", "") not in OWN_FETCH_SITES:
            return Verdict.FOREIGN
        if self._same(self._cookie_of(headers), self._cookie_value):
            return Verdict.OPEN
        return Verdict.NO_COOKIE

    def _is_own_host(self, headers: Mapping[str, str]) -> bool:
        origin = headers.get("origin")
        if origin is not None and not self._is_own(origin.removeprefix("http://")):
            return False
        return self._is_own(headers.get("host", ""))

    def _cookie_of(self, headers: Mapping[str, str]) -> str:
        # Not SimpleCookie: it stops at the first odd cookie, and the jar is shared with
        # every other program that ever served a page on this host.
        for pair in headers.get("cookie", "").split(";"):
            name, _, value = pair.strip().partition("=")
            if name == self._cookie_name:
                return value
        return ""

    @staticmethod
    def _same(given: str, expected: str) -> bool:
        """Compares without telling by its duration where the two differ."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("ascii"))
