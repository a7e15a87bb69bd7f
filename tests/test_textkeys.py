"""Text keys: read as people write them, and matched however a device writes the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmgw.model import Event
from alarmgw.textkeys import SHAPES, compared, possible_keys, read_keys, shape_of

#: Names as installers type them: letters with and without accents, digits, marks, blanks.
NAMES = st.text("abzÄÖÜäöüßéÅñøçЖж0179 .-_()/&#+", min_size=1, max_size=30).filter(
    lambda name: name.strip(" 0").strip() != ""
)

#: How a device may write what a person typed otherwise.
WRITINGS: list[Callable[[str], str]] = [
    str,
    str.upper,
    str.lower,
    str.swapcase,
    lambda name: f"  {name}\t",
    lambda name: name.replace(" ", " \u00a0 "),
    lambda name: unicodedata.normalize("NFD", name),
]


@given(NAMES, st.sampled_from(WRITINGS), st.sampled_from(WRITINGS))
def test_a_name_fits_in_any_case_with_any_blanks(
    name: str, typed: Callable[[str], str], sent: Callable[[str], str]
) -> None:
    """Umlauts too, whether composed or not."""
    [key] = read_keys(f"camera={typed(name)}")
    event = Event(event="motion", camera=sent(name), channel="9", device="NVR")
    assert compared(key) in possible_keys(event, SHAPES)


@given(NAMES, NAMES)
def test_another_name_does_not_fit(one: str, other: str) -> None:
    """Equal keys mean equal names; the written form means what was typed."""
    same = " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
    [key] = read_keys(f"camera={one}")
    fits = compared(key) in possible_keys(Event(event="motion", camera=other), [("camera",)])
    assert fits or not same
    assert compared(key) == compared(f" CAMERA = {one} ")


@given(st.lists(st.sampled_from(["device=A b", "Kanal=04", "camera=Tor, West", "x"]), max_size=5))
def test_what_was_read_reads_the_same(lines: list[str]) -> None:
    """Written down and read again nothing changes; a line that is no key is refused."""
    text = " | ".join(lines)
    if "x" in lines:
        with pytest.raises(ValueError, match="'x' is no key"):
            read_keys(text)
    else:
        assert read_keys("; ".join(read_keys(text))) == read_keys(text)


def test_german_words_blanks_and_commas_are_understood() -> None:
    """Words in any order; commas between them may be missing; each key stands once."""
    assert read_keys("Kanal=4 Gerät = NVR  Halle;;KAMERA=Tor, West|camera=tor, west") == (
        "device=NVR Halle, channel=4",
        "camera=Tor, West",
    )
    assert read_keys("  ") == ()


@pytest.mark.parametrize(
    "wrong", ["4", "channel=", "channel= , ", "x channel=4", "camera=a camera=b"]
)
def test_what_is_no_key_is_refused(wrong: str) -> None:
    """The sentence shows how to write one."""
    with pytest.raises(ValueError, match="write device=NVR Halle, channel=4"):
        read_keys(wrong)


def test_zeros_before_a_number_do_not_count() -> None:
    """Devices write channel 4 as 04; a name keeps its zeros."""
    assert compared("channel=004") == compared("channel=4") != compared("channel=40")
    assert compared("camera=007a") != compared("camera=7a")


def test_the_most_telling_key_comes_first() -> None:
    """More words before fewer; a shape whose word the event does not say is left out."""
    event = Event(event="motion", camera="Tor", channel="4")
    shapes = [shape_of(key) for key in possible_keys(event, SHAPES)]
    assert shapes == [("camera", "channel"), ("camera",), ("channel",)]


def test_a_name_cannot_pretend_to_be_two_words() -> None:
    """Whatever stands in a mail is one word's value."""
    event = Event(event="motion", camera="Tor, channel=4")
    assert compared("camera=Tor, channel=4") not in possible_keys(event, SHAPES)
