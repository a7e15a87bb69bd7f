"""The argument of MAIL and RCPT: one address and its parameters, as devices write them.

RFC 5321 wants ``FROM:<a@b> SIZE=1``.  Devices put blanks after the colon,
leave the brackets out, prefix a name, end a local part in a dot; all of that
means one address and is taken.  Every step is linear in the line's length: a
hostile line costs no more than a long one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import frozen

from alarmgw.errors import Cause, Refused

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


@frozen
class Path:
    """An address (empty: the null sender) and the ESMTP parameters behind it."""

    address: str
    parameters: Mapping[str, str]

    @property
    def declared_size(self) -> int:
        """What ``SIZE=`` says, or 0 where it says nothing that is a number."""
        size = self.parameters.get("SIZE", "")
        return int(size) if size.isascii() and size.isdigit() else 0


def parse_path(argument: bytes, keyword: str) -> Path:
    """The path in ``argument``, which begins with ``keyword`` (FROM or TO) and a colon.

    Raises `Refused` (bad address) if it is no path.
    """
    word, colon, rest = _text(argument).partition(":")
    if not colon or word.strip().upper() != keyword:
        raise Refused(Cause.BAD_ADDRESS, f"{keyword}: and an address are expected")
    address, parameters = _parted(rest.strip())
    if _CONTROL.search(address):
        raise Refused(Cause.BAD_ADDRESS, "An address has no control characters")
    return Path(_without_route(address.strip()), _parameters(parameters))


def _text(raw: bytes) -> str:
    """Non-ASCII addresses are UTF-8 (SMTPUTF8), else whatever Latin-1 makes of them."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _parted(text: str) -> tuple[str, str]:
    """The address and what stands behind it; brackets and blanks inside quotes do not count."""
    masked = _masked(text)
    opening = masked.find("<")
    if opening < 0:
        end = masked.find(" ")
        return (text, "") if end < 0 else (text[:end], text[end:])
    closing = masked.find(">", opening)
    if closing < 0:
        return text[opening + 1 :], ""
    return text[opening + 1 : closing], text[closing + 1 :]


def _masked(text: str) -> str:
    """``text`` with what is quoted replaced, place for place; a last lone quote is none."""
    parts = text.split('"')
    for quoted in range(1, len(parts) - 1, 2):
        parts[quoted] = "_" * len(parts[quoted])
    return '"'.join(parts)


def _without_route(address: str) -> str:
    """Source routes are ignored (RFC 5321, 3.6.1): ``@a,@b:user@c`` is ``user@c``."""
    return address.partition(":")[2] if address.startswith("@") else address


def _parameters(text: str) -> dict[str, str]:
    """``KEY=VALUE`` pairs, keys in upper case; what is none has an empty value."""
    pairs = (word.partition("=") for word in text.split())
    return {key.upper(): value for key, _, value in pairs}
