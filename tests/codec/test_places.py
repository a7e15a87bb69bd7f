"""Places: cameras and channels of an event."""

from __future__ import annotations

import pytest

from alarmgw.codec.places import Place, places_of


@pytest.mark.parametrize(
    ("values", "spoken", "places"),
    [
        ({}, None, [(None, None)]),
        ({}, "3", [(None, "3")]),
        ({"camera": "Tor", "channel": "02"}, "3", [("Tor", "2")]),
        ({"cameras": "Gate(A1) Ramp(A7)"}, None, [("Gate", "A1"), ("Ramp", "A7")]),
        ({"cameras": "Tor", "channel": "A1"}, None, [("Tor", "A1")]),
        ({"channel": "1,2"}, None, [(None, "1"), (None, "2")]),
        ({"channel": "Hof"}, None, [("Hof", None)]),
        ({"camera": "3"}, None, [(None, "3")]),
        ({"camera": "0, 1,12"}, None, [(None, "0"), (None, "1"), (None, "12")]),
        ({"camera": "1,2 Tor"}, None, [("1,2 Tor", None)]),
    ],
)
def test_places(values: dict[str, str], spoken: str | None, places: list[Place]) -> None:
    """What the device names goes before what a sentence tells; a number is a channel."""
    assert places_of(values, spoken) == places
