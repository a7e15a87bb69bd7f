"""A question as it is answered: what was asked, and from what."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timezone
from typing import Any

from attrs import frozen

from alarmgw.arguments import Arguments, bad_value
from alarmgw.codec.requests import ANSWER_BYTES
from alarmgw.fitting import encode
from alarmgw.model import utc_text

Result = dict[str, Any]


@frozen(kw_only=True)
class Asking:
    """One question in one short read transaction; lives in a thread of the pool.

    ``operator`` asks.  ``is_over`` says that its time is up, ``false_codes`` which outcomes are
    false alarms, ``lenient`` from which sources something was tolerated.
    """

    connection: Any
    operator: str
    given: Arguments
    now: datetime
    is_over: Callable[[], bool]
    false_codes: Collection[str]
    lenient: Collection[str] = frozenset()


def arguments(name: str, given: Mapping[str, Any], known: Collection[str]) -> Arguments:
    """What was given with a question; a page sends numbers as texts, a program need not.

    Raises `Refused` for anything that it does not take.
    """
    return Arguments(name, {key: _as_text(value) for key, value in given.items()}, known)


def _as_text(value: Any) -> Any:
    return str(value) if type(value) is int else value


def moment(given: Arguments, key: str) -> str | None:
    """A time as entries have it; None when not given.  Raises `Refused`."""
    word = given.word(key)
    if word is None:
        return None
    try:
        told = datetime.fromisoformat(word)
        if told.tzinfo is None:
            raise ValueError("it names no time zone")
        return utc_text(told.astimezone(timezone.utc))
    except (ValueError, OverflowError):
        raise bad_value(
            f"{key} {word!r} is no time: write it as in 2026-11-21T20:45:00Z, with its time zone"
        ) from None


def words(given: Arguments, key: str, most: int, characters: int) -> tuple[str, ...]:
    """Words with commas between them, each once.  Raises `Refused`."""
    told = given.word(key, characters) or ""
    found = tuple(dict.fromkeys(filter(None, map(str.strip, told.split(",")))))
    if len(found) > most:
        raise bad_value(f"the {key} are too many: {most} are allowed")
    return found


def within(answer: Result, limit: int = ANSWER_BYTES) -> Result:
    """An answer that can be sent: the longest list gives way from its end, ``cut`` says by what."""
    fitting, cut = dict(answer), dict[str, int]()
    while len(encode(fitting)) > limit:
        lists = {name: len(encode(rows)) for name, rows in fitting.items() if _is_long(rows)}
        if not lists:
            raise ValueError(f"an answer has no list to cut: {json.dumps(sorted(fitting))}")
        name = max(lists, key=lambda one: lists[one])
        rows = fitting[name]
        fitting[name] = rows[: len(rows) // 2]
        cut[name] = cut.get(name, 0) + len(rows) - len(rows) // 2
        fitting["cut"] = cut
    return fitting


def _is_long(rows: Any) -> bool:
    return isinstance(rows, list) and len(rows) > 0
