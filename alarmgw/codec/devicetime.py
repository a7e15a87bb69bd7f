"""Times as devices write them, by the label that stands beside them and never by locale.

`times_in` finds them in a text; `Stamp.text` says what one means, as ISO 8601
without a zone unless the device gave one.  Every repetition in the patterns is
bounded, so a text costs what its length costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import evolve, frozen

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

_CLOCK = (
    r"\d{1,2}:\d{1,2}(?::\d{1,2}(?:[.,]\d{1,6})?)?(?:\s?[ap]\.?m\b\.?)?"
    r"(?:z\b|\s?(?:utc|gmt)?[+-]\d{2}:?\d{2}(?!\d))?"
)
_FIND = re.compile(
    rf"""
    (?<!\d)(?P<digits>(?:19|20)\d{{6}}(?:[_T\ -]?\d{{6}}(?:\d{{3}})?))(?!\d)
    |(?<![^\W\d_])(?P<unix>(?P<unix_month>{_MONTH})\s{{1,3}}(?P<unix_day>\d{{1,2}}),?\s{{1,2}}
        (?P<unix_clock>\d{{1,2}}:\d{{1,2}}:\d{{1,2}})(?:\s[A-Z]{{3,4}})?\s{{1,2}}(?P<unix_year>\d{{4}}))
    |(?<![\dA-Za-z./-])(?P<date>
        \d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}
        |\d{{4}}年\d{{1,2}}月\d{{1,2}}日
        |\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})
        |\d{{1,2}}(?:st|nd|rd|th)?[-.\s]{{1,2}}(?:de\s)?{_MONTH}[-.,\s]{{0,2}}(?:de\s)?\d{{4}}
        |{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}
      )(?!\d|\.\d)
    |(?<![\d:.])(?P<clock>{_CLOCK}|\d{{1,2}}时\d{{1,2}}分(?:\d{{1,2}}秒)?)(?!\d|:\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: A cheap look for where a time may begin: digits, and what must follow them.
_RUN = re.compile(
    rf"(\d{{1,17}})(?:[-/.:年时]\d|(?:st|nd|rd|th)?[-.\s]{{1,2}}(?:de\s)?(?i:{_MONTH}))|\d{{8,17}}"
)
#: Where a month's name may begin a time: ``Feb  8 06:33:16 2016``.
_NAMED = re.compile(rf"{_MONTH}\s{{1,3}}\d{{1,2}}(?:st|nd|rd|th)?,?\s{{1,2}}\d", re.IGNORECASE)
_MAYBE_NAMED = re.compile(r"\s\d{1,2}(?:st|nd|rd|th)?,?\s{1,2}\d", re.IGNORECASE)
#: Places of one line that are tried: no line of a device has more numbers.
_TRIES = 64
#: What may stand between a date and the clock, and a clock as file names write it.
_GAP = re.compile(
    r"[\s,T_-]{0,4}(?:(?:at|um|on|am|den|kl|à|a las|alle|o|op|om)\.?\s{1,2})?\Z", re.I
)
_FILE_CLOCK = re.compile(r"[\sT_-](\d{2})[-_.](\d{2})[-_.](\d{2})(?!\d)")
#: Two-digit years stand in some recorders' file names only.
_SHORT = re.compile(r"(?<!\d)(\d{12})(?!\d)")
_ZONE = re.compile(r"(?:z|(?:utc|gmt)?([+-]\d{2}):?(\d{2}))\Z", re.I)
_NUMBER = re.compile(r"\d{1,6}")
_ORDER = re.compile(r"\b([dmy]{1,4}|[tj]{1,4})\W{0,2}([dmy]{1,4})\W{0,2}([dmyjat]{1,4})\b", re.I)

Clock = tuple[int, int, int, str, str]
"""Hour, minute, second, fraction with its dot, zone."""


@frozen
class Stamp:
    """A time found in a text: a date, a time of day or both.

    ``date`` is three numbers as written; ``shape`` says in which order:
    ymd, dmy, mdy, or None where only a label could tell.
    """

    start: int
    end: int
    date: tuple[int, int, int] | None = None
    shape: str | None = "ymd"
    clock: Clock | None = None

    def text(self, order: str | None = None) -> str | None:
        """The time as ISO 8601; None without a date, without a clock or if there is no such time.

        ``order`` is what a label says of a date that does not tell by itself.
        """
        shape = self.shape or order
        if self.date is None or self.clock is None or shape is None:
            return None
        numbers = dict(zip(shape, self.date, strict=True))
        year = numbers["y"] + 2000 if numbers["y"] < 100 else numbers["y"]
        hour, minute, second, fraction, zone = self.clock
        try:
            moment = datetime(year, numbers["m"], numbers["d"], hour, minute, second)
        except ValueError:
            return None
        return moment.isoformat() + fraction + zone

    def joined(self, other: Stamp) -> Stamp:
        """This date with the other's clock, or the other way round."""
        start, end = min(self.start, other.start), max(self.end, other.end)
        date, clock = (self, other) if self.date else (other, self)
        return evolve(date, start=start, end=end, clock=clock.clock)


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
    stamps: list[Stamp] = []
    for found in _finds(text):
        if len(stamps) >= most:
            break
        stamp = _stamp(text, found)
        last = stamps[-1] if stamps else None
        if last is not None and _belong(text, last, stamp):
            stamps[-1] = last.joined(stamp)
        else:
            stamps.append(stamp)
    return stamps


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
    return _digits(0, 0, "20" + short[1]).text() if short else None


def _finds(text: str) -> Iterator[re.Match[str]]:
    """Dates and clocks, one after the other: looked for only where one may begin."""
    name = _NAMED.search(text) if _MAYBE_NAMED.search(text) else None
    at = 0
    for _ in range(_TRIES):
        if name is not None and name.start() < at:
            name = _NAMED.search(text, at)
        run = _RUN.search(text, at)
        first = name if name and (run is None or name.start() < run.start()) else run
        if first is None:
            return
        found = _FIND.match(text, first.start())
        if found:
            yield found
        at = found.end() if found else (first.end(1) if first is run and first[1] else first.end())


def _belong(text: str, last: Stamp, stamp: Stamp) -> bool:
    """Whether two finds are one time: a date and a clock with next to nothing between."""
    if stamp.start - last.end > 10 or bool(last.date) == bool(stamp.date):
        return False
    if (last.clock and last.date) or (stamp.clock and stamp.date):
        return False
    return _GAP.match(text[last.end : stamp.start]) is not None


def _stamp(text: str, found: re.Match[str]) -> Stamp:
    start, end = found.span()
    if found["digits"]:
        return _digits(start, end, "".join(_NUMBER.findall(found["digits"])))
    if found["unix"]:
        date = (int(found["unix_year"]), _month(found["unix_month"]), int(found["unix_day"]))
        return Stamp(start, end, date, clock=_clock(found["unix_clock"]))
    if found["clock"]:
        return Stamp(start, end, clock=_clock(found["clock"]))
    stamp = _date(start, end, found["date"])
    clock = _FILE_CLOCK.match(text, end)
    if clock is None:
        return stamp
    hour, minute, second = (int(number) for number in clock.groups())
    return evolve(stamp, end=clock.end(), clock=(hour, minute, second, "", ""))


def _digits(start: int, end: int, digits: str) -> Stamp:
    """``YYYYMMDDHHMMSS`` with milliseconds or without."""
    date = (int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    fraction = f".{digits[14:17]}" if len(digits) == 17 else ""
    clock = (int(digits[8:10]), int(digits[10:12]), int(digits[12:14]), fraction, "")
    return Stamp(start, end, date, clock=clock)


def _date(start: int, end: int, written: str) -> Stamp:
    numbers = [int(number) for number in _NUMBER.findall(written)]
    if len(numbers) == 2:
        day, year = numbers
        return Stamp(start, end, (year, _month(written), day))
    first, second, third = numbers
    return Stamp(start, end, (first, second, third), _shape(written, numbers))


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


def _clock(written: str) -> Clock:
    zone = _ZONE.search(written)
    spoken = written[: zone.start()] if zone else written
    hour, minute, *rest = (number for number in _NUMBER.findall(spoken))
    second = int(rest[0]) if rest else 0
    fraction = f".{rest[1]}" if len(rest) > 1 else ""
    return _hour(int(hour), spoken), int(minute), second, fraction, _zone(zone)


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
