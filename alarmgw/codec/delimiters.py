"""The delimiters of all open multiparts, found in the bytes without cutting them into lines.

A delimiter is a whole line: two dashes, a boundary, two more dashes if it
closes, blanks.  A whole line, because one boundary may be another's
beginning, and longest first, because a boundary may itself end in dashes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import frozen

#: Blanks that may follow a delimiter on its line.
_BLANKS = 256

#: A boundary that nobody declared, believed if a part's header follows it.
_GUESSED = rb"([!-~][^\r\n]{0,199}?)(?=[ \t]{0,256}(?:\r\n|\n|\r)(?i:content-))"
_HEADER_START = b"content-"

_END = rb"(--)?[ \t]{0,256}(?:\r\n|\n|\r(?=[^\n]))"


@frozen
class Delimiter:
    """One delimiter line: where its line break begins, where it ends, whose it is."""

    start: int
    end: int
    level: int
    closes: bool
    guessed: bytes | None


class Delimiters:
    """What to look for, given the boundaries of all open multiparts, outermost first.

    With ``guess`` the innermost has not been seen yet, and another boundary
    is believed in its place.
    """

    def __init__(self, boundaries: Sequence[bytes | None], guess: bool) -> None:
        levels: dict[bytes, int] = {}
        for level, boundary in enumerate(boundaries):
            if boundary:
                levels[boundary] = level
        longest_first = sorted(levels, key=len, reverse=True)
        self._levels = [levels[boundary] for boundary in longest_first]
        choices = [b"(" + re.escape(boundary) + b")" for boundary in longest_first]
        self._innermost = len(boundaries) - 1
        self._guess = guess
        self._pattern = re.compile(
            rb"--(?<=[\r\n]--)(?:" + b"|".join([*choices, *([_GUESSED] * guess)]) + b")" + _END
        )
        self._longest = max([len(boundary) for boundary in levels] + [200 * guess]) + _BLANKS + 8

    def find(self, buffer: bytes, at: int) -> Delimiter | None:
        """The next delimiter at or after ``at``; the byte before ``at`` must be in ``buffer``."""
        found = self._pattern.search(buffer, at)
        if found is None:
            return None
        choice = next(
            index for index in range(1, len(self._levels) + 2) if found[index] is not None
        )
        guessed = choice > len(self._levels)
        return Delimiter(
            start=max(_line_break(buffer, found.start()), at),
            end=found.end(),
            level=self._innermost if guessed else self._levels[choice - 1],
            closes=found[self._pattern.groups] is not None,
            guessed=found[choice] if guessed else None,
        )

    def held_from(self, buffer: bytes, at: int) -> int:
        """Where something begins, in a buffer without delimiter, that more bytes may make one."""
        end = len(buffer)
        if buffer.endswith(b"\r") and end > at:
            end -= 1  # it ends the line before it, or with an LF to come it does so
        start = self._last_line(buffer, at, end)
        if start is None:
            return end
        line = buffer[start:end].lower()
        if self._guess and _HEADER_START.startswith(line):
            before = self._last_line(buffer, at, max(_line_break(buffer, start), at))
            if before is not None and buffer.startswith(b"--", before):
                start, line = before, b"--"
        if not line.startswith(b"--"[: len(line)]):
            return end
        return max(_line_break(buffer, start), at)

    def _last_line(self, buffer: bytes, at: int, end: int) -> int | None:
        """Where the last line before ``end`` begins, if it is short enough for a delimiter."""
        low = max(at - 1, end - self._longest)
        found = max(buffer.rfind(b"\n", low, end), buffer.rfind(b"\r", low, end))
        return found + 1 if found >= 0 else None


def _line_break(buffer: bytes, start: int) -> int:
    """Where the line break before ``start`` begins."""
    if start >= 2 and buffer[start - 2 : start] == b"\r\n":
        return start - 2
    return start - 1
