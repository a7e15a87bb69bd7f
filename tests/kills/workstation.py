"""A workstation that may be killed at any moment and goes on after the last entry it showed."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from alarmgw.entries import KEEPING
from tests.live import BIN

#: How long a workstation may take to be current again; its link tries at least every 4 s.
PATIENCE_SECONDS = 30.0
#: So long one that is killed lives at most, from when it hears from the gateway ...
LIFE_SECONDS = 1.5
#: ... but so often it is counted from its start.
EARLY = 0.4


class Workstation(threading.Thread):
    """``alarmgw watch``, and what it showed over all its lives."""

    def __init__(self, bundle: Path, chance: random.Random | None = None) -> None:
        """With ``chance`` it is killed every now and then; without, its link alone resumes."""
        super().__init__(daemon=True)
        self._bundle, self._chance = bundle, chance
        self._lock = threading.Lock()
        self._over = False
        self._spared = chance is None
        self.shown: list[dict[str, Any]] = []
        self.kills = 0
        self._unasked: list[str] = []
        self._death: threading.Timer | None = None
        self._process = self._begun()
        self.start()

    def run(self) -> None:
        """Live, and after a kill live again."""
        while True:
            self._death = None
            if self._chance is not None and self._chance.random() < EARLY:
                self._doom(self._chance)
            self._read()
            with self._lock:
                if self._over:
                    return
                if self._process.returncode != -signal.SIGKILL:
                    self._unasked.append(f"a workstation ended with {self._process.returncode}")
                    return
                self._process = self._begun()

    def close(self) -> None:
        """Go home."""
        with self._lock:
            self._over = True
            self._process.kill()
        self.join(10)

    def faults(self, shown: list[dict[str, Any]], journal: list[dict[str, Any]]) -> list[str]:
        """Where ``shown`` is not the journal: twice, left out, out of order, or otherwise.

        ``journal`` was read after ``shown`` was copied: the gateway goes on writing.
        """
        if self._unasked:
            return self._unasked
        for at, entry in enumerate(shown):
            if at >= len(journal):
                return [f"a workstation showed {entry}, which the journal does not have"]
            if entry != journal[at]:
                return [f"a workstation showed {entry} where {journal[at]} follows"]
        return []

    def wait(self, journal: list[dict[str, Any]]) -> None:
        """Be spared until all of ``journal`` was shown."""
        self._spared = True
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.shown) < len(journal) and time.monotonic() < deadline:
            time.sleep(0.02)
        self._spared = self._chance is None

    def _begun(self) -> subprocess.Popen[str]:
        since = str(self.shown[-1]["seq"] if self.shown else 0)
        return subprocess.Popen(
            [BIN / "alarmgw", "watch", "--bundle", self._bundle, "--since", since, "--json"],
            stdout=subprocess.PIPE,
            text=True,
        )

    def _doom(self, chance: random.Random) -> None:
        """From now on it has a random time to live."""
        life = chance.uniform(0, LIFE_SECONDS)
        self._death = threading.Timer(life, self._kill, [self._process])
        self._death.daemon = True
        self._death.start()

    def _kill(self, process: subprocess.Popen[str]) -> None:
        while self._spared:
            time.sleep(0.02)
        with self._lock:
            if not self._over:
                process.kill()
                self.kills += 1

    def _read(self) -> None:
        """Remember every entry until the end; a line that the kill cut off was not shown."""
        assert self._process.stdout is not None
        with self._process:
            for line in self._process.stdout:
                if line.endswith("\n"):
                    self._hear(json.loads(line))

    def _hear(self, entry: dict[str, Any]) -> None:
        if entry["type"] != "state":
            self.shown.append(entry)
        elif entry["state"] != "current":
            return
        if self._death is None and self._chance is not None:
            self._doom(self._chance)


def twice_and_missed(shown: list[dict[str, Any]], journal: list[dict[str, Any]]) -> tuple[int, int]:
    """How many alarms of ``journal`` were shown more than once, and how many never."""
    alarms = [entry["alarm"] for entry in shown if entry["type"] in KEEPING]
    wanted = {entry["alarm"] for entry in journal if entry["type"] in KEEPING}
    return len(alarms) - len(set(alarms)), len(wanted - set(alarms))
