"""A list that is full does not stutter, and holds no more the longer it runs."""

from __future__ import annotations

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")

from tests.browser.chromium import missing
from tests.browser.crowd import crowded
from tests.pace import allowed

pytestmark = [
    pytest.mark.sockets,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing() or ""),
]


def test_full_list_neither_stutters_nor_grows() -> None:
    """2,000 open and 20 a second: the page is never busy for 200 ms, and memory stays flat."""
    task, *grown = crowded(seconds=8)
    assert task.value < allowed(task.bound), str(task)
    for figure in grown:
        assert figure.holds, str(figure)
