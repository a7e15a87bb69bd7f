"""Tones as WAV files: what an operator hears, made of sines, so that no file is needed for it.

The higher the class, the more notes, the higher and the quicker: three
classes can be told apart with the back to the screen.  No tone is longer than
its class's pause (`alarmgw.workstation.tones`).
"""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Iterator, Mapping

from attrs import frozen

#: Samples a second; enough for what is heard here, and every player takes it.
RATE = 22050

#: Of full scale: a loudspeaker is turned up for people on the telephone.
_LOUDNESS = 0.6
#: A note rises and falls in so many seconds, so that it does not crack.
_EDGE_SECONDS = 0.008


@frozen
class Note:
    """One note, and the silence after it."""

    hertz: float
    seconds: float
    pause: float = 0.04


_HIGH, _LOW = Note(1174.7, 0.13), Note(880.0, 0.13)

#: Every tone by its name.
TONES: Mapping[str, tuple[Note, ...]] = {
    "class-1": (_HIGH, _LOW) * 6,
    "class-2": (Note(659.3, 0.16), Note(784.0, 0.16), Note(987.8, 0.3)),
    "class-3": (Note(784.0, 0.18), Note(659.3, 0.26)),
    "class-4": (Note(440.0, 0.35),),
    "class-5": (Note(349.2, 0.2),),
    "link-lost": (Note(587.3, 0.3), Note(440.0, 0.3), Note(293.7, 0.6)) * 2,
    "page-gone": (Note(523.3, 0.12), Note(523.3, 0.12), Note(523.3, 0.4)) * 2,
}


def wav(name: str) -> bytes:
    """The tone of this name: mono, 16 bits.  Raises `KeyError` for a name that is none."""
    samples = [sample for note in TONES[name] for sample in _samples(note)]
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def seconds(name: str) -> float:
    """How long a tone lasts."""
    return sum(note.seconds + note.pause for note in TONES[name])


def _samples(note: Note) -> Iterator[int]:
    length, edge = round(note.seconds * RATE), round(_EDGE_SECONDS * RATE)
    for place in range(length):
        swelling = min(1.0, place / edge, (length - place) / edge)
        swing = math.sin(2 * math.pi * note.hertz * place / RATE)
        yield round(32767 * _LOUDNESS * swelling * swing)
    yield from (0 for _ in range(round(note.pause * RATE)))
