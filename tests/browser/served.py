"""A console with a gateway in memory, in a process of its own, told by JSON lines what happens.

``{"connect": null}``, ``{"alarms": [entry, …]}``, ``{"lose": "reason"}``,
``{"conditions": ["text" or {"name": …, …}, …]}``, ``{"hold_up": null}``,
``{"sign_on": "anna"}`` (here),
``{"sign_off": "lost"}`` (here),
``{"other": {"name": "bert", "incident": ID, "do": "accept", …}}`` (at another
workstation), ``{"answers": {"card": {…}}}``, ``{"left_out": 7}``, ``{"odd": null}``,
``{"ahead": SECONDS}``;
each answered with ``done``.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from attrs import evolve
from twisted.internet.stdio import StandardIO
from twisted.protocols.basic import LineReceiver

from alarmgw import cli
from alarmgw.codec.requests import Command
from alarmgw.model import utc_now, utc_text
from alarmgw.workstation.access import Access
from alarmgw.workstation.console import Console, Parts
from alarmgw.workstation.console_service import ConsoleService
from alarmgw.workstation.departed import Departed
from alarmgw.workstation.mirror import Mirror
from alarmgw.workstation.names import Names
from alarmgw.workstation.page import Page, console_site
from alarmgw.workstation.picture_cache import PictureCache
from alarmgw.workstation.player import Player
from alarmgw.workstation.presence import Presence
from alarmgw.workstation.seat import Place, Seat
from alarmgw.workstation.sounding import Sounding
from tests.workstation.memory_gateway import BEAT, MemoryGateway, Wire

#: The photograph that `make run` sends.
JPEG = (Path(cli.__file__).parent / "gate.jpg").read_bytes()

#: A third of a second of blue, in each container that a browser may play, and in none.
CLIPS = {one.name: one.read_bytes() for one in sorted((Path(__file__).parent / "clips").iterdir())}
CLIPS["broken.mp4"] = b"\0\0\0\x18ftypmp42" + bytes(100)


class Director(LineReceiver):
    """Does to the console and its gateway what the lines say."""

    delimiter = b"\n"
    MAX_LENGTH = 1 << 24

    def __init__(self, gateway: MemoryGateway, wire: Wire, console: Console, reactor: Any) -> None:
        self._gateway, self._wire = gateway, wire
        self._console, self._reactor = console, reactor
        self._elsewhere = gateway.wire("desk2", "f2")
        self._conditions: dict[str, list[Any]] = {}
        self._beating = False
        self._head = 0

    def lineReceived(self, line: bytes) -> None:
        """One command."""
        [(command, value)] = json.loads(line).items()
        getattr(self, command)(value)
        self.sendLine(b"done")

    def connect(self, _: None) -> None:
        """The link comes up: with what is open at first, later with what was missed."""
        self._wire.connect()
        self._beating = True
        self._beat()

    def alarms(self, entries: list[dict[str, Any]]) -> None:
        """Entries are journalled; their numbers are the journal's."""
        self._gateway.write(
            [{name: entry[name] for name in entry if name != "seq"} for entry in entries]
        )

    def sign_on(self, name: str) -> None:
        """Somebody signs on here."""
        self._gateway.signed_on(name, self._wire)

    def sign_off(self, why: str) -> None:
        """Whoever is signed on here is so no more, by no hand at this page."""
        session = self._gateway.session_at(self._wire)
        assert session is not None
        self._gateway.left(session, why)

    def other(self, given: dict[str, Any]) -> None:
        """Somebody at another workstation does something, if he is allowed to."""
        action = dict(given)
        name, incident = action.pop("name"), action.pop("incident", None)
        seated = self._gateway.session_at(self._elsewhere)
        if seated is None or seated.operator != name:
            self._gateway.signed_on(name, self._elsewhere)
        if action:
            seen = self._gateway.ledger.head
            command = Command(id=uuid.uuid4().hex, incident=incident, seen=seen, action=action)
            answer = self._gateway.answer(self._elsewhere, command)
            assert answer["ok"], answer

    def answers(self, given: dict[str, Any]) -> None:
        """From now on these questions are answered so."""
        for name, answer in given.items():
            self._gateway.questions[name] = lambda _, answer=answer: answer  # type: ignore[misc]

    def tick(self, _: None) -> None:
        """What time alone does to incidents."""
        self._gateway.tick()

    def left_out(self, count: int) -> None:
        """The snapshot had no room for so many incidents."""
        self._console.mirror.beyond = count
        self._console.mirror.draw_anew()

    def odd(self, _: None) -> None:
        """An entry comes that cannot be followed."""
        seq = self._gateway.ledger.head
        self._console.entries([{"type": "unsuppressed", "seq": seq}], seq)

    def ahead(self, seconds: float) -> None:
        """The gateway's clock is so far ahead of this machine's."""
        self._gateway.now = lambda: utc_now() + timedelta(seconds=seconds)
        self._heartbeat()

    def lose(self, reason: str) -> None:
        """The link is lost."""
        self._beating = False
        self._wire.lose(reason)

    def fall_silent(self, _: None) -> None:
        """The gateway sends no more heartbeats, and the link has not noticed yet."""
        self._beating = False

    def hold_up(self, _: None) -> None:
        """Heartbeats tell of an entry, and nothing brings it."""
        self._head = self._gateway.ledger.head + 1
        self._beat()

    def conditions(self, conditions: list[Any]) -> None:
        """The gateway says what is wrong with it, in sentences or by name."""
        named = [one for one in conditions if isinstance(one, dict)]
        texts = [one["text"] if isinstance(one, dict) else one for one in conditions]
        self._conditions = {"reasons": texts, "conditions": named}
        self._heartbeat()

    def _beat(self) -> None:
        if self._beating:
            self._heartbeat()
            self._reactor.callLater(5, self._beat)

    def _heartbeat(self) -> None:
        now = utc_text(self._gateway.now())
        self._console.heartbeat(evolve(BEAT, head=self._head, time=now, **self._conditions))


def made_console(wire: Wire, folder: Path, reactor: Any) -> Console:
    """A console at the end of that wire; this machine plays nothing, so the page has to."""
    mirror = Mirror()
    place = Place(
        name=wire.name,
        fingerprint=wire.fingerprint,
        clock=reactor,
        randomness=os.urandom,
        departed=Departed(folder),
    )
    seat = Seat(mirror, wire, place)
    player = Player(reactor, folder, None)
    console = Console(
        Parts(
            mirror=mirror,
            seat=seat,
            sounding=Sounding(mirror, seat, Presence(reactor), player, reactor),
            names=Names(seat.ask, reactor),
        ),
        workstation=wire.name,
        gateway="gw.example:2527",
        now=utc_now,
        clock=reactor,
    )
    wire.listener = console
    return console


def main(folder: Path, port: int) -> None:
    """Serves until the process is ended; ``console-url`` appears in ``folder``."""
    from twisted.internet import reactor

    gateway = MemoryGateway(utc_now)
    mail = b"Subject: Alarm\r\n\r\n"
    gateway.files = {"01-gate.jpg": JPEG, "02-gate.jpg": JPEG, "message.eml": mail, **CLIPS}
    wire = gateway.wire("desk1", "f1")
    console = made_console(wire, folder, reactor)
    access = Access(os.urandom)
    pictures = PictureCache(wire.fetch)
    site = console_site(access, Page(console=console, pictures=pictures, clock=reactor))
    StandardIO(Director(gateway, wire, console, reactor), reactor=reactor)
    ConsoleService(site, access, port=port, folder=folder, reactor=reactor).startService()
    reactor.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
