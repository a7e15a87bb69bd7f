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

    def __init__(self, port: int, randomness: Randomness) -> None:
        """``port`` is the console's; token and cookie are new at every start."""
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        # Browsers keep one jar for all ports of a host: two consoles must not share a name.
        self._cookie_name = f"alarmgw-console-{port}"
        self._cookie_value = randomness(TOKEN_BYTES).hex()
        self._token = randomness(TOKEN_BYTES).hex()
        self.address = f"http://127.0.0.1:{port}/?token={self._token}"

    @property
    def set_cookie(self) -> str:
        """The ``Set-Cookie`` value that a right token earns."""
        return f"{self._cookie_name}={self._cookie_value}; Path=/; HttpOnly; SameSite=Strict"

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
        own = headers.get("host", "").lower() in self._hosts
        return own and (origin is None or origin.lower().removeprefix("http://") in self._hosts)

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
