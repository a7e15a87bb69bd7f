"""Channels and cameras, as written."""

from __future__ import annotations

import pytest

from alarmgw.codec.channels import cameras_of, channel_of, channels_of, spoken_channel


@pytest.mark.parametrize(
    ("written", "channel"),
    [
        ("01", "1"),
        ("000", "0"),
        ("Zone 003", "3"),
        ("CH02", "2"),
        ("Channel No. 7", "7"),
        ("Kanal 4", "4"),
        ("A2", "A2"),
        ("IP-CH1", "IP-CH1"),
        ("Tor", "Tor"),
        (" #5 ", "5"),
    ],
)
def test_channel(written: str, channel: str) -> None:
    """A channel loses a word like zone and leading zeros, nothing else."""
    assert channel_of(written) == channel


def test_several_channels() -> None:
    """Commas make several channels, but do not cut names."""
    assert channels_of("1, 02,3") == ("1", "2", "3")
    assert channels_of("Tor, West") == ("Tor, West",)


@pytest.mark.parametrize(
    ("written", "cameras"),
    [
        ("Gate(A1) Yard North(A3)", [("Gate", "A1"), ("Yard North", "A3")]),
        ("Kamera (Tor)(A1)", [("Kamera (Tor)", "A1")]),
        ("Kamera (Tor)", [("Kamera (Tor)", None)]),
        ("Cam (1) Nord(A2)", [("Cam (1) Nord", "A2")]),
        ("Garage (2)(D2)", [("Garage (2)", "D2")]),
        ("Hof(01)", [("Hof", "1")]),
        ("", []),
    ],
)
def test_camera_lists(written: str, cameras: list[tuple[str, str | None]]) -> None:
    """The last bracket is the channel; brackets in names stay there."""
    assert cameras_of(written) == cameras


def test_spoken_channels() -> None:
    """A channel in a sentence follows a word that says so."""
    assert spoken_channel("Motion Alarm ch2") == "2"
    assert spoken_channel("motion in Kanal 03") == "3"
    assert spoken_channel("Motion in window 1") is None
    assert spoken_channel("Dispatch 5") is None
