"""Folded text: as people compare words, without case and accents."""

from __future__ import annotations

import re
import unicodedata

#: What is left of an accent when it stands apart from its letter.
_ACCENTS = re.compile("[\u0300-\u036f]+")

#: Letters that are one with their stroke.
_STROKES = (("ł", "l"), ("ø", "o"), ("đ", "d"))


def folded(text: str) -> str:
    """``text`` in small letters without accents, for comparing only.

    >>> folded("Zaun SÜD, Straße")
    'zaun sud, strasse'
    """
    if text.isascii():
        return text.lower()
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    for letter, without in _STROKES:
        plain = plain.replace(letter, without)
    return plain
