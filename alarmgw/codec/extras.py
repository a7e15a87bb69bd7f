"""Where it was and where to look: coordinates and the verification link of a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable

_COORDINATES = re.compile(
    r"(?<![\d.])(-?\d{1,2}\.\d{3,9})\s{0,2}[,;]\s{0,2}(-?\d{1,3}\.\d{3,9})(?![\d.]*\d)"
)
#: A cheap look: what begins with a dot is found at once.
_MAYBE = re.compile(r"\.\d{3,9}\s{0,2}[,;]")
_LINK = re.compile(r"\bhttps?://[^\s<>\"'\x00-\x20]{3,1000}", re.IGNORECASE)


def coordinates_in(text: str) -> str | None:
    """Latitude and longitude in degrees, as written, or None.

    >>> coordinates_in("51.650646,-3.914983")
    '51.650646,-3.914983'
    """
    if not _MAYBE.search(text):
        return None
    for found in _COORDINATES.finditer(text):
        latitude, longitude = found.groups()
        if abs(float(latitude)) <= 90 and abs(float(longitude)) <= 180:
            return f"{latitude},{longitude}"
    return None


def link_in(text: str, named: Iterable[str | None]) -> str | None:
    """The link that a key names, else the first one in the text; only http and https."""
    for candidate in (*named, text):
        found = _LINK.search(candidate) if candidate and "://" in candidate else None
        if found:
            return found[0].rstrip(".,;)]}")
    return None
