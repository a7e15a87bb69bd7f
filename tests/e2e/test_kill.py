"""SIGKILL under load, in short; ``make kill`` is the long form."""

import sys

import pytest

from tests.kill import Campaign

#: Together with the seeds: 50 kills, which two workers share.
KILLS = 25


@pytest.mark.sockets
@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_promised_is_lost_half_or_twice_after_kills(seed: int) -> None:
    """Every mail that got its 250 is in journal and archive, whole, and shown, once."""
    tally = Campaign(seed).run(KILLS)
    sys.stdout.write(f"{tally.words}\n")
    assert tally.faults == []
    assert (tally.twice, tally.missed) == (0, 0)
    assert tally.mails > KILLS
    assert tally.workstation_kills > 0
    assert tally.again > 0
    assert tally.decisions > 0
