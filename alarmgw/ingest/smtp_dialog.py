"""SMTP's verbs: each takes its argument and returns a reply; none writes anything.

A dialog is what one peer has said so far: its name, its login and the mail it
is about to send.  What must happen after a reply is written (asking for a
password, reading the mail, starting TLS) the reply carries with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

from attrs import define, field
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import LoginFailed
from twisted.cred.portal import Portal
from twisted.logger import Logger

from alarmgw.codec.smtp import Command
from alarmgw.codec.smtp_address import Path, parse_path
from alarmgw.errors import Cause, Refusal, Refused, TryLater
from alarmgw.ingest.failed_logins import FailedLogins
from alarmgw.ingest.listener import ListenerSettings
from alarmgw.ingest.login import Device, IDevice, PeerCertificate, UnknownLogin
from alarmgw.ingest.smtp_auth import Exchange
from alarmgw.ingest.smtp_link import Gone, Link, Stopped
from alarmgw.ingest.smtp_replies import Reply, reply
from alarmgw.ingest.smtp_trace import shown
from alarmgw.ingest.smtp_transfer import Transfer
from alarmgw.model import Envelope, Now

if TYPE_CHECKING:
    from alarmgw.intake import Delivery, Intake


@define
class Mail:
    """A mail between MAIL and its end."""

    id: str
    path: Path
    recipients: list[str] = field(factory=list)
    refusal: Refusal | None = None


class Dialog:
    """One peer's conversation: its state, and a method for each verb."""

    _log = Logger()

    def __init__(
        self,
        link: Link,
        settings: ListenerSettings,
        intake: Intake,
        portal: Portal,
        now: Now,
        failed_logins: FailedLogins,
    ) -> None:
        self._link = link
        self._settings = settings
        self._intake = intake
        self._portal = portal
        self._now = now
        self._failed_logins = failed_logins
        self._helo = ""
        self._login: str | None = None
        self._logged_in = False  # by AUTH; a certificate's login may still be replaced by it
        self._mail: Mail | None = None
        self._certificate: str | None = None  # the one that was looked up last

    async def answer(self, command: Command) -> Reply:
        """The reply to one command.  Raises `Refusal` where somebody refuses."""
        fingerprint = self._link.certificate
        if fingerprint is not None and fingerprint != self._certificate:
            await self._certify(fingerprint)
        verb = VERBS.get(command.verb)
        return await verb(self, command.argument) if verb else reply("unknown_command")

    def end(self) -> None:
        """Forget the mail that was begun.  If nobody of its recipients was taken, tell that."""
        mail, self._mail = self._mail, None
        if mail is not None and mail.refusal is not None and not mail.recipients:
            self._tell(mail.refusal, mail.path.declared_size)

    # who is there

    async def _ehlo(self, argument: bytes) -> Reply:
        self.end()
        self._helo = shown(argument)
        return Reply(250, (self._settings.node, *self._extensions()))

    async def _helo_verb(self, argument: bytes) -> Reply:
        self.end()
        self._helo = shown(argument)
        return Reply(250, (f"{self._settings.node} at your service",))

    def _extensions(self) -> list[str]:
        """EHLO's lines: AUTH first because some firmware looks no further, and never last."""
        lines = ["AUTH LOGIN PLAIN"] if self._auth_allowed() else []
        if self._settings.tls == "starttls" and self._link.tls is None:
            lines.append("STARTTLS")
        lines += ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        return [*lines, f"SIZE {self._settings.message_bytes}"]

    async def _starttls(self, argument: bytes) -> Reply:
        if self._settings.tls != "starttls":
            return reply("not_offered")
        if self._link.tls is not None:
            return reply("bad_sequence")
        if self._link.waiting:
            # Bytes sent in clear would be read as if they had come through TLS.
            return reply("bytes_before_tls", close=True)
        return reply("start_tls", then=self._begin_tls)

    async def _begin_tls(self) -> None:
        """Forget all that was said in clear (RFC 3207, 4.2); no second EHLO is demanded."""
        self.end()
        self._helo, self._login, self._logged_in = "", None, False
        self._link.trace.begin_tls()
        self._link.begin_tls()

    # login

    def _auth_allowed(self) -> bool:
        """Whether AUTH may succeed: inside TLS, or in clear where the network is trusted."""
        in_clear = self._settings.auth_without_tls == "trusted" and self._link.session.trusted
        return self._link.tls is not None or in_clear

    async def _auth(self, argument: bytes) -> Reply:
        if not self._auth_allowed():
            raise Refused(Cause.TLS_REQUIRED, "A password is not taken in clear")
        if self._logged_in or self._mail is not None:
            return reply("bad_sequence")
        if self._failed_logins.too_many(self._link.session.peer):
            return reply("too_many_logins")
        return await Exchange(self._link, self._log_in).begin(argument)

    async def _log_in(self, name: bytes, password: bytes) -> Reply:
        try:
            self._login = await self._proved(UsernamePassword(name, password))
        except UnknownLogin:
            return self._unknown_login(name)
        except LoginFailed:
            return self._failed_login(name, "wrong_password")
        self._logged_in = True
        self._tried(name, "accepted")
        return reply("authenticated")

    def _unknown_login(self, name: bytes) -> Reply:
        """Some devices cannot be set up without a name: a trusted one's counts as none."""
        if self._link.session.trusted:
            self._tried(name, "accepted_unknown")
            return reply("authenticated")
        return self._failed_login(name, "unknown_name")

    def _tried(self, name: bytes, outcome: str) -> None:
        in_clear = outcome == "accepted" and self._link.tls is None
        self._link.trace.tried(shown(name), outcome, in_clear)

    def _failed_login(self, name: bytes, outcome: str) -> Reply:
        session = self._link.session
        self._tried(name, outcome)
        self._log.warn(
            "{peer} on {listener} cannot log in as {name}: the name or the password is wrong",
            peer=session.peer, listener=session.listener, name=shown(name),
        )  # fmt: skip
        if not session.trusted and self._failed_logins.add(session.peer):
            self._log.warn("{peer} must wait before it may log in again", peer=session.peer)
        return reply("auth_failed")

    async def _certify(self, fingerprint: str) -> None:
        """Take a registered client certificate as a login; any other one counts as none."""
        self._certificate = fingerprint
        try:
            self._login = await self._proved(PeerCertificate(fingerprint))
        except LoginFailed:
            self._log.warn(
                "{peer} shows a certificate that no login has: {fingerprint}",
                peer=self._link.session.peer, fingerprint=fingerprint,
            )  # fmt: skip

    async def _proved(self, credentials: UsernamePassword | PeerCertificate) -> str:
        """The name of the login that these prove.  Raises `LoginFailed`."""
        _, device, _ = await self._portal.login(credentials, None, IDevice)
        return cast(Device, device).name

    # the envelope

    async def _mail_verb(self, argument: bytes) -> Reply:
        if self._mail is not None:
            return reply("bad_sequence")
        size = 0
        try:
            path = parse_path(argument, "FROM")
            size = path.declared_size
            self._check(size)
        except Refusal as refusal:
            self._tell(refusal, size)
            raise
        self._mail = Mail(self._intake.new_mail_id(), path)
        return reply("sender_ok")

    def _check(self, size: int) -> None:
        """Whether this peer may send a mail of that declared size now."""
        if self._login is None and not self._link.session.trusted:
            raise Refused(Cause.AUTH_REQUIRED, "Only who logs in may send from this network")
        if size > self._settings.message_bytes:
            raise Refused(Cause.TOO_LARGE, f"The mail is declared with {size} octets")
        self._intake.check_space(size)

    async def _rcpt(self, argument: bytes) -> Reply:
        mail = self._mail
        if mail is None:
            return reply("bad_sequence")
        try:
            self._admit(mail, parse_path(argument, "TO").address)
        except Exception as error:
            mail.refusal = _as_refusal(error)
            raise
        return reply("recipient_ok")

    def _admit(self, mail: Mail, recipient: str) -> None:
        if not recipient:
            raise Refused(Cause.BAD_ADDRESS, "An empty recipient names no source")
        if len(mail.recipients) >= self._settings.recipients:
            raise Refused(Cause.TOO_MANY_RECIPIENTS, "The mail has too many recipients")
        self._intake.admit(self._link.session, self._envelope(mail), recipient)
        mail.recipients.append(recipient)

    def _envelope(self, mail: Mail) -> Envelope:
        return Envelope(
            peer=self._link.session.peer,
            helo=self._helo,
            sender=mail.path.address,
            recipients=tuple(mail.recipients),
            login=self._login,
            tls=self._link.tls,
        )

    # the mail itself

    async def _data(self, argument: bytes) -> Reply:
        mail = self._mail
        if mail is None:
            return reply("bad_sequence")
        if not mail.recipients:
            mail.refusal = mail.refusal or Refused(Cause.NO_RECIPIENT, "No recipient was named")
            return reply("no_recipient")
        self._mail = None
        try:
            delivery = await self._intake.start(self._link.session, mail.id, self._envelope(mail))
        except Exception as error:
            self._tell(_as_refusal(error), mail.path.declared_size)
            raise
        return reply(
            "send_data", then=partial(self._transfer, delivery, mail.path.address, self._login)
        )

    async def _transfer(self, delivery: Delivery, sender: str, login: str | None) -> Reply:
        transfer = Transfer(self._link, delivery, self._settings.message_bytes, self._now)
        try:
            receipt = await transfer.run()
        except (Gone, Stopped) as ended:
            self._cut_short(ended, transfer.size)
            raise
        except Exception as error:
            self._tell(_as_refusal(error), transfer.size)
            raise
        self._link.mail_ended()
        self._link.trace.stored(receipt, transfer.size, login, self._link.tls)
        self._log.info(
            "{mail}: {size} octets from {peer} ({sender}) stored",
            mail=receipt.mail_id, size=transfer.size, peer=self._link.session.peer,
            sender=shown(sender.encode()),
        )  # fmt: skip
        return reply("stored", mail=receipt.mail_id)

    def _cut_short(self, ended: Gone | Stopped, size: int) -> None:
        """The mail's end never came: what it had to tell may be lost, so that is told."""
        if isinstance(ended, Stopped) and ended.cause == Cause.SHUTTING_DOWN.value:
            self._tell(TryLater(Cause.SHUTTING_DOWN, "The gateway closed"), size)
        else:
            reason = str(ended) or "the connection was lost"
            self._tell(TryLater(Cause.BROKEN_OFF, f"It ended in the middle: {reason}"), size)

    # small ones

    async def _rset(self, argument: bytes) -> Reply:
        self.end()
        return reply("ok")

    async def _noop(self, argument: bytes) -> Reply:
        return reply("ok")

    async def _vrfy(self, argument: bytes) -> Reply:
        return reply("cannot_verify")

    async def _expn(self, argument: bytes) -> Reply:
        return reply("not_offered")

    async def _help(self, argument: bytes) -> Reply:
        return reply("help")

    async def _quit(self, argument: bytes) -> Reply:
        return reply("bye")

    def _tell(self, refusal: Refusal, size: int) -> None:
        """A mail refused after MAIL is usually a lost alarm, so it is itself news."""
        session = self._link.session
        self._log.info(
            "{peer} on {listener}: mail refused ({cause}): {reason}",
            peer=session.peer, listener=session.listener, cause=refusal.cause.value,
            reason=refusal.text,
        )  # fmt: skip
        self._intake.refused(session, refusal, size)


_Verb = Callable[[Dialog, bytes], Awaitable[Reply]]

#: What is understood.  Everything else is 500.
VERBS: Mapping[str, _Verb] = {
    "EHLO": Dialog._ehlo,
    "HELO": Dialog._helo_verb,
    "STARTTLS": Dialog._starttls,
    "AUTH": Dialog._auth,
    "MAIL": Dialog._mail_verb,
    "RCPT": Dialog._rcpt,
    "DATA": Dialog._data,
    "RSET": Dialog._rset,
    "NOOP": Dialog._noop,
    "VRFY": Dialog._vrfy,
    "EXPN": Dialog._expn,
    "HELP": Dialog._help,
    "QUIT": Dialog._quit,
}


def _as_refusal(error: Exception) -> Refusal:
    """What is told about a mail that failed with ``error``."""
    if isinstance(error, Refusal):
        return error
    return TryLater(Cause.BUG, "The gateway made a mistake; its log tells which")
