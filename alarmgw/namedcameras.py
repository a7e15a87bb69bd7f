"""Named cameras: what a recorder called a camera that no source has as a key.

Whoever enters the key has to know what the recorder writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alarmgw.sharing import KEY_UNKNOWN

Named = tuple[str | None, str | None]
"""A camera's name and its channel, either of them not told."""

#: More of them, and more of a name, fit into no sentence.
MOST = 8
_TOLD = 3
_CHARACTERS = 60

_WORDS: Mapping[str, tuple[str, str, str]] = {
    "en": ("camera", "channel", "and"),
    "de": ("Kamera", "Kanal", "und"),
}


def unknown_cameras(entries: Iterable[Mapping[str, Any]]) -> tuple[Named, ...]:
    """The cameras that alarm entries name and that are no source's, each once."""
    named = [
        (event["camera"], event["channel"])
        for entry in entries
        if KEY_UNKNOWN in entry["notes"]
        for event in entry["events"]
        if event["camera"] or event["channel"]
    ]
    return tuple(dict.fromkeys(named))[:MOST]


def cameras_text(named: Sequence[Named], language: str) -> str:
    """Cameras as a sentence names them, in English or German.

    >>> cameras_text([("Tor 7", "D4"), (None, "9")], "de")
    'Kamera Tor 7 (Kanal D4) und Kanal 9'
    """
    texts = [_text(*one, language) for one in named[:_TOLD]]
    more = [f"… ({len(named)})"] if len(named) > _TOLD else []
    return f" {_WORDS[language][2]} ".join((*texts, *more))


def _text(camera: str | None, channel: str | None, language: str) -> str:
    a_camera, a_channel, _ = _WORDS[language]
    numbered = f"{a_channel} {(channel or '')[:_CHARACTERS]}"
    if camera is None:
        return numbered
    return f"{a_camera} {camera[:_CHARACTERS]}" + f" ({numbered})" * (channel is not None)
