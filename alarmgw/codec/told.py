"""What a mail tells in sentences and names, where no key and no wording of a format says it."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from attrs import field, frozen

from alarmgw.codec.channels import spoken_channel
from alarmgw.codec.clauses import Clause, best_clause, sign_clause
from alarmgw.codec.devicetime import Stamp, time_in_name
from alarmgw.codec.eventwords import mentions_word
from alarmgw.codec.lines import unmarked
from alarmgw.codec.mailtext import MailText

#: Lines in which a sentence is looked for.
_LINES = 20
_SERIOUS = ("alarm", "fault")


@frozen(slots=False)
class Told:
    """What has happened and where, as sentences tell it; read when somebody wants to know."""

    _mail: MailText = field(repr=False)

    @functools.cached_property
    def clause(self) -> Clause | None:
        """What the subject tells, else the text's lines.

        A subject that says "test" does not silence a text that says what was
        detected: installers leave such subjects behind.
        """
        mail = self._mail
        subject = best_clause(mail.subject)
        if subject is None or subject.kind == "test":
            text = _serious_clause(mail, needs_sign=subject is not None)
            subject = text or subject
        return subject or sign_clause(mail.subject) or _opening(mail)

    @functools.cached_property
    def channel(self) -> str | None:
        """The channel that a sentence names."""
        lines = (self._mail.subject, *self._mail.lines[:_LINES])
        channels = (spoken_channel(unmarked(line)) for line in lines)
        return next((channel for channel in channels if channel), None)


def time_told(mail: MailText, order: str | None) -> str | None:
    """The time in the text's lines, else in the subject, else in the first part's name."""
    label = time_in_name(mail.labels[0]) if mail.labels else None
    for stamp in _stamps(mail) if mail.marked.has_dates else ():
        text = stamp.text(order or _order_like(stamp, label))
        if text is not None:
            return text
    return label


def _stamps(mail: MailText) -> Iterator[Stamp]:
    for line in (*mail.lines, mail.subject):
        yield from mail.marked.stamps(line)


def _order_like(stamp: Stamp, label: str | None) -> str | None:
    """The order in which the date is the one in the picture's name: that one tells by itself."""
    if label is None:
        return None
    orders = ("dmy", "mdy")
    return next((order for order in orders if (stamp.text(order) or "-")[:10] == label[:10]), None)


def _serious_clause(mail: MailText, *, needs_sign: bool) -> Clause | None:
    """The first clause of the text that tells of an alarm or a fault."""
    for line in mail.lines[:_LINES]:
        if not mentions_word(line):
            continue
        clause = best_clause(line)
        if clause and clause.kind in _SERIOUS and (clause.reading.sign or not needs_sign):
            return clause
    return None


def _opening(mail: MailText) -> Clause | None:
    """In a mail without a subject, the text's first clause that says anything at all."""
    if mail.subject:
        return None
    lines = mail.lines[:_LINES]
    return next((clause for line in lines if (clause := sign_clause(line))), None)
