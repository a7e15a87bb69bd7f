"""A clip of 200 MB costs no more memory than a text."""

from __future__ import annotations

import base64
import hashlib
import os
import socket

from tests.live import LiveGateway

MEGABYTES = 200
LIMIT = 10 * 1024 * 1024


def peak(process_id: int) -> int:
    """The most memory that a process ever held, in octets."""
    with open(f"/proc/{process_id}/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def deliver(gateway: LiveGateway, megabytes: int) -> tuple[str, str]:
    """One mail with a clip of about that size; the 250's text and the clip's SHA-256."""
    line = base64.b64encode(os.urandom(57)) + b"\r\n"
    block = line * 13_797
    raw = base64.b64decode(block)
    digest = hashlib.sha256()
    with socket.create_connection(("127.0.0.1", gateway.port), 60) as sock:
        replies = sock.makefile("rb")
        replies.readline()
        for command in (b"HELO cam", b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA"):
            sock.sendall(command + b"\r\n")
            replies.readline()
        sock.sendall(b"Subject: clip\r\nContent-Type: video/mp4; name=clip.mp4\r\n")
        sock.sendall(b"Content-Transfer-Encoding: base64\r\n\r\n")
        for _ in range(megabytes):
            sock.sendall(block)
            digest.update(raw)
        sock.sendall(b".\r\n")
        return replies.readline().decode(), digest.hexdigest()


def test_a_mail_of_200_mb_raises_peak_memory_by_less_than_10_mb() -> None:
    """Memory is bounded by what waits, never by the mail's size; the clip is whole."""
    with LiveGateway() as gateway:
        assert gateway.process is not None
        deliver(gateway, 1)
        before = peak(gateway.process.pid)
        reply, digest = deliver(gateway, MEGABYTES)
        grown = peak(gateway.process.pid) - before
        assert reply.startswith("250 "), reply
        assert gateway.alarms()[-1]["files"][0]["sha256"] == digest
        assert grown < LIMIT, f"peak memory grew by {grown / 1e6:.1f} MB"
