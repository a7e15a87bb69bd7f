"""A mail's words, read once: subject, lines, pairs and the names of its parts."""

from __future__ import annotations

from collections.abc import Container, Sequence

from attrs import field, frozen

from alarmgw.codec.contactid import may_have_reports, reports_in
from alarmgw.codec.immix import elements_in, is_xml
from alarmgw.codec.lines import (
    TEXT_CHARACTERS,
    Line,
    Marked,
    Pair,
    cleaned,
    key_of,
    names_of,
    pairs_in,
    wording_of,
)

#: More pairs than any device writes.
PAIRS = 1000


@frozen(kw_only=True)
class MailText:
    """What there is to understand.  ``lines`` are those that hold no pairs, their times marked."""

    subject: str
    #: The subject, and how templates see it.
    title: Line = field(repr=False)
    text: str = field(repr=False)
    lines: tuple[str, ...]
    pairs: tuple[Pair, ...]
    subject_pairs: tuple[Pair, ...]
    labels: tuple[str, ...]
    marked: Marked = field(repr=False)
    #: The lines as templates see them, and all of them as one text.
    wordings: tuple[str, ...] = field(repr=False)
    wording: str = field(repr=False)
    #: Keys with their brackets, each once.
    different_keys: tuple[tuple[str, str], ...] = field(repr=False)
    #: The keys, with their brackets and without.
    keys: frozenset[str] = field(repr=False)


def read_mail(
    subject: str | None, text: str | None, labels: Sequence[str], known: Container[str]
) -> MailText:
    """The mail's words, with pairs of ``known`` keys told from other lines."""
    marked = Marked()
    body = cleaned((text or "")[:TEXT_CHARACTERS])
    title = marked.line((subject or "").replace("\r", " ").replace("\n", " "))
    lines: list[str] = []
    if is_xml(body):
        pairs = _elements(body, marked, known)
    else:
        lines, pairs = _lines(marked.lines(body), known)
    wording = wording_of("\n".join(lines))
    pairs = (pairs or _reports(title))[:PAIRS]
    different = {(key, hint): None for key, hint, _ in pairs}
    return MailText(
        subject=title,
        title=(title, wording_of(title)),
        text=body,
        lines=tuple(lines),
        pairs=tuple(pairs),
        subject_pairs=tuple(pairs_in(title, known)),
        labels=tuple(labels),
        marked=marked,
        wordings=tuple(wording.split("\n")) if lines else (),
        wording=wording,
        different_keys=tuple(different),
        keys=frozenset(name for key, hint in different for name in names_of(key, hint)),
    )


def _elements(body: str, marked: Marked, known: Container[str]) -> list[Pair]:
    """XML's elements as pairs."""
    found = [(key, value) for name, value in elements_in(body) if (key := key_of(name)) in known]
    lines = marked.each(value for _, value in found)
    return [(key, "", line) for (key, _), line in zip(found, lines, strict=False)]


def _reports(line: str) -> list[Pair]:
    """A line's Contact ID reports as pairs."""
    return [pair for report in reports_in(line) for pair in report.pairs()]


def _lines(lines: Sequence[str], known: Container[str]) -> tuple[list[str], list[Pair]]:
    """The lines without pairs, and the pairs of the others.

    A key without a value may have it on the next line.
    """
    of_panel = may_have_reports("\n".join(lines))
    free: list[str] = []
    pairs: list[Pair] = []
    waiting = False
    for line in lines:
        found = pairs_in(line, known) if line else []
        if found:
            pairs += found
        elif not line:
            pass
        elif waiting and ":" not in line and "=" not in line:
            pairs[-1] = (*pairs[-1][:2], line)
        elif of_panel and (reports := _reports(line)):
            pairs += reports
        else:
            free.append(line)
        waiting = bool(found) and not found[-1][2]
    return free, pairs
