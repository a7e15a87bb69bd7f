"""What reading a mail costs: its octets, its words and what they mean, in processor time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from alarmgw.codec.alarmtext import understand
from tests.codec.mails import every, read
from tests.codec.texts import HOSTILE, MANY_EVENTS, ONE_EVENT, Words, plain_mail

#: As the gateway's jobs come.
PIECE = 64 * 1024

#: The promises: a 5 KB mail in 1 ms, a hostile one in 50.  The test's machine may be any, half
#: of a core shared with another thread, or a virtual one: what is promised of a machine that
#: has nothing else to do (tests/bench_text.py measures that) may take twice as long here.
#: A pattern that backtracks costs not twice but a thousand times as much.
ORDINARY_MS = 1.0
HOSTILE_MS = 50.0
MARGIN = 2


def milliseconds(work: Callable[[int], object], rounds: int) -> float:
    """The least processor time of this thread that the work takes in so many rounds."""
    best = float("inf")
    for number in range(rounds):
        before = time.thread_time()
        work(number)
        best = min(best, time.thread_time() - before)
    return 1000 * best


def reading(raw: bytes) -> object:
    """What the gateway makes of a mail."""
    mail = read(raw, every(PIECE, raw)).mail
    return understand(mail.subject, mail.text, mail.labels)


@pytest.mark.parametrize("name", [*ONE_EVENT, *MANY_EVENTS])
def test_ordinary_mails(name: str) -> None:
    """A text mail of 5 KB is read in a millisecond, none of them like the one before."""
    make: Callable[[int], Words] = {**ONE_EVENT, **MANY_EVENTS}[name]
    mails = [plain_mail(text, subject) for subject, text in map(make, range(40))]
    assert milliseconds(lambda number: reading(mails[number]), 40) < ORDINARY_MS * MARGIN


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails(name: str) -> None:
    """A megabyte of anything is read in milliseconds: no pattern backtracks."""
    raw = HOSTILE[name]
    assert milliseconds(lambda _: reading(raw), 3) < HOSTILE_MS * MARGIN


@pytest.mark.parametrize("name", [*ONE_EVENT, *MANY_EVENTS])
def test_what_is_measured(name: str) -> None:
    """The measured mails have 5 KB, and are understood: one event, or as many as were meant."""
    subject, text = {**ONE_EVENT, **MANY_EVENTS}[name](7)
    events = understand(subject, text).events
    assert 4500 < len(text.encode("utf-8")) <= 5200
    assert len(events) == 1 if name in ONE_EVENT else len(events) > 30
