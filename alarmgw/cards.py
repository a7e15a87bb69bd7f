"""What an operator needs beside an incident: site, contacts, what to do, what was before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from alarmgw.actiontexts import action_text
from alarmgw.asking import Asking, Result, words
from alarmgw.errors import Cause, Refused
from alarmgw.model import Event
from alarmgw.store import accounts, clocks, incidents, names, sites, titles
from alarmgw.store.sites import Site

#: Incidents that are told as earlier ones.
EARLIER = 10

#: Sources of one incident, and names in one question.
MOST = 100

#: So long may a list of names be: an address has up to 254 characters.
NAMES_CHARACTERS = 26_000

_SOURCES = "name", "make", "pre_alarm_pictures", "notes"


def card(asking: Asking) -> Result:
    """The card of an incident, or of an alarm in none.  Raises `Refused` if there is none such."""
    connection, given = asking.connection, asking.given
    if "alarm" in given.given:
        return _of_alarm(connection, given.needed_word("alarm"))
    wanted = given.needed_word("incident")
    incident = incidents.incident(connection, wanted)
    if incident is None:
        raise Refused(Cause.NOT_FOUND, f"there is no incident {wanted}")
    alarm = titles.alarm_of(connection, incident.id) or {}
    addresses = titles.sources_of(connection, incident.id, MOST)
    return {
        **_place(connection, alarm),
        "sources": _sources(connection, addresses),
        "earlier": titles.earlier(connection, incident, alarm.get("source"), EARLIER),
    }


def _of_alarm(connection: Any, wanted: str) -> Result:
    alarm = titles.arrived(connection, wanted)
    if alarm is None:
        raise Refused(Cause.NOT_FOUND, f"there is no alarm {wanted}")
    addresses = [alarm["source"]] if alarm["source"] else []
    sources = _sources(connection, addresses)
    return {**_place(connection, alarm), "sources": sources, "earlier": []}


def called(asking: Asking) -> Result:
    """The names of sites and sources, by number and by address."""
    given = asking.given
    numbers = words(given, "sites", MOST, NAMES_CHARACTERS)
    addresses = words(given, "sources", MOST, NAMES_CHARACTERS)
    return {
        "sites": names.site_names(asking.connection, numbers),
        "sources": names.source_names(asking.connection, addresses),
    }


def _place(connection: Any, alarm: dict[str, Any]) -> Result:
    """The site of an alarm, and what is done there at such a one."""
    number, address = alarm.get("site"), alarm.get("source")
    site = sites.site(connection, number) if number else None
    source = accounts.source(connection, address) if address else None
    text = action_text(site, source, _events(alarm))
    return {"site": _site(connection, site), "action_text": text}


def _site(connection: Any, site: Site | None) -> Result | None:
    if site is None:
        return None
    customer = sites.customer_name(connection, site.customer) if site.customer else None
    facts = ("number", "name", "address", "notes", "time_zone")
    return {
        **{name: getattr(site, name) for name in facts},
        "customer": customer or site.customer,
        "contacts": [attrs.asdict(contact) for contact in site.contacts],
    }


def _events(alarm: dict[str, Any]) -> Sequence[Event]:
    told = [event.get("event") for event in alarm.get("events") or ()]
    return [Event(event=event) for event in told if event]


def _sources(connection: Any, addresses: Sequence[str]) -> Result:
    found = {}
    for address in addresses:
        source, clock = accounts.source(connection, address), clocks.clock(connection, address)
        facts = {name: getattr(source, name, None) for name in _SOURCES}
        found[address] = {**facts, "clock_offset_s": clock.offset_s if clock else None}
    return found
