"""Peers that take what they can get: the gateway stays, and others are served meanwhile."""

from __future__ import annotations

import contextlib
import resource
import socket
import struct
import subprocess
import time
from collections.abc import Iterator

from tests.live import BIN, LiveGateway, answers

OPEN_FILES = 300


@contextlib.contextmanager
def gateway_with_few_files() -> Iterator[LiveGateway]:
    """A gateway that the system allows so many open files and no more."""
    gateway = LiveGateway()
    with open(gateway.folder / "gateway.log", "ab") as log:
        gateway.process = subprocess.Popen(
            [BIN / "twistd", "-n", "--pidfile=", "alarmgw", "--home", gateway.home],
            stdout=log,
            stderr=log,
            cwd=gateway.folder,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES,) * 2),
        )
    answers(gateway.port)
    with contextlib.ExitStack() as stack:
        stack.push(gateway.__exit__)
        yield gateway


def connected(port: int) -> socket.socket:
    """A connection to the gateway, whether it greets or not."""
    return socket.create_connection(("127.0.0.1", port), 10)


def test_connections_never_take_the_files_that_a_mail_needs() -> None:
    """Beyond what the system allows there is 421; who was greeted can send."""
    with gateway_with_few_files() as gateway, contextlib.ExitStack() as stack:
        sender = stack.enter_context(gateway.smtp())
        # One after the other: of a burst some are hung up on before the first 421 is out.
        greetings = [
            stack.enter_context(connected(gateway.port)).recv(3) for _ in range(2 * OPEN_FILES)
        ]
        assert greetings[0] == b"220"
        assert greetings[-1] == b"421"
        assert sender.sendmail("a@b", ["c@d"], b"Subject: x\r\n\r\nx\r\n") == {}
        assert len(gateway.alarms()) == 1


def test_the_crowd_before_a_tls_handshake_is_dropped_at_once() -> None:
    """Who is one too many and has no TLS yet cannot read a farewell, so none is waited for."""
    with (
        LiveGateway(edit=[("connections = 10000", "connections = 5")]) as gateway,
        contextlib.ExitStack() as stack,
    ):
        crowd = [stack.enter_context(connected(gateway.port + 1)) for _ in range(10)]
        for surplus in crowd[5:]:
            surplus.settimeout(2)
            with contextlib.suppress(ConnectionResetError):
                assert surplus.recv(1) == b""


def reset(sock: socket.socket) -> None:
    """Close with RST, as a device does that loses its power."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


STEPS = (
    b"EHLO x\r\n",
    b"MAIL FROM:<a@b>\r\n",
    b"RCPT TO:<c@d>\r\n",
    b"DATA\r\n",
    b"Subject: x\r\n\r\n" + b"a" * 100_000,
    b"\r\n.\r\n",
)


def test_a_reset_at_any_step_harms_nobody(gateway: LiveGateway) -> None:
    """Whatever had been said before the RST: no bug, no draft left, and the next mail is taken."""
    for said in range(len(STEPS) + 1):
        for _ in range(5):
            sock = connected(gateway.port)
            with contextlib.suppress(ConnectionError):
                for step in STEPS[:said]:
                    sock.sendall(step)
            reset(sock)
    gateway.send(b"Subject: still here\r\n\r\nx\r\n")
    assert "Traceback" not in gateway.log
    wait_for_empty_spool(gateway)


def wait_for_empty_spool(gateway: LiveGateway) -> None:
    """Wait until no draft is left: what nobody finished is cleared away by itself."""
    end = time.monotonic() + 10
    while drafts := list((gateway.home / "spool").iterdir()):
        assert time.monotonic() < end, f"drafts are left: {drafts}"
        time.sleep(0.02)
