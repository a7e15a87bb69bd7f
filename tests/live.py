"""A real gateway in a process of its own, for tests that need real sockets and real kills."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from alarmgw.store.journal import JournalReader

BIN = Path(sys.executable).parent
SAMPLES = Path(__file__).parent / "samples"


def free_base_port() -> int:
    """The first of five neighbouring ports of the loopback interface that nobody uses."""
    while True:
        base = random.randrange(20000, 32000, 5)
        with contextlib.ExitStack() as stack:
            try:
                for port in range(base, base + 5):
                    sock = stack.enter_context(socket.socket())
                    sock.bind(("127.0.0.1", port))
            except OSError:
                continue
            return base


def run(
    *words: str | Path, check: bool = True, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run one ``alarmgw`` command; with ``check`` a failure shows what it said."""
    done = subprocess.run(
        [BIN / "alarmgw", *map(str, words)], capture_output=True, text=True, timeout=timeout
    )
    if check and done.returncode != 0:
        raise AssertionError(f"alarmgw {' '.join(map(str, words))}: {done.stderr or done.stdout}")
    return done


def answers(port: int, wait: float = 20.0) -> float:
    """Wait for the greeting on ``port``; returns how many seconds that took."""
    begun = time.monotonic()
    while time.monotonic() - begun < wait:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as sock:
            if sock.recv(3) == b"220":
                return time.monotonic() - begun
        time.sleep(0.02)
    raise AssertionError(f"no greeting on port {port} within {wait} s")


class LiveGateway:
    """A home in a temporary folder and the gateway that runs on it."""

    def __init__(self, folder: Path | None = None, edit: Sequence[tuple[str, str]] = ()) -> None:
        """``edit``: replacements in alarmgw.toml before the first start."""
        self.folder = folder or Path(tempfile.mkdtemp(prefix="alarmgw-test-"))
        self.home = self.folder / "home"
        self.port = free_base_port()
        self.process: subprocess.Popen[bytes] | None = None
        run("init", self.home, "--base-port", str(self.port))
        config = self.home / "alarmgw.toml"
        text = config.read_text()
        for old, new in edit:
            assert old in text, f"{old!r} does not stand in alarmgw.toml"
            text = text.replace(old, new)
        config.write_text(text)

    @property
    def bundle(self) -> Path:
        """The first workstation's bundle."""
        return self.home / "workstations" / "console"

    @property
    def log(self) -> str:
        """What the gateway has logged so far."""
        return (self.folder / "gateway.log").read_text(errors="replace")

    @property
    def command(self) -> Sequence[str | Path]:
        """What is run."""
        return (BIN / "twistd", "-n", "--pidfile=", "alarmgw", "--home", self.home)

    def start(self, wait: bool = True, environment: dict[str, str] | None = None) -> LiveGateway:
        """Start the gateway; by default wait for its greeting."""
        with open(self.folder / "gateway.log", "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, **(environment or {})},
            )
        if wait:
            try:
                answers(self.port)
            except AssertionError as error:
                raise AssertionError(f"{error}\n{self.log[-3000:]}") from None
        return self

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> LiveGateway:
        return self.start()

    def __exit__(self, kind: object, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            sys.stderr.write(f"the gateway's folder is kept: {self.folder}\n{self.log[-3000:]}\n")

    def journal(self, since: int = 0) -> list[dict[str, Any]]:
        """The journal after entry ``since``, read beside the running gateway."""
        reader = JournalReader(self.home / "journal.sqlite3")
        entries: list[dict[str, Any]] = []
        with contextlib.closing(reader):
            while batch := reader.read(since):
                entries += [json.loads(encoded) for _, encoded in batch]
                since = batch[-1][0]
        return entries

    def alarms(self) -> list[dict[str, Any]]:
        """The alarm entries of the journal."""
        return [entry for entry in self.journal() if entry["type"] == "alarm"]

    def smtp(self, **options: Any) -> smtplib.SMTP:
        """A client on the plain port."""
        return smtplib.SMTP("127.0.0.1", self.port, timeout=30, **options)

    def send(
        self, message: bytes, rcpt: str = "arc@gw.example", sender: str = "cam@site.example"
    ) -> str:
        """Deliver one mail and return the id that its 250 names."""
        with self.smtp() as client:
            client.ehlo("cam")
            client.mail(sender)
            client.rcpt(rcpt)
            code, text = client.data(message)
            assert code == 250, (code, text)
        return stored_as(text)


def stored_as(reply: bytes | str) -> str:
    """The mail's id in a 250's text."""
    text = reply.decode() if isinstance(reply, bytes) else reply
    return text.rpartition(" stored as ")[2].strip()


def picture_mail(size: int = 200_000, seed: int = 1, subject: str = "Motion Detected") -> bytes:
    """A mail with one JPEG of about ``size`` octets, as a camera sends it."""
    noise = random.Random(seed).randbytes(size)
    message = EmailMessage()
    message["From"] = "cam@site.example"
    message["To"] = "arc@gw.example"
    message["Subject"] = subject
    message.set_content("EVENT TYPE: Motion Detected\n")
    message.add_attachment(
        b"\xff\xd8\xff\xe0" + noise + b"\xff\xd9",
        maintype="image",
        subtype="jpeg",
        filename="snap.jpg",
    )
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


@contextlib.contextmanager
def watching(gateway: LiveGateway, *options: str) -> Iterator[subprocess.Popen[str]]:
    """``alarmgw watch --json`` beside a running gateway; current when this is entered."""
    process = subprocess.Popen(
        [BIN / "alarmgw", "watch", "--bundle", gateway.bundle, "--json", *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            entry = json.loads(line)
            if entry["type"] == "state" and entry["state"] == "current":
                break
        yield process
    finally:
        process.kill()
        process.wait()
