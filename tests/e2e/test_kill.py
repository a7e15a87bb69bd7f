"""SIGKILL under load, in short; ``make kill`` is the long form."""

from tests.kill import kills


def test_nothing_promised_is_lost_half_or_twice_after_20_kills() -> None:
    """Every mail that got its 250 is in journal and archive, whole, once."""
    promised, faults = kills(20, seed=1)
    assert faults == []
    assert promised > 20
