"""A browser without sockets: requests in, responses out, against the real site."""

from __future__ import annotations

import json
from typing import Any

from attrs import frozen
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from alarmgw.codec.wire import Heartbeat
from alarmgw.workstation.access import Access
from alarmgw.workstation.console import Console
from alarmgw.workstation.mirror import LinkState, Mirror
from alarmgw.workstation.page import Page, console_site
from alarmgw.workstation.picture_cache import PictureCache
from tests.workstation.console_fakes import NOON, PictureGateway, seeded

PORT = 2528
HOST = f"127.0.0.1:{PORT}"

BEAT = Heartbeat(journal="j1", head=7, time="2026-11-21T12:00:00.000Z", state="ok")


@frozen
class Response:
    """What came back: the code, the headers by lower-case name, the body as it was sent."""

    code: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Exchange:
    """One request on a connection of its own, and what has come back so far."""

    def __init__(self, channel: HTTPChannel, transport: StringTransport) -> None:
        self.channel = channel
        self.transport = transport

    @property
    def response(self) -> Response:
        """What has been answered up to now."""
        head, _, body = self.transport.value().partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.split(": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in pairs}
        return Response(int(status.split()[1]), headers, body)

    def leave(self) -> None:
        """The browser closes the connection."""
        self.channel.connectionLost(Failure(ConnectionResetError()))


class MemoryBrowser:
    """A console in memory and a browser in front of it."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.clock = Clock()
        self.gateway = PictureGateway(files)
        self.console = Console(
            Mirror(), workstation="desk1", gateway="gw:2527", now=lambda: NOON, clock=self.clock
        )
        self.access = Access(seeded)
        self.address = self.access.serve_at(PORT)
        cache = PictureCache(self.gateway.fetch)
        page = Page(console=self.console, pictures=cache, clock=self.clock)
        self.site = console_site(self.access, page)
        self.cookie = self.access.set_cookie.split(";")[0]

    def connect(self) -> None:
        """The link comes up with an empty journal."""
        self.console.state(LinkState(state="snapshot", node="gw1", open_total=0))
        self.console.state(LinkState(state="current", node="gw1"))
        self.console.heartbeat(BEAT)

    def ask(self, path: str, method: str = "GET", **headers: str) -> Exchange:
        """Sends a request with the right Host and cookie, unless ``headers`` say otherwise."""
        sent = {"Host": HOST, "Cookie": self.cookie}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.0"]
        lines += [f"{name}: {value}" for name, value in sent.items() if value]
        channel, transport = self.site.buildProtocol(None), StringTransport()
        channel.makeConnection(transport)
        channel.dataReceived("\r\n".join([*lines, "", ""]).encode("latin-1"))
        return Exchange(channel, transport)

    def get(self, path: str, **headers: str) -> Response:
        """The whole response to a GET."""
        return self.ask(path, **headers).response
