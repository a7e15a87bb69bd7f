"""Patterns: RE2's, without upper and lower case, bounded, and refused with place and reason."""

from __future__ import annotations

import pytest

from alarmgw.patterns import LOOKED_AT_BYTES, PATTERN_CHARACTERS, compiled, fresh, looked_at


def found(pattern: str, text: str) -> tuple[str | None, ...] | None:
    """The groups that the pattern finds."""
    return compiled(pattern).search(looked_at(text))


def refusal(pattern: str) -> str:
    """Why there is no such pattern."""
    with pytest.raises(ValueError) as caught:
        compiled(pattern)
    return str(caught.value)


def test_upper_and_lower_case_are_alike() -> None:
    """Umlauts too; whoever wants it otherwise says so."""
    assert found("überfall", "ÜBERFALL") == ()
    assert found("(?-i:Test)", "test") is None


def test_lines_have_a_beginning_and_an_end() -> None:
    """And a full stop does not lead into the next line."""
    assert found(r"^zone (\d+)$", "Alarm\nZone 4\nEnde") == ("4",)
    assert found("Alarm.*Ende", "Alarm\nEnde") is None


def test_a_group_that_took_no_part_is_none() -> None:
    """The others keep their numbers."""
    assert found("(a)|(b)", "b") == (None, "b")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("Zone (4", "a ( is not closed"),
        ("Zone )", "a ) closes nothing"),
        ("[a", "at character 1, [a: a [ is not closed"),
        ("Zone **", "at character 6, **: bad repetition operator"),
        ("[z-a]", "at character 2, z-a: invalid character class range"),
        ("a(?=b)", "at character 2, (?=: RE2 has no such group (nor does it look ahead or back)"),
        (r"(a)\1", r"at character 4, \1: RE2 has no such sign"),
        (r"[\pL]{1,100}", "it is too large: use shorter repetitions"),
        ("a\ud800", "at character 2: it cannot be typed"),
        ("a" * (PATTERN_CHARACTERS + 1), "it has 501 characters, 500 are allowed"),
    ],
)
def test_a_wrong_pattern_is_refused_with_its_place(pattern: str, reason: str) -> None:
    """In one sentence that says what to look at."""
    assert refusal(pattern).startswith(reason)


def test_a_program_is_bounded_where_memory_would_still_do() -> None:
    """A long program is slow on some text, whatever was measured."""
    assert refusal(r"[\pL]{1,5}") == "it is too large: use shorter repetitions"


def test_a_pattern_is_compiled_once() -> None:
    """However often the rules are read; a fresh one is another."""
    assert compiled("Tor (1)") is compiled("Tor (1)")
    assert fresh("Tor (1)") != compiled("Tor (1)")


def test_a_text_is_looked_at_as_far_as_a_journal_keeps_it() -> None:
    """To a whole character; nothing is an empty text, and what is no Unicode harms nobody."""
    assert looked_at("ü" * LOOKED_AT_BYTES) == "ü".encode() * (LOOKED_AT_BYTES // 2)
    assert looked_at("x" + "ü" * LOOKED_AT_BYTES).decode().count("ü") == LOOKED_AT_BYTES // 2 - 1
    assert looked_at(None) == b""
    assert looked_at("\ud800") == b"?"
