"""Places: the camera and channel of an event, or each of several."""

from __future__ import annotations

import re
from collections.abc import Mapping

from alarmgw.codec.channels import cameras_of, channels_of

#: Cameras that have numbers instead of names, one or several.
_NUMBERS = re.compile(r"\d{1,5}(?:\s?[,;&+]\s?\d{1,5}){0,63}")

Place = tuple[str | None, str | None]
"""A camera's name and a channel, either of them unknown."""


def has_digit(written: str) -> bool:
    """Whether there is a digit in what is written, as channels have."""
    return written.isdigit() or any(map(str.isdigit, written))


def places_of(values: Mapping[str, str], spoken: str | None) -> list[Place]:
    """The places that a group's values name; ``spoken`` is a channel that a sentence tells.

    >>> places_of({"cameras": "Gate(A1) Ramp(A7)"}, None)
    [('Gate', 'A1'), ('Ramp', 'A7')]
    """
    camera = values.get("camera")
    if "cameras" in values:
        listed = cameras_of(values["cameras"])
        if len(listed) > 1 or (listed and listed[0][1]):
            return [(name or None, channel) for name, channel in listed]
        camera = camera or (listed[0][0] if listed else None)
    channels = channels_of(values.get("channel", ""))
    if camera is None and len(channels) == 1 and not has_digit(channels[0]):
        camera, channels = channels[0], ()
    if not channels and spoken is not None:
        channels = (spoken,)
    if not channels and camera is not None and _NUMBERS.fullmatch(camera):
        channels, camera = channels_of(camera), None
    return [(camera or None, channel) for channel in channels] or [(camera or None, None)]
