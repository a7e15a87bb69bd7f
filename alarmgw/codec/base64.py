"""Base64 as devices write it: any line length, stray bytes, too much or too little padding.

Padding does not end the content for certain: some devices encode block by
block.  What follows it is taken on only if it looks like base64 line by line;
anything else (a bare ``--``, a footer) is not part of the content.
"""

from __future__ import annotations

import binascii
import re
import string

try:
    import pybase64
except ImportError:  # the library is a welcome speed-up, not a need
    _HAS_PYBASE64 = False
else:
    _HAS_PYBASE64 = True

_ALPHABET = (string.ascii_letters + string.digits + "+/").encode("ascii")
_OTHERS = bytes(range(256)).translate(None, _ALPHABET)
_BLANKS = b" \t\r\n"
_LINE_END = re.compile(rb"[\r\n]")
_FILLER = re.compile(rb"[= \t\r\n]*")

#: Padded blocks, a line for each, that can be decoded without looking at them one by one.
_BLOCKS = re.compile(
    rb"(?:(?:[A-Za-z0-9+/]{4}){0,999}[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=)[ \t]*[\r\n][ \t\r\n]*)+"
)

#: A line after padding that is shorter than this must end in padding itself to be believed.
_MORE_BYTES = 32

#: More surplus padding than this, in all blocks together, and the content is over.
_SURPLUS = 256

#: So much of one line after padding is looked at before it is believed or not.
_LINE_BYTES = 4096


class Base64:
    """Decodes base64 piece by piece, at the speed of the library underneath."""

    def __init__(self, *notes: str) -> None:
        self.notes = list(notes)
        self.name: bytes | None = None
        self._quantum = b""  # up to three characters that wait for the fourth
        self._padded = False
        self._padding_due = 0
        self._surplus = 0
        self._over = False
        self._line = bytearray()  # after padding: the line that is judged

    def decode(self, raw: bytes) -> bytes:
        """What ``raw`` adds to the content."""
        pieces: list[bytes] = []
        at, raw = 0, raw.replace(b"\0", b"")
        while at < len(raw) and not self._over:
            if self._padded:
                at = self._after_padding(raw, at, pieces)
                continue
            padding = raw.find(b"=", at)
            if padding < 0:
                pieces.append(self._whole_quanta(raw[at:]))
                break
            pieces += self._whole_quanta(raw[at:padding]), self._pad()
            at = padding
        return b"".join(pieces)

    def finish(self) -> bytes:
        """The last bytes; missing padding costs nothing but a note."""
        pieces: list[bytes] = []
        if self._line:
            self._judge(pieces)
        if self._quantum or self._padding_due:
            self._note()
        return b"".join(pieces) + self._flushed()

    def _whole_quanta(self, raw: bytes) -> bytes:
        clean = raw.translate(None, _BLANKS)
        if self._quantum:
            clean = self._quantum + clean
        whole = len(clean) & ~3
        self._quantum = clean[whole:]
        if self._quantum and self._quantum.translate(None, _ALPHABET):
            return self._dirty(clean)
        try:
            return _strict(clean[:whole] if self._quantum else clean)
        except binascii.Error:
            return self._dirty(clean)

    def _dirty(self, clean: bytes) -> bytes:
        """The slow way, for a piece with stray bytes in it."""
        if clean.translate(None, _ALPHABET).strip(b"-"):
            self._note()
        clean = clean.translate(None, _OTHERS)
        whole = len(clean) & ~3
        self._quantum = clean[whole:]
        return binascii.a2b_base64(clean[:whole])

    def _pad(self) -> bytes:
        """The end of a padded block."""
        self._padded = True
        self._surplus += max(-self._padding_due, 0)
        self._over = self._surplus > _SURPLUS
        self._padding_due = -len(self._quantum) % 4
        if self._padding_due > 2:
            self._note()
        return self._flushed()

    def _flushed(self) -> bytes:
        quantum, self._quantum = self._quantum, b""
        return binascii.a2b_base64(quantum.ljust(4, b"=")) if len(quantum) > 1 else b""

    def _after_padding(self, raw: bytes, at: int, pieces: list[bytes]) -> int:
        """Take the next line, or as much of it as is there; gives the place behind it."""
        if not self._line:
            filler = _FILLER.match(raw, at)
            if filler is not None:
                at = filler.end()
                self._padding_due -= filler[0].count(b"=")
            if self._padding_due < 0:
                self._note()
            at = self._whole_blocks(raw, at, pieces)
        end = _LINE_END.search(raw, at)
        cut = min(end.start() if end else len(raw), at + _LINE_BYTES - len(self._line))
        self._line += raw[at:cut]
        complete = len(self._line) >= _LINE_BYTES or (end is not None and cut == end.start())
        if complete and self._line:
            self._judge(pieces)
        return cut

    def _whole_blocks(self, raw: bytes, at: int, pieces: list[bytes]) -> int:
        """Take all lines that are a padded block each, if the last was one; gives the place."""
        found = _BLOCKS.match(raw, at) if self._padding_due == 0 else None
        if found is None:
            return at
        pieces.extend(map(binascii.a2b_base64, found[0].split()))
        return found.end()

    def _judge(self, pieces: list[bytes]) -> None:
        """Decode the line if it is base64; else the content is over."""
        line, self._line = bytes(self._line).strip(b" \t\0"), bytearray()
        content = line.rstrip(b"=")
        believed = len(line) >= _MORE_BYTES or content != line
        whole = (len(line) % 4 == 0 and len(content) % 4 != 1) or len(line) >= _LINE_BYTES
        if believed and whole and not content.translate(None, _ALPHABET):
            self._padded = False
            pieces.append(self._whole_quanta(content))
            if content != line:
                pieces.append(self._pad())
                self._padding_due -= len(line) - len(content)
            return
        self._over = True
        if line.strip(b"-"):
            self._note()

    def _note(self) -> None:
        if "bad_base64" not in self.notes:
            self.notes.append("bad_base64")


def _strict(clean: bytes) -> bytes:
    """Whole quanta without blanks, refused if anything else is in them."""
    if _HAS_PYBASE64:
        return pybase64.b64decode(clean, validate=True)
    if clean.translate(None, _ALPHABET):
        raise binascii.Error("stray bytes")
    return binascii.a2b_base64(clean)
