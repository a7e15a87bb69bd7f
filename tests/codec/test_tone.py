"""Tones are WAV files that any player takes, and that can be told apart."""

from __future__ import annotations

import io
import struct
import wave

import pytest

from alarmgw.codec.tone import RATE, TONES, seconds, wav


def samples(name: str) -> tuple[int, ...]:
    """What a player would play."""
    with wave.open(io.BytesIO(wav(name)), "rb") as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, RATE)
        return struct.unpack(f"<{read.getnframes()}h", read.readframes(read.getnframes()))


@pytest.mark.parametrize("name", TONES)
def test_a_tone_is_as_long_as_it_says(name: str) -> None:
    """Within a sample for each note."""
    assert abs(len(samples(name)) / RATE - seconds(name)) < len(TONES[name]) / RATE


@pytest.mark.parametrize("name", TONES)
def test_a_tone_is_loud_and_is_never_cut_off(name: str) -> None:
    """It begins and ends in silence, so that a loudspeaker does not crack."""
    heard = samples(name)
    assert 0.5 < max(heard) / 32767 < 0.7
    assert heard[0] == heard[-1] == 0


def test_every_class_has_a_tone_of_its_own() -> None:
    """Whoever has his back to the screen knows the class."""
    assert len({wav(f"class-{number}") for number in range(1, 6)}) == 5


def test_the_highest_class_lasts_longest() -> None:
    """And nothing lasts so long that the next one would have to wait for it."""
    assert seconds("class-1") == max(seconds(f"class-{number}") for number in range(1, 6))
    assert all(seconds(name) < 3 for name in TONES)


def test_a_name_that_is_no_tone_is_an_error() -> None:
    """Nobody plays silence by mistake."""
    with pytest.raises(KeyError):
        wav("class-6")
