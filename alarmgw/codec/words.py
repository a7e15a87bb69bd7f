"""The words of header fields: RFC 2047 encoded words and raw 8-bit text.

Adjacent encoded words of one character set are joined as bytes before they
are decoded, because devices split a character between two of them.
"""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterable

from alarmgw.codec.charset import clean_line, decode

# A word may hold blanks, question marks, and lack its end: all of that is sent.
_WORD = re.compile(
    rb"=\?([A-Za-z0-9_.:+-]{0,40})(?:\*[A-Za-z0-9-]{0,20})?\?([bBqQ])\?"
    rb"((?:[^?]|\?(?!=)){0,8000})(?:\?=|\Z)"
)
_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_ALPHABET = (string.ascii_letters + string.digits + "+/").encode("ascii")
_NO_BASE64 = bytes(range(256)).translate(None, _ALPHABET)

Run = tuple[str | None, bytes]
"""Bytes that belong together, with their declared set (None: nobody declared one)."""


def words_text(raw: bytes, hints: Iterable[str] = ()) -> str:
    """A header field's value as one clean line of text."""
    hints = tuple(hints)
    parts = [
        decode(content, declared or None, hints, trust_declared=bool(declared))
        for declared, content in _runs(raw)
    ]
    return clean_line("".join(parts))


def has_raw_8bit(raw: bytes) -> bool:
    """Whether ``raw`` has 8-bit characters outside encoded words."""
    return any(declared is None and not content.isascii() for declared, content in _runs(raw))


def _runs(raw: bytes) -> list[Run]:
    """``raw`` cut into plain text and encoded words, neighbours of one set joined."""
    runs: list[Run] = []
    at = 0
    for word in _WORD.finditer(raw):
        gap = raw[at : word.start()]
        if gap and (gap.strip() or at == 0):
            runs.append((None, gap))
        declared = word[1].decode("ascii").lower()
        content = _payload(word[2], word[3])
        if runs and runs[-1][0] == declared:
            content = runs.pop()[1] + content
        runs.append((declared, content))
        at = word.end()
    if at < len(raw):
        runs.append((None, raw[at:]))
    return runs


def _payload(encoding: bytes, content: bytes) -> bytes:
    """The bytes of one encoded word."""
    if encoding in b"qQ":
        plain = content.replace(b"_", b" ")
        return _ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode("ascii")), plain)
    clean = content.translate(None, _NO_BASE64)
    usable = len(clean) - (len(clean) % 4 == 1)
    return binascii.a2b_base64(clean[:usable] + b"=" * (-usable % 4))
