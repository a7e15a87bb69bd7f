"""A console without a gateway, in a process of its own, told by JSON lines what its link brings.

``{"connect": null}``, ``{"alarms": [entry, …]}``, ``{"lose": "reason"}``,
``{"conditions": ["text", …]}``; each answered with ``done``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from attrs import evolve
from twisted.internet.stdio import StandardIO
from twisted.protocols.basic import LineReceiver

from alarmgw import cli
from alarmgw.model import utc_now
from alarmgw.workstation.access import Access
from alarmgw.workstation.console import Console
from alarmgw.workstation.console_service import ConsoleService
from alarmgw.workstation.mirror import LinkState, Mirror
from alarmgw.workstation.page import Page, console_site
from alarmgw.workstation.picture_cache import PictureCache
from tests.workstation.console_fakes import PictureGateway
from tests.workstation.memory_browser import BEAT

#: The photograph that `make run` sends.
JPEG = (Path(cli.__file__).parent / "gate.jpg").read_bytes()


class Director(LineReceiver):
    """Does to the console what the lines say."""

    delimiter = b"\n"
    MAX_LENGTH = 1 << 24

    def __init__(self, console: Console, reactor: Any) -> None:
        self._console, self._reactor = console, reactor
        self._conditions: list[str] = []
        self._beating = False

    def lineReceived(self, line: bytes) -> None:
        """One command."""
        [(command, value)] = json.loads(line).items()
        getattr(self, command)(value)
        self.sendLine(b"done")

    def connect(self, _: None) -> None:
        """The link comes up with nothing open."""
        self._console.state(LinkState(state="snapshot", node="gw1", open_total=0))
        self._console.state(LinkState(state="current", node="gw1"))
        self._beating = True
        self._beat()

    def alarms(self, entries: list[dict[str, Any]]) -> None:
        """Entries arrive."""
        self._console.entries(entries, entries[-1]["seq"])

    def lose(self, reason: str) -> None:
        """The link is lost."""
        self._beating = False
        self._console.state(LinkState(state="lost", reason=reason))

    def fall_silent(self, _: None) -> None:
        """The gateway sends no more heartbeats, and the link has not noticed yet."""
        self._beating = False

    def conditions(self, conditions: list[str]) -> None:
        """The gateway says what is wrong with it."""
        self._conditions = conditions
        self._console.heartbeat(evolve(BEAT, reasons=conditions))

    def _beat(self) -> None:
        if self._beating:
            self._console.heartbeat(evolve(BEAT, reasons=self._conditions))
            self._reactor.callLater(5, self._beat)


def main(folder: Path, port: int) -> None:
    """Serves until the process is ended; ``console-url`` appears in ``folder``."""
    from twisted.internet import reactor

    console = Console(
        Mirror(), workstation="desk1", gateway="gw.example:2527", now=utc_now, clock=reactor
    )
    pictures = PictureCache(PictureGateway({"01-gate.jpg": JPEG, "02-gate.jpg": JPEG}).fetch)
    access = Access(os.urandom)
    site = console_site(access, Page(console=console, pictures=pictures, clock=reactor))
    StandardIO(Director(console, reactor), reactor=reactor)
    ConsoleService(site, access, port=port, folder=folder, reactor=reactor).startService()
    reactor.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
