"""A gateway that suffers faults, the devices that send to it, and the workstation that listens."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.live import LiveGateway, picture_mail, stored_as, watching

ROOT = Path(__file__).parents[2]

#: Anything that is waited for comes within this.
PATIENCE = 15.0


def until(what: str, true: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait until something is true; answers it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class FaultyGateway(LiveGateway):
    """A gateway of `tests.faults.gateway`: the same services, with faults on command."""

    #: What the process is started with, such as a limit.
    prefix: tuple[str, ...] = ()

    def start(self, wait: bool = True, environment: dict[str, str] | None = None) -> LiveGateway:
        """Start it; the folder of commands is made first."""
        self.commands = self.folder / "commands"
        self.commands.mkdir(exist_ok=True)
        return super().start(wait, {"PYTHONPATH": str(ROOT), **(environment or {})})

    @property
    def command(self) -> Sequence[str | Path]:
        """The faulty root instead of twistd."""
        words = (sys.executable, "-m", "tests.faults.gateway", self.commands)
        return (*self.prefix, *words, "--home", self.home)

    def put(self, place: str, fault: str) -> None:
        """Put a fault into a place."""
        (self.commands / place).symlink_to(fault)

    def mend(self, place: str) -> None:
        """Take it away."""
        (self.commands / place).unlink()


class House:
    """A gateway with its workstation, and everything that was promised so far."""

    def __init__(self, gateway: LiveGateway, heard: Heard) -> None:
        self.gateway, self.heard = gateway, heard
        self.promised: dict[str, str] = {}
        self._sent = 0
        self._log_from = 0

    def mail(self) -> bytes:
        """Another mail than all before it."""
        self._sent += 1
        return picture_mail(30_000, seed=self._sent)

    def send(self, client: Any = None) -> str:
        """Send a mail: "" with its 250, else the code and text of the refusal."""
        mail = self.mail()
        with contextlib.ExitStack() as stack:
            client = client or stack.enter_context(self.gateway.smtp())
            client.ehlo("cam")
            for step in (lambda: client.mail("a@b"), lambda: client.rcpt("c@d")):
                code, text = step()
                if code != 250:
                    return f"{code} {text.decode()}"
            code, text = client.docmd("DATA")
            if code == 354:
                client.send(mail + b".\r\n")
                code, text = client.getreply()
            if code != 250:
                return f"{code} {text.decode()}"
        self.kept(mail, text)
        return ""

    def kept(self, mail: bytes, answer: bytes) -> None:
        """A mail was answered: its 250 is a promise."""
        assert b" stored as " in answer, answer
        self.promised[stored_as(answer)] = hashlib.sha256(mail).hexdigest()

    def begin(self) -> None:
        """A fault is about to begin."""
        assert self.send() == "", "the gateway is well before the fault"
        self._log_from = len(self.gateway.log)

    def disturbed(self, reason: str) -> None:
        """The workstation hears that reason, and nothing is logged again and again meanwhile."""
        until(f"the workstation hears {reason!r}", lambda: self.heard.says(reason))
        time.sleep(0.3)  # the log may come after the heartbeat
        before = len(self.gateway.log)
        time.sleep(1.0)  # some rounds of the upkeep
        storm = self.gateway.log[before:]
        assert storm.count("\n") <= 4, f"it is logged again and again:\n{storm}"
        assert self.heard.says(reason), "the fault lasts, and is over for the workstation"

    def recovered(self, seconds: float = PATIENCE) -> None:
        """Without a restart: mail is taken, nothing is wrong, each promise is kept, whole, once."""
        until("mail is taken again", lambda: self.send() == "", seconds)
        until("nothing is wrong", lambda: self.heard.reasons == [])
        self.whole()

    def tracebacks(self) -> int:
        """How many the log has had since the fault began."""
        return self.gateway.log[self._log_from :].count("Traceback (most recent")

    def told(self, event: str) -> list[str]:
        """The states of a condition in the journal: start, end …"""
        return [row.get("state", "") for row in self.gateway.journal() if row.get("event") == event]

    def whole(self) -> None:
        """Every mail that got its 250 is in the journal, the archive and the workstation, once."""
        alarms = self.gateway.alarms()
        assert sorted(row["mail"]["id"] for row in alarms) == sorted(self.promised)
        until("each alarm is in its place", lambda: all(map(self._stands, alarms)))
        ids = sorted(row["alarm"] for row in alarms)
        until("the workstation has them all", lambda: len(self.heard.alarms) >= len(ids))
        assert sorted(self.heard.alarms) == ids

    def _stands(self, alarm: dict[str, Any]) -> bool:
        folder = self.gateway.home / alarm["path"]
        wanted = {"message.eml": self.promised[alarm["mail"]["id"]]}
        wanted |= {row["name"]: row["sha256"] for row in alarm["pictures"]}
        return all(_hash(folder / name) == value for name, value in wanted.items())


def _hash(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


class Heard:
    """What ``alarmgw watch --json`` prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.alarms: list[str] = []
        self.reasons: list[str] = []
        self.links: list[str] = []
        self._process = process
        threading.Thread(target=self._read, daemon=True).start()

    def says(self, reason: str) -> bool:
        """Whether something is wrong now whose sentence contains ``reason``."""
        return any(reason in one for one in self.reasons)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            entry = json.loads(line)
            if entry["type"] == "alarm":
                self.alarms.append(entry["alarm"])
            elif entry["type"] == "state":
                self.reasons = entry["reasons"]
                self.links.append(entry["state"])


@contextlib.contextmanager
def house(gateway: LiveGateway) -> Iterator[House]:
    """A running gateway and a workstation that listens to it."""
    with gateway, watching(gateway) as process:
        yield House(gateway, Heard(process))
