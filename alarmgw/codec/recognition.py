"""Recognition: of which maker's format a mail shows most."""

from __future__ import annotations

from alarmgw.codec.eventwords import read_words
from alarmgw.codec.formats import Format, Formats
from alarmgw.codec.groups import group_of_line, groups_of_lines
from alarmgw.codec.mailtext import MailText

#: A wording shows more than a key does.
_WORDING = 3


def recognised(mail: MailText, known: Formats) -> Format:
    """The format of which the mail shows most, the first of equals; else the generic one."""
    best, most = known.generic, 0
    for form in known.makers:
        shown = evidence(mail, form)
        if shown > most:
            best, most = form, shown
    return best


def evidence(mail: MailText, form: Format) -> int:
    """How much of the format the mail shows: different keys, and wordings; 0 without a mark."""
    wordings = int(shows_subject(mail, form)) + int(shows_line(mail, form))
    if not wordings and form.mark_keys.isdisjoint(mail.keys):
        return 0
    keys = sum(form.places(key, hint) is not None for key, hint in mail.different_keys)
    return keys + _WORDING * wordings


def shows_subject(mail: MailText, form: Format) -> bool:
    """Whether the subject is worded as this format's are."""
    if not form.mark_subject or not mail.subject:
        return False
    found = group_of_line(
        mail.title, form.mark_subject, mail.marked, lambda raw: means_something(raw, form)
    )
    return found is not None


def shows_line(mail: MailText, form: Format) -> bool:
    """Whether a line is worded as this format's are."""
    if not form.mark_lines or not mail.lines:
        return False
    return any(groups_of_lines(mail, form.mark_lines, lambda raw: means_something(raw, form)))


def means_something(raw: str, form: Format) -> bool:
    """Whether the device's own word is one that we know."""
    return bool(raw) and (read_words(raw).word or form.own_word(raw)) is not None
