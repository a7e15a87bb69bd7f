"""Power cuts under a real gateway, in short; ``make powercut`` is the long form."""

from __future__ import annotations

import pytest

from tests.powercut.campaign import Campaign
from tests.powercut.disk import missing

REASON = missing()

pytestmark = [
    pytest.mark.sockets,
    pytest.mark.slow,
    pytest.mark.skipif(bool(REASON), reason=f"no file system by FUSE here: {REASON}"),
]


def test_nothing_promised_is_lost_half_or_twice_after_10_power_cuts() -> None:
    """Mails are whole, once, with their pictures; the workstation goes on without gap or repeat."""
    tally = Campaign(seed=1).run(10)
    assert tally.faults == []
    assert tally.mails > 10
    assert tally.mended["renames finished"] and tally.mended["folders rebuilt"]
    assert tally.entries > tally.mails


@pytest.mark.parametrize("lie", ["all", "folders"])
def test_a_disk_that_lies_is_found_out(lie: str) -> None:
    """The same cuts on a disk whose syncs do nothing lose mails, and that is noticed."""
    assert Campaign(seed=1, lying=lie).run(10).faults
