"""Uuencoded files in the middle of a text, as mailers wrote them before MIME.

A block counts as one only if the line after ``begin MODE NAME`` is one that
uuencode writes; a sentence that happens to start with "begin" is text.
"""

from __future__ import annotations

import enum
import re

from alarmgw.codec.uuencode import decoded, line_size

_CANDIDATE = re.compile(rb"begin (?<=[\r\n]begin )[0-7]{3,4} ")
_BLOCK = re.compile(rb"begin [0-7]{3,4} ([^\r\n]{1,500})(?:\r\n|\n|\r)([!-`][ -`]{1,99})(?=[\r\n])")
_LINE = re.compile(rb"([^\r\n]{0,100})(?:\r\n|\n|\r(?=[^\n]))")

#: The longest beginning of a block that `_BLOCK` may have to wait for.
_BEGIN_BYTES = 640

#: The longest line inside a block, with its end.
_LINE_BYTES = 102

_BEGIN = b"begin "


class Inline(enum.Enum):
    """What a piece of a text is."""

    TEXT = "text"
    NAME = "name"
    DATA = "data"
    END = "end"
    BROKEN = "broken"


Piece = tuple[Inline, bytes]
"""A piece of text; or a file's name, data and end (``BROKEN``: without an ``end`` line)."""


class InlineFiles:
    """Cuts a text into text and files, whatever the pieces it arrives in."""

    def __init__(self) -> None:
        self._buffer = b"\n"  # begins with the byte before `_at`
        self._at = 1
        self._inside = False
        self._closing = False

    def read(self, data: bytes) -> list[Piece]:
        """What ``data``, after everything before it, adds."""
        self._buffer = self._buffer[self._at - 1 :] + data
        self._at = 1
        pieces: list[Piece] = []
        while self._block(pieces) if self._inside else self._text(pieces):
            pass
        return pieces

    def finish(self) -> list[Piece]:
        """What was held back; the text is over."""
        self._closing = True
        pieces = self.read(b"\n")
        if self._inside:
            pieces.append((Inline.BROKEN, b""))
        elif pieces and pieces[-1][0] is Inline.TEXT:
            pieces[-1] = (Inline.TEXT, pieces[-1][1][:-1])
        return pieces

    def _text(self, pieces: list[Piece]) -> bool:
        """Give text up to the next block; True if one begins."""
        look = self._at
        while found := _CANDIDATE.search(self._buffer, look):
            look = found.end()
            block = _BLOCK.match(self._buffer, found.start())
            if block and _is_first_line(block[2]):
                self._give_text(pieces, found.start())
                pieces.append((Inline.NAME, block[1].strip()))
                self._at, self._inside = block.start(2), True
                return True
            if block is None and self._may_go_on(found.start()):
                self._give_text(pieces, found.start())
                return False
        self._give_text(pieces, self._held_from())
        return False

    def _may_go_on(self, start: int) -> bool:
        """Whether a block's beginning is not all there yet."""
        rest = self._buffer[start : start + _BEGIN_BYTES]
        lines = rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")
        return not self._closing and len(rest) < _BEGIN_BYTES and lines < 2

    def _held_from(self) -> int:
        """Where a last line begins that may become a block's first."""
        end = len(self._buffer)
        if self._closing:
            return end
        low = max(self._at - 1, end - 12)
        start = max(self._buffer.rfind(b"\n", low), self._buffer.rfind(b"\r", low)) + 1
        line = self._buffer[start:]
        open_ = start > 0 and (_BEGIN.startswith(line) or line.startswith(_BEGIN))
        return max(start, self._at) if open_ else end

    def _give_text(self, pieces: list[Piece], end: int) -> None:
        if end > self._at:
            pieces.append((Inline.TEXT, self._buffer[self._at : end]))
            self._at = end

    def _block(self, pieces: list[Piece]) -> bool:
        """Give the content of the lines that are there; True if the block ended."""
        content: list[bytes] = []
        ended = None
        while ended is None:
            found = _LINE.match(self._buffer, self._at)
            if found is None:
                waits = len(self._buffer) - self._at < _LINE_BYTES and not self._closing
                ended = None if waits else Inline.BROKEN
                break
            line = found[1]
            if line.strip() == b"end":
                ended = Inline.END
            elif line.strip() and line_size(line) is None:
                ended = Inline.BROKEN
                break
            elif line:
                content.append(decoded(line))
            self._at = found.end()
        if content:
            pieces.append((Inline.DATA, b"".join(content)))
        if ended is None:
            return False
        pieces.append((ended, b""))
        self._inside = False
        return True


def _is_first_line(line: bytes) -> bool:
    """Whether ``line`` is as long as it says, but for a checksum."""
    size = line_size(line)
    return bool(size) and len(line) - 1 >= ((size or 0) + 2) // 3 * 4
