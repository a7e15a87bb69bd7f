"""Resends: a mail that came again because its device has missed the 250.

It is kept like any other, and raises nothing: its first alarm stands for it.
What is the same mail is decided by its source and its content, never by the
Message-ID, which is constant in some firmware.  In doubt it is an alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from alarmgw.recent import RecentAlarm

IsOpen = Callable[[str], bool]
"""Whether an alarm of that id waits for somebody."""


def first_of(
    again: RecentAlarm, earlier: Iterable[RecentAlarm], is_open: IsOpen
) -> RecentAlarm | None:
    """The alarm that has raised the same mail of the same source, or None."""
    for first in earlier:
        if stands_for(first, again) and _is_same(again, first, is_open):
            return first
    return None


def stands_for(first: RecentAlarm, later: RecentAlarm) -> bool:
    """Is ``first`` at least as loud, so that nobody misses ``later`` who has heard it?

    A rule, a class or a disabled source may have changed between the two.
    """
    return first.handling == later.handling and first.priority <= later.priority


def _is_same(again: RecentAlarm, first: RecentAlarm, is_open: IsOpen) -> bool:
    """The octets alone may be those of a second event, if the mail never says when it was made.

    That adds nothing while the first alarm waits, but is news when somebody has closed that.
    """
    if again.said is not None and again.said == first.said:
        return True
    return again.octets == first.octets and not is_closed(first, is_open)


def is_closed(first: RecentAlarm, is_open: IsOpen) -> bool:
    """Has somebody closed it?  What never stood in the queue is not closed."""
    return first.handling == "queue" and not is_open(first.alarm)
