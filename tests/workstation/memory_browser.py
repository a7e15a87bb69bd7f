"""A browser without sockets: requests in, responses out, against the real site."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from alarmgw.workstation.access import Access
from alarmgw.workstation.console import Console, Parts
from alarmgw.workstation.mirror import Mirror
from alarmgw.workstation.names import Names
from alarmgw.workstation.page import Page, console_site
from alarmgw.workstation.picture_cache import PictureCache
from alarmgw.workstation.player import Player
from alarmgw.workstation.presence import Presence
from alarmgw.workstation.seat import Departed, Place, Seat
from alarmgw.workstation.sounding import Sounding
from tests.desk import alarm_id, rung
from tests.journals import MOMENT
from tests.workstation.console_fakes import Forgotten, PictureGateway, seeded
from tests.workstation.memory_gateway import MemoryGateway, Wire

PORT = 2528
HOST = f"127.0.0.1:{PORT}"


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
    """A console in memory and a browser in front of it; somebody is signed on."""

    def __init__(self, files: dict[str, bytes] | None = None, manned: bool = True) -> None:
        """``manned``: whether the link is up and anna is signed on from the beginning."""
        self.clock = Clock()
        self.pictures = PictureGateway(files)
        self.room = MemoryGateway(lambda: MOMENT + timedelta(seconds=self.clock.seconds()))
        self.wire = self.room.wire("desk1", "f1")
        self.console, self.played = console_of(self.wire, self.clock)
        self.access = Access(seeded)
        self.address = self.access.serve_at(PORT)
        cache = PictureCache(self.pictures.fetch)
        page = Page(console=self.console, pictures=cache, clock=self.clock)
        self.site = console_site(self.access, page)
        self.cookie = self.access.set_cookie.split(";")[0]
        if manned:
            self.wire.connect()
            self.room.signed_on("anna", self.wire)

    def ring(self, number: int, seconds: float = 0.0, **facts: Any) -> str:
        """An alarm comes; answers its id."""
        self.room.write([rung(number, seconds, **facts)])
        return alarm_id(number)

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Exchange:
        """Sends a request with the right Host and cookie, unless ``headers`` say otherwise."""
        sent = {"Host": HOST, "Cookie": self.cookie}
        if body:
            sent |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.0"]
        lines += [f"{name}: {value}" for name, value in sent.items() if value]
        channel, transport = self.site.buildProtocol(None), StringTransport()
        channel.makeConnection(transport)
        channel.dataReceived("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        return Exchange(channel, transport)

    def get(self, path: str, **headers: str) -> Response:
        """The whole response to a GET."""
        return self.ask(path, **headers).response

    def post(self, path: str, value: Any = None, **headers: str) -> Response:
        """The whole response to a POST of JSON, or of nothing."""
        body = b"" if value is None else json.dumps(value).encode()
        return self.ask(path, "POST", body, **headers).response

    def command(self, incident: str | None, do: str, **keys: Any) -> Any:
        """The answer to a command that has seen all that there is."""
        action = {"do": do, **keys}
        told = {"incident": incident, "seen": self.room.ledger.head, "action": action}
        return self.post("/command", told).json


def console_of(
    wire: Wire,
    clock: Clock,
    command: tuple[str, ...] | None = ("play", "{file}"),
    departed: Departed | None = None,
) -> tuple[Console, list[str]]:
    """A console at the end of that wire, and the tones that it has played."""
    mirror = Mirror()
    place = Place(
        name=wire.name,
        fingerprint=wire.fingerprint,
        clock=clock,
        randomness=seeded,
        departed=departed or Forgotten(),
    )
    seat = Seat(mirror, wire, place)
    played: list[str] = []
    player = Player(clock, Path(), command)
    player.play = played.append  # type: ignore[method-assign]
    names = Names(seat.ask, clock)
    sounding = Sounding(mirror, seat, Presence(clock), player, clock)
    console = Console(
        Parts(mirror=mirror, seat=seat, sounding=sounding, names=names),
        workstation=wire.name,
        gateway="gw:2527",
        now=lambda: MOMENT + timedelta(seconds=clock.seconds()),
        clock=clock,
    )
    wire.listener = console
    return console, played
