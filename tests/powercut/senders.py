"""Cameras that deliver to two sources at once and remember what was promised them."""

from __future__ import annotations

import contextlib
import random
import smtplib
import threading
import time

from tests.kills.home import Promises, digest
from tests.live import picture_mail, stored_as

#: Whoever is sent to; each mail makes an alarm for each.
SOURCES = ("a@gw.example", "b@gw.example")

#: So often a camera sends a mail again although it was promised.
AGAIN = 0.1


def deliver(port: int, message: bytes, promised: Promises) -> None:
    """One mail in a conversation of its own.  A gateway that is lost is no failure."""
    with (
        contextlib.suppress(OSError, smtplib.SMTPException),
        smtplib.SMTP("127.0.0.1", port, timeout=10) as client,
    ):
        _deliver(client, message, promised)


def _deliver(client: smtplib.SMTP, message: bytes, promised: Promises) -> None:
    client.ehlo_or_helo_if_needed()
    client.mail("cam@site.example")
    for source in SOURCES:
        client.rcpt(source)
    code, text = client.data(message)
    if code == 250:
        promised[stored_as(text)] = digest(message)


class Camera(threading.Thread):
    """Delivers mail after mail until it is told to stop."""

    def __init__(self, port: int, seed: int, promised: Promises, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._random = random.Random(seed)
        self._promised = promised
        self._ended = stop
        self.start()

    def run(self) -> None:
        """Connect, deliver some mails, and again; what got no 250 is sent once more."""
        message = self._mail()
        while not self._ended.is_set():
            try:
                with smtplib.SMTP("127.0.0.1", self._port, timeout=10) as client:
                    while not self._ended.is_set():
                        _deliver(client, message, self._promised)
                        if self._random.random() > AGAIN:
                            message = self._mail()
            except (OSError, smtplib.SMTPException):
                time.sleep(0.01)

    def _mail(self) -> bytes:
        size = self._random.choice((500, 20_000, 200_000))
        return picture_mail(size, self._random.getrandbits(32))
