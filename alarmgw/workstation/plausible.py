"""Whether an entry can be followed here: each field that anything is made of has the type it must.

A workstation may be older than its gateway, and a gateway may have a bug.  What is
checked before it is taken spoils nothing that is kept: no row, no count and no tone
can stumble over it later.  An alarm is shown even if only the bare facts of it are
right; what else is odd of it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from alarmgw.model import utc_moment

Entry = dict[str, Any]
Check = Callable[[Any], bool]


def plausible(entry: Entry) -> tuple[Entry, list[str]]:
    """The entry without what is odd, and what that was.  Raises `ValueError` if too much is."""
    kind = entry.get("type")
    if not isinstance(kind, str):
        raise ValueError("type cannot be understood")
    if kind not in _NEEDED and entry.get("incident") is None:
        return entry, []  # nothing is made of it here
    _demand(entry, _needed(kind, entry))
    for name in _TABLES.keys() & entry.keys():
        if entry[name] is not None:
            _demand_table(name, entry[name])
    odd = [name for name, value in entry.items() if _is_odd(name, value)]
    if odd and not (kind == "alarm" and _BESIDE.keys() >= set(odd)):
        raise ValueError(f"{', '.join(odd)} cannot be understood")
    return ({**entry, **dict.fromkeys(odd)} if odd else entry), odd


def _needed(kind: str, entry: Entry) -> Mapping[str, Check]:
    if kind == "closed" and "alarm" in entry:  # as the first version closed
        return {}
    if kind == "alarm" and entry.get("handling") == "queue":
        return {**_NEEDED[kind], "priority": _number}
    if kind == "closed" and entry.get("follow_up") is not None:
        return {**_NEEDED[kind], "up_to": _number}
    return _NEEDED.get(kind, {})


def _demand(facts: Mapping[str, Any], needed: Mapping[str, Check]) -> None:
    wrong = [name for name, check in needed.items() if not check(facts.get(name))]
    if wrong:
        raise ValueError(f"{', '.join(wrong)} cannot be understood")


def _demand_table(name: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is no object")
    _demand(value, _TABLES[name])
    wrong = [inner for inner, told in value.items() if _is_odd(inner, told)]
    if wrong:
        raise ValueError(f"{name}: {', '.join(wrong)} cannot be understood")


def _is_odd(name: str, value: Any) -> bool:
    check = _KNOWN.get(name)
    return check is not None and value is not None and not check(value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> bool:
    return type(value) is int


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _moment(value: Any) -> bool:
    try:
        return _text(value) and bool(utc_moment(value))
    except ValueError:
        return False


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _words(*names: str) -> Check:
    """An object in which these are texts, if they are anything."""

    def check(value: Any) -> bool:
        if not isinstance(value, dict):
            return False
        told = (value.get(name) for name in names)
        return all(one is None or isinstance(one, str) for one in told)

    return check


def _rows(*names: str) -> Check:
    """A list of such objects."""
    row = _words(*names)
    return lambda value: isinstance(value, list) and all(map(row, value))


#: What is told of an alarm beside the bare facts.
_BESIDE: Mapping[str, Check] = {
    "events": _rows("event", "event_raw", "state", "channel", "camera", "device", "device_time"),
    "pictures": _rows("name", "label", "media_type"),
    "files": _rows("name", "label", "media_type"),
    "envelope": _words("from", "peer", "helo", "login"),
    "times": _words("eom"),
    "notes": _texts,
    **dict.fromkeys(("subject", "text", "rule", "origin", "tenant", "joins"), _text),
}

_KNOWN: Mapping[str, Check] = {
    **_BESIDE,
    **dict.fromkeys(("alarm", "incident", "source", "site", "kind", "handling", "first"), _text),
    **dict.fromkeys(("id", "key", "list", "state", "holder", "follows", "outcome"), _text),
    **dict.fromkeys(("operator", "workstation", "session", "role", "fingerprint"), _text),
    **dict.fromkeys(("how", "why", "from", "cause", "note", "reason"), _text),
    **dict.fromkeys(("suppression", "offered_to", "follow_up"), _text),
    **dict.fromkeys(
        ("time", "since", "until", "due", "opened", "offered_until", "last_alarm", "touched"),
        _moment,
    ),
    **dict.fromkeys(
        ("seq", "priority", "up_to", "first_seq", "last_seq", "count", "minutes"), _number
    ),
    **dict.fromkeys(("unattended", "late"), _truth),
}

_EXTENT: Mapping[str, Check] = {
    "id": _text,
    "priority": _number,
    "opened": _moment,
    "last_alarm": _moment,
    "first_seq": _number,
    "last_seq": _number,
}

#: What must be there in what stands in an entry.
_TABLES: Mapping[str, Mapping[str, Check]] = {
    "rest": {**_EXTENT, "alarms": _number},
    "standing": {
        **_EXTENT,
        **dict.fromkeys(("key", "list", "state"), _text),
        "since": _moment,
        **dict.fromkeys(("count", "seq"), _number),
    },
}

#: What must be there in an entry of each type.
_NEEDED: Mapping[str, Mapping[str, Check]] = {
    "alarm": {"time": _moment, **dict.fromkeys(("alarm", "kind", "handling"), _text)},
    "standing": {"incident": _text, "standing": lambda value: value is not None},
    "accepted": {"time": _moment},
    "parked": {"time": _moment, "until": _moment},
    "returned": {"time": _moment},
    "noted": {"time": _moment},
    "closed": {
        **dict.fromkeys(("time", "last_alarm"), _moment),
        **dict.fromkeys(("alarms", "priority", "last_seq"), _number),
    },
    "adopted": {"alarms": _texts},
    "signed_on": {
        "time": _moment,
        **dict.fromkeys(("session", "operator", "role", "workstation", "fingerprint"), _text),
    },
    "signed_off": {"session": _text},
    "suppressed": {
        **dict.fromkeys(("time", "until"), _moment),
        "suppression": _text,
        "minutes": _number,
    },
    "suppression_notice": {"suppression": _text},
    "unsuppressed": {"suppression": _text},
}
