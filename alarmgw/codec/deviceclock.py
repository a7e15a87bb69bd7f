"""A device's clock: how far it is from the moment at which the device's mail began to come.

A device writes its local time and rarely says of which zone, so the zone is that of
the place where it stands.  Of the times in one mail the newest counts, whether something
began or ended then: it is nearest to the sending, while pictures kept from before
the event, and earlier events in the same mail, are older for good reasons.

The mail's own Date header is no such time: much firmware writes a fixed zone into it,
another field or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone, tzinfo

from alarmgw.model import Event, Meaning

#: From here on somebody should know of it ...
HINT_SECONDS = 120.0
#: ... and from here on it is a fault, until it is less than the last one again.
WRONG_SECONDS = 600.0
RIGHT_AGAIN_SECONDS = 540.0

#: What is told in a report is long over.
_PAST = ("report",)


def clock_offset(meaning: Meaning, came: datetime, zone: tzinfo) -> float | None:
    """Seconds by which the device's clock is ahead (below zero: behind); None if it tells no time.

    ``came`` is when the mail began to come, ``zone`` that of the place where the device stands.
    A time that a change of the clocks makes ambiguous is taken as the nearer one.
    """
    if meaning.kind in _PAST:
        return None
    moments = list(_moments(meaning.events, came, zone))
    return round((max(moments) - came).total_seconds(), 1) if moments else None


def is_off(offset_s: float | None) -> bool:
    """Whether a clock is so far off that somebody should know."""
    return offset_s is not None and abs(offset_s) > HINT_SECONDS


def is_wrong(offset_s: float, was_wrong: bool) -> bool:
    """Whether it is a fault: what swings about the limit does not come and go."""
    return abs(offset_s) > (RIGHT_AGAIN_SECONDS if was_wrong else WRONG_SECONDS)


def _moments(events: Iterable[Event], came: datetime, zone: tzinfo) -> Iterator[datetime]:
    for written in {event.device_time for event in events}:
        try:
            if written is not None:
                yield _moment(datetime.fromisoformat(written), came, zone)
        except (ValueError, OverflowError):  # no time, or one that no zone has in UTC
            continue


def _moment(written: datetime, came: datetime, zone: tzinfo) -> datetime:
    if written.tzinfo is not None:
        return written.astimezone(timezone.utc)
    # In an hour that the clocks go through twice, or not at all, one of the two is right.
    folds = (written.replace(fold=fold, tzinfo=zone) for fold in (0, 1))
    return min((one.astimezone(timezone.utc) for one in folds), key=lambda one: _apart(one, came))


def _apart(one: datetime, other: datetime) -> timedelta:
    return abs(one - other)
