"""A trace: what is noted of one SMTP conversation while it goes on, passwords blanked.

How passwords stay out.  What is shown of a line is decided by its verb: the
arguments of EHLO, HELO, MAIL and RCPT are shown, of AUTH its mechanism, of no
other command anything.  A line that is no command is shown by its length
alone: firmware sends a password behind an AUTH that was refused, and then it
arrives as a command.  Answers to challenges are never shown.  A login's name
is shown once it could be read as one.
"""

from __future__ import annotations

import re
from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING

from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from alarmgw.codec.smtp import Command, Event, Line
from alarmgw.conversation import OLD_TLS, Conversation, TracedLine, TracedMail
from alarmgw.ingest.smtp_replies import Reply
from alarmgw.ingest.tls_failures import tls_failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from alarmgw.intake import Receipt, Session

#: So many of the first and of the last lines are kept, each cut at so many characters.
FIRST_LINES = 40
LAST_LINES = 20
LINE_CHARACTERS = 200
#: Names, mails and causes that are kept of one conversation.
KEPT = 20

#: Commands whose argument is shown.
_SHOWN = frozenset(("EHLO", "HELO", "MAIL", "RCPT"))
#: Other commands that somebody has defined; anything else may be a password.
_KNOWN = frozenset(
    ("DATA", "QUIT", "RSET", "NOOP", "HELP", "VRFY", "EXPN", "STARTTLS", "BDAT", "ETRN", "LHLO")
)
_MECHANISM = re.compile(
    rb"(LOGIN|PLAIN|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|XOAUTH2|SCRAM-SHA-(?:1|256))(?:\s|\Z)", re.I
)
_GREETINGS = ("EHLO", "HELO")
#: The form that RFC 5321 gives a path; anything else is looked at more closely.
_USUAL_PATH = re.compile(rb"(?:FROM|TO):<[^<>\s@]+@[^<>\s@]+>(?:\s|\Z)", re.I)


