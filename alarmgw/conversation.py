"""One conversation of a device with the gateway, as a value: what an installer has to see.

It holds no password: whoever records a conversation blanks AUTH, its answers
and every line that is no command (see `alarmgw.ingest.smtp_trace`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
from attrs import frozen

from alarmgw.model import normal_address, utc_moment, utc_text

#: The codes of what was odd and was taken all the same, each with its sentence.
LENIENCIES: Mapping[str, str] = {
    "no_auth": "It sends without a login, from a trusted network.",
    "unknown_login": "It logs in with a name that nobody knows, from a trusted network.",
    "auth_in_clear": "Its password comes in clear, without TLS.",
    "old_tls": "It speaks a TLS older than 1.2.",
    "bare_lf_session": "It ends its SMTP lines in LF alone.",
    "no_ehlo": "It sends a mail without EHLO or HELO.",
    "empty_helo": "It sends EHLO or HELO without a name.",
    "blank_in_path": "It puts blanks between the colon and the address.",
    "no_brackets": "It writes addresses without angle brackets.",
    "no_domain": "It writes addresses without a domain.",
    "null_sender": "Its mails have an empty sender.",
}


#: How the name of a version begins that is older than TLS 1.2.
OLD_TLS = ("SSLv", "TLSv1 ", "TLSv1.1 ")

TracedLine = tuple[float, str, str]
"""Seconds since the connection, who spoke (C: the device, S: the gateway, -: nobody), and what."""


@frozen(kw_only=True)
class TracedMail:
    """A mail that a conversation has stored: what it became and whose it is."""

    id: str
    size: int
    kind: str | None = None
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    clock_offset_s: float | None = None
    unknown_cameras: tuple[tuple[str | None, str | None], ...] = ()


@frozen(kw_only=True)
class Conversation:
    """What one conversation was, from the connection to its end.

    ``refusals`` are the causes of the error replies since the last mail that
    was stored, ``ending`` is how it ended (``open``: it has not yet).
    ``lines`` are its first and last lines; so many as ``left_out`` stood between them.
    """

    began: datetime
    ended: datetime | None = None
    peer: str
    port: int
    listener: str
    tls: str | None = None
    tls_failure: str | None = None
    spoken: str = "smtp"  # smtp | tls | http | binary
    helo: str | None = None
    login: str | None = None
    auth: str | None = None
    senders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    mails: tuple[TracedMail, ...] = ()
    stored: int = 0
    refusals: tuple[str, ...] = ()
    ending: str = "open"
    in_mail: bool = False  # a mail was being sent when it ended
    asked: bool = False  # an answer of AUTH was being waited for when it ended
    last_verb: str | None = None  # besides QUIT; "?" is no command of SMTP
    leniencies: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    lines: tuple[TracedLine, ...] = ()
    left_out: int = 0

    @property
    def has_old_tls(self) -> bool:
        """Whether it spoke a TLS older than 1.2."""
        return self.tls is not None and self.tls.startswith(OLD_TLS)

    @property
    def names(self) -> frozenset[str]:
        """Everything it may be asked for by: sources, addresses, logins, the peer."""
        login = (self.login,) if self.login else ()
        named = (*self.sources, *self.senders, *self.recipients, *login, self.peer)
        return frozenset(filter(None, map(normal_address, named)))

    def as_json(self) -> dict[str, Any]:
        """Its fields as JSON takes them."""
        fields = {name: getattr(self, name) for name in FIELDS}
        fields["began"] = utc_text(self.began)
        fields["ended"] = utc_text(self.ended) if self.ended else None
        fields["mails"] = [
            {name: getattr(mail, name) for name in _MAIL_FIELDS} for mail in self.mails
        ]
        fields["lines"] = [(round(seconds, 2), side, text) for seconds, side, text in self.lines]
        return fields

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Conversation:
        """The conversation that `as_json` wrote.  Fields of a later version are let go.

        Raises `ValueError`, `TypeError` or `KeyError` for anything else.
        """
        known = {name: _lists_as_tuples(value[name]) for name in FIELDS if name in value}
        known["began"] = utc_moment(value["began"])
        known["ended"] = utc_moment(value["ended"]) if value["ended"] else None
        known["mails"] = tuple(_mail(row) for row in value["mails"])
        known["lines"] = tuple(
            (float(seconds), side, text) for seconds, side, text in value["lines"]
        )
        return cls(**known)


#: The names of a conversation's fields, in their order.
FIELDS = tuple(one.name for one in attrs.fields(Conversation))
_MAIL_FIELDS = tuple(one.name for one in attrs.fields(TracedMail))


def _mail(row: Mapping[str, Any]) -> TracedMail:
    known = {name: _lists_as_tuples(row[name]) for name in _MAIL_FIELDS if name in row}
    return TracedMail(**known)


def _lists_as_tuples(value: Any) -> Any:
    return tuple(map(_lists_as_tuples, value)) if isinstance(value, list) else value
