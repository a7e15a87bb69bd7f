"""`alarmgw.clockwords`: seconds in the words that people use."""

from __future__ import annotations

import pytest

from alarmgw.clockwords import clock_text, looks_like_a_zone


@pytest.mark.parametrize(
    ("offset", "english", "german"),
    [
        (0.0, "right", "richtig"),
        (-120.0, "right", "richtig"),
        (121.0, "2 min ahead", "2 min vor"),
        (-425.0, "7 min behind", "7 min nach"),
        (3599.0, "1 h ahead", "1 h vor"),
        (-7325.0, "2 h 2 min behind", "2 h 2 min nach"),
        (2 * 86400.0, "2 days ahead", "2 Tage vor"),
        (-56.9 * 365 * 86400, "57 years behind", "57 Jahre nach"),
    ],
)
def test_an_offset_is_said_as_a_person_says_it(offset: float, english: str, german: str) -> None:
    """Only as precisely as matters."""
    assert (clock_text(offset, "en"), clock_text(offset, "de")) == (english, german)


def test_whole_hours_are_a_wrong_zone() -> None:
    """To the minute or two; a clock that was never set is none."""
    assert all(map(looks_like_a_zone, (3600.0, -7150.0, 8 * 3600 + 100.0)))
    assert not any(map(looks_like_a_zone, (0.0, 20.0, -425.0, 5400.0, -56 * 365 * 86400.0)))
