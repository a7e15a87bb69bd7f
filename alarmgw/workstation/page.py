"""The console's pages: the static files, and all that the page asks for.

What a device sent leaves here only as JSON or (`picture_page`) as a file,
never as markup.
"""

# mypy: allow-untyped-calls
from __future__ import annotations

import re
from importlib import resources

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.web.http import Request
from twisted.web.server import NOT_DONE_YET

from alarmgw.workstation.access import Access
from alarmgw.workstation.console import Console
from alarmgw.workstation.details import Details
from alarmgw.workstation.door import Answer, ConsoleSite, Door, Plain
from alarmgw.workstation.event_stream import EventStream
from alarmgw.workstation.json_page import as_json
from alarmgw.workstation.operator_pages import OperatorPages
from alarmgw.workstation.picture_cache import PictureCache
from alarmgw.workstation.picture_page import Files, MailsResource, PicturesResource

STATIC_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}


@frozen(kw_only=True)
class Page:
    """Everything that the resources need, made once in the root."""

    console: Console
    pictures: PictureCache
    clock: IReactorTime


def console_site(access: Access, page: Page) -> ConsoleSite:
    """The site that serves ``page`` to whoever ``access`` lets in."""
    inside = Answer()
    static = static_files()
    inside.putChild(b"", static["index.html"])
    files = Answer()
    for name, file in static.items():
        files.putChild(name.encode("ascii"), file)
    inside.putChild(b"static", files)
    inside.putChild(b"state", StateResource(page))
    inside.putChild(b"events", EventsResource(page))
    details = Details(page.console.mirror, page.console.seat)
    for word, resource in OperatorPages(page.console, details).resources().items():
        inside.putChild(word.encode("ascii"), resource)
    kept = Files(page.console, details, page.pictures)
    inside.putChild(b"picture", PicturesResource(kept))
    inside.putChild(b"mail", MailsResource(kept))
    return ConsoleSite(Door(access, inside), reactor=page.clock)


class StaticFile(Answer):
    """One file of the page, read at the start: no path of a request ever reaches a disk."""

    def __init__(self, body: bytes, media_type: str) -> None:
        super().__init__()
        self._body, self._media_type = body, media_type

    def render_GET(self, request: Request) -> bytes:
        """The file."""
        request.setHeader("Content-Type", self._media_type)
        return self._body


def static_files() -> dict[str, StaticFile]:
    """Everything in ``static/`` by name."""
    folder = resources.files("alarmgw.workstation") / "static"
    return {
        file.name: StaticFile(file.read_bytes(), STATIC_TYPES[file.name.rsplit(".", 1)[-1]])
        for file in folder.iterdir()
        if file.is_file()
    }


class StateResource(Answer):
    """``/state``: how the link stands, who sits here, and how an incident may end."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def render_GET(self, request: Request) -> bytes:
        """The state as JSON."""
        console = self._page.console
        return as_json(request, {**console.facts(), "outcomes": console.outcomes})


class EventsResource(Answer):
    """``/events``: what changes, as it changes."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def render_GET(self, request: Request) -> int:
        """An answer without end; ``Last-Event-ID`` says what the page has."""
        last = request.getHeader("Last-Event-ID") or ""
        change = int(last) if re.fullmatch(r"\d{1,15}", last, re.ASCII) else None
        EventStream(request, self._page.console, self._page.clock, change).start()
        return NOT_DONE_YET

    def render_HEAD(self, request: Request) -> bytes:
        """A head alone has an end: there is nothing to stay for."""
        answer: bytes = Plain(405, "not allowed\n").render(request)
        return answer
