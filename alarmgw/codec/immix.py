"""Alarms as XML in a mail's text (Immix and its like), as pairs of tag and text.

No XML parser reads what a camera sends: elements are found by plain searches, a
document type is passed over, and nothing is ever fetched or expanded but the
five entities that XML itself has and characters by number.  XML that breaks off
gives the elements that were whole, and the last one's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: More elements than any alarm has.
ELEMENTS = 500

_TAG = re.compile(r"<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,60})((?:\s[^<>]{0,1000})?)>([^<]{0,4000})")
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def is_xml(text: str) -> bool:
    """Whether a text is XML, by its beginning.

    >>> is_xml("  <Alarm><Input1>7</Input1>")
    True
    """
    return re.match(r"[\s\ufeff]{0,64}<(?:\?xml|[A-Za-z])", text) is not None


def elements_in(text: str) -> Iterator[tuple[str, str]]:
    """Each element that has text of its own: its name, without a prefix, and the text."""
    for number, found in enumerate(_TAG.finditer(text)):
        if number >= ELEMENTS:
            return
        value = _unescaped(found[3]).strip()
        if value and not found[2].endswith("/"):
            yield found[1], value


def _unescaped(text: str) -> str:
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    if found[1]:
        return _NAMED[found[1]]
    number = int(found[2]) if found[2] else int(found[3], 16)
    fits = 0x20 <= number < 0xD800 or 0xE400 <= number < 0x110000
    return chr(number) if fits else "\ufffd"