class Trace:
    """One conversation's notes; `value` makes a `Conversation` of them at any time."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._began = seconds()
        self._first: list[TracedLine] = []
        self._last: deque[TracedLine] = deque(maxlen=LAST_LINES)
        self._count = 0
        self._verb: str | None = None
        self._greeted = self._asked = False
        self._helo: str | None = None
        self._login: str | None = None
        self._auth: str | None = None
        self._names: dict[str, dict[str, None]] = {"MAIL": {}, "RCPT": {}}
        self._mails: deque[TracedMail] = deque(maxlen=KEPT)
        self._stored = 0
        self._refusals: dict[str, None] = {}
        self._leniencies: dict[str, None] = {}
        self._spoken = "smtp"
        self._tls_failure: str | None = None
        self._ending = "open"
        self._lost = "closed"
        self._in_mail = False

    # what the conversation tells

    def heard(self, event: Event) -> None:
        """A line that came from the device."""
        if isinstance(event, Command):
            self._note("C", _blanked(event))
            self._heard_command(event.verb, event.argument)
        elif isinstance(event, Line):
            self._note("C", f"(an answer of {len(event.text)} octets)")
        else:
            self._note("C", "(a line without end)")

    def said(self, answer: Reply) -> None:
        """A reply that went to the device."""
        self._note("S", f"{answer.code} {' '.join(answer.lines)}")
        self._asked = answer.code == 334
        if answer.code >= 400:
            self._refusals[self._cause(answer.cause)] = None

    def begin_tls(self) -> None:
        """TLS begins: what was said before does not count any more."""
        self._note("-", "TLS begins")
        self._login = self._auth = None

    def tried(self, name: str, outcome: str, in_clear: bool) -> None:
        """A login by name: ``accepted``, ``accepted_unknown``, ``unknown_name``, …"""
        self._login, self._auth = name[:LINE_CHARACTERS], outcome
        if in_clear:
            self._leniencies["auth_in_clear"] = None
        if outcome == "accepted_unknown":
            self._leniencies["unknown_login"] = None

    def stored(self, receipt: Receipt, size: int, login: str | None, tls: str | None) -> None:
        """A mail was stored; whatever was refused before it is history."""
        self._note("-", f"mail {receipt.mail_id}, {size} octets, is stored")
        self._stored += 1
        self._mails.append(
            TracedMail(
                id=receipt.mail_id,
                size=size,
                kind=receipt.kind,
                sources=receipt.sources[:KEPT],
                notes=receipt.notes,
                clock_offset_s=receipt.clock_offset_s,
                unknown_cameras=receipt.unknown_cameras,
            )
        )
        self._refusals.clear()
        if login is None and self._auth != "accepted_unknown":
            self._leniencies["no_auth"] = None
        if tls is not None and tls.startswith(OLD_TLS):
            self._leniencies["old_tls"] = None
        if not self._greeted:
            self._leniencies["no_ehlo"] = None

    def bare_lf(self) -> None:
        """The conversation ends its lines in LF alone."""
        self._leniencies["bare_lf_session"] = None

    # how it ends

    def foreign(self, spoken: str) -> None:
        """It is no SMTP: ``tls``, ``http`` or ``binary``."""
        self._spoken = spoken
        self._note("C", f"(no SMTP: {spoken})")

    def lost(self, reason: Failure) -> None:
        """The connection was lost; what had come before is still read, a QUIT among it."""
        if reason.value is not None:
            self._tls_failure = self._tls_failure or tls_failure(reason.value)
        self._lost = "closed" if reason.check(ConnectionDone) else "reset"

    def end(self, ending: str | None, in_mail: bool = False) -> None:
        """It ends so (None: as the connection was lost).  The first end counts."""
        if self._ending == "open":
            self._ending, self._in_mail = ending or self._lost, in_mail

    def no_handshake(self, broken_off: bool) -> None:
        """TLS did not come about, and TLS itself gives no reason."""
        self._tls_failure = self._tls_failure or ("broken_off" if broken_off else "never_began")

    # what it was

    def value(self, session: Session, tls: str | None, ended: datetime | None) -> Conversation:
        """What the conversation was up to now."""
        return Conversation(
            began=session.connected,
            ended=ended,
            peer=session.peer,
            port=session.port,
            listener=session.listener,
            tls=tls,
            tls_failure=self._tls_failure,
            spoken=self._spoken,
            helo=self._helo,
            login=self._login,
            auth=self._auth,
            senders=tuple(self._names["MAIL"]),
            recipients=tuple(self._names["RCPT"]),
            mails=tuple(self._mails),
            stored=self._stored,
            refusals=tuple(self._refusals),
            ending=self._ending,
            in_mail=self._in_mail,
            asked=self._asked,
            last_verb=self._verb,
            leniencies=tuple(self._leniencies),
            sources=tuple(dict.fromkeys(name for mail in self._mails for name in mail.sources)),
            lines=(*self._first, *self._last),
            left_out=self._count - len(self._first) - len(self._last),
        )

    def _note(self, side: str, text: str) -> None:
        line = (self._seconds() - self._began, side, text[:LINE_CHARACTERS])
        self._count += 1
        if len(self._first) < FIRST_LINES:
            self._first.append(line)
        else:
            self._last.append(line)

    def _heard_command(self, verb: str, argument: bytes) -> None:
        if verb != "QUIT":
            self._verb = verb if verb in _SHOWN or verb in _KNOWN or verb == "AUTH" else "?"
        if verb in _GREETINGS:
            self._greeted, self._helo = True, shown(argument)[:LINE_CHARACTERS]
            if not argument:
                self._leniencies["empty_helo"] = None
        elif verb in self._names:
            self._heard_path(verb, argument)

    def _heard_path(self, verb: str, argument: bytes) -> None:
        address = shown(_bare_address(argument))[:LINE_CHARACTERS]
        names = self._names[verb]
        if len(names) < KEPT:
            names[address] = None
        if not _USUAL_PATH.match(argument) and (odd := _odd_path(argument, address)):
            self._leniencies[odd] = None

    def _cause(self, cause: str) -> str:
        """The cause of a refusal; what depends on the command is told apart."""
        if cause == "not_offered" and self._verb == "STARTTLS":
            return "starttls_not_offered"
        if cause == "bad_address" and self._verb == "RCPT" and "" in self._names["RCPT"]:
            return "empty_recipient"
        return cause


def shown(raw: bytes) -> str:
    """What a peer calls itself, as text of bounded length without control characters."""
    text = raw[:255].decode("utf-8", "replace")
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def _blanked(command: Command) -> str:
    """A command line without anything that may be a password."""
    if command.verb in _SHOWN:
        return f"{command.verb} {shown(command.argument)}"
    if command.verb == "AUTH":
        found = _MECHANISM.match(command.argument)
        mechanism = found[1].decode("ascii").upper() if found else "?"
        more = len(command.argument) > (found.end() if found else 0)
        return f"AUTH {mechanism} ***" if more else f"AUTH {mechanism}"
    if command.verb in _KNOWN:
        return f"{command.verb} ***" if command.argument else command.verb
    return f"(no command: {len(command.verb) + len(command.argument)} octets)"


def _bare_address(argument: bytes) -> bytes:
    """The address of a path, well enough to find the conversation by it."""
    rest = argument.partition(b":")[2].strip()
    if b"<" in rest:
        return rest.partition(b"<")[2].partition(b">")[0].strip()
    return rest.partition(b" ")[0]


def _odd_path(argument: bytes, address: str) -> str | None:
    """Which leniency a path needs."""
    rest = argument.partition(b":")[2]
    if not address:
        return "null_sender" if argument[:4].upper() == b"FROM" else None
    if b"<" not in rest:
        return "no_brackets"
    if rest.startswith((b" ", b"\t")):
        return "blank_in_path"
    return None if "@" in address else "no_domain"
