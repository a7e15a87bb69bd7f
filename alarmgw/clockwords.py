"""How far a device's clock is off, in the words that people use."""

from __future__ import annotations

from collections.abc import Mapping

from alarmgw.codec.deviceclock import is_off

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400

#: Ahead, behind, right; days and years.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "ahead": "ahead",
        "behind": "behind",
        "right": "right",
        "days": "days",
        "years": "years",
    },
    "de": {"ahead": "vor", "behind": "nach", "right": "richtig", "days": "Tage", "years": "Jahre"},
}


def clock_text(offset_s: float, language: str) -> str:
    """A clock's offset as a person says it.

    >>> clock_text(-425.0, "en"), clock_text(3600.0, "de"), clock_text(-12.0, "de")
    ('7 min behind', '1 h vor', 'richtig')
    """
    words = _WORDS[language]
    if not is_off(offset_s):
        return words["right"]
    direction = words["ahead"] if offset_s > 0 else words["behind"]
    return f"{_amount(abs(offset_s), words)} {direction}"


def _amount(seconds: float, words: Mapping[str, str]) -> str:
    """Minutes up to an hour, hours and minutes up to two days, then days or years."""
    minutes = round(seconds / _MINUTE)
    if minutes < 60:
        return f"{minutes} min"
    if seconds < 2 * _DAY:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    if seconds < 2 * _YEAR:
        return f"{round(seconds / _DAY)} {words['days']}"
    return f"{round(seconds / _YEAR)} {words['years']}"


def looks_like_a_zone(offset_s: float) -> bool:
    """Whether it is whole hours: then the time zone is wrong, or summer time, not the clock."""
    hours = round(offset_s / _HOUR)
    return 0 < abs(hours) <= 14 and not is_off(offset_s - hours * _HOUR)
