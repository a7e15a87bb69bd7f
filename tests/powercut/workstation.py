"""A workstation that stays connected over all cuts and remembers what it was told."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from tests.live import BIN

#: How long a workstation may take to be current again; its link tries at least every 4 s.
PATIENCE_SECONDS = 20.0


class Workstation(threading.Thread):
    """``alarmgw watch`` from entry 1 on, in a process of its own."""

    def __init__(self, bundle: Path) -> None:
        super().__init__(daemon=True)
        self.told: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            [BIN / "alarmgw", "watch", "--bundle", bundle, "--since", "0", "--json"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.start()

    def run(self) -> None:
        """Remember every entry."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            entry = json.loads(line)
            if entry["type"] != "state":
                self.told.append(entry)

    def close(self) -> None:
        """Go home."""
        self._process.kill()
        self._process.wait()
        self.join(10)

    def faults(self, journal: list[dict[str, Any]]) -> list[str]:
        """Where what it was told is not what the journal says, once it had time to resume."""
        found = _differences(self.told, journal)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not found and len(self.told) < len(journal) and time.monotonic() < deadline:
            time.sleep(0.02)
        if not found and len(self.told) < len(journal):
            found = [f"the workstation stands at {len(self.told)} of {len(journal)} entries"]
        return found or _differences(self.told[: len(journal)], journal)


def _differences(told: list[dict[str, Any]], journal: list[dict[str, Any]]) -> list[str]:
    told = list(told)
    if len(told) > len(journal):
        return [f"the workstation was told {len(told)} entries, the journal has {len(journal)}"]
    for heard, entry in zip(told, journal, strict=False):
        if heard != entry:
            return [f"the workstation was told {heard['seq']} where the journal has {entry['seq']}"]
    return []
