"""The orderly end, in a process of its own: signals belong to the whole process."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import os, sys
from twisted.internet import reactor
from alarmgw.ending import Ending
Ending(reactor).startService()
for number in map(int, sys.argv[1:]):
    reactor.callWhenRunning(lambda number=number: os.kill(os.getpid(), number))
reactor.addSystemEventTrigger("before", "shutdown", lambda: print("stopped"))
reactor.run()
print("after", reactor._exitSignal)
"""


@pytest.mark.parametrize(
    "signals", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGTERM, signal.SIGTERM]]
)
def test_signal_ends_in_order(signals: list[signal.Signals]) -> None:
    """The services stop, the reactor returns, and no signal is left to end the process by."""
    words = [str(int(number)) for number in signals]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stdout) == (0, "stopped\nafter None\n"), done.stderr
