"""Well-known mail clients deliver by every way that a device may use."""

from __future__ import annotations

import base64
import shutil
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import LiveGateway, picture_mail, run, stored_as

PASSWORD = "kh7-q2w-test"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveGateway]:
    """A gateway with one source that has a login."""
    secret = tmp_path_factory.mktemp("secret") / "password"
    secret.write_text(PASSWORD + "\n")
    with LiveGateway() as live:
        run(
            "source",
            "add",
            "cam7@gw.example",
            "--login",
            "cam7",
            "--password-file",
            secret,
            "--home",
            live.home,
        )
        yield live


def insecure() -> ssl.SSLContext:
    """What most cameras do: TLS without looking at the certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def arrived(gateway: LiveGateway, mail: str) -> dict[str, object]:
    """The alarm entry of that mail, checked for its picture."""
    entry = next(e for e in reversed(gateway.alarms()) if e["mail"]["id"] == mail)
    assert len(entry["pictures"]) == 1
    return entry


@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
@pytest.mark.parametrize("mechanism", [None, "login", "plain"])
def test_smtplib_delivers(gateway: LiveGateway, way: str, mechanism: str | None) -> None:
    """Python's smtplib delivers plain, by STARTTLS and implicit TLS, with and without AUTH."""
    if way == "implicit":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            "127.0.0.1", gateway.port + 1, context=insecure(), timeout=20
        )
    else:
        client = gateway.smtp()
    with client:
        client.ehlo("cam")
        if way == "starttls":
            client.starttls(context=insecure())
            client.ehlo("cam")
        if mechanism is not None:
            client.user, client.password = "cam7", PASSWORD
            code, _ = client.auth(mechanism.upper(), getattr(client, f"auth_{mechanism}"))
            assert code == 235
        client.mail("cam7@gw.example")
        client.rcpt("anybody@gw.example" if mechanism else "cam7@gw.example")
        code, text = client.data(picture_mail(5000))
    assert code == 250
    entry = arrived(gateway, stored_as(text))
    assert entry["source"] == "cam7@gw.example"
    envelope = entry["envelope"]
    assert isinstance(envelope, dict)
    assert (envelope["tls"] is None) == (way == "plain")
    assert envelope["login"] == ("cam7" if mechanism else None)


@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
@pytest.mark.parametrize("mechanism", [None, "LOGIN", "PLAIN"])
def test_swaks_delivers(
    gateway: LiveGateway, tmp_path: Path, way: str, mechanism: str | None
) -> None:
    """swaks delivers by every way, pipelined."""
    if not shutil.which("swaks"):
        pytest.skip("swaks is not installed")
    mail = tmp_path / "mail.eml"
    mail.write_bytes(picture_mail(5000))
    port = gateway.port + (way == "implicit")
    words = [
        "swaks",
        "--server",
        f"127.0.0.1:{port}",
        "--from",
        "cam7@gw.example",
        "--to",
        "cam7@gw.example",
        "--data",
        f"@{mail}",
        "--pipeline",
    ]
    words += {"plain": [], "starttls": ["--tls"], "implicit": ["--tls-on-connect"]}[way]
    if mechanism:
        words += ["--auth", mechanism, "--auth-user", "cam7", "--auth-password", PASSWORD]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    line = next(line for line in done.stdout.splitlines() if " stored as " in line)
    assert arrived(gateway, stored_as(line))["source"] == "cam7@gw.example"


@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
@pytest.mark.parametrize("mechanism", [None, "LOGIN", "PLAIN"])
def test_curl_delivers(
    gateway: LiveGateway, tmp_path: Path, way: str, mechanism: str | None
) -> None:
    """curl delivers by every way."""
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    mail = tmp_path / "mail.eml"
    mail.write_bytes(picture_mail(5000))
    scheme, port = ("smtps", gateway.port + 1) if way == "implicit" else ("smtp", gateway.port)
    words = [
        "curl",
        "-sS",
        "-v",
        "-k",
        f"{scheme}://127.0.0.1:{port}/cam",
        "--mail-from",
        "cam7@gw.example",
        "--mail-rcpt",
        "cam7@gw.example",
        "--upload-file",
        str(mail),
    ]
    words += ["--ssl-reqd"] if way == "starttls" else []
    if mechanism:
        words += ["--user", f"cam7:{PASSWORD}", "--login-options", f"AUTH={mechanism}"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stderr.splitlines() if " stored as " in line)
    assert arrived(gateway, stored_as(line))["source"] == "cam7@gw.example"


def test_pipelined_dot_and_quit_are_answered_in_order(gateway: LiveGateway) -> None:
    """A relay that sends everything at once reads every reply, the 250 before the 221."""
    conversation = (
        b"EHLO relay\r\nMAIL FROM:<cam7@gw.example>\r\nRCPT TO:<cam7@gw.example>\r\nDATA\r\n"
        + picture_mail(5000)
        + b"\r\n.\r\nQUIT\r\n"
    )
    with socket.create_connection(("127.0.0.1", gateway.port), 20) as sock:
        sock.sendall(conversation)
        heard = b"".join(iter(lambda: sock.recv(65536), b""))
    codes = [line[:3] for line in heard.split(b"\r\n") if line[3:4] == b" "]
    assert codes == [b"220", b"250", b"250", b"250", b"354", b"250", b"221"]


def test_wrong_password_is_refused_and_never_logged(gateway: LiveGateway) -> None:
    """A known name with a wrong password gets 535, and the log has neither password."""
    secret = "sEcReT-wrong-77"
    with gateway.smtp() as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login("cam7", secret)
    for word in (secret, PASSWORD):
        assert word not in gateway.log
        assert base64.b64encode(word.encode()).decode().rstrip("=") not in gateway.log
