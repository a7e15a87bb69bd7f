"""Guessing passwords does not pay."""

from __future__ import annotations

from datetime import timedelta

from alarmgw.ingest.failed_logins import ADDRESSES, FAILURES, PERIOD, FailedLogins
from tests.fakes import MIDNIGHT


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = MIDNIGHT

    def __call__(self) -> object:
        """The time."""
        return self.now


def guessing(failed: FailedLogins, host: str, times: int) -> list[bool]:
    """So many failures from one address, and what each was answered."""
    return [failed.add(host) for _ in range(times)]


def test_who_fails_too_often_must_wait() -> None:
    """The twentieth failure within a minute closes the door, for that address alone."""
    failed = FailedLogins(Clock())
    assert guessing(failed, "203.0.113.9", FAILURES) == [False] * (FAILURES - 1) + [True]
    assert failed.too_many("203.0.113.9")
    assert not failed.too_many("203.0.113.10")


def test_a_minute_later_it_may_try_again() -> None:
    """A camera that was set up wrongly is not locked out for long."""
    failed = FailedLogins(clock := Clock())
    guessing(failed, "203.0.113.9", FAILURES)
    clock.now += PERIOD
    assert not failed.too_many("203.0.113.9")
    assert not failed.add("203.0.113.9")


def test_a_clock_set_back_locks_nobody_out() -> None:
    """The period begins anew where the time cannot be right."""
    failed = FailedLogins(clock := Clock())
    guessing(failed, "203.0.113.9", FAILURES)
    clock.now -= timedelta(hours=1)
    assert not failed.too_many("203.0.113.9")


def test_memory_is_bounded() -> None:
    """However many addresses guess, only so many are remembered."""
    failed = FailedLogins(Clock())
    for number in range(ADDRESSES + 5):
        failed.add(f"host-{number}")
    assert len(failed._known) == ADDRESSES
