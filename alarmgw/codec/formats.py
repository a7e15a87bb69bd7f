"""Makers' formats as data: which keys and wordings a maker's mails have, and what they mean.

Each file in formats/ is one format (docs/formats.rst tells how to write one).
A file with anything in it that is not understood is refused, with file, place
and reason; nothing is read in part.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from attrs import field, frozen

from alarmgw.codec.eventwords import EventWord, Lexicon, lexicon, tokens_of, vocabulary
from alarmgw.codec.lines import key_of, names_of
from alarmgw.codec.templates import Template, template
from alarmgw.errors import BadConfig, Complaint
from alarmgw.tables import Table, one_of

#: What a key's value can be.
FIELDS: tuple[str, ...] = (
    "event",  # the device's own word for what has happened
    "detail",  # tells what has happened where the event itself does not
    "state",  # tells of beginning or end
    "channel",
    "channel_in_key",  # the bracket in the key is the channel: Channel Name [IP-CH1]: Front Yard
    "camera",
    "cameras",  # a list of name(number)
    "device",
    "device_time",
    "day_first_time",  # the same where the key's language writes the day first
    "end_time",  # the time of an end: the key alone says that it is one
    "coordinates",
    "link",
    "ignore",  # known, and none of the above
)

#: What a place in a template can keep.
PLACES = frozenset(
    ("event", "detail", "state", "channel", "camera", "cameras", "device", "device_time", "link")
)

#: The format that reads what no maker's format knows.
GENERIC = "generic"

_NOTHING: tuple[str, ...] = ()

Places = Sequence[tuple[str, int]]
"""Fields that a key's value goes to, each with its rank: the least one found counts."""


@frozen(kw_only=True)
class Format:
    """One maker's mails.

    ``mark_keys``, ``mark_subject`` and ``mark_lines`` show that a mail is of
    this format; ``also_subject`` and ``also_lines`` are read once that is known.
    """

    file: str
    name: str
    keys: Mapping[str, Places] = field(repr=False)
    mark_keys: frozenset[str] = field(repr=False)
    mark_subject: Sequence[Template] = field(repr=False)
    mark_lines: Sequence[Template] = field(repr=False)
    also_subject: Sequence[Template] = field(repr=False)
    also_lines: Sequence[Template] = field(repr=False)
    words: Lexicon | None = field(repr=False)
    instead: Mapping[str, str]
    date_order: str | None

    def places(self, key: str, hint: str) -> Places | None:
        """Where a pair's value goes; None if the format does not know the key."""
        names = (name for name in names_of(key, hint) if name in self.keys)
        return self.keys.get(next(names, ""))

    def own_word(self, raw: str) -> EventWord | None:
        """The word that this maker means by ``raw``, where the common vocabulary does not tell."""
        return _meant(self.words, raw) if self.words is not None and raw else None


@frozen
class Formats:
    """All formats: the makers' in the order of their files, and the generic one."""

    makers: Sequence[Format]
    generic: Format
    known_keys: frozenset[str] = field(repr=False)


@functools.lru_cache(maxsize=4096)
def _meant(words: Lexicon, raw: str) -> EventWord | None:
    """The word that ``raw`` is in a maker's own ``words``."""
    rank = min((rank for rank, _, _ in words.hits(tokens_of(raw))), default=None)
    return None if rank is None else vocabulary().word(rank)


@functools.cache
def shipped_formats() -> Formats:
    """The formats that alarmgw comes with.  Raises `BadConfig` if one of them is wrong."""
    folder = resources.files("alarmgw.codec").joinpath("formats")
    files = {
        path.name: path.read_text("utf-8")
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    }
    return read_formats(files)


def read_formats(files: Mapping[str, str]) -> Formats:
    """The formats in these files (name and content).  Raises `BadConfig` with all complaints."""
    complaints: list[Complaint] = []
    formats = [_read(file, source, complaints) for file, source in files.items()]
    if complaints:
        raise BadConfig(complaints)
    makers = [each for each in formats if each.file != f"{GENERIC}.toml"]
    generic = [each for each in formats if each.file == f"{GENERIC}.toml"]
    if not generic:
        raise BadConfig([Complaint(f"{GENERIC}.toml", "name", "is missing; every mail needs it")])
    keys = frozenset(key.partition("(")[0] for each in formats for key in each.keys)
    return Formats(makers, generic[0], keys)


def _read(file: str, source: str, complaints: list[Complaint]) -> Format:
    try:
        rows = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        complaints.append(Complaint(file, "-", f"is no TOML: {error}"))
        rows = {"name": file}
    top = Table(file, "", rows, complaints)
    marks = top.table("marks", needed=False)
    also = top.table("also", needed=False)
    keys = _keys(top.table("keys", needed=False))
    found = Format(
        file=file,
        name=top.value("name", _text, "", needed=True),
        keys=keys,
        mark_keys=marks.value("keys", _known_keys(keys), frozenset()),
        mark_subject=marks.value("subject", _templates, ()),
        mark_lines=marks.value("lines", _templates, ()),
        also_subject=also.value("subject", _templates, ()),
        also_lines=also.value("lines", _templates, ()),
        words=_words(top.table("words", needed=False)),
        instead=_instead(top.table("instead", needed=False)),
        date_order=top.value("date_order", one_of(("dmy", "mdy")), None),
    )
    for table in (marks, also, top):
        table.finish()
    return found


def _keys(table: Table) -> dict[str, Places]:
    places: dict[str, list[tuple[str, int]]] = {}
    for name in FIELDS:
        for rank, key in enumerate(table.value(name, _texts, _NOTHING)):
            places.setdefault(_whole_key(key), []).append((name, rank))
    table.finish()
    return dict(places)


def _whole_key(written: str) -> str:
    """A key as `Format.places` looks it up, its bracket included."""
    key, bracket, hint = written.partition("(")
    return key_of(key) + (f"({hint.rstrip(') ').lower()})" if bracket else "")


def _words(table: Table) -> Lexicon | None:
    ranks = {word: rank for rank, word in enumerate(vocabulary().words)}
    phrases = {ranks[word]: table.value(word, _texts, _NOTHING) for word in ranks}
    table.finish()
    return lexicon(phrases) if any(phrases.values()) else None


def _instead(table: Table) -> dict[str, str]:
    names = ("device", "camera", "channel")
    found = {name: table.value(name, one_of(names), "") for name in names}
    table.finish()
    return {name: other for name, other in found.items() if other}


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is no text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f'{value!r} is no list of texts; write ["…", "…"]')
    return tuple(_text(each) for each in value)


def _templates(value: Any) -> tuple[Template, ...]:
    return tuple(template(source, PLACES) for source in _texts(value))


def _known_keys(keys: Iterable[str]) -> Any:
    """Reads marks: each must be one of the format's keys, or it would never be found."""
    known = frozenset(keys)

    def read(value: Any) -> frozenset[str]:
        marks = {_whole_key(text): text for text in _texts(value)}
        strange = [text for mark, text in marks.items() if mark not in known]
        if strange:
            raise ValueError(f"{strange[0]!r} stands in none of the lists in [keys]")
        return frozenset(marks)

    return read
