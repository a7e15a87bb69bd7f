"""Stragglers: pictures that come late, in a mail of their own, for an event that was told before.

A source has to be set up for that (``late_pictures_seconds``).  They are an
alarm that joins the first one: its pictures are shown there, and nothing
sounds again.  What may be another event, or is more urgent, never joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from alarmgw.codec.eventwords import UNKNOWN
from alarmgw.recent import RecentAlarm
from alarmgw.resends import IsOpen, is_closed, stands_for


def joined_by(
    entry: Mapping[str, Any],
    seconds: int | None,
    earlier: Iterable[RecentAlarm],
    is_open: IsOpen,
) -> RecentAlarm | None:
    """The alarm whose late pictures these are, or None.

    ``seconds`` is the source's window after the first alarm's arrival, ``earlier`` what it has
    raised, the newest first.
    """
    if seconds is None or not entry["pictures"]:
        return None
    late, window = RecentAlarm.of(entry), timedelta(seconds=seconds)
    for first in earlier:
        if (
            first.joins is None
            and timedelta(0) <= late.moment - first.moment <= window
            and first.kind == late.kind == "alarm"
            and stands_for(first, late)
            and _is_same_event(late, first, entry["text"])
            and not is_closed(first, is_open)
        ):
            return first
    return None


def _is_same_event(late: RecentAlarm, first: RecentAlarm, text: str | None) -> bool:
    """The same words for the same places; or bare pictures, with no text and no new subject."""
    words = {event for event, _, _ in late.events}
    if words != {UNKNOWN}:
        return late.events == first.events
    says_nothing = not (text or "").strip() and late.subject in (None, "", first.subject)
    return says_nothing or (late.events == first.events and late.subject == first.subject)
