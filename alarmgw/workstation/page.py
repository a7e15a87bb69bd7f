"""The console's pages: the static files, and what the page asks for as JSON.

What a device sent leaves here only as JSON or (`picture_page`) as a file,
never as markup.
"""

# mypy: allow-untyped-calls
from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.web.http import Request
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from alarmgw.workstation.access import Access
from alarmgw.workstation.console import Console
from alarmgw.workstation.door import Answer, ConsoleSite, Door, Plain, argument
from alarmgw.workstation.event_stream import EventStream
from alarmgw.workstation.picture_cache import PictureCache
from alarmgw.workstation.picture_page import PicturesResource
from alarmgw.workstation.rows import row_of

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
    inside.putChild(b"alarms", AlarmsResource(page))
    inside.putChild(b"events", EventsResource(page))
    inside.putChild(b"drawn", DrawnResource(page))
    inside.putChild(b"picture", PicturesResource(page.console.mirror, page.pictures))
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
    """``/state``: how the link stands."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def render_GET(self, request: Request) -> bytes:
        """The state as JSON."""
        return _json(request, self._page.console.facts())


class AlarmsResource(Answer):
    """``/alarms``: the rows of all, newest first; ``/alarms/ALARM``: one whole entry.

    With it come, as ``joined``, the entries of late pictures that have joined it.
    """

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def getChild(self, path: bytes, request: Request) -> Resource:
        """The alarm of that id."""
        row = self._page.console.mirror.row(path.decode("utf-8", "replace"))
        if row is None:
            return Plain(404, "no such alarm\n")
        return EntryResource({**row.entry, "joined": row.joined} if row.joined else row.entry)

    def render_GET(self, request: Request) -> bytes:
        """The rows as JSON."""
        changes = self._page.console.mirror.since(None)
        rows = [row_of(row.entry, row.joined, row.resends) for row in changes.rows]
        return _json(request, {"change": changes.change, "up_to": changes.up_to, "rows": rows})


class EntryResource(Answer):
    """One alarm's entry as JSON."""

    def __init__(self, entry: dict[str, Any]) -> None:
        super().__init__()
        self._entry = entry

    def render_GET(self, request: Request) -> bytes:
        """The entry."""
        return _json(request, self._entry)


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


class DrawnResource(Answer):
    """``/drawn``: the page says up to which journal number it has shown everything."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def render_POST(self, request: Request) -> bytes:
        """Takes the number; the gateway hears of it with the next heartbeat."""
        number = argument(request, b"up_to") or ""
        if not re.fullmatch(r"\d{1,18}", number, re.ASCII):
            return Plain(400, "up_to is a number\n").render(request)
        self._page.console.mirror.drew(int(number))
        request.setResponseCode(204)
        return b""


def _json(request: Request, value: Any) -> bytes:
    request.setHeader("Content-Type", "application/json")
    return json.dumps(value, separators=(",", ":")).encode("ascii")
