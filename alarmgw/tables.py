"""Strict reading of TOML tables: every key known, every value checked, all complaints at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from alarmgw.errors import Complaint

T = TypeVar("T")


class Table:
    """One table of the document; collects complaints instead of stopping at the first."""

    def __init__(
        self, file: str, prefix: str, rows: dict[str, Any], complaints: list[Complaint]
    ) -> None:
        self._file, self._prefix, self._rows = file, prefix, rows
        self._complaints = complaints
        self._known: list[str] = []

    def value(self, key: str, reader: Callable[[Any], T], default: T, *, needed: bool = False) -> T:
        """The value of ``key``, read by ``reader``, whose `ValueError` is the complaint."""
        self._known.append(key)
        if key not in self._rows:
            if needed:
                self._complain(key, "is missing; it has no default")
            return default
        try:
            return reader(self._rows[key])
        except ValueError as error:
            self._complain(key, str(error))
            return default

    def word(self, key: str, allowed: Sequence[str], default: str) -> str:
        """One of the ``allowed`` words."""
        return self.value(key, one_of(allowed), default)

    def table(self, key: str, *, needed: bool = True) -> Table:
        """The table called ``key``; an empty one, with a complaint if needed, where it is none."""
        nothing: dict[str, Any] = {}
        rows = self.value(key, _dictionary, nothing, needed=needed)
        # One complaint is enough: not also one for each key of a table that is not there.
        silent = needed and not isinstance(self._rows.get(key), dict)
        return Table(self._file, f"{key}.", rows, [] if silent else self._complaints)

    def tables(self, key: str) -> list[Table]:
        """The tables of ``[[key]]``, at least one."""
        nothing: list[dict[str, Any]] = []
        rows = self.value(key, _dictionaries, nothing, needed=True)
        return [
            Table(self._file, f"{key}[{number}].", row, self._complaints)
            for number, row in enumerate(rows, 1)
        ]

    def finish(self) -> None:
        """Complains about every key that nobody asked for."""
        for key in self._rows:
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(self._known)}"
                self._complain(key, f"is not a key; {hint}")

    def _complain(self, key: str, text: str) -> None:
        self._complaints.append(Complaint(self._file, self._prefix + key, text))


def one_of(allowed: Sequence[str]) -> Callable[[Any], str]:
    """Reads one of the ``allowed`` words."""

    def word(value: Any) -> str:
        if value not in allowed or not isinstance(value, str):
            raise ValueError(f"{value!r} is not one of {', '.join(allowed)}")
        return value

    return word


def whole_number(low: int, high: int) -> Callable[[Any], int]:
    """Reads a whole number from ``low`` to ``high``."""

    def number(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"{value!r} is no whole number from {low} to {high}")
        return value

    return number


def _dictionary(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("is no table; write [name] on a line of its own above its keys")
    return value


def _dictionaries(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
        raise ValueError("is no list of tables; write [[listener]] above the keys of each")
    return value
