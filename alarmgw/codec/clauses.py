"""Clauses: what has happened, read from a line that no format knows.

A line is cut where people cut it: at colons, dashes and brackets, then at words
behind which the place stands ("from", "on", "Kamera") and at numbers.  A camera's
name must not make an event, so a clause behind such a word counts only if it
says itself that something was noticed ("Person detected").
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from attrs import frozen

from alarmgw.codec.eventwords import (
    RAW_CHARACTERS,
    Reading,
    read_words,
    tokens_of_word,
    vocabulary,
)
from alarmgw.codec.lines import unmarked

#: Where a line is cut: at punctuation, at times, at dashes between blanks, at wide gaps.
_SEGMENT = re.compile(
    r"[:|;,()\[\]{}<>!?\ue000-\ue0ff\uff1a\uff0c\u3002\uff1b\uff01\uff1f\uff08\uff09\u3010\u3011]"
    r"|\s[-\u2013\u2014_/]{1,3}\s|\.\s|\s{2,}|\t|\.\Z"
)
_PREFIX = re.compile(r"\A(?:\s|\(null\)|(?:re|fwd?|aw|wg):)+", re.IGNORECASE)
_DIGIT = re.compile(r"\d")

#: Clauses of one line that are looked at.
MOST = 24


@frozen
class Clause:
    """A piece of a line and what it says."""

    raw: str
    reading: Reading
    #: It stands behind a word like "from" or "Kamera": likely a name.
    placed: bool

    @property
    def tells(self) -> bool:
        """Whether it says what has happened."""
        return self.reading.word is not None and (self.reading.sign or not self.placed)

    @property
    def kind(self) -> str:
        """The kind of what it says, ``info`` where it says nothing."""
        return self.reading.word.kind if self.reading.word else "info"


@functools.lru_cache(maxsize=1024)
def best_clause(marked: str) -> Clause | None:
    """The clause of a line that says what has happened; the surest, then the first.

    >>> best_clause("Motion Alert from Person").raw
    'Motion Alert'
    """
    telling = [clause for clause in clauses_in(marked) if clause.tells]
    return min(telling, key=_doubt, default=None)


def sign_clause(marked: str) -> Clause | None:
    """The clause of a line that at least says that something was noticed."""
    return next((clause for clause in clauses_in(marked) if clause.reading.sign), None)


def clauses_in(marked: str) -> list[Clause]:
    """The clauses of a line, in their order."""
    text = _PREFIX.sub("", marked[: 2 * RAW_CHARACTERS])
    found: list[Clause] = []
    for segment in _SEGMENT.split(text):
        if segment and not segment.isspace():
            found += _cut(unmarked(segment).split())
        if len(found) >= MOST:
            break
    return found[:MOST]


def _doubt(clause: Clause) -> tuple[bool, bool, bool]:
    quiet = clause.kind not in ("alarm", "fault")
    return quiet, not clause.reading.sign, clause.placed


def _cut(words: Sequence[str]) -> list[Clause]:
    """A segment's words, cut at words of place and at numbers."""
    kept = _in_phrases(words)
    clauses, start, placed = [], 0, False
    for number in range(len(words) + 1):
        stop = number < len(words) and number not in kept and _stops(words[number])
        if number == len(words) or stop:
            if number > start:
                clauses.append(_clause(words[start:number], placed))
            start = number + 1
            placed = number < len(words) and not _numbered(words[number])
    return clauses


def _in_phrases(words: Sequence[str]) -> set[int]:
    """The words that are part of a phrase of several, so that "Line Crossing" is not cut."""
    found = [(token, number) for number, word in enumerate(words) for token in tokens_of_word(word)]
    hits = vocabulary().lexicon.hits([token for token, _ in found])
    return {found[at][1] for _, first, end in hits if end - first > 1 for at in range(first, end)}


def _stops(word: str) -> bool:
    if _numbered(word):
        return True
    tokens = tokens_of_word(word)
    return len(tokens) == 1 and tokens[0] in vocabulary().stops


def _numbered(word: str) -> bool:
    return _DIGIT.search(word) is not None


def _clause(words: Sequence[str], placed: bool) -> Clause:
    raw = " ".join(words)[:RAW_CHARACTERS].strip(" -\u2013—_.,*\"'#")
    return Clause(raw, read_words(raw), placed)
