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

    def faults(self, heard: int, journal: list[dict[str, Any]]) -> list[str]:
        """Where what it was told is not what the journal says, once it had time to resume.

        ``heard`` is how many entries it had been told before the journal was read.
        """
        if heard > len(journal):
            return [f"{heard} entries were told to a workstation, the journal has {len(journal)}"]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.told) < len(journal):
            if time.monotonic() > deadline:
                return [f"the workstation stands at {len(self.told)} of {len(journal)} entries"]
            time.sleep(0.02)
        return [
            f"a workstation was told entry {told['seq']} where the journal has {entry['seq']}"
            for told, entry in zip(self.told, journal, strict=False)
            if told != entry
        ][:1]
