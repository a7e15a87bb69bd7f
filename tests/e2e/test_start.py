"""The start after a crash: ready, and therefore greeting, in time however long the journal is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import kill
from tests.live import LiveGateway, answers
from tests.pace import allowed

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

#: `make kill` asks for a million.
ENTRIES = int(os.environ.get("ALARMGW_ENTRIES", "100000"))
UNSETTLED = 1_000
#: What was promised for a machine that has nothing else to do.
GREETING_SECONDS = 3.0


def crash(home: Path) -> None:
    """Leave ``home`` as a gateway does that is killed after `ENTRIES` entries."""
    words = [sys.executable, "-m", "tests.kills.crashed", home, str(ENTRIES), str(UNSETTLED)]
    done = subprocess.run(words, check=False, timeout=600, cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL


def forget(home: Path) -> None:
    """Let the system's memory forget the files, as a machine that was started again."""
    for path in home.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def started(gateway: LiveGateway) -> float:
    """Start it; how long the greeting took."""
    begun = time.monotonic()
    gateway.start(wait=False)
    answers(gateway.port)
    return time.monotonic() - begun


def test_thousand_unsettled_alarms_in_a_long_journal_are_ready_in_time() -> None:
    """The greeting comes in under 3 s, and every one of the thousand is whole then."""
    with LiveGateway() as gateway:
        gateway.stop()
        begun = time.monotonic()
        crash(gateway.home)
        built = time.monotonic() - begun
        forget(gateway.home)
        took = started(gateway)
        sys.stdout.write(
            f"greeting {took:.2f} s after a crash with {UNSETTLED} unsettled alarms "
            f"in a journal of {ENTRIES} entries (made in {built:.0f} s)\n"
        )
        recent = gateway.journal(ENTRIES - UNSETTLED)
        alarms = [entry for entry in recent if entry["type"] == "alarm"]
        unsettled = alarms[-UNSETTLED:]
        assert len({entry["mail"]["id"] for entry in unsettled}) == UNSETTLED
        faults = [kill.folder_faults(gateway.home / entry["path"], entry) for entry in unsettled]
        assert faults == [[]] * UNSETTLED
        assert took < allowed(GREETING_SECONDS)
