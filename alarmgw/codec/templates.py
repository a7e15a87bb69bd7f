"""Templates: how a maker words a line, with places for what changes in it.

``{camera}`` stands for any text and keeps it, ``*`` for any text and keeps
nothing, ``{device_time}`` for a time, ``{event:* Detected}`` for text of that
form.  The rest is literal, whatever its case.  A template is matched from left to
right by plain searches, each place as short as it can be, so a line costs what its
length costs, times the template's pieces, and no text makes it cost more.
"""

from __future__ import annotations

import itertools
import re

from attrs import frozen

#: Stands for a time in a line that is matched (see `alarmgw.codec.lines`).
TIME = "\ue000"

_PIECE = re.compile(r"\{(\w+)(?::([^{}]*))?\}|\*|[^{}*]+")
_ANY = ""


@frozen
class Template:
    """A line's wording: literal pieces (an empty one is any text) and the ranges to keep."""

    source: str
    _pieces: tuple[str, ...]
    _kept: tuple[tuple[str, int, int], ...]

    @property
    def bare_event(self) -> bool:
        """Whether ``{event}`` may be any text here."""
        return "{event}" in self.source

    @property
    def literal(self) -> str:
        """The longest text that stands in every line of this wording."""
        return max(self._pieces, key=len)

    def match(self, line: str) -> dict[str, tuple[int, int]] | None:
        """Where in ``line`` (see `low`) each kept place is, or None if the wording is another."""
        places = self._places(line)
        if places is None:
            return None
        found = {name: (places[first], places[end]) for name, first, end in self._kept}
        kept_something = all(line[start:end].strip() for start, end in found.values())
        return found if kept_something else None

    def _places(self, line: str) -> list[int] | None:
        """Where each piece begins, and the end; None if a piece is missing."""
        places, at, loose = [], 0, False
        last = len(self._pieces) - 1
        for number, piece in enumerate(self._pieces):
            if piece == _ANY:
                places.append(at)
                loose = True
                continue
            if loose and number == last:
                start = len(line) - len(piece)
                found = start if start >= at and line.endswith(piece) else -1
            elif loose:
                found = line.find(piece, at)
            else:
                found = at if line.startswith(piece, at) else -1
            if found < 0:
                return None
            places.append(found)
            at, loose = found + len(piece), False
        if not loose and at != len(line):
            return None
        return [*places, len(line)]


def low(text: str) -> str:
    """``text`` in small letters, character for character (one letter would become two)."""
    return text.replace("\u0130", "I").lower()


def template(source: str, names: frozenset[str]) -> Template:
    """The template written as ``source``; `ValueError` says what is wrong with it."""
    pieces: list[str] = []
    kept: list[tuple[str, int, int]] = []
    if "".join(found[0] for found in _PIECE.finditer(source)) != source or not source.strip():
        raise ValueError(f"{source!r} has a brace without its partner, or nothing in it")
    for found in _PIECE.finditer(source):
        name, form = found[1], found[2]
        if name is None:
            pieces += [_ANY] if found[0] == "*" else [low(found[0])]
        elif name not in names:
            raise ValueError(f"{{{name}}} is no place; known: {', '.join(sorted(names))}")
        else:
            inner = [TIME] if name == "device_time" else _form(form)
            kept.append((name, len(pieces), len(pieces) + len(inner)))
            pieces += inner
    if any(one == two == _ANY for one, two in itertools.pairwise(pieces)):
        raise ValueError(f"{source!r} has two places side by side: where would one end?")
    return Template(source, tuple(pieces), tuple(kept))


def _form(form: str | None) -> list[str]:
    """The pieces of a place with a form; any text without one."""
    if not form:
        return [_ANY]
    return [_ANY if piece == "*" else low(piece) for piece in re.findall(r"\*|[^*]+", form)]
