"""Content transfer encodings, undone as the bytes arrive.

Every decoder takes raw bytes in any pieces and gives decoded ones back; what
it gives in all depends only on the bytes, not on the pieces.  Devices lie
about encodings as about everything else, so a `Transfer` looks at the first
bytes before it believes what was declared.
"""

from __future__ import annotations

import binascii
import codecs
import re
import string
from typing import Protocol

from alarmgw.codec.base64 import Base64
from alarmgw.codec.sniff import PICTURES, magic
from alarmgw.codec.uuencode import Uuencode, is_uuencoded

#: So many raw bytes show whether base64 is base64.
HEAD_BYTES = 512

#: So many raw bytes show whether quoted-printable is quoted-printable.
QUOTED_HEAD_BYTES = 65536

_TOKEN = re.compile(r"[a-z][a-z0-9-]*")
_NAMES = {
    "base64": "base64",
    "base-64": "base64",
    "x-base64": "base64",
    "quoted-printable": "quoted-printable",
    "quotedprintable": "quoted-printable",
    "uuencode": "uuencode",
    "x-uuencode": "uuencode",
    "uue": "uuencode",
    "x-uue": "uuencode",
}

#: How pictures begin in base64.
_PICTURES_IN_BASE64 = (b"/9j/", b"iVBORw0KGgo", b"R0lGODlh", b"R0lGODdh")

_BASE64 = (string.ascii_letters + string.digits + "+/=").encode("ascii")
_BLANKS = b" \t\r\n"
_ESCAPED_END = re.compile(rb"[A-Za-z0-9+/]{4}=(?:20|0[AaDd])(?:=0[Aa])?=?[\r\n]")
_INNER_BLANK = re.compile(rb"[!-~] [!-~]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")

# A valid escape or soft break, what only an encoder writes, and what none would.
_STRONG = re.compile(rb"=3[Dd]|[^\r\n]{50}=\r?\n|=20\r?\n|=[C-Fc-f][0-9A-Fa-f]=[89ABab][0-9A-Fa-f]")
_HIGH = re.compile(rb"=[89A-F][0-9A-F]")
_IMPOSSIBLE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*(?:\r|\n|\Z))")
_IMPOSSIBLE_IN_TEXT = re.compile(rb"=(?:0[0-8BCEFbcef]|1[0-9A-Fa-f]|7[Ff])")
_SOFT_BREAK = re.compile(rb"=[ \t]{0,100}(?:\r{0,2}\n|\r)")
_STRAY_EQUALS = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]{0,100}(?:\r|\n))")
_OPEN_END = re.compile(rb"=[ \t]{0,100}\r{0,2}\Z|=[0-9A-Fa-f]?\Z")


class Decoder(Protocol):
    """One encoding, undone piece by piece."""

    notes: list[str]
    name: bytes | None

    def decode(self, raw: bytes) -> bytes:
        """What ``raw``, after everything before it, adds to the content."""

    def finish(self) -> bytes:
        """What was still held back; nothing comes after it."""


def encoding_name(value: bytes) -> str:
    """The encoding that a Content-Transfer-Encoding value means; "identity" for none."""
    found = _TOKEN.search(value.decode("ascii", "replace").lower())
    return _NAMES.get(found[0], "identity") if found else "identity"


class Identity:
    """7bit, 8bit and binary: the bytes are the content."""

    def __init__(self, *notes: str) -> None:
        self.notes = list(notes)
        self.name: bytes | None = None

    def decode(self, raw: bytes) -> bytes:
        """``raw`` itself."""
        return raw

    def finish(self) -> bytes:
        """Nothing is ever held back."""
        return b""


