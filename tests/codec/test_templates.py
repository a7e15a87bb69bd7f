"""Templates: lines as makers word them."""

from __future__ import annotations

import pytest

from alarmgw.codec.lines import Marked, wording_of
from alarmgw.codec.templates import low, template

NAMES = frozenset(("event", "camera", "channel", "device_time"))


def kept(source: str, text: str) -> dict[str, str] | None:
    """What a template keeps of a line."""
    line = Marked().line(text)
    places = template(source, NAMES).match(wording_of(line))
    if places is None:
        return None
    return {name: line[start:end] for name, start, end in places}


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("{event} from {camera}", "MOTION From Tor", {"event": "MOTION", "camera": "Tor"}),
        ("{event:* Alarm} ch{channel}", "A Alarm ch2", {"event": "A Alarm", "channel": "2"}),
        ("A {camera} {event:lost}!", "A b c lost!", {"camera": "b c", "event": "lost"}),
        ("{event} from *", "a from b", {"event": "a"}),
        ("{event} from *", "a from", None),
        ("x {event}", "y a", None),
        ("x {event}", "x ", None),
        ("{event}!", "a!b", None),
        ("x", "xy", None),
        ("{event} at {device_time}", "a at b", None),
    ],
)
def test_match(source: str, text: str, found: dict[str, str] | None) -> None:
    """Places keep what stands there; literal text must be there, whatever its case."""
    assert kept(source, text) == found


def test_time() -> None:
    """A time's place takes a time in any form and nothing else."""
    found = kept("{event} at {device_time}", "a at 2024-03-05 11:41:29")
    assert found is not None and found["event"] == "a"


def test_small_letters_keep_their_places() -> None:
    """Small letters are as many as the letters were."""
    assert len(low("\u0130stanbul ÄÖ")) == len("\u0130stanbul ÄÖ")


@pytest.mark.parametrize("source", ["", "{evnt}", "{event", "{event}{camera}", "*{event}"])
def test_wrong_templates(source: str) -> None:
    """A template that could not be matched for sure is refused."""
    with pytest.raises(ValueError, match=r"brace|no place|side by side"):
        template(source, NAMES)
