"""A mail's words, read once: subject, lines, pairs and the names of its parts."""

from __future__ import annotations

from collections.abc import Container, Sequence

from attrs import field, frozen

from alarmgw.codec.contactid import reports_in
from alarmgw.codec.immix import elements_in, is_xml
from alarmgw.codec.lines import TEXT_CHARACTERS, Line, Marked, Pair, cleaned, key_of, pairs_in

#: More pairs than any device writes.
PAIRS = 1000


@frozen(kw_only=True)
class MailText:
    """What there is to understand.  ``lines`` are those that hold no pairs."""

    subject: Line
    text: str = field(repr=False)
    lines: tuple[Line, ...]
    pairs: tuple[Pair, ...]
    subject_pairs: tuple[Pair, ...]
    labels: tuple[str, ...]
    marked: Marked = field(repr=False)
    #: All lines as templates see them.
    wording: str = field(repr=False)
    #: One pair for each key.
    different_pairs: tuple[Pair, ...] = field(repr=False)
    #: The keys, with their brackets and without.
    keys: frozenset[str] = field(repr=False)


def read_mail(
    subject: str | None, text: str | None, labels: Sequence[str], known: Container[str]
) -> MailText:
    """The mail's words, with pairs of ``known`` keys told from other lines."""
    marked = Marked()
    body = cleaned((text or "")[:TEXT_CHARACTERS])
    title = marked.line((subject or "").replace("\r", " ").replace("\n", " "))
    lines: list[Line] = []
    if is_xml(body):
        pairs = _elements(body, marked, known)
    else:
        lines, pairs = _lines(marked.lines(body), known)
    pairs = (pairs or _reports(title))[:PAIRS]
    different = {(pair.key, pair.hint): pair for pair in pairs}
    return MailText(
        subject=title,
        text=body,
        lines=tuple(lines),
        pairs=tuple(pairs),
        subject_pairs=tuple(pairs_in(title.marked, known)),
        labels=tuple(labels),
        marked=marked,
        wording="\n".join(line.wording for line in lines),
        different_pairs=tuple(different.values()),
        keys=frozenset(name for pair in different.values() for name in pair.names()),
    )


def _elements(body: str, marked: Marked, known: Container[str]) -> list[Pair]:
    """XML's elements as pairs."""
    found = [(key, value) for name, value in elements_in(body) if (key := key_of(name)) in known]
    lines = marked.each(value for _, value in found)
    return [Pair(key, "", line.marked) for (key, _), line in zip(found, lines, strict=False)]


def _reports(line: Line) -> list[Pair]:
    """A line's Contact ID reports as pairs."""
    found = reports_in(line.marked)
    return [Pair(key, "", value) for report in found for key, value in report.pairs()]


def _lines(lines: Sequence[Line], known: Container[str]) -> tuple[list[Line], list[Pair]]:
    """The lines without pairs, and the pairs of the others.

    A key without a value may have it on the next line.
    """
    free: list[Line] = []
    pairs: list[Pair] = []
    waiting = False
    for line in lines:
        found = pairs_in(line.marked, known) if line.marked else []
        if waiting and not found and line.marked and not {":", "="} & set(line.marked):
            last = pairs[-1]
            pairs[-1] = Pair(last.key, last.hint, line.marked)
        elif found:
            pairs += found
        elif line.marked:
            reports = _reports(line)
            pairs += reports
            free += [] if reports else [line]
        waiting = bool(found) and not found[-1].value
    return free, pairs
