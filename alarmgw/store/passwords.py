"""Passwords: invented ones that can be typed, and digests that cannot be turned back.

Devices' passwords are checked in the reactor while a camera waits, so theirs
is one salted HMAC-SHA256; it is as strong as the password, and invented ones
have 128 bits.  Operators choose their own, so theirs is scrypt, which takes
tens of milliseconds: call it in a pool thread, never in the journal's writer.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from alarmgw.model import Login, Randomness, normal_address

#: Letters and digits that nobody mistakes for one another on paper: no 0 o 1 l i.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"

SALT_BYTES = 16

#: 26 characters of 31 are 128.8 bits.
_CHARACTERS = 26
_GROUP = re.compile(r"^.{6}|.{5}")


def invented_password(randomness: Randomness) -> str:
    """A new password of 128 bits, in groups that can be read aloud and typed into a camera."""
    number = int.from_bytes(randomness(32), "big")
    characters = []
    for _ in range(_CHARACTERS):
        number, index = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[index])
    return "-".join(_GROUP.findall("".join(characters)))


def new_login(name: str, password: str, randomness: Randomness) -> Login:
    """A login with that password, which only its digest remembers."""
    salt = randomness(SALT_BYTES)
    return Login(name=normal_address(name), salt=salt, digest=device_digest(salt, password))


def login_accepts(login: Login, password: str | bytes) -> bool:
    """Whether ``password`` is this login's, in a time that tells nothing about it."""
    return hmac.compare_digest(device_digest(login.salt, password), login.digest)


def device_digest(salt: bytes, password: str | bytes) -> bytes:
    """What is kept of a device's password."""
    raw = password.encode("utf-8") if isinstance(password, str) else password
    return hmac.digest(salt, raw, "sha256")


def operator_digest(salt: bytes, password: str) -> bytes:
    """What is kept of an operator's password.  Slow on purpose."""
    return hashlib.scrypt(password.encode("utf-8"), salt=salt, n=2**14, r=8, p=1)
