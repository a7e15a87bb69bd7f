"""Which mail is one that came again, and which only looks like it."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from alarmgw.recent import RecentAlarm
from alarmgw.resends import first_of
from tests.test_recent import entry

FIRST = evolve(RecentAlarm.of(entry(1)), octets="a" * 64, said="b" * 64)


def again(first: RecentAlarm = FIRST, is_open: bool = True, **changes: Any) -> bool:
    """Whether a mail that differs from the first one in ``changes`` is the same again."""
    return first_of(evolve(FIRST, **changes), [first], lambda alarm: is_open) is first


def test_the_same_octets_are_the_same_mail() -> None:
    """Whatever else is known of it."""
    assert again(said=None)


def test_the_same_content_with_its_time_is_the_same_mail() -> None:
    """Some devices put a new Date and Message-ID on what they send again."""
    assert again(octets="c" * 64)


def test_other_octets_without_a_time_are_another_mail() -> None:
    """Two genuine alarms that say the same words are two."""
    timeless = evolve(FIRST, said=None)
    assert not again(timeless, said=None, octets="c" * 64)


def test_another_mail_is_another() -> None:
    """Neither octets nor content are the same."""
    assert not again(octets="c" * 64, said="d" * 64)


def test_octets_without_a_time_are_news_when_the_first_is_closed() -> None:
    """A dumb panel sends the same octets at every burglary."""
    assert not again(said=None, is_open=False)


def test_what_never_stood_in_the_queue_is_not_closed() -> None:
    """A test mail is the same again, and no alarm."""
    assert again(evolve(FIRST, handling="test"), handling="test", said=None, is_open=False)


def test_a_time_tells_that_it_is_the_same_even_when_the_first_is_closed() -> None:
    """The event was told to the second, and somebody has seen to it."""
    assert again(is_open=False)


def test_the_first_stands_for_it_only_if_it_was_as_loud() -> None:
    """Its source may have been out of use, or its class been raised since."""
    assert not again(evolve(FIRST, handling="suppressed"))
    assert not again(priority=FIRST.priority - 1)
    assert again(priority=FIRST.priority + 1)


def test_of_several_the_first_that_fits_is_named() -> None:
    """Those before it are others."""
    others = [evolve(FIRST, alarm=f"x{n}", octets="c" * 64, said=None) for n in range(3)]
    assert first_of(FIRST, [*others, FIRST], lambda alarm: True) is FIRST
    assert first_of(FIRST, others, lambda alarm: True) is None