class QuotedPrintable:
    """Quoted-printable.  An equals sign that begins no escape stands for itself."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.name: bytes | None = None
        self._held = b""

    def decode(self, raw: bytes) -> bytes:
        """Decode all but an escape that may go on in the next piece."""
        raw = self._held + raw
        open_end = _OPEN_END.search(raw, max(0, len(raw) - 110))
        cut = open_end.start() if open_end else len(raw)
        self._held = raw[cut:]
        return _unquoted(raw[:cut])

    def finish(self) -> bytes:
        """What is left of an escape; a soft break at the very end is nothing."""
        held, self._held = self._held, b""
        return b"" if not held.strip(b"= \t\r\n") else _unquoted(held)


class EscapedBase64:
    """Base64 that was then written as quoted-printable, as some relays and devices do."""

    def __init__(self) -> None:
        self._outer, self._inner = QuotedPrintable(), Base64("bad_base64")
        self.notes = self._inner.notes
        self.name: bytes | None = None

    def decode(self, raw: bytes) -> bytes:
        """Undo the one and then the other."""
        return self._inner.decode(self._outer.decode(raw))

    def finish(self) -> bytes:
        """What both held back."""
        return self._inner.decode(self._outer.finish()) + self._inner.finish()


class Transfer:
    """The decoder that the first bytes call for, whatever was declared."""

    def __init__(self, declared: str, is_text: bool) -> None:
        self._declared = declared
        self._is_text = is_text
        self._head = bytearray()
        self._decoder: Decoder | None = None
        self._wanted = QUOTED_HEAD_BYTES if declared == "quoted-printable" else HEAD_BYTES

    @property
    def notes(self) -> list[str]:
        """What was odd about the encoding, so far."""
        return self._decoder.notes if self._decoder else []

    @property
    def name(self) -> bytes | None:
        """The file's name, if the encoding carries one."""
        return self._decoder.name if self._decoder else None

    def decode(self, raw: bytes) -> bytes:
        """Decode ``raw``, once enough is there to know how."""
        if self._decoder is not None:
            return self._decoder.decode(raw)
        self._head += raw
        return self._begin() if len(self._head) >= self._wanted else b""

    def finish(self) -> bytes:
        """The rest; a short part is decided and decoded here."""
        begun = b"" if self._decoder else self._begin()
        return begun + self._decoder.finish() if self._decoder else begun

    def _begin(self) -> bytes:
        self._decoder = _chosen(self._declared, bytes(self._head[: self._wanted]), self._is_text)
        head, self._head = bytes(self._head), bytearray()
        return self._decoder.decode(head)


def _chosen(declared: str, head: bytes, is_text: bool) -> Decoder:
    """A decoder for content that begins with ``head`` and was ``declared`` so."""
    if declared == "base64":
        if _ESCAPED_END.search(head):
            return EscapedBase64()
        return Identity("not_encoded") if _is_plain(head, is_text) else Base64()
    only_base64 = not head[:HEAD_BYTES].translate(None, _BASE64 + _BLANKS)
    if only_base64 and head.lstrip().startswith(_PICTURES_IN_BASE64):
        return Base64("undeclared_base64")
    if declared == "uuencode":
        return Uuencode() if is_uuencoded(head[:HEAD_BYTES], is_text) else Identity("not_encoded")
    if declared == "quoted-printable":
        return QuotedPrintable() if _is_quoted(head, is_text) else Identity("not_encoded")
    return Identity()


def _is_plain(head: bytes, is_text: bool) -> bool:
    """Whether content declared as base64 never was: a picture's own bytes, or readable text."""
    if magic(head) in PICTURES and not head.isascii():
        return True
    if not is_text or not head.strip():
        return False
    strays = len(head.translate(None, _BASE64 + _BLANKS + b"-"))
    if strays * 20 > len(head):
        return not _is_padded_word(head)
    if not _INNER_BLANK.search(head):
        return False
    decoded = Base64().decode(head)
    words = any(len(token) % 4 for token in head.split()[:-1])
    return _CONTROL.search(decoded) is not None or (words and not _is_utf8(decoded))


def _is_padded_word(head: bytes) -> bool:
    """Whether content with many stray bytes is one word that ends in padding and makes a text."""
    word = head.strip()
    decoded = Base64().decode(head)
    return (
        word.endswith(b"=")
        and len(word.split()) == 1
        and not _CONTROL.search(decoded)
        and _is_utf8(decoded)
    )


def _is_utf8(content: bytes) -> bool:
    """Whether ``content``, perhaps cut at its end, is UTF-8."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return False
    return True


def _is_quoted(head: bytes, is_text: bool) -> bool:
    """Whether content declared as quoted-printable is: TVT declares it and encodes nothing."""
    impossible = len(_IMPOSSIBLE.findall(head))
    if is_text:
        impossible += len(_IMPOSSIBLE_IN_TEXT.findall(head))
    if not impossible or _STRONG.search(head):
        return True
    return len(_HIGH.findall(head)) > impossible


def _unquoted(raw: bytes) -> bytes:
    """Escapes and soft breaks undone.  Stray equals signs first, or breaks make escapes."""
    safe = _STRAY_EQUALS.sub(b"=3D", raw)
    return binascii.a2b_qp(_SOFT_BREAK.sub(b"", safe))
