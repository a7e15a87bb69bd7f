"""Text keys: words in a mail's text that tell which camera of a recorder it is about.

A key is written ``device=NVR Halle, channel=4``: every word of it must be what
one event says.  A source may have several, with ``|`` or ``;`` between them.
Upper and lower case, blanks, zeros before a number and a word like "channel"
before it make no difference.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence

from alarmgw.model import Event

#: What a key can name, as in an entry's ``events``; and how German spreadsheets may call it.
WORDS = ("device", "camera", "channel")
_GERMAN = {"gerät": "device", "kamera": "camera", "kanal": "channel"}

#: Which words a key may have, the most telling first: more before fewer, names before numbers.
SHAPES = (
    ("device", "camera", "channel"),
    ("camera", "channel"),
    ("device", "camera"),
    ("device", "channel"),
    ("camera",),
    ("channel",),
    ("device",),
)

#: More of a word is not looked at.
_LONGEST = 256

#: Words before a number that only say that it is a channel.
_CHANNEL = re.compile(r"(?:channel|kanal|chn|ch)[ .:#_-]*(?=[a-z]{0,3}[ ._-]?\d)")
#: Letters before it that say which kind of channel: analog, digital, of the network.
_LETTERS = re.compile(r"(a|d|ipc|ip[ _-]?ch|ip)[ ._-]*0*(\d{1,5})")

_TERM = re.compile(rf"(?:^|[,\s]+)({'|'.join((*WORDS, *_GERMAN))})\s*=", re.IGNORECASE)

TextKey = tuple[tuple[str, str], ...]
"""A key as it is compared: its words and what they must be, in the order of `WORDS`."""


def read_keys(text: str) -> tuple[str, ...]:
    """The keys that somebody wrote, each once and written alike.  Raises `ValueError`.

    >>> read_keys("Kanal=4, device=NVR  Halle | camera=Tor")
    ('device=NVR Halle, channel=4', 'camera=Tor')
    """
    lines = [line.strip() for line in re.split(r"[|;]", text) if line.strip()]
    written = {compared(line): _written(_terms(line)) for line in reversed(lines)}
    return tuple(reversed(written.values()))


@functools.lru_cache(maxsize=1 << 16)  # a directory is made anew with each change of a record
def compared(key: str) -> TextKey:
    """A written key as it is compared.  Raises `ValueError`.

    >>> compared("Channel=04")
    (('channel', '4'),)
    """
    return tuple((word, _said(word, value)) for word, value in _terms(key))


def without_letters(key: TextKey) -> TextKey:
    """The key with a channel's number alone, as who does not know its letters writes it.

    >>> without_letters(compared("channel=D4"))
    (('channel', '4'),)
    """
    return tuple(
        (word, found[2])
        if word == "channel" and (found := _LETTERS.fullmatch(value))
        else (word, value)
        for word, value in key
    )


def possible_keys(event: Event, shapes: Sequence[tuple[str, ...]]) -> Iterator[TextKey]:
    """The keys of these shapes that an event would fit."""
    said = {word: _said(word, getattr(event, word) or "") for word in WORDS}
    for shape in shapes:
        if all(said[word] for word in shape):
            yield tuple((word, said[word]) for word in shape)


def shape_of(key: TextKey) -> tuple[str, ...]:
    """Which words a key has: one of `SHAPES`."""
    return tuple(word for word, _ in key)


def _terms(key: str) -> list[tuple[str, str]]:
    before, *pieces = _TERM.split(key.strip())
    words = [_GERMAN.get(word.lower(), word.lower()) for word in pieces[::2]]
    values = [" ".join(value.split()).rstrip(" ,") for value in pieces[1::2]]
    twice = len(set(words)) < len(words)
    if before.strip() or not words or twice or not all(map(_plain, values)):
        raise ValueError(
            f"{key.strip()!r} is no key: write device=NVR Halle, channel=4 or camera=Tor 3"
        )
    return sorted(zip(words, values, strict=True), key=lambda term: WORDS.index(term[0]))


def _written(terms: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{word}={value}" for word, value in terms)


def _said(word: str, value: str) -> str:
    """A word's value as it is compared: of a channel its letters and its number."""
    plain = _plain(value)
    if word != "channel" or plain.isdigit():
        return plain
    short = _plain(_CHANNEL.sub("", plain, count=1) if _CHANNEL.match(plain) else plain)
    lettered = _LETTERS.fullmatch(short)
    return f"{re.sub('[ _-]', '', lettered[1])}{lettered[2]}" if lettered else short


def _plain(value: str) -> str:
    """Small letters, single blanks, composed accents; a number without zeros before it."""
    composed = unicodedata.normalize("NFKC", value[:_LONGEST])
    small = unicodedata.normalize("NFKC", composed.casefold())
    plain = " ".join(small.split())
    return plain.lstrip("0") or "0" if plain.isascii() and plain.isdigit() else plain
