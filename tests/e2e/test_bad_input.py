"""Wrong configuration, garbage, full disks and broken mails: a clear word, and nothing lost."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import BIN, LiveGateway, picture_mail, run


def start_that_ends(gateway: LiveGateway) -> subprocess.CompletedProcess[str]:
    """A start on this home that is expected to end by itself."""
    return subprocess.run(
        [BIN / "twistd", "-n", "--pidfile=", "alarmgw", "--home", gateway.home],
        capture_output=True,
        text=True,
        cwd=gateway.folder,
        timeout=30,
    )


def test_every_complaint_about_a_configuration_comes_at_once() -> None:
    """Each with file and key, exit 1, nothing started."""
    edits = [('name = "gw1"', 'name = "Gate Way"'), ('tls = "starttls"', 'tls = "startls"')]
    gateway = LiveGateway(edit=edits)
    done = start_that_ends(gateway)
    assert done.returncode == 1
    for key in ("gateway.name", "listener[1].tls"):
        assert f"alarmgw.toml: {key}:" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    check = run("check", "--home", gateway.home, check=False)
    assert check.returncode == 1
    shutil.rmtree(gateway.folder)


def test_a_second_gateway_on_the_same_home_says_so(gateway: LiveGateway) -> None:
    """One gateway for each home: the second one ends with one line and exit 1."""
    done = start_that_ends(gateway)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_said_in_one_line(gateway: LiveGateway) -> None:
    """A start whose port is taken ends with one line on stderr and exit 1."""
    other = LiveGateway()
    config = other.home / "alarmgw.toml"
    config.write_text(config.read_text().replace(str(other.port), str(gateway.port)))
    done = start_that_ends(other)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "alarmgw.toml: listener[1].endpoint:" in line
    assert "in use" in line
    shutil.rmtree(other.folder)


HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(180))


@pytest.mark.parametrize(
    "garbage",
    [
        HELLO,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        os.urandom(3000),
        b"\0" * 100_000,
        b"\x80\xff\r\n" * 50,
    ],
)
def test_garbage_gets_a_short_reply_or_a_close(gateway: LiveGateway, garbage: bytes) -> None:
    """Whatever speaks no SMTP is let go soon, and the gateway still greets."""
    heard = b""
    with socket.create_connection(("127.0.0.1", gateway.port), 20) as sock:
        try:
            sock.sendall(garbage)
            sock.shutdown(socket.SHUT_WR)
            while data := sock.recv(65536):
                heard += data
        except OSError as error:
            # Reset, or closed before our own half was: both are a close.  A time-out is none.
            assert isinstance(error, ConnectionError) or error.errno == errno.ENOTCONN
    assert len(heard) < 3000
    assert "Traceback" not in gateway.log
    with gateway.smtp() as client:
        assert client.noop()[0] == 250


def test_a_tls_hello_on_the_plain_port_is_explained(gateway: LiveGateway) -> None:
    """One log line says what the device is probably doing wrong."""
    with socket.create_connection(("127.0.0.1", gateway.port), 20) as sock:
        sock.sendall(HELLO)
        while sock.recv(65536):
            pass
    assert "SSL" in gateway.log


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 24 MB."""
    folder = Path(tempfile.mkdtemp(prefix="alarmgw-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
    folder.rmdir()


def test_a_full_disk_is_told_and_nothing_promised_is_lost(small_disk: Path) -> None:
    """452, a system alarm, the promise intact; mail is taken again when there is room."""
    work = small_disk / "work"
    work.mkdir()
    with LiveGateway(work, edit=[('free_space_floor = "2%"', "free_space_floor = 0")]) as gateway:
        promised = gateway.send(picture_mail(100_000))
        ballast = small_disk / "ballast"
        free = os.statvfs(small_disk)
        ballast.write_bytes(bytes(free.f_bavail * free.f_frsize - 400_000))
        with gateway.smtp() as client:
            client.ehlo("cam")
            client.mail("a@b")
            client.rcpt("c@d")
            code, text = client.data(picture_mail(3_000_000))
        assert code == 452, text
        ballast.unlink()
        wait_for_door(gateway)
        again = gateway.send(picture_mail(100_000))
        entries = gateway.journal()
        assert {promised, again} == {e["mail"]["id"] for e in entries if e["type"] == "alarm"}
        assert any(e["type"] == "system" and e["event"] == "no_space" for e in entries)
        assert any(e["type"] == "system" and e["event"] == "mail_refused" for e in entries)


def wait_for_door(gateway: LiveGateway, seconds: float = 15) -> None:
    """Wait until MAIL is answered 250 again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with gateway.smtp() as client:
            client.ehlo("cam")
            if client.mail("a@b")[0] == 250:
                return
        time.sleep(0.2)
    raise AssertionError("the gateway did not recover")


BROKEN = [
    b"Subject: \xed\xa0\x80 lone\r\n\r\n\xed\xa0\x80\r\n",
    b"Subject: nul \0 here\r\n\r\na\0b\r\n",
    b"Subject: " + b"x" * 10_000_000 + b"\r\n\r\nbig\r\n",
    b"",
    b"\r\n",
    b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
    b"Subject: =?utf-8?b?////?=\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe\r\n",
]


@pytest.mark.parametrize("mail", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_mail_is_stored_and_shown(gateway: LiveGateway, mail: bytes) -> None:
    """Lone surrogates, NULs and 10 MB header lines cost understanding, never the mail."""
    before = len(gateway.journal())
    gateway.send(mail)
    entries = [e for e in gateway.journal(before) if e["type"] == "alarm"]
    assert len(entries) == 1
    stored = (gateway.home / entries[0]["path"] / "message.eml").read_bytes()
    assert stored == (mail if mail.endswith(b"\r\n") else mail + b"\r\n")
    assert "Traceback" not in gateway.log


def test_sigterm_ends_with_0_within_10_seconds() -> None:
    """Idle connections get 421, a transfer under way gets its answer."""
    with (
        LiveGateway() as gateway,
        socket.create_connection(("127.0.0.1", gateway.port), 20) as sock,
    ):
        assert sock.recv(1000).startswith(b"220")
        begun = time.monotonic()
        assert gateway.stop() == 0
        assert time.monotonic() - begun < 10
        assert sock.recv(1000).startswith(b"421")


def test_sighup_takes_a_good_configuration_and_refuses_a_bad_one() -> None:
    """Reload is all or nothing, and ends nothing."""
    with LiveGateway() as gateway:
        assert gateway.process is not None
        config = gateway.home / "alarmgw.toml"
        good = config.read_text()
        config.write_text(
            good.replace('unknown_sources = "capture"', 'unknown_sources = "nonsense"')
        )
        gateway.process.send_signal(signal.SIGHUP)
        wait_for_log(gateway, "unknown_sources")
        gateway.send(b"Subject: still here\r\n\r\nx\r\n")
        config.write_text(good.replace('unknown_sources = "capture"', 'unknown_sources = "refuse"'))
        gateway.process.send_signal(signal.SIGHUP)
        wait_for_refusal(gateway)


def wait_for_log(gateway: LiveGateway, word: str) -> None:
    """Wait until the log has that word."""
    end = time.monotonic() + 10
    while word not in gateway.log:
        assert time.monotonic() < end, f"{word!r} is not in the log"
        time.sleep(0.05)


def wait_for_refusal(gateway: LiveGateway) -> None:
    """Wait until an unknown recipient is refused with 550."""
    end = time.monotonic() + 10
    while True:
        with gateway.smtp() as client:
            client.ehlo("cam")
            client.mail("a@b")
            if client.rcpt("nobody@gw.example")[0] == 550:
                return
        assert time.monotonic() < end, "the new configuration is not in force"
        time.sleep(0.1)
