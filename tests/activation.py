"""A gateway whose ports somebody else opened and keeps, as systemd does by socket activation."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

from tests.live import BIN, LiveGateway, answers

#: Brings the passed sockets to 3, 4 ... and becomes what the words say: LISTEN_PID is its own id.
BECOME = """
import fcntl, os, sys
passed = [int(word) for word in sys.argv[1].split(",")]
high = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 100) for one in passed]
for one in passed:
    os.close(one)
for number, one in enumerate(high, 3):
    os.dup2(one, number)
os.environ.update(
    LISTEN_PID=str(os.getpid()),
    LISTEN_FDS=str(len(high)),
    LISTEN_FDNAMES=":".join("alarmgw" for _ in high),
)
os.execv(sys.argv[2], sys.argv[2:])
"""


class ActivatedGateway(LiveGateway):
    """Listens on three sockets that outlive it: SMTP, SMTP over TLS, workstations."""

    def __init__(self) -> None:
        super().__init__()
        self._ports = contextlib.ExitStack()
        self.sockets = [
            self._ports.enter_context(
                socket.create_server(("127.0.0.1", self.port + place), backlog=1024)
            )
            for place in range(3)
        ]
        config = self.home / "alarmgw.toml"
        lines = config.read_text().splitlines()
        for place in range(3):
            [at] = [
                number
                for number, line in enumerate(lines)
                if line.startswith(f'endpoint = "tcp:{self.port + place}')
            ]
            lines[at] = f'endpoint = "systemd:domain=INET:index={place}"'
        config.write_text("\n".join(lines) + "\n")

    def start(
        self, wait: bool = True, environment: dict[str, str] | None = None
    ) -> ActivatedGateway:
        """Start the gateway on the sockets; by default wait for its greeting."""
        passed = [sock.fileno() for sock in self.sockets]
        gateway = [BIN / "twistd", "-n", "--pidfile=", "alarmgw", "--home", self.home]
        with open(self.folder / "gateway.log", "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", BECOME, ",".join(map(str, passed)), *gateway],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, **(environment or {})},
                pass_fds=passed,
            )
        if wait:
            answers(self.port)
        return self

    def restart(self) -> tuple[float, int]:
        """SIGTERM, and a new start once it has ended; when that began, and the exit code."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.start(wait=False)
        return begun, code

    def __exit__(self, kind: object, *rest: object) -> None:
        super().__exit__(kind, *rest)
        self._ports.close()
