"""Values with parameters (Content-Type, Content-Disposition), as devices write them.

A value keeps the line breaks of its folded lines, because an unquoted
boundary may contain anything and ends only at ``;`` or at the end of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from urllib.parse import unquote_to_bytes

from attrs import frozen

from alarmgw.codec.charset import clean_line, codec_name, decode
from alarmgw.codec.words import has_raw_8bit, words_text

LABEL_CHARACTERS = 255

#: So much of a value is read; what names, boundaries and sets need is shorter by far.
VALUE_BYTES = 16384

#: More parameters than this are not read.
_PARAMETERS = 200

# Every repetition is bounded, so that a hostile value costs linear time.
_PARAMETER = re.compile(
    rb"(?<![^\s;,\")])([^\s=;\"]{1,64})[ \t\r\n]{0,16}=[ \t]{0,16}"
    rb"(?:\n[ \t]{1,16}(?![ \t]|[a-zA-Z*0-9]{1,64}=))?"  # folded behind the equals sign
    rb"(?:\"((?:\\.|[^\"\\])*)\"|([^;\n]*))",
    re.DOTALL,
)
_TOKEN = re.compile(rb"\s*([^\s;,\"(]*)")
_COMMENT = re.compile(rb"\s\([^()]*\)\s*\Z")
_ESCAPE = re.compile(rb'\\(["\\])')
_FOLD = re.compile(rb"\s*\n\s*")
_EXTENDED = re.compile(r"([^*]+)\*(?:(\d{1,3})(\*)?)?\Z")


@frozen
class Structured:
    """A field's value: its first word in lower case and its parameters, raw and undecoded."""

    value: str
    parameters: Mapping[str, bytes]
    _pieces: Mapping[str, Mapping[int, tuple[bool, bytes]]]

    def token(self, name: str) -> str | None:
        """A parameter that is a plain word, such as a character set."""
        raw = self._joined(name)
        return raw.decode("ascii", "replace").strip().lower() or None if raw else None

    def text(self, name: str, hints: Iterable[str] = ()) -> str | None:
        """A parameter as text: RFC 2231, RFC 2047 in quotes, or raw 8-bit; None if absent or empty.

        >>> structured(b"attachment; filename*=utf-8''T%C3%BCr.jpg").text("filename")
        'Tür.jpg'
        """
        pieces = self._pieces.get(name)
        if pieces and any(encoded for encoded, _ in pieces.values()):
            text = _extended(pieces, hints)
        else:
            text = words_text(self._joined(name) or b"", hints)
        return text[:LABEL_CHARACTERS] or None

    def raw_8bit(self, name: str) -> bool:
        """Whether a parameter has 8-bit characters that nothing declares."""
        return has_raw_8bit(self._joined(name) or b"")

    def _joined(self, name: str) -> bytes | None:
        pieces = self._pieces.get(name)
        if pieces:
            return b"".join(pieces[number][1] for number in sorted(pieces))
        return self.parameters.get(name)


def structured(raw: bytes) -> Structured:
    """``raw`` cut into its first word and its parameters; the first of equal names counts."""
    raw = raw[:VALUE_BYTES]
    first = _TOKEN.match(raw)
    word = first[1] if first else b""
    if b"=" in word:
        word, first = b"", None
    parameters: dict[str, bytes] = {}
    pieces: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for found in islice(_PARAMETER.finditer(raw, first.end() if first else 0), _PARAMETERS):
        name = found[1].decode("ascii", "replace").lower()
        value = _quoted(found[2]) if found[2] is not None else _unquoted(found[3])
        extended = _EXTENDED.match(name)
        if extended is None:
            parameters.setdefault(name, value)
            continue
        encoded = extended[2] is None or extended[3] is not None
        numbered = pieces.setdefault(extended[1], {})
        numbered.setdefault(int(extended[2] or 0), (encoded, value))
    return Structured(word.decode("ascii", "replace").lower(), parameters, pieces)


def _quoted(raw: bytes) -> bytes:
    """A quoted string's content.  Only quotes and backslashes count as escaped (paths)."""
    return _ESCAPE.sub(rb"\1", _FOLD.sub(b" ", raw))


def _unquoted(raw: bytes) -> bytes:
    """An unquoted value: all of it, without a comment, surrounding blanks or half a quote."""
    value = _COMMENT.sub(b"", raw).strip()
    return value[1:].strip() if value.startswith(b'"') else value


def _extended(pieces: Mapping[int, tuple[bool, bytes]], hints: Iterable[str]) -> str:
    """An RFC 2231 value from its numbered pieces, whatever their order."""
    declared, raw = "", b""
    for place, number in enumerate(sorted(pieces)):
        encoded, value = pieces[number]
        if place == 0 and value.count(b"'") >= 2:
            charset, _, rest = value.split(b"'", 2)
            charset_name = charset.decode("ascii", "replace")
            if encoded or value.startswith(b"''") or codec_name(charset_name):
                # A first piece that names its set is encoded, whether or not it is marked so.
                declared, value, encoded = charset_name, rest, True
        raw += unquote_to_bytes(value) if encoded else value
    return clean_line(decode(raw, declared, hints, trust_declared=bool(declared)))
