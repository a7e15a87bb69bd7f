"""What a signed-on workstation asks of the gateway: to sign on, to decide, to look something up.

Each is one JSON object in one ``bytes`` argument, as all messages of `alarmgw.codec.wire` are;
so is each answer: ``{"ok": true, …}`` or ``{"ok": false, "error": CODE, …}``.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import attrs
from attrs import field, frozen

#: A request with everything in it: a note has 4,000 characters, a bulk close 200 incidents.
REQUEST_BYTES = 32 * 1024

#: An answer to a question; what is more is left out and said to be.
ANSWER_BYTES = 256 * 1024

#: A bulk command covers at most so many incidents, one ``displayed`` so many alarms.
MOST = 200

#: Lists and objects in one another.
_NESTED = 4

_ID = re.compile(r"[0-9a-f]{32}\Z")
_LARGEST = 2**63 - 1


def _word(limit: int) -> Any:
    def check(_: Any, attribute: Any, value: Any) -> None:
        good = type(value) is str and 0 < len(value) <= limit and value.isprintable()
        if not good:
            raise ValueError(f"{attribute.name} is no word of up to {limit} characters")

    return check


def _number(_: Any, attribute: Any, value: Any) -> None:
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise ValueError(f"{attribute.name} is no number")


def _table(_: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{attribute.name} is no object")
    if not _is_shallow(value, _NESTED):
        raise ValueError(f"{attribute.name} is nested too deep")
    _encoded(value)


def _is_shallow(value: Any, levels: int) -> bool:
    """Whether whoever walks through it meets its end within so many levels."""
    if not isinstance(value, list | dict):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(one, levels - 1) for one in inner)


def _encoded(value: Any) -> bytes:
    """The same for the same value.  Raises `ValueError` for half a character (a surrogate)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def _id(_: Any, attribute: Any, value: Any) -> None:
    if type(value) is not str or not _ID.match(value):
        raise ValueError(f"{attribute.name} is not 32 hex digits")


def _pairs(value: Any) -> tuple[tuple[str, int], ...]:
    """Incidents with the number that was drawn of each.  Raises `ValueError`."""
    pairs = tuple((incident, seen) for incident, seen in value)
    if len(pairs) > MOST or not all(_is_pair(*pair) for pair in pairs):
        raise ValueError("incidents is no list of up to 200 pairs")
    return pairs


def _is_pair(incident: Any, seen: Any) -> bool:
    named = type(incident) is str and len(incident) <= 100 and incident.isprintable()
    return named and type(seen) is int and 0 <= seen <= _LARGEST


@frozen(kw_only=True)
class SignOn:
    """A person wants to work at this workstation."""

    name: str = field(validator=_word(100))
    password: str = field(repr=False, validator=_word(1000))


@frozen(kw_only=True)
class Command:
    """A decision: its id, the incident, the journal number that was drawn of it, and what to do.

    ``incidents`` are more of them for the same action, each with its own number.  ``session``
    is whose decision it is: it is not carried out for whoever signed on there since.
    """

    id: str = field(validator=_id)
    session: str | None = field(default=None, validator=attrs.validators.optional(_word(100)))
    incident: str | None = field(default=None, validator=attrs.validators.optional(_word(100)))
    seen: int = field(default=0, validator=_number)
    action: dict[str, Any] = field(validator=_table)
    incidents: tuple[tuple[str, int], ...] = field(default=(), converter=_pairs)

    def digest(self) -> bytes:
        """What tells a repeat from another command that was given the same id."""
        return hashlib.sha256(_encoded(attrs.asdict(self))).digest()


@frozen(kw_only=True)
class Question:
    """Something to look up: its name (`alarmgw.queries`) and what is given with it."""

    name: str = field(validator=_word(40))
    given: dict[str, Any] = field(factory=dict, validator=_table)
