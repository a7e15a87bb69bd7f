"""Times as devices write them, by the label that stands beside them and never by locale.

`times_in` finds them in a text; `Stamp.text` says what one means, as ISO 8601
without a zone unless the device gave one.  Every repetition in the patterns is
bounded, so a text costs what its length costs.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

#: Months by the first letters of their names, the longer ones first, in the languages we know.
_MONTHS = {
    "janv": 1, "ene": 1, "jan": 1, "gen": 1, "oca": 1, "sty": 1,
    "fev": 2, "fév": 2, "feb": 2, "lut": 2, "şub": 2,
    "mär": 3, "mae": 3, "mrz": 3, "mrt": 3, "mar": 3,
    "apr": 4, "avr": 4, "abr": 4, "kwi": 4, "nis": 4,
    "mai": 5, "may": 5, "mei": 5, "mag": 5, "maj": 5,
    "juin": 6, "jun": 6, "giu": 6, "cze": 6, "haz": 6,
    "juil": 7, "jul": 7, "lug": 7, "lip": 7, "tem": 7,
    "aug": 8, "aoû": 8, "aou": 8, "ago": 8, "sie": 8, "ağu": 8,
    "sep": 9, "set": 9, "wrz": 9, "eyl": 9,
    "oct": 10, "okt": 10, "ott": 10, "out": 10, "paź": 10, "eki": 10,
    "nov": 11, "lis": 11, "kas": 11,
    "dec": 12, "déc": 12, "dez": 12, "dic": 12, "gru": 12, "ara": 12,
}  # fmt: skip
_MONTH = "(?:" + "|".join(_MONTHS) + r")[^\W\d_]{0,8}\.?"
_BEGINNINGS = frozenset(name[:3] for name in _MONTHS)
#: Three letters that may be the beginning of one: few words have such.
_LIKE_A_MONTH = "".join(
    f"[{''.join(sorted({*letters, *map(str.upper, letters)}))}]"
    for letters in map(set[str], zip(*_BEGINNINGS, strict=True))
)
_NTH = "(?:st|nd|rd|th)?"

_CLOCK = (
    r"(?:\d{1,2}:\d{1,2}(?::\d{1,2}(?:[.,]\d{1,6})?)?(?:\s?[ap]\.?m\b\.?)?"
    r"(?:z\b|\s?(?:utc|gmt)?[+-]\d{2}:?\d{2}(?!\d)|\s?(?:utc|gmt)\b(?![+-]))?|\d{1,2}时\d{1,2}分(?:\d{1,2}秒)?)(?!\d|:\d)"
)
#: A clock as file names write it.
_FILE_CLOCK = r"[\sT_-]\d{2}[-_.]\d{2}[-_.]\d{2}(?!\d)"
_DATE = rf"""(?<![\dA-Za-z./-])(?:
    \d{{4}}年\d{{1,2}}月\d{{1,2}}日
    |(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}
        |\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})
        |\d{{1,2}}{_NTH}[-.\s]{{1,2}}(?:de\s)?{_MONTH}[-.,\s]{{0,2}}(?:de\s)?\d{{4}}
        |(?=[^\W\d_]{{3,12}}\.?\s\d){_MONTH}\s\d{{1,2}}{_NTH},?\s\d{{4}}
    )(?!\d|\.\d))"""
#: What may stand between a date and the clock.
_GAP = r"[\s,T_-]{0,4}(?:(?:at|um|on|am|den|kl|à|a\ las|alle|o|op|om)\.?\s{1,2})?"
_FIND = re.compile(
    rf"""
    (?<!\d)(?P<digits>(?:19|20)\d{{6}}[_T\ -]?\d{{6}}(?:\d{{3}})?)(?!\d)
    |(?<![^\W\d_])(?=[^\W\d_])(?P<unix>{_MONTH}\s{{1,3}}\d{{1,2}}),?\s{{1,2}}
        (?P<unix_clock>\d{{1,2}}:\d{{1,2}}:\d{{1,2}})(?:\s[A-Z]{{3,4}})?\s{{1,2}}(?P<year>\d{{4}})
    |(?!\d{{1,2}}[:时])(?P<date>{_DATE})
        (?:(?P<file_clock>{_FILE_CLOCK})|{_GAP}(?P<clock>{_CLOCK}))?
    |(?<![\d:.])(?P<early_clock>{_CLOCK})(?:{_GAP}(?P<late_date>{_DATE})(?!{_FILE_CLOCK}))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: What most times are, and `_FIND` finds too: a date and a clock, or a clock alone, with nothing
