"""The door of the console: nothing behind it is reached without `Access`'s word.

It puts the safe headers on every answer, exchanges the start token for a
cookie, and answers whoever stays outside.
"""

# mypy: allow-untyped-calls
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twisted.logger import Logger
from twisted.web.error import UnsupportedMethod
from twisted.web.http import Request
from twisted.web.resource import Resource
from twisted.web.server import Request as TwistedRequest
from twisted.web.server import Site

from alarmgw.workstation.access import SAFE_HEADERS, Access, Verdict
from alarmgw.workstation.outlet import abort

FOREIGN_TEXT = "This address is only for the console of this machine.\n"
NO_COOKIE_TEXT = (
    "Open the console with the address in the bundle's file console-url;"
    " it is new at every start.\n"
    "Bitte die Konsole mit der Adresse aus der Datei console-url des Arbeitsplatzes öffnen;"
    " sie ist nach jedem Start neu.\n"
)

#: A body is looked at up to `alarmgw.workstation.json_page.BODY_BYTES`, and says so.
LONGEST_BODY = 64 * 1024

log = Logger()


class BoundedRequest(TwistedRequest):
    """A request that nobody, let in or not, can make longer than the console ever needs."""

    _octets = 0

    def handleContentChunk(self, data: bytes) -> None:
        """One more piece of the body; too long a one ends the connection."""
        self._octets += len(data)
        if self._octets <= LONGEST_BODY:
            super().handleContentChunk(data)
        else:
            abort(self)

    def process(self) -> None:
        """Answer; nothing is done for a request that was cut off."""
        if self._octets <= LONGEST_BODY:
            super().process()


class ConsoleSite(Site):
    """twisted.web's site without its access log: a request line can hold the start token."""

    displayTracebacks = False
    requestFactory = BoundedRequest

    def log(self, request: Request) -> None:
        """Writes nothing; what is refused is logged by `Door`, without its address."""


class Door(Resource):
    """Lets in by `Access`, and answers for whoever stays outside."""

    def __init__(self, access: Access, inside: Resource) -> None:
        super().__init__()
        self._access = access
        self._inside = inside

    def getChildWithDefault(self, path: bytes, request: Request) -> Resource:
        """What answers this request: the resource behind the door, or the door itself."""
        for name, value in SAFE_HEADERS.items():
            request.setHeader(name, value)
        verdict = self._access.judge(_headers(request), argument(request, b"token"))
        if verdict is Verdict.OPEN:
            child: Resource = self._inside.getChildWithDefault(path, request)
            return child
        if verdict is Verdict.EXCHANGE:
            return Plain(303, "", {"Set-Cookie": self._access.set_cookie, "Location": "/"})
        log.info("a request to the console was turned away: {verdict}", verdict=verdict.value)
        return Plain(403, FOREIGN_TEXT if verdict is Verdict.FOREIGN else NO_COOKIE_TEXT)

    def render(self, request: Request) -> bytes:
        """Only a request without any path comes here (``OPTIONS *``)."""
        return Plain(403, FOREIGN_TEXT).render(request)


class Answer(Resource):
    """A resource that answers in plain text where twisted.web would write a page of its own."""

    def getChild(self, path: bytes, request: Request) -> Resource:
        """Below this there is nothing."""
        return Plain(404, "not found\n")

    def render(self, request: Request) -> Any:
        """Answers by method; one that does not exist is 405."""
        try:
            return super().render(request)
        except UnsupportedMethod:
            return Plain(405, "not allowed\n").render(request)


class Plain(Resource):
    """A fixed answer in plain text, to any method and below any path."""

    isLeaf = True

    def __init__(self, code: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._code, self._text, self._headers = code, text, headers or {}

    def render(self, request: Request) -> bytes:
        """Answers with the fixed text."""
        request.setResponseCode(self._code)
        request.setHeader("Content-Type", "text/plain; charset=utf-8")
        for name, value in self._headers.items():
            request.setHeader(name, value)
        return self._text.encode("utf-8")


def argument(request: Request, name: bytes) -> str | None:
    """The first value of that name in the request's query."""
    values = request.args.get(name)
    return values[0].decode("utf-8", "replace") if values else None


def _headers(request: Request) -> dict[str, str]:
    """The request's headers by lower-case name; one that comes twice is joined, and then wrong."""
    return {
        name.decode("latin-1").lower(): ";".join(value.decode("latin-1") for value in values)
        for name, values in request.requestHeaders.getAllRawHeaders()
    }
