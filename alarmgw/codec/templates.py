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
from collections.abc import Sequence

from attrs import frozen

#: Stands for a time in a line that is matched (see `alarmgw.codec.lines`).
TIME = "\ue000"

_PIECE = re.compile(r"\{(\w+)(?::([^{}]*))?\}|\*|[^{}*]+")
_ANY = ""


@frozen
class Template:
    """A line's wording: literal pieces (an empty one is any text) and the ranges to keep."""

    source: str
    #: The longest text that stands in every line of this wording.
    literal: str
    #: Whether ``{event}`` may be any text here.
    bare_event: bool
    #: Literal pieces that follow one another as one text, with the place of each; any text alone.
    _runs: tuple[tuple[str, tuple[int, ...]], ...]
    _kept: tuple[tuple[str, int, int], ...]

    def match(self, line: str) -> dict[str, tuple[int, int]] | None:
        """Where in ``line`` (see `low`) each kept place is, or None if the wording is another."""
        places = self._places(line) if self.literal in line else None
        if places is None:
            return None
        found: dict[str, tuple[int, int]] = {}
        for name, first, end in self._kept:
            piece = line[places[first] : places[end]]
            if not piece or piece.isspace():
                return None
            found[name] = (places[first], places[end])
        return found

    def _places(self, line: str) -> list[int] | None:
        """Where each piece begins, and the end; None if a piece is missing."""
        places: list[int] = []
        at, loose, last = 0, False, len(self._runs) - 1
        for number, (text, offsets) in enumerate(self._runs):
            if text == _ANY:
                places.append(at)
                loose = True
                continue
            if not loose:
                found = at if line.startswith(text, at) else -1
            elif number < last:
                found = line.find(text, at)
            else:
                start = len(line) - len(text)
                found = start if start >= at and line.endswith(text) else -1
            if found < 0:
                return None
            places += [found + offset for offset in offsets]
            at, loose = found + len(text), False
        return [*places, len(line)] if loose or at == len(line) else None


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
    groups = itertools.groupby(pieces, key=lambda piece: piece == _ANY)
    runs = tuple(_run([*run]) for _, run in groups)
    literal = max((text for text, _ in runs), key=len)
    return Template(source, literal, "{event}" in source, runs, tuple(kept))


def _run(pieces: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """Pieces as one text, and where in it each of them begins."""
    ends = itertools.accumulate(map(len, pieces[:-1]), initial=0)
    return "".join(pieces), tuple(ends)


def _form(form: str | None) -> list[str]:
    """The pieces of a place with a form; any text without one."""
    if not form:
        return [_ANY]
    return [_ANY if piece == "*" else low(piece) for piece in re.findall(r"\*|[^*]+", form)]