#: about them that could belong to them.  Here they begin at their second digit.
_PLAIN_TIME = (
    r"\d(?:\d\d[-/.]\d\d[-/.]\d\d|[-/.]\d\d[-/.]\d{4})(?<![A-Za-z/-].{10})[ T]\d\d:\d\d:\d\d"
    r"(?![\d:.,Zz]|\s?(?:[AaPp]\.?[Mm]|[Uu][Tt][Cc]|[Gg][Mm][Tt]|[+-]\d))(?P<plain>)"
    r"|\d:(?<!:\d\d:)\d\d(?::\d\d)?(?=\s?[|;()\[\]\ue100]|\Z)(?P<plain_clock>)"
)
#: A cheap look for where a time may be: a number's first digit, and what must follow it.
_RUN = re.compile(
    rf"\d(?<!\d\d)(?:\d\d{{6}}|(?<!\.\d)(?:{_PLAIN_TIME}"
    r"|\d{0,16}+(?:[-/.]\d{1,2}[-/.]\d{1,4}(?!\.?\d)|[:年时]\d"
    rf"|(?:[-.\s]|[nrst][dht][-.\s])[-.\s]?(?:de\s)?(?P<month>{_LIKE_A_MONTH}))"
    r"|(?:[,\snrst](?<=[^0-9]\s\d[,\snrst])|\d[,\snrst](?<=[^0-9]\s\d\d[,\snrst]))[dht]?,?\s{0,2}(?P<day>\d)))"
)
_PLAIN = ("plain", "plain_clock")
#: Before a day a month's name may stand: ``Feb  8 06:33:16 2016``.
_NAME = re.compile(r"[^\W\d_]{3,12}\.?\s{1,3}\Z")
_DIGITS = "0123456789"
#: Places of one text that are tried: no device writes more numbers.
_TRIES = 4096
#: Two-digit years stand in some recorders' file names only.
_SHORT = re.compile(r"(?<!\d)(\d{12})(?!\d)")
_ZONE = re.compile(r"(?:z|utc|gmt|(?:utc|gmt)?([+-]\d{2}):?(\d{2}))\Z", re.I)
_NUMBER = re.compile(r"\d{1,6}")
_ORDER = re.compile(r"\b([dmy]{1,4}|[tj]{1,4})\W{0,2}([dmy]{1,4})\W{0,2}([dmyjat]{1,4})\b", re.I)

Date = tuple[int, int, int]
"""Three numbers in the order of their shape: ymd, dmy or mdy."""


class Stamp(NamedTuple):
    """A time found in a text: a date, a time of day or both, as they are written there."""

    date: str | None
    clock: str | None

    def text(self, order: str | None = None) -> str | None:
        """The time as ISO 8601; None without a date, without a clock or if there is no such time.

        ``order`` is what a label says of a date that does not tell by itself.
        """
        if self.date is None or self.clock is None:
            return None
        day, clock = _day(self.date, order), _clock(self.clock)
        return f"{day}T{clock}" if day and clock else None

    def joined(self, other: Stamp) -> Stamp:
        """This date with the other's clock, or the other way round."""
        date, clock = (self, other) if self.date else (other, self)
        return Stamp(date.date, clock.clock)


def order_of(label: str) -> str | None:
    """The order of a date that a label states: ``dmy`` for ``Start Time(D/M/Y H:M:S)``."""
    found = _ORDER.search(label)
    if found is None:
        return None
    first = "".join(part[0] for part in found.groups()).lower()
    order = first.translate(str.maketrans("tja", "dyy"))
    return order if sorted(order) == ["d", "m", "y"] else None


def times_in(text: str, most: int = 256) -> list[Stamp]:
    """The first times in ``text``, in their order; a date and the clock beside it are one."""
    return [stamp_of(found) for found in finds_in(text, most)]


def finds_in(text: str, most: int = 256) -> Iterator[re.Match[str]]:
    """Where the first times are in ``text``; `stamp_of` says more of one when it is wanted."""
    return itertools.islice(_finds(text), most)


def tells_date(found: re.Match[str]) -> bool:
    """Whether a time that was found has a date."""
    return found.lastgroup not in ("plain_clock", "early_clock")


def time_in_name(label: str) -> str | None:
    """The time in a picture's or file's name.

    >>> time_in_name("ch02_20141127_065413_E.jpg")
    '2014-11-27T06:54:13'
    """
    name = label[-256:].replace("\\", "/").rpartition("/")[2]
    for stamp in times_in(name):
        text = stamp.text()
        if text is not None:
            return text
    short = _SHORT.search(name)
    return Stamp("20" + short[1][:6], short[1][6:]).text() if short else None


