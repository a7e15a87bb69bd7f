"""A mail's text as lines with their times marked, and the ``key: value`` pairs in them.

Every time in a line is replaced by one private character, so that neither its
colons nor its blanks disturb what is read around it.  How much is looked at is
bounded: an alarm's words stand at the beginning of a mail or nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from attrs import field, frozen

from alarmgw.codec.devicetime import Stamp, times_in
from alarmgw.codec.eventwords import folded
from alarmgw.codec.templates import TIME, low

#: Of a mail's text so much is looked at, in so many lines, of each so much.
TEXT_CHARACTERS = 32 * 1024
LINES = 200
LINE_CHARACTERS = 1000

_FIRST_MARK = ord(TIME)
_MARKS = 256
_MARK = re.compile(r"[\ue000-\ue0ff]")
#: What is cut off behind a name.
MARKS_AND_BLANKS = "".join(map(chr, range(_FIRST_MARK, _FIRST_MARK + _MARKS))) + " \t"

#: A key, the bracket that may belong to it, and the colon; more of them behind commas.
_KEY = re.compile(
    r"(?:^|[,;|\t])[\s\"'*\u2022>-]{0,8}(?P<key>[^\W\d_][^:\uff1a=,;|\t()\[\]\n]{0,47})"
    r"(?:[(\[\uff08](?P<hint>[^)\]\uff09:]{0,16}(?::[^)\]\uff09]{0,24})?)[)\]\uff09])?[\s\"'*]{0,8}[:\uff1a=](?!//)"
)
#: ``client=1234 zone=12``: short keys, and blanks between the pairs.
_ASSIGNED = re.compile(r"(?:^|(?<=\s))(?P<key>[A-Za-z]{2,16})(?P<hint>)=")
_CELL = re.compile(r"\s{0,8}(?P<key>[^\W\d_][^:\uff1a=,;|\t()\[\]\n]{0,47})(?P<hint>)\t")
_SEPARATOR = re.compile("[:\uff1a=\t]")
_BLANKS = re.compile(r"\s+")


@frozen
class Pair:
    """One ``key: value``; ``hint`` is the bracket behind the key, the value has marks for times."""

    key: str
    hint: str
    value: str


@frozen
class Line:
    """One line, its times marked; ``wording`` is what templates are matched against."""

    marked: str
    wording: str = field(repr=False)


class Marked:
    """Turns texts of one mail into lines with marks, and marks back into what was written."""

    def __init__(self) -> None:
        self._stamps: list[tuple[Stamp, str]] = []

    def line(self, text: str) -> Line:
        """``text`` with its times marked."""
        plain = text[:LINE_CHARACTERS]
        if not plain.isascii():
            plain = _MARK.sub(" ", plain).replace("\xa0", " ")
        plain = plain.strip()
        left = _MARKS - len(self._stamps)
        stamps = times_in(plain, left) if left else []
        if not stamps:
            return Line(plain, low(plain))
        pieces, at = [], 0
        for stamp in stamps:
            pieces += [plain[at : stamp.start], chr(_FIRST_MARK + len(self._stamps))]
            self._stamps.append((stamp, plain[stamp.start : stamp.end]))
            at = stamp.end
        marked = "".join((*pieces, plain[at:]))
        return Line(marked, low(_MARK.sub(TIME, marked)))

    def lines(self, text: str) -> list[Line]:
        """The lines of a text, as far as they are looked at."""
        found = text[:TEXT_CHARACTERS].splitlines()[:LINES]
        return [self.line(line) for line in found]

    def stamps(self, marked: str) -> list[Stamp]:
        """The times that are marked in a piece of a line."""
        return [self._stamps[ord(mark) - _FIRST_MARK][0] for mark in _MARK.findall(marked)]

    def written(self, marked: str) -> str:
        """The piece as the device wrote it."""
        return _MARK.sub(lambda mark: self._stamps[ord(mark[0]) - _FIRST_MARK][1], marked)


def unmarked(marked: str) -> str:
    """A piece of a line without the times in it."""
    return _MARK.sub("", marked)


def key_of(written: str) -> str:
    """A key as keys are compared: small letters without accents, one blank between words.

    >>> key_of("Alarm Input Channel No.")
    'alarm input channel no'
    """
    plain = written.lower() if written.isascii() else folded(written.lower())
    return _BLANKS.sub(" ", plain.replace("-", " ").replace("_", " ")).strip(" .:#*\"'?")


def pairs_in(line: str, known: Container[str]) -> Iterator[Pair]:
    """The pairs of a line whose keys are ``known``; their values may be empty."""
    found = [(match, key) for match in _candidates(line) if (key := key_of(match["key"])) in known]
    if not found:
        return
    for number, (match, key) in enumerate(found):
        end = found[number + 1][0].start() if number + 1 < len(found) else len(line)
        value = line[match.end() : end].strip(" \t,;|\"'")
        yield Pair(key, (match["hint"] or "").strip(), value)


def _candidates(line: str) -> Iterator[re.Match[str]]:
    if not _SEPARATOR.search(line):
        return iter(())
    if _ASSIGNED.match(line):
        return _ASSIGNED.finditer(line)
    cell = _CELL.match(line)
    if cell and not _KEY.match(line):
        return iter([cell])
    return _KEY.finditer(line)
