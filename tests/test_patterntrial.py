"""A slow pattern is found before it meets a mail."""

from __future__ import annotations

import itertools
import time

import pytest

from alarmgw.patterntrial import refuse_slow


@pytest.mark.parametrize("pattern", [r"Zone (\d+) Einbruch", "(x+x+)+y", "(a?){50}a{50}b", ".*"])
def test_what_is_quick_passes(pattern: str) -> None:
    """Patterns that would keep others busy for hours, too."""
    refuse_slow(pattern, time.thread_time)


@pytest.mark.parametrize("pattern", ["((a{1,30}){1,30})b", "(?:a{0,500}){0,1}b"])
def test_what_is_slow_is_refused_each_time(pattern: str) -> None:
    """A second try finds nothing remembered that would make it quick."""
    for _ in range(2):
        with pytest.raises(ValueError, match=r"it takes \d+ ms on a text of 32 KB, 5 ms are"):
            refuse_slow(pattern, time.thread_time)


def test_the_bound_is_five_milliseconds() -> None:
    """By the clock that is given."""
    refuse_slow("a", itertools.count(0, 0.004).__next__)
    with pytest.raises(ValueError, match="it takes 6 ms"):
        refuse_slow("a", itertools.count(0, 0.006).__next__)


def test_what_does_not_compile_is_refused_with_its_reason() -> None:
    """As everywhere."""
    with pytest.raises(ValueError, match="is not closed"):
        refuse_slow("(", time.thread_time)