def _finds(text: str) -> Iterator[re.Match[str]]:
    """Dates and clocks, one after the other: looked for only where one may begin."""
    search, match, at = _RUN.search, _FIND.match, 0
    for _ in range(_TRIES):
        run = search(text, at)
        if run is None:
            return
        kind = run.lastgroup
        if kind in _PLAIN:
            yield run
            at = run.end()
            continue
        start = run.start()
        behind = start + 1
        if kind == "day":
            start, behind = _named_start(text, at, start), run.end() - 1
        elif kind is not None and run[kind].lower() not in _BEGINNINGS:
            start = -1
        found = match(text, start) if start >= 0 else None
        if found is not None:
            yield found
            behind = found.end()
        at = behind


def _named_start(text: str, at: int, start: int) -> int:
    """Where, behind ``at``, a month's name begins before the digits at ``start``; else -1."""
    if start == at or not text[start - 1].isspace() or text[max(start - 2, at)] in _DIGITS:
        return -1
    name = _NAME.search(text[max(at, start - 16) : start])
    if name is None or name[0][:3].lower() not in _BEGINNINGS:
        return -1
    return start - len(name[0])


def stamp_of(found: re.Match[str]) -> Stamp:
    """The time that was found."""
    kind, written = found.lastgroup, found[0]
    if kind == "plain":
        return Stamp(written[:10], written[11:])
    if kind == "plain_clock":
        return Stamp(None, written)
    digits, unix, unix_clock, year, date, file_clock, clock, early_clock, late_date = found.groups()
    if digits:
        plain = "".join(_NUMBER.findall(digits))
        return Stamp(plain[:8], plain[8:])
    if unix:
        return Stamp(f"{unix} {year}", unix_clock)
    return Stamp(date or late_date, file_clock or clock or early_clock)


@functools.lru_cache(maxsize=1024)  # a mail's dates are mostly one day's
def _day(written: str, order: str | None) -> str | None:
    """A date as ISO 8601; None if there is no such day, or nothing tells its order."""
    numbers, shape = _date(written)
    told = shape or order
    if not told:
        return None
    year, month, day = (numbers[told.index(name)] for name in "ymd")
    try:
        return datetime(year + 2000 if year < 100 else year, month, day).date().isoformat()
    except ValueError:
        return None


def _date(written: str) -> tuple[Date, str | None]:
    """A date's numbers, and their order where they show it themselves."""
    if written.isdecimal():
        return (int(written[:4]), int(written[4:6]), int(written[6:])), "ymd"
    numbers = [int(number) for number in _NUMBER.findall(written)]
    if len(numbers) == 2:
        day, year = numbers
        return (year, _month(written), day), "ymd"
    first, second, third = numbers
    return (first, second, third), _shape(written, numbers)


def _shape(written: str, numbers: Sequence[int]) -> str | None:
    """The order of three numbers where they show it themselves."""
    if numbers[0] > 31:
        return "ymd"
    if "." in written or numbers[0] > 12:
        return "dmy"
    return "mdy" if numbers[1] > 12 else None


def _month(written: str) -> int:
    """The month that is named in ``written``; 0 if none is."""
    low = written.lower()
    places = [(low.find(name), -len(name), month) for name, month in _MONTHS.items() if name in low]
    return min(places)[2] if places else 0


@functools.lru_cache(maxsize=4096)
def _clock(written: str) -> str | None:
    """A time of day as ISO 8601 with what stands behind it: a fraction, a zone; None if none is."""
    plain = written.split(":")
    if written.isdecimal():
        numbers = [written[:2], written[2:4], written[4:6]]
        rest = f".{written[6:]}" if len(written) > 6 else ""
    elif len(plain) == 3 and all(map(str.isdecimal, plain)):
        numbers, rest = plain, ""
    else:
        numbers, rest = _parts(written)
    hour, minute, second = map(int, numbers)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return f"{hour:02d}:{minute:02d}:{second:02d}{rest}"


def _parts(written: str) -> tuple[list[str], str]:
    """Hour, minute and second of a clock, and what ISO 8601 has behind them."""
    zone = _ZONE.search(written)
    spoken = written[: zone.start()] if zone else written
    hour, minute, *rest = _NUMBER.findall(spoken)
    second = rest[0] if rest else "0"
    fraction = f".{rest[1]}" if len(rest) > 1 else ""
    return [str(_hour(int(hour), spoken)), minute, second], fraction + _zone(zone)


def _hour(hour: int, written: str) -> int:
    """The hour of 24, if the clock has morning and afternoon."""
    low = written.lower()
    if "p" in low and hour < 12:
        return hour + 12
    return 0 if "a" in low and hour == 12 else hour


def _zone(found: re.Match[str] | None) -> str:
    if found is None:
        return ""
    return f"{found[1]}:{found[2]}" if found[1] else "Z"
