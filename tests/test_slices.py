"""Slices: long work rests now and then."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.task import Clock

from alarmgw.slices import REST_SECONDS, RESTS, WORK_SECONDS, Mails, giving_way


def worked(mails: Mails, rest: Callable[[float], None], rows: int = 10) -> list[int]:
    """Two rows take as long as work may last; a rest takes no time."""
    clock, done = Clock(), list[int]()
    for row in giving_way(range(rows), mails, clock.seconds, rest):
        done.append(row)
        clock.advance(WORK_SECONDS / 2)
    return done


def test_long_work_rests_between_slices() -> None:
    """As often as it has worked for long enough; every row comes, in order."""
    rests = list[float]()
    assert worked(Mails(), rests.append) == list(range(10))
    assert rests == [REST_SECONDS] * 5


def test_work_rests_while_a_mail_waits() -> None:
    """Until it has its 250."""
    mails, rests = Mails(), list[float]()

    def rest(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 7:
            mails.__exit__()

    mails.__enter__()
    assert worked(mails, rest, rows=4) == list(range(4))
    assert (len(rests), mails.waiting, mails.ever) == (7 + 1, 0, 1)


def test_mails_without_end_do_not_end_work() -> None:
    """It only takes longer."""
    mails, rests = Mails(), list[float]()
    with mails:
        assert worked(mails, rests.append) == list(range(10))
    assert rests == [REST_SECONDS] * 5 * RESTS


def test_a_rest_is_no_work() -> None:
    """However long the rest has lasted, the next one comes after work alone."""
    clock, rests = Clock(), list[float]()

    def rest(seconds: float) -> None:
        rests.append(seconds)
        clock.advance(100 * seconds)

    for _ in giving_way(range(8), Mails(), clock.seconds, rest):
        clock.advance(WORK_SECONDS / 4)
    assert len(rests) == 2
