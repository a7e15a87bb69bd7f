"""A mail's text as lines with their times marked, and the ``key: value`` pairs in them.

Every time in a line is replaced by one private character, so that neither its
colons nor its blanks disturb what is read around it.  How much is looked at is
bounded: an alarm's words stand at the beginning of a mail or nowhere.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Container, Iterable

from alarmgw.codec.devicetime import Stamp, finds_in, stamp_of, tells_date
from alarmgw.codec.eventwords import folded
from alarmgw.codec.templates import TIME, low

#: Of a mail's text so much is looked at, in so many lines, of each so much.
TEXT_CHARACTERS = 32 * 1024
LINES = 200
LINE_CHARACTERS = 1000

_FIRST_MARK = ord(TIME)
_MARKS = 256
_MARK = re.compile(r"[\ue000-\ue0ff]")
#: Stands between lines while all of them are looked at at once: no blank, so nothing reaches over.
_BETWEEN = chr(_FIRST_MARK + _MARKS)
_PRIVATE = re.compile(r"[\ue000-\ue100]")
#: What is cut off behind a name.
MARKS_AND_BLANKS = "".join(map(chr, range(_FIRST_MARK, _FIRST_MARK + _MARKS))) + " \t"

#: A key, the bracket that may belong to it, and the colon; more of them behind commas.
_KEY = (
    r"[\s\"'*\u2022>-]{0,8}(?P<key>[^\W\d_][^:\uff1a=,;|\t()\[\]\n]{0,47}+)"
    r"(?:[(\[\uff08](?P<hint>[^)\]\uff09:]{0,16}(?::[^)\]\uff09]{0,24})?)[)\]\uff09])?[\s\"'*]{0,8}[:\uff1a=](?!//)"
)
_FIRST_KEY = re.compile(_KEY)
_NEXT_KEY = re.compile(r"[,;|\t]" + _KEY)
#: ``client=1234 zone=12``: short keys, and blanks between the pairs.
_ASSIGNED = re.compile(r"(?:^|(?<=\s))(?P<key>[A-Za-z]{2,16})(?P<hint>)=")
_CELL = re.compile(r"\s{0,8}(?P<key>[^\W\d_][^:\uff1a=,;|\t()\[\]\n]{0,47})(?P<hint>)\t")
_SEPARATOR = re.compile("[:\uff1a=\t]")


Pair = tuple[str, str, str]
"""A key, the bracket behind it and the value, which has marks for times.  A mail has hundreds."""


Line = tuple[str, str]
"""A line with its times marked, and what templates are matched against (see `wording_of`)."""


class Marked:
    """Turns texts of one mail into lines with marks, and marks back into what was written."""

    def __init__(self) -> None:
        self._found: dict[str, re.Match[str]] = {}
        #: Whether any of its times has a date.
        self.has_dates = False

    def line(self, text: str) -> str:
        """``text`` with its times marked."""
        return self.each([cleaned(text[:LINE_CHARACTERS])])[0]

    def lines(self, text: str) -> list[str]:
        """The lines of a cleaned text, as far as they are looked at, their times marked."""
        return self.each(text[:TEXT_CHARACTERS].splitlines()[:LINES])

    def each(self, texts: Iterable[str]) -> list[str]:
        """Each of some cleaned texts with its times marked, all in one look; at least one."""
        plain = _BETWEEN.join([text[:LINE_CHARACTERS].strip() for text in texts])
        return self._marked(plain).split(_BETWEEN)

    def _marked(self, plain: str) -> str:
        left = _MARKS - len(self._found)
        pieces: list[str] = []
        at = 0
        for number, found in enumerate(finds_in(plain, left), _FIRST_MARK + len(self._found)):
            start, end = found.span()
            mark = chr(number)
            pieces += (plain[at:start], mark)
            self._found[mark] = found
            if not self.has_dates:
                self.has_dates = tells_date(found)
            at = end
        return "".join((*pieces, plain[at:])) if pieces else plain

    def stamps(self, marked: str) -> list[Stamp]:
        """The times that are marked in a piece of a line."""
        if marked.isascii():
            return []
        return [stamp_of(self._found[mark]) for mark in _MARK.findall(marked)]

    def written(self, marked: str) -> str:
        """The piece as the device wrote it."""
        if marked.isascii():
            return marked
        return _MARK.sub(lambda mark: self._found[mark[0]][0], marked)


def cleaned(text: str) -> str:
    """``text`` with ordinary blanks, without the characters that stand for something here."""
    return text if text.isascii() else _PRIVATE.sub(" ", text).replace("\xa0", " ")


def wording_of(marked: str) -> str:
    """What templates are matched against: small letters, all times alike."""
    return low(marked if marked.isascii() else _MARK.sub(TIME, marked))


def unmarked(marked: str) -> str:
    """A piece of a line without the times in it."""
    return marked if marked.isascii() else _MARK.sub("", marked)


@functools.lru_cache(maxsize=4096)
def key_of(written: str) -> str:
    """A key as keys are compared: small letters without accents, one blank between words.

    >>> key_of("Alarm Input Channel No.")
    'alarm input channel no'
    """
    plain = written.lower() if written.isascii() else folded(written.lower())
    return " ".join(plain.replace("-", " ").replace("_", " ").split()).strip(" .:#*\"'?")


def names_of(key: str, hint: str) -> tuple[str, ...]:
    """A pair's key as formats may list it: with its bracket first, then without."""
    return (f"{key}({hint.lower()})", key) if hint else (key,)


def pairs_in(line: str, known: Container[str]) -> list[Pair]:
    """The pairs of a line whose keys are ``known``; their values may be empty."""
    if ":" not in line and "=" not in line and "\t" not in line and "\uff1a" not in line:
        return []
    pairs: list[Pair] = []
    end = len(line)
    for match in reversed(_candidates(line)):
        written, hint = match.groups()
        key = key_of(written)
        if key in known:
            value = line[match.end() : end].strip(" \t,;|\"'")
            pairs.append((key, hint.strip() if hint else "", value))
            end = match.start()
    pairs.reverse()
    return pairs


def _candidates(line: str) -> list[re.Match[str]]:
    """What may be a key, in the order of the line."""
    if "=" in line and _ASSIGNED.match(line):
        return [*_ASSIGNED.finditer(line)]
    first = _FIRST_KEY.match(line)
    cell = _CELL.match(line) if first is None and "\t" in line else None
    if cell:
        return [cell]
    if first is None:
        return [*_NEXT_KEY.finditer(line)]
    if not _SEPARATOR.search(line, first.end()):
        return [first]
    return [first, *_NEXT_KEY.finditer(line, first.end())]
