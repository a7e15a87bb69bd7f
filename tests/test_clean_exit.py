"""Ending in good order."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

PROGRAM = """
from twisted.internet import reactor
from alarmgw.clean_exit import CleanExit
service = CleanExit(reactor)
service.startService()
reactor.callWhenRunning(lambda: print("up", flush=True))
reactor.run()
"""


@pytest.mark.sockets
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_with_0(number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C are orders, not accidents."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.send_signal(number)
        assert process.wait(10) == 0
