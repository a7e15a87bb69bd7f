"""Templates: how a maker words a line, with places for what changes in it.

``{camera}`` stands for any text and keeps it, ``*`` for any text and keeps
nothing, ``{device_time}`` for a time, ``{event:* Detected}`` for text of that
form.  The rest is literal, whatever its case.  A template is matched from left to
right, each place as short as it can be: its pattern gives nothing back that it has
taken, so a line costs what its length costs, and no text makes it cost more.
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


Kept = tuple[str, int, int]
"""A place's name, where it begins and where it ends."""


@frozen
class Template:
    """A line's wording."""

    source: str
    #: The longest text that stands in every line of this wording.
    literal: str
    #: Whether ``{event}`` may be any text here.
    bare_event: bool
    #: All of it; each piece's beginning, and the end, is a group of its own.
    _pattern: re.Pattern[str]
    #: The places to keep, with the groups at which they begin and end.
    _kept: tuple[Kept, ...]

    def match(self, line: str) -> Sequence[Kept] | None:
        """Where in ``line`` (see `low`) each kept place is, or None if the wording is another."""
        found = self._pattern.match(line) if self.literal in line else None
        if found is None:
            return None
        spans = found.regs
        places = [(name, spans[first][0], spans[end][0]) for name, first, end in self._kept]
        for _, start, end in places:
            if start == end or line[start:end].isspace():
                return None
        return places


def low(text: str) -> str:
    """``text`` in small letters, character for character (one letter would become two)."""
    return text.replace("\u0130", "I").lower()


def template(source: str, names: frozenset[str]) -> Template:
    """The template written as ``source``; `ValueError` says what is wrong with it."""
    pieces: list[str] = []
    kept: list[Kept] = []
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
            kept.append((name, len(pieces) + 1, len(pieces) + len(inner) + 1))
            pieces += inner
    if any(one == two == _ANY for one, two in itertools.pairwise(pieces)):
        raise ValueError(f"{source!r} has two places side by side: where would one end?")
    groups = itertools.groupby(pieces, key=lambda piece: piece == _ANY)
    runs = [[*run] for _, run in groups]
    literal = max(map("".join, runs), key=len)
    return Template(source, literal, "{event}" in source, _pattern(runs), tuple(kept))


def _pattern(runs: Sequence[Sequence[str]]) -> re.Pattern[str]:
    """What finds the runs of pieces, each at the first place that it has, and never another one.

    The last one ends where the line does.
    """
    written = ""
    for number, run in enumerate(runs):
        pieces = "".join(f"(){'' if piece == _ANY else re.escape(piece)}" for piece in run)
        is_last, loose = number == len(runs) - 1, number > 0 and runs[number - 1] == [_ANY]
        if run == [_ANY] or not loose:
            written += pieces
        else:
            written += f".*{pieces}" if is_last else f"(?>.*?{pieces})"
    return re.compile(written + (".*()" if runs[-1] == [_ANY] else "()") + r"\Z", re.DOTALL)


def _form(form: str | None) -> list[str]:
    """The pieces of a place with a form; any text without one."""
    if not form:
        return [_ANY]
    return [_ANY if piece == "*" else low(piece) for piece in re.findall(r"\*|[^*]+", form)]
