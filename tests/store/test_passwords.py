"""Passwords: invented ones are strong and typable, digests say nothing."""

from __future__ import annotations

import math
import os
import re

from hypothesis import given
from hypothesis import strategies as st

from alarmgw.store.passwords import (
    ALPHABET,
    invented_password,
    login_accepts,
    new_login,
    operator_digest,
)


def test_an_invented_password_has_128_bits() -> None:
    """26 characters, each of 31, in groups."""
    characters = invented_password(os.urandom).replace("-", "")
    assert len(characters) * math.log2(len(ALPHABET)) >= 128
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_an_invented_password_can_be_read_aloud() -> None:
    """Groups of five or six, and no character that looks like another one."""
    password = invented_password(os.urandom)
    assert re.fullmatch(r"[2-9a-z]{6}(-[2-9a-z]{5}){4}", password)
    assert not set("01oil") & set(ALPHABET)


def test_invented_passwords_follow_the_randomness() -> None:
    """All of it comes from what was handed in."""
    assert invented_password(bytes) != invented_password(lambda size: b"\x5a" * size)
    assert invented_password(bytes) == invented_password(bytes)


@given(st.text(), st.text())
def test_a_login_accepts_its_own_password_only(password: str, other: str) -> None:
    """As a text or as the octets that came over the line."""
    login = new_login("Cam1", password.encode("utf-8", "replace").decode(), os.urandom)
    raw = password.encode("utf-8", "replace")
    assert login_accepts(login, raw)
    assert login_accepts(login, other.encode("utf-8", "replace")) is (
        other.encode("utf-8", "replace") == raw
    )


def test_equal_passwords_have_different_digests() -> None:
    """Each login has a salt of its own."""
    first, second = (new_login("cam1", "secret", os.urandom) for _ in range(2))
    assert first.digest != second.digest


def test_a_login_does_not_show_its_digest() -> None:
    """A login in a log line says its name only."""
    login = new_login("Cam1", "secret", os.urandom)
    assert repr(login) == "Login(name='cam1')"


def test_an_operators_digest_depends_on_salt_and_password() -> None:
    """Another salt or password is another digest."""
    digests = {operator_digest(salt, word) for salt in (b"a", b"b") for word in ("x", "y")}
    assert len(digests) == 4
