"""How an incident may end: the list of outcomes, data that a control room may replace.

`DEFAULT` is ``outcomes.toml`` beside this file; the same form is read from
``HOME/outcomes.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

import attrs
from attrs import frozen

from alarmgw.errors import BadConfig, Complaint

#: The lists that incidents are kept in.
LISTS = ("alarm", "fault")

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_LABEL_CHARACTERS = 60


@frozen
class Cause:
    """What led to it, where an outcome asks for that."""

    code: str
    english: str
    german: str


@frozen(kw_only=True)
class Outcome:
    """One way to end an incident (Abschlussgrund)."""

    code: str
    key: int
    lists: tuple[str, ...]
    false: bool
    english: str
    german: str
    causes: tuple[Cause, ...] = ()


@frozen
class Outcomes:
    """All outcomes, in the order in which they are offered."""

    all: tuple[Outcome, ...]

    def of(self, list_: str) -> tuple[Outcome, ...]:
        """Those offered in this list."""
        return tuple(outcome for outcome in self.all if list_ in outcome.lists)

    @property
    def false_codes(self) -> frozenset[str]:
        """The outcomes that count as false alarms of a source."""
        return frozenset(outcome.code for outcome in self.all if outcome.false)

    def as_json(self) -> list[dict[str, Any]]:
        """The list as a console gets it."""
        return [attrs.asdict(outcome) for outcome in self.all]


def read_outcomes(text: str, place: str) -> Outcomes:
    """The outcomes in a TOML text; ``place`` is its file's name for complaints.

    Raises `BadConfig` with everything that is wrong.
    """
    try:
        given = tomllib.loads(text)
    except ValueError as error:
        raise BadConfig([Complaint(place, "file", f"is no TOML: {error}")]) from None
    rows = given.get("outcome")
    if not isinstance(rows, list) or not rows:
        raise BadConfig([Complaint(place, "outcome", "has no [[outcome]]: give at least one")])
    complaints = [Complaint(place, key, "is not known here") for key in given if key != "outcome"]
    complaints += [
        Complaint(place, f"outcome[{number}].{key}", reason)
        for number, row in enumerate(rows, 1)
        for key, reason in _wrong(row)
    ]
    if not complaints:
        complaints = [Complaint(place, "outcome", reason) for reason in _clashes(rows)]
    if complaints:
        raise BadConfig(complaints)
    return Outcomes(tuple(_outcome(row) for row in rows))


def _outcome(row: Mapping[str, Any]) -> Outcome:
    causes = tuple(Cause(*words) for words in row.get("causes", ()))
    return Outcome(**{**row, "lists": tuple(row["lists"]), "causes": causes})


def _wrong(row: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with one outcome by itself: the key, and a sentence."""
    if not isinstance(row, dict):
        yield "", "is no table"
        return
    for key, (good, wanted) in _KEYS.items():
        if key not in row and key != "causes":
            yield key, "is missing"
        elif key in row and not good(row[key]):
            yield key, f"must be {wanted}"
    for key in row.keys() - _KEYS.keys():
        yield key, "is not known here"


def _clashes(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with the outcomes among each other."""
    codes = [row["code"] for row in rows]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"{code} is there twice"
    for list_ in LISTS:
        keys = [row["key"] for row in rows if list_ in row["lists"]]
        if not keys:
            yield f"nothing ends what is in the list {list_}"
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"key {key} stands for two outcomes of the list {list_}"


def _label(value: Any) -> bool:
    good = isinstance(value, str) and 0 < len(value) <= _LABEL_CHARACTERS and value.isprintable()
    return good and value == value.strip()


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and _CODE.match(value) is not None


def _is_cause(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and _is_code(value[0]) and all(
        map(_label, value[1:])
    )  # fmt: skip


def _some(value: Any, good: Any) -> bool:
    return isinstance(value, list) and 0 < len(value) <= 20 and all(map(good, value))


_KEYS: Mapping[str, tuple[Any, str]] = {
    "code": (_is_code, "a word of lower-case letters, digits and _"),
    "key": (lambda value: type(value) is int and 1 <= value <= 9, "a digit from 1 to 9"),
    "lists": (
        lambda value: _some(value, LISTS.__contains__),
        'a list of "alarm" and "fault"',
    ),
    "false": (lambda value: isinstance(value, bool), "true or false"),
    "english": (_label, f"a text of up to {_LABEL_CHARACTERS} characters"),
    "german": (_label, f"a text of up to {_LABEL_CHARACTERS} characters"),
    "causes": (lambda value: _some(value, _is_cause), "a list of [code, English, German]"),
}

DEFAULT = read_outcomes(
    (resources.files("alarmgw.codec") / "outcomes.toml").read_text("utf-8"), "outcomes.toml"
)
