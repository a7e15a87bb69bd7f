"""The arguments of a command, checked before anything is changed.

They come from a person at a shell or from a file with thousands of lines, so
each refusal names the argument and says what to write instead.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
import zoneinfo
from collections.abc import Collection, Mapping
from typing import Any

from alarmgw.errors import Cause, Refused
from alarmgw.model import Contact, normal_address

ADDRESS_CHARACTERS = 254
WORD_CHARACTERS = 200
PASSWORD_CHARACTERS = 128

LIST_CHARACTERS = 4000

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_PHONE = re.compile(r"[+0-9][0-9 ()/.-]*\Z")
_ADDRESS = re.compile(r"[^\s@<>]+(@[^\s@<>]+)?\Z")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}\Z")

#: Categories of characters that nobody types: controls, lone surrogates, line separators.
_UNTYPABLE = ("Cc", "Cs", "Zl", "Zp")


def bad_value(text: str, code: str | None = None) -> Refused:
    """The refusal of an argument: one sentence that names the remedy."""
    return Refused(Cause.BAD_VALUE, text, code)


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

    @property
    def given(self) -> Collection[str]:
        """The names of what was given, were it only to say "nothing"."""
        return self._given.keys()

    def rows(self, key: str) -> list[Mapping[str, Any]]:
        """Lines of a file: a list of {"line": number, "values": {...}}."""
        rows = self._given.get(key)
        if not isinstance(rows, list):
            raise bad_value(f"{self._command} needs: {key}")
        for row in rows:
            fits = isinstance(row, dict) and row.keys() == {"line", "values"}
            if not fits or not isinstance(row["line"], int) or not isinstance(row["values"], dict):
                raise bad_value(f"the {key} are not lines with values")
        return rows

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
                " for example bq3@ebues.internal",
                "bad_address",
            )
        return address

    def password(self, key: str, least: int = 1) -> str | None:
        """A password exactly as given; None when not given."""
        password = self._text(key, PASSWORD_CHARACTERS)
        if password is not None and len(password) < least:
            raise bad_value(f"the {key} is too short: it needs {least} characters or more")
        return password

    def exactly(self, key: str, characters: int) -> str | None:
        """A text with the blanks around it; None when not given, or empty."""
        return self._text(key, characters) or None

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

    def lines(self, key: str, characters: int) -> str | None:
        """A text that may have several lines; None when not given."""
        value = self._given.get(key)
        if not isinstance(value, str):
            return self.word(key)
        text = value.replace("\r\n", "\n")
        flat = text.replace("\n", " ").replace("\t", " ")
        Arguments(self._command, {key: flat}, (key,)).word(key, characters)
        return text.strip() or None

    def number(self, key: str, least: int, most: int) -> int | None:
        """A whole number between ``least`` and ``most``; None when not given."""
        word = self.word(key)
        if word is None:
            return None
        if not (word.isascii() and word.isdigit() and least <= int(word[:9]) <= most):
            raise bad_value(f"the {key} {word!r} is no number from {least} to {most}")
        return int(word)

    def networks(self, key: str) -> tuple[Network, ...]:
        """Networks or addresses with blanks or commas between them."""
        words = (self.word(key, LIST_CHARACTERS) or "").replace(",", " ").split()
        try:
            return tuple(dict.fromkeys(map(ipaddress.ip_network, words)))
        except ValueError as error:
            raise bad_value(
                f"the {key} are wrong, {error}: write them as in 10.1.2.3 or 10.1.2.0/24"
            ) from error

    def contacts(self, key: str) -> tuple[Contact, ...]:
        """People in calling order: ``name, phone | name, phone``."""
        told = [text for text in (self.word(key, LIST_CHARACTERS) or "").split("|") if text.strip()]
        contacts = []
        for text in told:
            name, _, phone = (part.strip() for part in text.rpartition(","))
            if not name or not _PHONE.match(phone):
                raise bad_value(f"{text.strip()!r} is no contact: write name, phone | name, phone")
            contacts.append(Contact(name=name, phone=phone))
        return tuple(contacts)

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
        if "\n" in value.strip():
            raise bad_value(f"the {key} has several lines: write it in one")
        if any(unicodedata.category(character) in _UNTYPABLE for character in value):
            raise bad_value(f"the {key} has a character in it that cannot be typed: leave it out")
        if len(value) > characters:
            raise bad_value(f"the {key} is too long: {characters} characters are allowed")
        return value
