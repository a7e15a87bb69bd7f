"""Folding: what people take for the same word is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmgw.codec.folding import folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ZAUN", "zaun"),
        ("Süd", "SUD"),
        ("Su\u0308d", "süd"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Ørsted", "orsted"),
        ("İzmir", "izmir"),
    ],
)
def test_case_and_accents_do_not_matter(one: str, other: str) -> None:
    """Whoever searches types as he is used to."""
    assert folded(one) == folded(other)


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    """So that the words of a search and what is searched may both be folded, however often."""
    once = folded(text)
    assert folded(once) == folded(folded(once))
