"""Bytes to text, whatever the device believed its character set to be.

The order: what only the declared set can explain (UTF-16, ISO-2022 and other
sets whose bytes look like ASCII), strict UTF-8, the declared sets, and then a
guess between gb18030, cp1251 and cp1252 by the shape of the bytes.  Nothing
is ever dropped, and the result can always be encoded as UTF-8.
"""

from __future__ import annotations

import codecs
import functools
import re
from collections.abc import Iterable, Mapping
from encodings import aliases

#: Codecs of Python that are no character sets, or that take hostile input badly.
_NO_CHARSETS = frozenset(
    (
        *("base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec"),
        *("zlib_codec", "mbcs", "oem"),
    )
)

#: Narrow sets whose name is commonly used for the wider one that contains it.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "latin_1": "cp1252",
    "ascii": "utf_8",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "cp950",
}

_OWN_NAMES = {
    "x_gbk": "gbk",
    "gb_2312_80": "gb2312",
    "x_sjis": "shift_jis",
    "x_big5": "big5",
    "x_mac_cyrillic": "mac_cyrillic",
    "koi8_u": "koi8_u",
    "cp874": "cp874",
    "windows_874": "cp874",
    "utf_8_sig": "utf_8_sig",
    "unicode_1_1_utf_7": "utf_7",
    "utf8mb4": "utf_8",
    "iso_8859_6_i": "iso8859_6",
    "iso_8859_8_i": "iso8859_8",
}


def _codecs() -> Mapping[str, str]:
    """Every accepted name with its codec: a closed list, so that no input makes Python search."""
    named = {**aliases.aliases, **_OWN_NAMES}
    named.update({codec: codec for codec in named.values()})
    return {name: codec for name, codec in named.items() if codec not in _NO_CHARSETS}


_CODECS = _codecs()
_LOOKS_LIKE_ASCII = re.compile(r"utf_(7|16|32)|iso2022|hz")
_CAPITALS = re.compile(rb"[\xa8\xc0-\xdf]+\Z")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONTROLS = "".join(map(chr, (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F)))
_BLANKS = re.compile("[ \t\r\n\x0b\x0c]+")

#: How many characters one substitution looks at.
_AT_ONCE = 64 * 1024


@functools.lru_cache(maxsize=64)  # few sets are ever named, each for every text of a mail
def codec_name(declared: str | None) -> str | None:
    """The codec for a declared character set; None for an unknown one."""
    if not declared:
        return None
    name = re.sub(r"[^a-z0-9]+", "_", declared[:40].lower()).strip("_")
    codec = _CODECS.get(name) or _CODECS.get(name.replace("_", ""))
    return _WIDER.get(codec, codec) if codec else None


def decode(
    raw: bytes,
    declared: str | None = None,
    hints: Iterable[str] = (),
    *,
    trust_declared: bool = False,
    cut: bool = False,
) -> str:
    """``raw`` as text.

    ``hints`` are sets that other parts of the mail declared.  With
    ``trust_declared`` (encoded words) the declared set goes before UTF-8.
    With ``cut`` the last character may be incomplete and is then left out.
    """
    own = codec_name(declared)
    first = own if own and (trust_declared or _LOOKS_LIKE_ASCII.match(own)) else None
    others = [codec_name(hint) for hint in hints]
    if own and own.startswith("iso2022") and b"\x1b$" in raw and raw.isascii():
        # No other set explains these bytes, even if some of them are in error.
        return codecs.getincrementaldecoder(own)("replace").decode(raw, not cut)
    for codec in dict.fromkeys((first, "utf_8", own, *others)):
        text = _strictly(raw, codec, cut) if codec else None
        if text is None and codec == "utf_8":
            text = _mostly_utf8(raw)
        if text is not None:
            return text
    return raw.decode(_guess(raw), "replace")


def clean_text(text: str) -> str:
    """``text`` with LF line ends, without a byte order mark, NULs, controls and lone surrogates."""
    lines = text.removeprefix("\ufeff")
    for line_end in ("\r\r\n", "\r\n", "\r"):
        lines = lines.replace(line_end, "\n")
    if _UNWANTED.search(lines) is None:
        return lines
    # About twice as fast as a substitution where every second character is one of them.
    for control in _CONTROLS:
        lines = lines.replace(control, "")
    # One substitution holds the interpreter until its end, and a list of all it has found.
    return "".join(
        _UNWANTED.sub("", lines[at : at + _AT_ONCE]) for at in range(0, len(lines), _AT_ONCE)
    )


def clean_line(text: str) -> str:
    """``text`` as one line: runs of white space are one blank, controls are gone."""
    return _UNWANTED.sub("", _BLANKS.sub(" ", text.removeprefix("\ufeff"))).strip()


def _strictly(raw: bytes, codec: str, cut: bool) -> str | None:
    """``raw`` in ``codec``, or None if it is anything else."""
    try:
        return codecs.getincrementaldecoder(codec)("strict").decode(raw, not cut)
    except (UnicodeError, LookupError):
        return None


def _mostly_utf8(raw: bytes) -> str | None:
    """``raw`` as UTF-8 with a few errors (devices cut names in the middle of a character).

    A mail that broke off may end within one.  The beginning shows already whether
    the errors are few: decoding them is slow.
    """
    broken_off = _strictly(raw, "utf_8", True)
    if broken_off is not None and not broken_off.isascii():
        return broken_off + "\ufffd"
    for piece in (raw[:_AT_ONCE], raw):
        text = piece.decode("utf-8", "replace")
        errors = text.count("\ufffd")
        beyond_ascii = sum(map(len, _BEYOND_ASCII.findall(text))) - errors
        if beyond_ascii <= 4 * errors:
            return None
    return text


def _guess(raw: bytes) -> str:
    """The likeliest of gb18030, cp1251 and cp1252 for bytes that nobody declared.

    Chinese text comes in pairs of high bytes whose first is mostly of the
    common characters (B0 to D7).  Cyrillic comes in long runs, and its
    capitals stay within 32 bytes, which Chinese of three characters rarely
    does.  Western text has single high bytes among ASCII.
    """
    runs = _HIGH_RUN.findall(raw[:65536])
    pairs = [run[at] for run in runs for at in range(0, len(run), 2)]
    even = all(len(run) % 2 == 0 for run in runs)
    common = sum(0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7 for lead in pairs)
    if len(pairs) >= 3 and _CAPITALS.match(b"".join(runs)):
        return "cp1251" if max(map(len, runs)) >= 3 else "cp1252"
    decodes = even and _strictly(raw, "gb18030", True) is not None
    if decodes and common * 2 >= len(pairs):
        return "gb18030"
    if runs and sum(map(len, runs)) >= 3 * len(runs):
        return "cp1251"
    return "gb18030" if decodes else "cp1252"
