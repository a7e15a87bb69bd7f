"""Arguments: checked one by one, and each refusal names the remedy."""

from __future__ import annotations

import pytest

from alarmgw.arguments import Arguments
from alarmgw.errors import Cause, Refused


def arguments(**given: object) -> Arguments:
    """The arguments of a command that knows ``x`` only."""
    return Arguments("site add", given, ("x",))


def refusal(check: str, value: object, *more: object) -> str:
    """What is said about ``value`` as an argument of this kind."""
    with pytest.raises(Refused) as caught:
        getattr(arguments(x=value), check)("x", *more)
    assert caught.value.cause is Cause.BAD_VALUE
    assert "\n" not in caught.value.text
    return caught.value.text


def test_an_unknown_argument_is_refused() -> None:
    """A misspelt one is not silently left out."""
    with pytest.raises(Refused, match="site add does not know 'y': it takes x"):
        arguments(y="1")


def test_a_word_has_no_blanks_around() -> None:
    """And an empty one is none."""
    assert arguments(x="  Tor Nord ").word("x") == "Tor Nord"
    assert arguments(x="  ").word("x") is None
    assert arguments().word("x") is None


def test_a_needed_word_is_asked_for() -> None:
    """The refusal names command and argument."""
    assert refusal("needed_word", " ") == refusal("needed_word", None) == "site add needs: x"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a\nb", "cannot be typed"),
        ("a\0b", "cannot be typed"),
        ("a\ud800b", "cannot be typed"),
        ("a\u2028b", "cannot be typed"),
        ("a" * 201, "too long: 200 characters"),
        (17, "must be a text"),
        (["a"], "must be a text"),
    ],
)
def test_what_nobody_types_is_refused(value: object, said: str) -> None:
    """Control characters, lone surrogates and whole books reach no record."""
    assert said in refusal("word", value)


@pytest.mark.parametrize("address", ["BQ3@Ebues.Internal", "camera1", "a+b_c@10.1.2.3", "ü@x.de"])
def test_an_address_is_kept_in_lower_case(address: str) -> None:
    """With a domain or without: devices are as they are."""
    assert arguments(x=f" {address} ").address("x") == address.lower()


@pytest.mark.parametrize(
    "address", ["", "a b@c", "a@b@c", "@b", "a@", "<a@b>", "a@b\t", "a" * 250 + "@b.de"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """Blanks, brackets, a second @, and more than 254 characters."""
    assert refusal("address", address)


def test_a_password_is_kept_as_it_is() -> None:
    """Blanks are part of it."""
    assert arguments(x=" a b ").password("x") == " a b "
    assert arguments().password("x") is None


def test_a_short_password_is_refused_and_not_repeated() -> None:
    """The refusal names the length that is needed, never the password."""
    said = refusal("password", "s3cret", 8)
    assert "8 characters" in said and "s3cret" not in said
    assert "1 characters" in refusal("password", "")


def test_a_choice_is_one_of_few() -> None:
    """The first one when nothing was said."""
    allowed = ("operator", "shift_leader")
    assert arguments().choice("x", allowed) == "operator"
    assert arguments(x="shift_leader").choice("x", allowed) == "shift_leader"
    assert "one of operator, shift_leader" in refusal("choice", "king", allowed)


def test_a_fingerprint_is_64_hex_digits() -> None:
    """As openssl prints it, too."""
    assert arguments(x="AB:" * 31 + "CD").fingerprint("x") == "ab" * 31 + "cd"
    assert "64 hex digits" in refusal("fingerprint", "ab" * 31)
    assert "64 hex digits" in refusal("fingerprint", "xy" * 32)


def test_a_time_zone_is_one_that_exists() -> None:
    """By its IANA name; nothing that looks like a path is opened."""
    assert arguments(x="Europe/Berlin").time_zone("x") == "Europe/Berlin"
    for wrong in ("Mars/Olympus", "../../etc/passwd", "/etc/passwd", "Europe"):
        assert "Europe/Berlin" in refusal("time_zone", wrong)
