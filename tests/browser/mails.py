"""What cameras send to a control room, with a photograph that a browser can draw."""

from __future__ import annotations

import base64
import smtplib
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from types import TracebackType

from attrs import define, field, frozen
from selenium.webdriver import Chrome

from tests.browser.timed_room import address

#: A picture of 1280 x 720 with as much in it as a photograph, in about 200 KB.
_DRAW = """
    const size = arguments[0];
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [1280, 720];
    const context = canvas.getContext("2d");
    let seed = 1;
    const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const draw = (blocks) => {
      for (let n = 0; n < blocks; n += 1) {
        context.fillStyle = `hsl(${360 * chance()} 40% ${100 * chance()}%)`;
        context.fillRect(1280 * chance(), 720 * chance(), 40 * chance(), 40 * chance());
      }
      return canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
    };
    let picture = "";
    while (picture.length * 3 / 4 < size) picture = draw(500);
    return picture;"""


def photograph(chrome: Chrome, size: int = 200_000) -> bytes:
    """A JPEG of about so many bytes, drawn by the browser itself in a tab of its own."""
    console = chrome.current_window_handle
    chrome.switch_to.new_window("tab")
    drawn = base64.b64decode(chrome.execute_script(_DRAW, size))
    chrome.close()
    chrome.switch_to.window(console)
    return drawn


def alarm_mail(number: int, event: str = "Motion Detected", photo: bytes | None = None) -> bytes:
    """The ``number``-th mail of a camera; no two are the same mail."""
    message = EmailMessage()
    message["From"] = "cam@site.example"
    message["To"] = "arc@gw.example"
    message["Message-ID"] = f"<{number}.{time.time_ns()}@site.example>"
    message["Subject"] = f"{event} {number}"
    message.set_content(f"EVENT TYPE: {event}\n")
    if photo is not None:
        message.add_attachment(photo, maintype="image", subtype="jpeg", filename="snap.jpg")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


@frozen(kw_only=True)
class Sent:
    """A mail on its way: to which site's source, and the content."""

    site: int
    content: bytes


class Camera:
    """A device on one connection, whose final dot is not kept back by Nagle."""

    def __init__(self, port: int) -> None:
        self._client = smtplib.SMTP("127.0.0.1", port, timeout=60)
        assert self._client.sock is not None
        self._client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client.ehlo("cam")

    def send(self, mail: Sent) -> float:
        """Deliver the mail; when its final dot went out (seconds since 1970)."""
        self._client.mail("cam@site.example")
        self._client.rcpt(address(mail.site))
        self._client.putcmd("data")
        assert self._client.getreply()[0] == 354
        self._client.send(mail.content)
        dot = time.time()
        self._client.send(b"\r\n.\r\n")
        code, text = self._client.getreply()
        assert code == 250, text
        return dot

    def close(self) -> None:
        """Say goodbye."""
        self._client.quit()


@contextmanager
def camera(port: int) -> Iterator[Camera]:
    """A device for a while."""
    opened = Camera(port)
    yield opened
    opened.close()


def flood(port: int, mails: Iterable[Sent]) -> None:
    """All of these, as fast as they are taken."""
    with camera(port) as device:
        for mail in mails:
            device.send(mail)


@define(eq=False)
class Steady:
    """Sends mails in its own thread, each at its time; `dots` says when they went out."""

    port: int
    pace: float
    mails: Iterable[Sent]
    dots: list[tuple[Sent, float]] = field(factory=list)
    _failed: list[BaseException] = field(factory=list)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Steady:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def _run(self) -> None:
        try:
            with camera(self.port) as device:
                begun = time.monotonic()
                for number, mail in enumerate(self.mails):
                    time.sleep(max(0.0, begun + number * self.pace - time.monotonic()))
                    self.dots.append((mail, device.send(mail)))
        except BaseException as error:  # told by `join`, in the thread that waits
            self._failed.append(error)

    @property
    def is_sending(self) -> bool:
        """Whether mails are still to go."""
        assert self._thread is not None
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait for the last mail."""
        assert self._thread is not None
        self._thread.join()
        if self._failed:
            raise self._failed[0]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.join()
