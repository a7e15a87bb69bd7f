"""The arguments of a command, checked before anything is changed.

They come from a person at a shell or from a file with thousands of lines, so
each refusal names the argument and says what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Collection, Mapping

from alarmgw.errors import Cause, Refused
from alarmgw.model import normal_address

ADDRESS_CHARACTERS = 254
WORD_CHARACTERS = 200
PASSWORD_CHARACTERS = 128

_ADDRESS = re.compile(r"[^\s@<>]+(@[^\s@<>]+)?\Z")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}\Z")

#: Categories of characters that nobody types: controls, lone surrogates, line separators.
_UNTYPABLE = ("Cc", "Cs", "Zl", "Zp")


def bad_value(text: str) -> Refused:
    """The refusal of an argument: one sentence that names the remedy."""
    return Refused(Cause.BAD_VALUE, text)


class Arguments:
    """What one command was given, handed out value by value, each one checked."""

    def __init__(self, command: str, given: Mapping[str, object], known: Collection[str]) -> None:
        """Raises `Refused` when ``given`` has an argument that the command does not know."""
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise bad_value(
                f"{command} does not know {unknown[0]!r}: it takes {', '.join(known) or 'nothing'}"
            )
        self._command = command
        self._given = given

    def word(self, key: str, characters: int = WORD_CHARACTERS) -> str | None:
        """A name or number as a person wrote it, without blanks around; None when not given."""
        text = self._text(key, characters)
        return text.strip() or None if text is not None else None

    def needed_word(self, key: str, characters: int = WORD_CHARACTERS) -> str:
        """A word that has to be given."""
        return self._needed(key, self.word(key, characters))

    def address(self, key: str) -> str:
        """A source's address in the form in which it is compared."""
        address = normal_address(self._needed(key, self._text(key, ADDRESS_CHARACTERS)))
        if not _ADDRESS.match(address):
            raise bad_value(
                f"{address!r} is no address: write it without blanks and with one @,"
                " for example bq3@ebues.internal"
            )
        return address

    def password(self, key: str, least: int = 1) -> str | None:
        """A password exactly as given; None when not given."""
        password = self._text(key, PASSWORD_CHARACTERS)
        if password is not None and len(password) < least:
            raise bad_value(f"the {key} is too short: it needs {least} characters or more")
        return password

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """One of ``allowed``; the first when not given."""
        word = self.word(key) or allowed[0]
        if word not in allowed:
            raise bad_value(f"{key} {word!r} is unknown: it is one of {', '.join(allowed)}")
        return word

    def flag(self, key: str) -> bool:
        """Whether something was asked for; not, when not given."""
        value = self._given.get(key, False)
        if not isinstance(value, bool):
            raise bad_value(f"the {key} must be true or false")
        return value

    def fingerprint(self, key: str) -> str:
        """A certificate's SHA-256 in lower-case hex; colons between the octets are left out."""
        text = self.needed_word(key).replace(":", "").lower()
        if not _FINGERPRINT.match(text):
            raise bad_value(f"the {key} is not one: it has 64 hex digits, the SHA-256 of the DER")
        return text

    def time_zone(self, key: str) -> str | None:
        """An IANA time zone's name."""
        name = self.word(key)
        if name is not None:
            try:
                zoneinfo.ZoneInfo(name)
            except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
                raise bad_value(
                    f"{key} {name!r} is unknown: write it as in Europe/Berlin"
                ) from error
        return name

    def _needed(self, key: str, value: str | None) -> str:
        if not value:
            raise bad_value(f"{self._command} needs: {key}")
        return value

    def _text(self, key: str, characters: int) -> str | None:
        value = self._given.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise bad_value(f"the {key} must be a text")
        if any(unicodedata.category(character) in _UNTYPABLE for character in value):
            raise bad_value(f"the {key} has a character in it that cannot be typed: leave it out")
        if len(value) > characters:
            raise bad_value(f"the {key} is too long: {characters} characters are allowed")
        return value
