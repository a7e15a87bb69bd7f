"""Uuencoded content: declared as such, or standing in the middle of a text.

A block is ``begin MODE NAME``, lines whose first character is their length,
and ``end``.  Lines may have lost their last blanks, or carry a checksum.
"""

from __future__ import annotations

import binascii
import re

_BEGIN = re.compile(rb"begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,500}?)[ \t]*\Z")

#: A line of a block: a length, at most 84 characters of content, perhaps a checksum.
_LINE = re.compile(rb"[ -`]{1,100}\Z")

#: So much of a line is kept: no line of a block is longer, nor is a name.
_LINE_BYTES = 700

#: So many lines may be shorter than an encoder makes them, before the content is over.
_SHORT_LINES = 2000
_SHORT_BYTES = 24


def begin_name(line: bytes) -> bytes | None:
    """The file name in a ``begin`` line; None for any other line."""
    found = _BEGIN.match(line)
    return found[1] if found else None


def line_size(line: bytes) -> int | None:
    """How many bytes ``line`` says it carries; None if it is no line of a block."""
    if not _LINE.match(line):
        return None
    size = (line[0] - 32) & 63
    encoded = (size + 2) // 3 * 4
    return size if len(line) - 1 <= encoded + 2 else None


def decoded(line: bytes) -> bytes:
    """The content of a line that has a `line_size`; what it lacks is taken for blanks."""
    size = (line[0] - 32) & 63
    return binascii.a2b_uu(line[: 1 + (size * 8 + 5) // 6])


def is_uuencoded(head: bytes, is_text: bool) -> bool:
    """Whether content that begins with ``head`` and was declared as uuencode is.

    A text with a block further down is a text with a file in it (`inline`).
    """
    lines = [line.rstrip(b"\t") for line in re.split(rb"[\r\n]+", head.lstrip(b" \t\r\n"))]
    if begin_name(lines[0]) is not None or _is_exact(lines[0]):
        return True
    return not is_text and any(begin_name(line) is not None for line in lines)


def _is_exact(line: bytes) -> bool:
    """Whether ``line`` is as long as it says: without a ``begin`` line before it, it must be."""
    size = line_size(line)
    return size is not None and len(line) == 1 + (size + 2) // 3 * 4


class Uuencode:
    """Decodes a body whose transfer encoding is uuencode."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.name: bytes | None = None
        self._line = b""
        self._over = False
        self._short = 0

    def decode(self, raw: bytes) -> bytes:
        """The content of all lines that ``raw`` completes."""
        if self._over:
            return b""
        lines = (self._line + raw).replace(b"\r", b"\n").split(b"\n")
        self._line = lines.pop()[:_LINE_BYTES]
        return b"".join(map(self._decoded, lines))

    def finish(self) -> bytes:
        """The last line, if its end is missing."""
        rest = self._decoded(self._line)
        if not self._over:
            self._note()
        return rest

    def _decoded(self, line: bytes) -> bytes:
        line = line.rstrip(b"\t")
        if self._over or not line:
            return b""
        if line.strip() == b"end":
            self._over = True
            return b""
        name = begin_name(line)
        if name is not None:
            self.name = self.name or name
            return b""
        self._short += len(line) < _SHORT_BYTES
        size = line_size(line)
        if self._short > _SHORT_LINES:
            self._over = True
            self._note()
            return b""
        if size is None or (self.name is None and not _is_exact(line)):
            self._note()
            return b""
        return decoded(line)

    def _note(self) -> None:
        if "bad_uuencode" not in self.notes:
            self.notes.append("bad_uuencode")
