"""A device of our own: alarm mails as a camera sends them, and how the gateway answers.

Uses the standard library alone, so that it fails in other ways than the
gateway does.
"""

from __future__ import annotations

import base64
import mimetypes
import re
import smtplib
import ssl
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

from attrs import field, frozen

from alarmgw.model import Now

#: Devices give up after ten seconds; whoever tests may wait longer and see the reason.
TIMEOUT_SECONDS = 30.0

CLIENT_NAME = "alarmgw-send"

_STORED = re.compile(r"stored as (\S+)")


@frozen(kw_only=True)
class Target:
    """Where and as whom to send."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: str = "none"
    authority: Path | None = None


@frozen(kw_only=True)
class Answer:
    """What became of one mail; ``ms`` from the final dot to the reply."""

    code: int | None
    text: str
    id: str | None = None
    ms: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The contract's object for one mail."""
        return {"code": self.code, "text": self.text, "id": self.id, "ms": self.ms}

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code else self.text


def alarm_mail(target: Target, pictures: Sequence[Path], number: int, now: Now) -> bytes:
    """One alarm mail with its pictures, CRLF line ends.  Raises `OSError`.

    It says to the microsecond when it was made: two of them are never the same mail again.
    """
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = target.sender
    mail["To"] = ", ".join(target.recipients)
    mail["Subject"] = "Motion detected"
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = make_msgid(domain="alarmgw.internal")
    mail.set_content(
        f"Alarm event: motion detection\nCamera: {target.sender}\nNumber: {number}\n"
        f"Time: {now():%Y-%m-%d %H:%M:%S.%f} UTC\nSent by alarmgw send\n"
    )
    for path in pictures:
        kind = (mimetypes.guess_type(path.name)[0] or "application/octet-stream").split("/")
        mail.add_attachment(
            path.read_bytes(), maintype=kind[0], subtype=kind[1], filename=path.name
        )
    return mail.as_bytes()


def send_mail(target: Target, mail: bytes) -> Answer:
    """Send one mail over a connection of its own, as devices do."""
    try:
        with closing(_dialled(target)) as client:
            _introduce(client, target)
            answer = _delivered(client, target, mail)
            # Whatever becomes of the connection now, the answer stands.
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
            return answer
    except smtplib.SMTPResponseException as error:
        return Answer(code=error.smtp_code, text=_text(error.smtp_error))
    except (OSError, smtplib.SMTPException) as error:
        return Answer(code=None, text=f"{target.host}:{target.port}: {_reason(error)}")


def _dialled(target: Target) -> smtplib.SMTP:
    """A client that has been greeted."""
    if target.tls == "implicit":
        return smtplib.SMTP_SSL(
            target.host,
            target.port,
            CLIENT_NAME,
            timeout=TIMEOUT_SECONDS,
            context=_context(target.authority),
        )
    return smtplib.SMTP(target.host, target.port, CLIENT_NAME, timeout=TIMEOUT_SECONDS)


def _introduce(client: smtplib.SMTP, target: Target) -> None:
    """EHLO, STARTTLS and AUTH, as far as wanted."""
    client.ehlo()
    if target.tls == "starttls":
        _expect(client.starttls(context=_context(target.authority)), 220)
        client.ehlo()
    if target.login is not None:
        # smtplib's own login takes ASCII only.
        secret = f"\0{target.login}\0{target.password or ''}".encode()
        _expect(client.docmd("AUTH", f"PLAIN {base64.b64encode(secret).decode()}"), 235)


def _context(authority: Path | None) -> ssl.SSLContext:
    """Verifies against ``authority`` alone, or not at all, like most cameras."""
    context = ssl.create_default_context(cafile=authority)
    # The certificate's name is fixed and ours; addresses in a VPN are not in it.
    context.check_hostname = False
    if authority is None:
        context.verify_mode = ssl.CERT_NONE
    return context


def _delivered(client: smtplib.SMTP, target: Target, mail: bytes) -> Answer:
    ascii_only = "".join((target.sender, *target.recipients)).isascii()
    _expect(client.mail(target.sender, () if ascii_only else ("SMTPUTF8",)), 250)
    for recipient in target.recipients:
        _expect(client.rcpt(recipient), 250)
    _expect(client.docmd("DATA"), 354)
    stuffed = re.sub(rb"(?m)^\.", b"..", mail)
    client.send(stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n")
    client.send(b".\r\n")
    sent = time.perf_counter()
    code, raw = client.getreply()
    milliseconds = round((time.perf_counter() - sent) * 1000, 3)
    text = _text(raw)
    stored = _STORED.search(text)
    return Answer(code=code, text=text, id=stored[1] if stored else None, ms=milliseconds)


def _expect(reply: tuple[int, bytes], code: int) -> None:
    if reply[0] != code:
        raise smtplib.SMTPResponseException(reply[0], reply[1])


def _text(raw: bytes | str) -> str:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return " ".join(text.split())


def _reason(error: Exception) -> str:
    strerror = getattr(error, "strerror", None)
    return " ".join(str(strerror or error or type(error).__name__).split())
