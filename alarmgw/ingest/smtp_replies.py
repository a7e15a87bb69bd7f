"""Every reply of the gateway by its cause: code, enhanced code, text.  One table.

The texts are fixed: what a peer sent never comes back to it, and nothing
about the inside goes out.  Devices need a text after each code, and some read
one line or 1,000 bytes of a reply and no more (field notes, A.2).
``docs/smtp-replies.rst`` shows this table; a test proves that it agrees.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from attrs import frozen

from alarmgw.errors import Refusal

#: What the connection does once a reply is written; it may end in another reply.
Then = Callable[[], Awaitable["Reply | None"]]

#: After these the connection is closed.
_CLOSING = (221, 421)


@frozen
class Reply:
    """One reply: a code, its lines, what follows once it is written, and why it is given."""

    code: int
    lines: tuple[str, ...]
    then: Then | None = None
    close: bool = False
    cause: str = ""

    @property
    def closes(self) -> bool:
        """Whether nothing is said after this."""
        return self.close or self.code in _CLOSING

    @property
    def is_error(self) -> bool:
        """Whether the peer has made a mistake (5xx): ten of them end a conversation."""
        return self.code >= 500

    def encoded(self) -> bytes:
        """The reply as it is written, in one piece."""
        last = len(self.lines) - 1
        rows = (
            f"{self.code}{' ' if number == last else '-'}{line}\r\n"
            for number, line in enumerate(self.lines)
        )
        return "".join(rows).encode("ascii", "replace")


@frozen
class Wording:
    """How one cause is answered."""

    code: int
    enhanced: str | None
    text: str


#: Cause (a `Cause`'s value, or a word of SMTP itself) to wording.
WORDINGS: Mapping[str, Wording] = {
    # what went well
    "ready": Wording(220, None, "alarmgw ESMTP ready"),
    "start_tls": Wording(220, "2.0.0", "Ready to start TLS"),
    "bye": Wording(221, "2.0.0", "Bye"),
    "help": Wording(214, "2.0.0", "EHLO HELO MAIL RCPT DATA RSET NOOP VRFY AUTH STARTTLS QUIT"),
    "authenticated": Wording(235, "2.7.0", "Authentication successful"),
    "ok": Wording(250, "2.0.0", "Ok"),
    "sender_ok": Wording(250, "2.1.0", "Sender ok"),
    "recipient_ok": Wording(250, "2.1.5", "Recipient ok"),
    "stored": Wording(250, "2.0.0", "Ok: stored as {mail}"),
    "cannot_verify": Wording(252, "2.5.2", "Cannot verify, but will take mail and try"),
    # "Username:", "Password:" and "go ahead": clients compare the text, or need one
    "ask_name": Wording(334, None, "VXNlcm5hbWU6"),
    "ask_password": Wording(334, None, "UGFzc3dvcmQ6"),
    "ask_credentials": Wording(334, None, "Z28gYWhlYWQ="),
    "send_data": Wording(354, None, "End data with <CR><LF>.<CR><LF>"),
    # later: nothing was kept, and the same mail may succeed
    "shutting_down": Wording(421, "4.3.2", "The gateway is closing, try again"),
    "too_slow": Wording(421, "4.4.2", "Nothing came for too long"),
    "too_many_errors": Wording(421, "4.7.0", "Too many errors"),
    "too_many_connections": Wording(421, "4.7.0", "Too many connections"),
    "endless_line": Wording(421, "4.7.0", "This line does not end"),
    "store_failed": Wording(451, "4.3.0", "The mail could not be stored, try again"),
    "journal_failed": Wording(451, "4.3.0", "The mail could not be recorded, try again"),
    "broken_off": Wording(451, "4.4.2", "The mail ended in the middle, try again"),
    "busy": Wording(451, "4.3.2", "Busy, try again"),
    "bug": Wording(451, "4.3.0", "Something is wrong here, try again"),
    "no_space": Wording(452, "4.3.1", "No space left, try again"),
    "too_many_recipients": Wording(452, "4.5.3", "Too many recipients in one mail"),
    "too_many_logins": Wording(454, "4.7.0", "Too many failed logins, wait a minute"),
    # never: trying again changes nothing
    "unknown_command": Wording(500, "5.5.1", "Unknown command"),
    "line_too_long": Wording(500, "5.5.6", "Line too long"),
    "not_smtp": Wording(500, "5.5.1", "This is an SMTP port"),
    "bad_address": Wording(501, "5.1.3", "That is no address"),
    "bad_value": Wording(501, "5.5.4", "That argument makes no sense here"),
    "bad_credentials": Wording(501, "5.5.2", "These credentials cannot be read"),
    "cancelled": Wording(501, "5.7.0", "Authentication cancelled"),
    "not_offered": Wording(502, "5.5.1", "Not offered here"),
    "bad_sequence": Wording(503, "5.5.1", "Not in this order"),
    "unknown_mechanism": Wording(504, "5.5.4", "Use AUTH LOGIN or AUTH PLAIN"),
    "auth_required": Wording(530, "5.7.0", "Authentication required"),
    "auth_failed": Wording(535, "5.7.8", "Name or password is wrong"),
    "tls_required": Wording(538, "5.7.11", "Encryption required for authentication"),
    "unknown_source": Wording(550, "5.7.1", "No such source is known here"),
    "not_found": Wording(550, "5.7.1", "No such thing is known here"),
    "not_allowed": Wording(550, "5.7.1", "Not allowed"),
    "too_large": Wording(552, "5.3.4", "The mail is too large"),
    "no_recipient": Wording(554, "5.5.1", "No valid recipient"),
    "bytes_before_tls": Wording(554, "5.5.1", "Nothing may be sent between STARTTLS and TLS"),
}


def reply(cause: str, *, then: Then | None = None, close: bool = False, mail: str = "") -> Reply:
    """The reply for ``cause``; ``mail`` is the id that "stored" names."""
    wording = WORDINGS[cause]
    text = wording.text.replace("{mail}", mail)
    line = f"{wording.enhanced} {text}" if wording.enhanced else text
    return Reply(wording.code, (line,), then, close, cause)


def answer_to(refusal: Refusal) -> Reply:
    """The reply that tells ``refusal``."""
    return reply(refusal.cause.value)
