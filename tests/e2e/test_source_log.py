"""An installer on the phone: what `alarmgw source log` says beside a running gateway."""

from __future__ import annotations

import base64
import json
import smtplib
import socket
import ssl
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.live import BIN, LiveGateway, run

pytestmark = pytest.mark.sockets

BQ3 = "bq3@ebues.internal"
BQ6 = "bq6@ebues.internal"
PASSWORD = "Geheim-4711-lang"


def words(gateway: LiveGateway, *options: str) -> str:
    """What the command prints."""
    return run("source", "log", *options, "--home", gateway.home).stdout


def until(happens: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until something is the case."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_each_mistake_is_told_in_plain_words(gateway: LiveGateway) -> None:
    """SSL on the STARTTLS port, no encryption on the SSL port, too old a TLS."""
    context = ssl.create_default_context()
    with socket.create_connection(("127.0.0.1", gateway.port), 5) as plain:
        assert plain.recv(100).startswith(b"220")
        plain.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        plain.recv(100)
    until(lambda: "uses SSL on the STARTTLS port" in words(gateway, "127.0.0.1"))
    with socket.create_connection(("127.0.0.1", gateway.port + 1), 5) as silent:
        silent.sendall(b"EHLO cam\r\n")
        silent.recv(100)
    until(lambda: "without encryption, or with STARTTLS, on" in words(gateway, "127.0.0.1"))
    with (
        socket.create_connection(("127.0.0.1", gateway.port + 1), 5) as distrusting,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(distrusting, server_hostname="gateway.alarmgw.internal")
    until(lambda: "does not trust the gateway's certificate" in words(gateway, "127.0.0.1"))


def test_test_mail_shows_while_the_camera_is_still_connected(gateway: LiveGateway) -> None:
    """--follow prints a stored mail at once, in German for the installer's phone."""
    run("source", "add", BQ3, "--home", gateway.home)
    command = [BIN / "alarmgw", "source", "log", BQ3, "--follow", "--text"]
    options = ["--language", "de", "--home", gateway.home]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as follow:
        with gateway.smtp() as client:
            client.sendmail("cam@site.example", [BQ3], "Subject: Motion\n\nhello\n")
            assert follow.stdout is not None
            said = follow.stdout.readline()
        follow.kill()
    assert said.startswith("Die Mail ist angekommen und gespeichert")


def test_restart_forgets_nothing_and_no_password_was_kept(gateway: LiveGateway) -> None:
    """The traces outlive the gateway; nowhere in its home stands what was sent as password."""
    run("source", "add", "bq4@ebues.internal", "--login", "nvr4", "--home", gateway.home)
    with gateway.smtp() as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login("nvr4", PASSWORD)
    until(lambda: "password is wrong" in words(gateway, "nvr4"))
    assert gateway.stop() == 0
    assert "password is wrong" in words(gateway, "bq4@ebues.internal")
    kept = b"".join(path.read_bytes() for path in (gateway.home / "traces").iterdir())
    kept += (gateway.folder / "gateway.log").read_bytes()
    coded = [PASSWORD, f"\0nvr4\0{PASSWORD}"]
    for secret in (PASSWORD.encode(), *(base64.b64encode(one.encode()) for one in coded)):
        assert secret.rstrip(b"=") not in kept
    gateway.start()
    assert "password is wrong" in words(gateway, "nvr4")


def test_tolerance_and_unknown_peers_are_counted(gateway: LiveGateway) -> None:
    """A source that sends without a login is shown as such; status counts unknown peers."""
    run("source", "add", BQ6, "--home", gateway.home)
    gateway.send(b"Subject: x\r\n\r\nx\r\n", rcpt=BQ6)

    def counted() -> bool:
        shown = json.loads(run("source", "show", BQ6, "--json", "--home", gateway.home).stdout)
        return "no_auth" in shown["leniencies"]

    until(counted)
    status = json.loads(run("status", "--json", "--home", gateway.home).stdout)
    assert status["unknown_peers"] == 1
