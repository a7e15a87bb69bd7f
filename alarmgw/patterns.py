"""Patterns: what an own rule looks for in a text, in time that grows with the text alone.

RE2's syntax (docs/rules.rst).  Upper and lower case are alike, ``^`` and ``$`` stand for the
beginning and the end of a line.  Nothing here backtracks, whatever pattern meets whatever text;
how long a pattern, its program and a text may be is bounded, so that their product is.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Protocol

import re2  # type: ignore[import-untyped]
from attrs import field, frozen

#: A longer pattern is no pattern that a person could check.
PATTERN_CHARACTERS = 500

#: Instructions of a compiled pattern.  A class of all letters, ``\pL``, has 1,200.
PROGRAM_SIZE = 5000

#: What RE2 may use for a pattern's program and for what it remembers of it.
MEMORY_BYTES = 1 << 20

#: As much of a text is looked at as a journal keeps, so that what is tried is what happens.
LOOKED_AT_BYTES = 32 * 1024

#: RE2's reasons that say little to whoever meets them, said plainly.
_PLAINLY = {
    "invalid perl operator": "RE2 has no such group (nor does it look ahead or back)",
    "invalid escape sequence": "RE2 has no such sign (nor does a pattern refer back to a group)",
    "pattern too large - compile failed": "it is too large: use shorter repetitions",
    "missing )": "a ( is not closed",
    "missing ]": "a [ is not closed",
    "unexpected )": "a ) closes nothing",
}


class _Compiled(Protocol):
    """What is used of RE2's pattern; the package has no types."""

    groups: int
    groupindex: Mapping[str, int]
    programsize: int

    def search(self, text: bytes) -> Any: ...


Groups = tuple[str | None, ...]
"""What the groups of a pattern found, the first one first; None: it took no part."""


@frozen
class Pattern:
    """A compiled pattern.  Make it with `compiled`."""

    text: str
    names: Mapping[str, int]
    groups: int
    _program: _Compiled = field(repr=False)

    def search(self, text: bytes) -> Groups | None:
        """The groups of the first place in ``text`` (UTF-8) that fits; None if none does."""
        found = self._program.search(text)
        if found is None:
            return None
        return tuple(
            None if group is None else group.decode("utf-8", "replace") for group in found.groups()
        )


@functools.lru_cache(maxsize=4096)
def compiled(text: str) -> Pattern:
    """The pattern that ``text`` says.  Raises `ValueError` with place and reason."""
    return _compiled(text)


def fresh(text: str) -> Pattern:
    """The same without anything remembered of texts that it met.  Raises `ValueError`."""
    re2.purge()
    return _compiled(text)


def _compiled(text: str) -> Pattern:
    if len(text) > PATTERN_CHARACTERS:
        raise ValueError(
            f"it has {len(text)} characters, {PATTERN_CHARACTERS} are allowed: make two rules of it"
        )
    try:
        program: _Compiled = re2.compile(f"(?m){text}", _options())
    except re2.error as error:
        raise ValueError(_worded(text, error.args[0])) from None
    except UnicodeEncodeError as error:
        raise ValueError(f"at character {error.start - 3}: it cannot be typed") from None
    if program.programsize > PROGRAM_SIZE:
        raise ValueError(_PLAINLY["pattern too large - compile failed"])
    return Pattern(text, program.groupindex, program.groups, program)


def looked_at(text: str | None) -> bytes:
    """The beginning of a text as patterns search it: UTF-8, cut at a whole character."""
    raw = (text or "")[:LOOKED_AT_BYTES].encode("utf-8", "replace")
    if len(raw) <= LOOKED_AT_BYTES:
        return raw
    return raw[:LOOKED_AT_BYTES].decode("utf-8", "ignore").encode("utf-8")


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY_BYTES
    return options


def _worded(text: str, told: bytes | str) -> str:
    """RE2's reason in plain words, behind the place where it stands."""
    said = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
    reason, _, fragment = said.partition(": ")
    place = text.find(fragment) if fragment else -1
    where = f"at character {place + 1}, {fragment}: " if place >= 0 else ""
    return f"{where}{_PLAINLY.get(reason, reason)}"
