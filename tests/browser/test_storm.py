"""600 false alarms from 60 sites, two people at work, and one intruder: nobody misses him."""

from __future__ import annotations

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")

from tests.browser.chromium import missing
from tests.browser.storm import weathered

pytestmark = [
    pytest.mark.sockets,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing() or ""),
]


def test_real_alarm_in_a_storm_is_seen_by_class_and_tone() -> None:
    """Within 30 s both hear it and have it on top, and one of them takes it by two keys."""
    storm = weathered(alarms=600, pace=0.03)
    for figure in storm.figures():
        assert figure.holds, str(figure)
    assert len(storm.takers) == 1
    assert storm.alarms == 601
    assert storm.handled > 0
