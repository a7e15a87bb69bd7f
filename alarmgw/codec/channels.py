"""Channels and cameras as devices write them: one, several, or a list of ``name(number)``."""

from __future__ import annotations

import functools
import re

#: A word that only says that a channel follows, and the number sign behind it.
_WORD = re.compile(
    r"(?:(?:alarm\s)?(?:channel|chn|kanal|canale?|kanaal|kana[lł]|zone|input|eingang|line|linie|"
    r"entr[ée]e|entrada|ingresso|ingang|camera|kamera|通道|канал)|ch)"
    r"(?:[\s_-]?(?:no|nr|id|number|nummer|#))?[\s.:#°º_-]{0,3}(?=[\w#])",
    re.IGNORECASE,
)
#: A channel: a letter or two and digits.
_CHANNEL = re.compile(r"(?P<letters>[A-Za-z]{0,4})[\s_-]?(?P<digits>\d{1,5})\Z")
_BRACKET = re.compile(r"[(\uff08]([^()\uff08\uff09]{1,40})[)\uff09]")
_SPOKEN = re.compile(
    r"(?<![^\W\d_])(?:channel|chn|ch|kanal|canale?|kanaal|zone|通道)(?:\s?(?:no|nr|#))?[\s.:#_-]{0,3}"
    r"([A-Za-z]{0,2}\d{1,4})(?![\w])",
    re.IGNORECASE,
)

#: More cameras than any recorder names in one mail.
MOST = 64


def channel_of(written: str) -> str:
    """A channel as written, without a word like zone and without leading zeros.

    >>> channel_of("Zone 003"), channel_of("A2"), channel_of("IP-CH1")
    ('3', 'A2', 'IP-CH1')
    """
    text = written.strip().strip(".,;:#[]()")
    found = _WORD.match(text)
    if found and any(mark.isdigit() for mark in text[found.end() :]):
        text = text[found.end() :].strip(" #.:")
    if text.isascii() and text.isdigit():
        return text.lstrip("0") or "0"
    return text


@functools.lru_cache(maxsize=4096)
def channels_of(written: str) -> tuple[str, ...]:
    """One channel, or several with commas between them."""
    parts = [part.strip() for part in re.split(r"[,;+&、]", written[:1000]) if part.strip()]
    names = [channel_of(part) for part in parts]
    if len(names) > 1 and all(_CHANNEL.match(name) for name in names):
        return tuple(dict.fromkeys(names))[:MOST]
    name = channel_of(written)
    return (name,) if name else ()


def is_channel(written: str) -> bool:
    """Whether that can be a channel: digits, a letter or two before them."""
    return _CHANNEL.match(written) is not None


def spoken_channel(text: str) -> str | None:
    """The channel in a sentence: ``motion channel 2``, ``Alarm ch2``, ``Kanal 3``."""
    found = _SPOKEN.search(text)
    return channel_of(found[1]) if found else None


def cameras_of(written: str) -> list[tuple[str, str | None]]:
    """Names and channels of a list like ``Gate(A1) Yard North(A3)``.

    A name may have brackets of its own; the last bracket is the channel.

    >>> cameras_of("Tor (West)(A1) Hof(A3)")
    [('Tor (West)', 'A1'), ('Hof', 'A3')]
    """
    text = written.strip()[:4000]
    marks = _marks(text)
    cameras: list[tuple[str, str | None]] = []
    start = 0
    for mark in marks[:MOST]:
        name = text[start : mark.start()].strip(" ,;、\t")
        cameras.append((name, channel_of(mark[1])))
        start = mark.end()
    rest = text[start:].strip(" ,;、\t")
    if not cameras and rest:
        return [(rest, None)]
    return cameras


def _marks(text: str) -> list[re.Match[str]]:
    """The brackets that hold channels and not parts of names."""
    found = [mark for mark in _BRACKET.finditer(text) if _CHANNEL.match(mark[1].strip())]
    if not found:
        return []
    lettered = bool(_CHANNEL.match(found[-1][1].strip())["letters"])  # type: ignore[index]
    marks = []
    for mark in found:
        behind = text[mark.end() : mark.end() + 8].lstrip(" \t")
        own = bool(_CHANNEL.match(mark[1].strip())["letters"])  # type: ignore[index]
        beside = text[mark.end() : mark.end() + 1]
        if (
            own == lettered
            and not behind.startswith(("(", "\uff08"))
            and beside in ("", " ", ",", ";", "\t", "、")
        ):
            marks.append(mark)
    return marks
