"""Child processes that live no longer than their parent, and wait for what they promise."""

from __future__ import annotations

import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from alarmgw.cli.speech import Failed

#: A start with a recovery behind it may take a while on a slow disk.
READY_SECONDS = 60.0

#: The gateway lets transfers finish within ten seconds.
STOP_SECONDS = 12.0

_PR_SET_PDEATHSIG = 1

#: ``twistd`` as a module of the same interpreter: wherever we are installed, it is there.
_TWISTD = ("-c", "from twisted.scripts.twistd import run; run()")


class Child:
    """One ``twistd`` process with its log file."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        """Start ``twistd -n NAME ARGUMENTS``; what it says goes to ``log``."""
        self.name, self.log = name, log
        command = [sys.executable, *_TWISTD, "-n", "--pidfile=", name, *arguments]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the parent alone, which ends its children in order.
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    @property
    def ended(self) -> bool:
        """Whether the process is over."""
        return self._process.poll() is not None

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Waits for ``ready``.  Raises `Failed` if the process ends first, or takes too long."""
        end = time.monotonic() + READY_SECONDS
        while not ready():
            if self.ended:
                raise Failed(f"{self.name} ended: {self._last_words()} (all of it in {self.log})")
            if time.monotonic() > end:
                raise Failed(
                    f"{self.name} is not ready after {READY_SECONDS:.0f} s; see {self.log}"
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """Asks the process to end, waits, and kills it when it does not."""
        if not self.ended:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def greeted(port: int) -> bool:
    """Whether an SMTP greeting comes from the loopback ``port``: the gateway is ready."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0) as connection:
            return connection.recv(4) == b"220 "
    except OSError:
        return False


def taken(port: int) -> bool:
    """Whether another program listens on the loopback ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _end_with_parent() -> None:
    """In the child: the kernel sends SIGTERM when the parent is gone, even by SIGKILL."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
