"""A workstation without a page: it does what a test writes to it, one JSON line at a time.

    python -m tests.seat BUNDLE

``["sign_on", {…}]``, ``["command", {…}]`` and ``["ask", {…}]`` go to the gateway; its answer is
printed.  ``["linked"]`` is answered when there is a link.  `Seat` is the test's side of it.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.stdio import StandardIO
from twisted.protocols.basic import LineReceiver

from alarmgw.codec.requests import Command, Question, SignOn
from alarmgw.codec.wire import Heartbeat
from alarmgw.errors import Refusal
from alarmgw.workstation.bundle import load_bundle
from alarmgw.workstation.link import Link
from alarmgw.workstation.mirror import LinkState
from tests.live import LiveGateway, run

PASSWORD = "long enough"


class _Ear:
    """Hears the link, for whoever waits until there is one."""

    def __init__(self) -> None:
        self.current = False
        self.waiting: list[Deferred[None]] = []

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """Nobody looks at them here."""

    def heartbeat(self, heartbeat: Heartbeat) -> None:
        """Nothing is drawn here."""

    def state(self, state: LinkState) -> None:
        """There is a link, or none any more."""
        self.current = state.state == "current"
        while self.current and self.waiting:
            self.waiting.pop().callback(None)


class _Mouth(LineReceiver):
    """Reads what is to be done, and prints the answers."""

    delimiter = b"\n"
    MAX_LENGTH = 1 << 20

    def __init__(self, link: Link, ear: _Ear) -> None:
        self._link, self._ear = link, ear

    def lineReceived(self, line: bytes) -> None:
        """One thing to do."""
        Deferred.fromCoroutine(self._do(*json.loads(line)))

    async def _do(self, what: str, given: dict[str, Any] | None = None) -> None:
        try:
            answer = await self._answer(what, given or {})
        except Refusal as refusal:
            answer = {"ok": False, "error": "no_answer", "text": refusal.text}
        self.sendLine(json.dumps(answer).encode())

    async def _answer(self, what: str, given: dict[str, Any]) -> dict[str, Any]:
        if what == "sign_on":
            return await self._link.sign_on(SignOn(**given))
        if what == "command":
            return await self._link.command(Command(**given))
        if what == "ask":
            return await self._link.ask(Question(**given))
        if not self._ear.current:
            self._ear.waiting.append(Deferred())
            await self._ear.waiting[-1]
        return {"ok": True}


class Seat:
    """The test's side of a workstation that runs in a process of its own."""

    def __init__(self, bundle: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.seat", str(bundle)],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def say(self, what: str, given: dict[str, Any] | None = None) -> None:
        """Have it do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([what, given]).encode() + b"\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """The next answer."""
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def linked(self) -> None:
        """Wait until it has a link."""
        self.say("linked")
        self.hear()

    def sign_on(self, name: str) -> dict[str, Any]:
        """Somebody signs on there."""
        self.say("sign_on", {"name": name, "password": PASSWORD})
        return self.hear()

    def command(self, do: str, incident: str | None = None, **facts: Any) -> dict[str, Any]:
        """What a decision is answered."""
        self.say("command", decision(do, incident, **facts))
        return self.hear()

    def close(self) -> None:
        """It is gone, without a word."""
        self._process.kill()
        self._process.communicate()


def decision(do: str, incident: str | None = None, seen: int = 0, **facts: Any) -> dict[str, Any]:
    """A command with an id of its own."""
    action = {"do": do, **facts}
    return {"id": uuid.uuid4().hex, "incident": incident, "seen": seen, "action": action}


@contextlib.contextmanager
def seats(gateway: LiveGateway, *names: str) -> Iterator[list[Seat]]:
    """A workstation for each operator, who is signed on there."""
    password = gateway.folder / "password"
    password.write_text(PASSWORD)
    with contextlib.ExitStack() as stack:
        made = []
        for name in names:
            home = ("--home", gateway.home)
            run("operator", "add", name, "--password-file", password, *home)
            bundle = gateway.home / "workstations" / f"platz-{name}"
            run("workstation", "add", f"platz-{name}", "--to", bundle, *home)
            seat = Seat(bundle)
            stack.callback(seat.close)
            seat.linked()
            assert seat.sign_on(name)["ok"]
            made.append(seat)
        yield made


def main() -> None:
    """Run until the test has had enough."""
    from twisted.internet import reactor

    ear = _Ear()
    link = Link(load_bundle(Path(sys.argv[1])), reactor, ear)
    link.start()
    StandardIO(_Mouth(link, ear))
    reactor.run()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
