"""`alarmgw.namedcameras`: what a recorder called a camera that is no source's."""

from __future__ import annotations

from typing import Any

from alarmgw.namedcameras import MOST, cameras_text, unknown_cameras


def entry(*named: tuple[str | None, str | None], note: str = "key_unknown") -> dict[str, Any]:
    """As much of an alarm entry as is looked at."""
    events = [{"camera": camera, "channel": channel} for camera, channel in named]
    return {"notes": [note], "events": events}


def test_only_what_no_key_fits_is_told() -> None:
    """Each camera once, of all alarms of a mail; an event without a camera names none."""
    known = entry(("Tor", "1"), note="bare_lf")
    strange = entry(("Dach", "9"), (None, None), (None, "12"), ("Dach", "9"))
    assert unknown_cameras([known, strange]) == (("Dach", "9"), (None, "12"))
    assert len(unknown_cameras([entry(*((None, str(n)) for n in range(99)))])) == MOST


def test_a_sentence_names_three() -> None:
    """In both languages; a name without end is cut."""
    assert cameras_text([("Tor 7", None)], "en") == "camera Tor 7"
    assert cameras_text([("Tor 7", "D4"), (None, "9")], "en") == (
        "camera Tor 7 (channel D4) and channel 9"
    )
    many = [(None, str(number)) for number in range(5)]
    assert cameras_text(many, "de") == "Kanal 0 und Kanal 1 und Kanal 2 und … (5)"
    assert len(cameras_text([("x" * 999, "y" * 999)] * 9, "de")) < 500
