"""The fields of sources, sites and customers: what may stand in each, under which heading.

The same fields are options of `change` and columns of a spreadsheet.  A value
comes as text; an empty one says "nothing".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from alarmgw.arguments import Arguments
from alarmgw.model import HANDLINGS, normal_address

#: Minutes of a month: no routine call is rarer.
ROUTINE_MOST = 31 * 24 * 60
PICTURES_MOST = 50
TEXT_CHARACTERS = 4000


@frozen
class Field:
    """One field: how its text is checked, what it is for, and other headings for it."""

    read: Callable[[Arguments, str], object]
    meaning: str
    headings: tuple[str, ...] = ()


def _word(arguments: Arguments, key: str) -> object:
    return arguments.word(key)


def _lines(arguments: Arguments, key: str) -> object:
    return arguments.lines(key, TEXT_CHARACTERS)


def _login(arguments: Arguments, key: str) -> object:
    name = arguments.word(key)
    return normal_address(name) if name else None


def _handling(arguments: Arguments, key: str) -> object:
    return arguments.choice(key, HANDLINGS) if arguments.word(key) else None


def _aliases(arguments: Arguments, key: str) -> object:
    return tuple(map(normal_address, (arguments.word(key, 2000) or "").replace(",", " ").split()))


_NAME = Field(_word, "what operators call it", ("Bezeichnung", "Name"))
_TENANT = Field(_word, "whose data it is", ("Mandant",))
_POSTAL = Field(_word, "street and town", ("Anschrift", "Adresse"))
_ACTION = Field(_lines, "what is done at an alarm", ("Maßnahmentext", "Maßnahme"))
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
    "priority": Field(
        lambda arguments, key: arguments.number(key, 1, 5),
        "the class of its alarms, 1 to 5; empty: by what they are",
        ("class", "Klasse", "Priorität"),
    ),
    "handling": Field(
        _handling, f"one of {', '.join(HANDLINGS)}; empty: by what they are", ("Behandlung",)
    ),
    "action_text": _ACTION,
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
    ),
    "action_text": _ACTION,
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
