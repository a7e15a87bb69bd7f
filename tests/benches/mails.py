"""Mails at a steady pace, and how long each one waited for its 250."""

from __future__ import annotations

import math
import smtplib
import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType

from attrs import define, field, frozen

#: Seconds between two mails of the one device whose time is taken.
PACE = 0.05

MESSAGE = (
    b"From: cam@site.example\r\nSubject: Motion Detected\r\n\r\nEVENT TYPE: Motion Detected\r\n"
)


@frozen
class Waits:
    """How long mails waited, in milliseconds."""

    values: Sequence[float]

    @property
    def median(self) -> float:
        """Half of them waited no longer."""
        return statistics.median(self.values)

    @property
    def p99(self) -> float:
        """Of a hundred one waited longer."""
        ordered = sorted(self.values)
        return ordered[math.ceil(len(ordered) * 0.99) - 1]

    @property
    def most(self) -> float:
        """The longest."""
        return max(self.values)

    def __str__(self) -> str:
        return (
            f"{len(self.values)} mails: median {self.median:.2f} ms, p99 {self.p99:.2f} ms,"
            f" longest {self.most:.2f} ms"
        )


def connected(port: int) -> smtplib.SMTP:
    """A device that has said EHLO.  Its dot is not kept back by Nagle."""
    client = smtplib.SMTP("127.0.0.1", port, timeout=60)
    assert client.sock is not None
    client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.ehlo("bench")
    return client


def one_wait(
    client: smtplib.SMTP,
    rcpt: str = "arc@gw.example",
    sender: str = "cam@site.example",
    message: bytes = MESSAGE,
) -> float:
    """Milliseconds from the final dot to the 250."""
    client.mail(sender)
    client.rcpt(rcpt)
    client.putcmd("data")
    assert client.getreply()[0] == 354
    client.send(message)
    begun = time.perf_counter()
    client.send(b".\r\n")
    code, text = client.getreply()
    waited = time.perf_counter() - begun
    assert code == 250, text
    return 1000 * waited


def waits(port: int, mails: int, *, pace: float = PACE, rcpt: str = "arc@gw.example") -> Waits:
    """So many mails, one each ``pace`` seconds, over one connection."""
    with connected(port) as client:
        values = []
        for _ in range(mails):
            values.append(one_wait(client, rcpt))
            time.sleep(pace)
        return Waits(values)


@define(eq=False)
class SteadySender:
    """Sends a mail each ``pace`` seconds, in a thread of its own, while the block runs."""

    port: int
    rcpt: str = "arc@gw.example"
    pace: float = PACE
    values: list[float] = field(factory=list)
    _stop: threading.Event = field(factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def waits(self) -> Waits:
        """What the mails so far have waited."""
        return Waits(list(self.values))

    def _send(self) -> None:
        with connected(self.port) as client:
            while not self._stop.wait(self.pace):
                self.values.append(one_wait(client, self.rcpt))

    def __enter__(self) -> SteadySender:
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join(60)


def waits_during(port: int, work: Callable[[], object], pace: float = PACE) -> Waits:
    """What mails, one each ``pace`` seconds, waited while ``work`` was done."""
    with SteadySender(port, pace=pace) as sender:
        work()
    return sender.waits
