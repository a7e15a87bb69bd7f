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
        ("a\nb", "several lines: write it in one"),
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


def test_a_number_is_within_its_bounds() -> None:
    """In plain digits, however many of them."""
    assert arguments(x=" 5 ").number("x", 1, 5) == 5 and arguments(x="").number("x", 1, 5) is None
    for value in ("0", "6", "-1", "1.5", "²", "9" * 100):
        assert "from 1 to 5" in refusal("number", value, 1, 5)


def test_networks_are_addresses_or_networks() -> None:
    """With blanks or commas between them, each once."""
    found = arguments(x="10.1.2.3, 10.2.0.0/16 10.1.2.3/32").networks("x")
    assert [str(network) for network in found] == ["10.1.2.3/32", "10.2.0.0/16"]
    assert "10.1.2.0/24" in refusal("networks", "10.1.2.3/24")


def test_contacts_are_names_with_phones() -> None:
    """In the order in which they are called; a name may have a comma."""
    found = arguments(x="Maier, Anna, +49 731 5|Wache, 110").contacts("x")
    assert [(one.name, one.phone) for one in found] == [
        ("Maier, Anna", "+49 731 5"),
        ("Wache", "110"),
    ]
    for value in ("Maier", "Maier, daheim", ", 110"):
        assert "name, phone" in refusal("contacts", value)


def test_a_text_may_have_lines() -> None:
    """Ended as ours are; other characters that nobody types are refused."""
    assert arguments(x=" eins\r\nzwei ").lines("x", 20) == "eins\nzwei"
    assert "cannot be typed" in refusal("lines", "a\x00b", 20)
    assert "too long" in refusal("lines", "x" * 21, 20)


def test_a_flag_is_true_or_false() -> None:
    """And false when not given."""
    assert arguments().flag("x") is False and arguments(x=True).flag("x") is True
    assert "true or false" in refusal("flag", "yes")


@pytest.mark.parametrize("value", [None, {}, [1], [{"line": 1}], [{"line": "1", "values": {}}]])
def test_rows_are_lines_with_values(value: object) -> None:
    """Whatever else the control socket brings is refused."""
    assert "x" in refusal("rows", value)
