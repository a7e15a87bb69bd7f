"""The fields of sources, sites and customers: what may stand in each, under which heading.

The same fields are options of `change` and columns of a spreadsheet.  A value
comes as text; an empty one says "nothing".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from alarmgw.actiontexts import read_action_texts, written_action_texts
from alarmgw.arguments import LIST_CHARACTERS, Arguments, bad_value
from alarmgw.model import HANDLINGS, normal_address
from alarmgw.textkeys import read_keys

#: Minutes of a month: no routine call is rarer.
ROUTINE_MOST = 31 * 24 * 60
LATE_PICTURES_MOST = 600
PICTURES_MOST = 50
TEXT_CHARACTERS = 4000
LISTED_TEXTS_CHARACTERS = 20_000


def _with_blanks(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)


@frozen
class Field:
    """One field: how its text is checked, what it is for, and other headings for it.

    ``write`` makes text of a value (as `records.facts` has it) that ``read`` takes.
    """

    read: Callable[[Arguments, str], object]
    meaning: str
    headings: tuple[str, ...] = ()
    write: Callable[[Any], str] = _with_blanks


def _word(arguments: Arguments, key: str) -> object:
    return arguments.word(key)


def _lines(arguments: Arguments, key: str) -> object:
    return arguments.lines(key, TEXT_CHARACTERS)


def _postal(arguments: Arguments, key: str) -> object:
    """In one line, because spreadsheets have street and town in two of one cell."""
    lines = (arguments.lines(key, TEXT_CHARACTERS) or "").splitlines()
    return ", ".join(line.strip(" ,") for line in lines if line.strip()) or None


def _login(arguments: Arguments, key: str) -> object:
    name = arguments.word(key)
    return normal_address(name) if name else None


def _handling(arguments: Arguments, key: str) -> object:
    return arguments.choice(key, HANDLINGS) if arguments.word(key) else None


def _aliases(arguments: Arguments, key: str) -> object:
    return tuple(map(normal_address, (arguments.word(key, 2000) or "").replace(",", " ").split()))


def _keys(arguments: Arguments, key: str) -> object:
    try:
        return read_keys(arguments.word(key, LIST_CHARACTERS) or "")
    except ValueError as error:
        raise bad_value(str(error)) from error


def _action_texts(arguments: Arguments, key: str) -> object:
    try:
        return read_action_texts(arguments.lines(key, LISTED_TEXTS_CHARACTERS) or "")
    except ValueError as error:
        raise bad_value(str(error)) from error


_NAME = Field(_word, "what operators call it", ("Bezeichnung", "Name"))
_TENANT = Field(_word, "whose data it is", ("Mandant",))
_POSTAL = Field(_postal, "street and town", ("Anschrift", "Adresse"))
_ACTION = Field(_lines, "what is done at an alarm", ("Maßnahmentext", "Maßnahme"))
_ACTION_TEXTS = Field(
    _action_texts,
    "instead of it at these events: fire: text | tamper: text",
    ("Maßnahmentexte", "Maßnahmen nach Ereignis"),
    written_action_texts,
)
_NOTES = Field(_lines, "what else people want to know", ("Bemerkung", "Bemerkungen", "Notiz"))

SOURCE_FIELDS: Mapping[str, Field] = {
    "address": Field(
        Arguments.address, "its mail address", ("Adresse", "Bildquelle", "Mailadresse")
    ),
    "name": _NAME,
    "site": Field(_word, "the number of its site", ("Objekt", "Objektnummer")),
    "tenant": _TENANT,
    "login": Field(_login, "the name it logs in with", ("Benutzer", "Benutzername", "Anmeldename")),
    "networks": Field(
        Arguments.networks, "networks that mail of it comes from", ("Netz", "Netze", "IP")
    ),
    "aliases": Field(
        _aliases, "other addresses that its mails name", ("Aliasse", "Weitere Adressen")
    ),
    "keys": Field(
        _keys,
        "words of the text that choose it among its login's sources: channel=4 | camera=Tor 3",
        ("Schlüssel", "Kennung im Text"),
        " | ".join,
    ),
    "make": Field(_word, "maker and model", ("Hersteller", "Fabrikat")),
    "pre_alarm_pictures": Field(
        lambda arguments, key: arguments.number(key, 0, PICTURES_MOST),
        "how many pictures precede the event",
        ("Voralarmbilder",),
    ),
    "routine_minutes": Field(
        lambda arguments, key: arguments.number(key, 1, ROUTINE_MOST),
        "a routine call is due in so many minutes",
        ("Routineruf",),
    ),
    "late_pictures_seconds": Field(
        lambda arguments, key: arguments.number(key, 1, LATE_PICTURES_MOST),
        "pictures that come within so many seconds join their alarm; empty: they never do",
        ("Nachzügler", "Spätbilder"),
    ),
    "priority": Field(
        lambda arguments, key: arguments.number(key, 1, 5),
        "the class of its alarms, 1 to 5; empty: by what they are",
        ("class", "Klasse", "Priorität"),
    ),
    "handling": Field(
        _handling, f"one of {', '.join(HANDLINGS)}; empty: by what they are", ("Behandlung",)
    ),
    "action_text": _ACTION,
    "action_texts": _ACTION_TEXTS,
    "notes": _NOTES,
}

SITE_FIELDS: Mapping[str, Field] = {
    "number": Field(Arguments.needed_word, "its number", ("Nummer", "Objektnummer", "Objekt")),
    "name": _NAME,
    "tenant": _TENANT,
    "customer": Field(_word, "the number of its customer", ("Kunde", "Kundennummer")),
    "address": _POSTAL,
    "time_zone": Field(Arguments.time_zone, "as in Europe/Berlin", ("Zeitzone",)),
    "contacts": Field(
        Arguments.contacts,
        "in calling order: name, phone | name, phone",
        ("Ansprechpartner", "Kontakte"),
        lambda value: " | ".join(f"{one['name']}, {one['phone']}" for one in value),
    ),
    "action_text": _ACTION,
    "action_texts": _ACTION_TEXTS,
    "notes": _NOTES,
}

CUSTOMER_FIELDS: Mapping[str, Field] = {
    "number": Field(Arguments.needed_word, "its number", ("Nummer", "Kundennummer")),
    "name": _NAME,
    "tenant": _TENANT,
    "address": _POSTAL,
    "notes": _NOTES,
}

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "source": SOURCE_FIELDS,
    "site": SITE_FIELDS,
    "customer": CUSTOMER_FIELDS,
}


def key_of(kind: str) -> str:
    """The field by which records of this kind are known: the first one."""
    return next(iter(FIELDS[kind]))


def field_of_heading(kind: str, heading: str) -> str | None:
    """The field that a column's heading means, in English or German, however it is written."""
    wanted = _plain(heading)
    for name, field in FIELDS[kind].items():
        if wanted in map(_plain, (name, *field.headings)):
            return name
    return None


def _plain(heading: str) -> str:
    return heading.strip().casefold().replace("_", " ").replace("-", " ")
