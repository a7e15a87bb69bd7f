"""A gateway on a disk whose power can be cut, its senders and its workstation."""

from __future__ import annotations

import contextlib
import random
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from tests.kills.home import Promises
from tests.live import LiveGateway, answers, run
from tests.powercut import checks
from tests.powercut.disk import Disk
from tests.powercut.senders import SOURCES, Camera, deliver
from tests.powercut.workstation import Workstation

CAMERAS = 4
_MENDED = re.compile(r"(\d+) (renames finished|folders rebuilt|drafts swept|alarms damaged)")
_MEMORY = Path("/dev/shm")


class House:
    """One home from its first day on; a context manager that leaves nothing behind."""

    def __init__(self, chance: random.Random, lying: str = "") -> None:
        self._chance = chance
        #: The mails that got their 250, each with the hash of what was sent.
        self.promised: Promises = {}
        with contextlib.ExitStack() as leaving:
            self._furnish(leaving, lying)
            self._leaving = leaving.pop_all()

    def _furnish(self, leaving: contextlib.ExitStack, lying: str) -> None:
        """Make disk, home and workstation; ``leaving`` undoes what was made, in reverse."""
        parent = _MEMORY if _MEMORY.is_dir() else None
        folder = Path(tempfile.mkdtemp(prefix="alarmgw-powercut-", dir=parent))
        leaving.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "home").mkdir()
        self.disk = Disk(folder / "home", lying)
        leaving.callback(self.disk.close)
        self.gateway = LiveGateway(folder)
        leaving.callback(self._kill)
        for address in SOURCES:
            run("source", "add", address, "--home", self.gateway.home)
        self.disk.sync_all()
        shutil.copytree(self.gateway.bundle, folder / "bundle")
        self.workstation = Workstation(folder / "bundle")
        leaving.callback(self.workstation.close)

    def __enter__(self) -> House:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            sys.stderr.write(self.gateway.log[-3000:])
        self._leaving.close()

    def start(self) -> bool:
        """Start the gateway; True with its greeting, False if the power was cut before."""
        self.gateway.start(wait=False)
        process = self.gateway.process
        assert process is not None
        begun = time.monotonic()
        while not self.disk.off.is_set():
            try:
                answers(self.gateway.port, 0.1)
            except AssertionError:
                if process.poll() is None and time.monotonic() - begun < 30:
                    continue
                if not self.disk.off.wait(0.5):
                    raise NoGreeting(self.gateway.log[-3000:]) from None
            else:
                return True
        return False

    def mended(self) -> Counter[str]:
        """What all starts so far say that they have found to do."""
        counted: Counter[str] = Counter()
        for number, what in _MENDED.findall(self.gateway.log):
            counted[what] += int(number)
        return counted

    def faults(self) -> list[str]:
        """What is wrong, now that the gateway has greeted."""
        return checks.faults(self.gateway, self.promised, self.workstation)

    def lose_power(self) -> str:
        """Cut, unless that has happened; the disk is what is left then.  Says when it was."""
        self.disk.cut()
        self._kill()
        self.disk.power_on(self._chance.getrandbits(32))
        return self.disk.cut_after

    def deliver(self, messages: list[bytes]) -> None:
        """Send mails one after the other, as long as there is power."""
        for message in messages:
            if not self.disk.off.is_set():
                deliver(self.gateway.port, message, self.promised)

    def load(self, seconds: float) -> None:
        """Many senders at once, until the power is cut or the time is over; then it is cut."""
        stop = threading.Event()
        cameras = [
            Camera(self.gateway.port, self._chance.getrandbits(32), self.promised, stop)
            for _ in range(CAMERAS)
        ]
        self.disk.off.wait(seconds)
        self.disk.cut()
        self._kill()
        stop.set()
        for camera in cameras:
            camera.join(30)

    def _kill(self) -> None:
        process = self.gateway.process
        if process is not None and process.poll() is None:
            self.gateway.kill()


class NoGreeting(AssertionError):
    """The gateway does not start on what a power cut has left."""
