"""Refusals: "never" and "later", decided where it is known, worded where it is answered.

Two classes carry every expected failure.  An edge translates the cause into
its own protocol (SMTP 5xx or 4xx, DC-09 NAK or DUH, HTTP 4xx or 503).  Any
other exception is a bug: it is answered "later" and logged once, loudly.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from attrs import frozen


class Cause(enum.Enum):
    """Why something was refused.  The value is the word journals and logs show."""

    # never
    BAD_ADDRESS = "bad_address"
    UNKNOWN_SOURCE = "unknown_source"
    AUTH_REQUIRED = "auth_required"
    AUTH_FAILED = "auth_failed"
    TLS_REQUIRED = "tls_required"
    TOO_LARGE = "too_large"
    TOO_MANY_RECIPIENTS = "too_many_recipients"
    NO_RECIPIENT = "no_recipient"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    BAD_VALUE = "bad_value"
    # later
    NO_SPACE = "no_space"
    STORE_FAILED = "store_failed"
    JOURNAL_FAILED = "journal_failed"
    BUSY = "busy"
    SHUTTING_DOWN = "shutting_down"
    BROKEN_OFF = "broken_off"
    BUG = "bug"


class Refusal(Exception):
    """The common base of both answers; never raised itself."""

    def __init__(self, cause: Cause, text: str, code: str | None = None) -> None:
        """``cause`` is for programs, ``text`` one plain sentence for people.

        ``code`` is a word for it where somebody has sentences of his own (a console).
        """
        super().__init__(text)
        self.cause, self.code = cause, code
        self.text = text


class Refused(Refusal):
    """Never: trying again changes nothing (SMTP 5xx)."""


class TryLater(Refusal):
    """Later: nothing was kept, and the same request may succeed (SMTP 4xx)."""


@frozen
class Complaint:
    """One thing wrong with a configuration: where it stands and what to do about it."""

    file: str
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.text}"


class BadConfig(Exception):
    """A configuration that does not start; carries all complaints at once."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__("\n".join(str(complaint) for complaint in complaints))
        self.complaints = tuple(complaints)
