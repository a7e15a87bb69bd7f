"""Slices: long work rests now and then."""

from __future__ import annotations

from twisted.internet.task import Clock

from alarmgw.slices import REST_SECONDS, WORK_SECONDS, giving_way


def test_long_work_rests_between_slices() -> None:
    """As often as it has worked for long enough; every row comes, in order."""
    clock, rests, done = Clock(), list[float](), list[int]()
    for row in giving_way(range(10), clock.seconds, rests.append):
        done.append(row)
        clock.advance(WORK_SECONDS / 2)
    assert done == list(range(10)) and rests == [REST_SECONDS] * 5


def test_a_rest_is_no_work() -> None:
    """However long the rest has lasted, the next one comes after work alone."""
    clock, rests = Clock(), list[float]()

    def rest(seconds: float) -> None:
        rests.append(seconds)
        clock.advance(100 * seconds)

    for _ in giving_way(range(8), clock.seconds, rest):
        clock.advance(WORK_SECONDS / 4)
    assert len(rests) == 2
