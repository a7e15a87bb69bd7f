"""The console keeps pace: alarms and pictures are on the screen before anybody waits for them."""

from __future__ import annotations

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")

from tests.benches.figures import Figure
from tests.browser.chromium import missing
from tests.browser.pace import alarms_seen, pictures_seen
from tests.pace import allowed

pytestmark = [
    pytest.mark.sockets,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing() or ""),
]


#: The suite's machine does other things, too; `python -m tests.browser` measures without it.
MARGIN = 1.5


def holds(figure: Figure) -> None:
    """The promise is kept, as far as this machine has time for it now."""
    assert figure.value < MARGIN * allowed(figure.bound), str(figure)


def test_alarms_are_seen_at_once() -> None:
    """Half of those that come one a second in 50 ms, of twenty a second 99 in 100 in 250 ms."""
    for figure in alarms_seen(slowly=8, quickly=120):
        holds(figure)


def test_first_picture_is_there_when_its_incident_is() -> None:
    """A picture of 200 KB can be seen 150 ms after the key, fetched before or not."""
    for figure in pictures_seen(steps=12):
        holds(figure)
