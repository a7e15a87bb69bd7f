"""Coordinates and links."""

from __future__ import annotations

import pytest

from alarmgw.codec.extras import coordinates_in, link_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("51.650646,-3.914983", "51.650646,-3.914983"),
        ("at -33.8688 , 151.2093!", "-33.8688,151.2093"),
        ("192.168.2.111, 10.0.0.1", None),
        ("1.5, 2.5", None),
        ("95.12345, 10.12345", None),
    ],
)
def test_coordinates(text: str, found: str | None) -> None:
    """Degrees with three decimals or more, and within the globe, are coordinates."""
    assert coordinates_in(text) == found


def test_links() -> None:
    """A named link goes before one in the text, and only the web's are links."""
    assert link_in("see http://a.example/x).", ["https://b.example/y"]) == "https://b.example/y"
    assert link_in("see http://a.example/x).", [None]) == "http://a.example/x"
    assert link_in("javascript://x file:///etc", []) is None
