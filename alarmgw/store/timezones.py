"""Time zones: by their IANA names, of sites, and of this machine."""

from __future__ import annotations

import os
import sqlite3
import zoneinfo
from collections.abc import Mapping
from datetime import timezone, tzinfo
from pathlib import Path

LOCALTIME = Path("/etc/localtime")

_UTC = frozenset(("UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "UCT", "Zulu", "GMT", "Etc/GMT"))


def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name.  Raises `ValueError`."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise ValueError(
            f"{name!r} is no time zone that is known here; write for example Europe/Berlin"
        ) from error


def machine_zone(
    environment: Mapping[str, str] = os.environ, localtime: Path = LOCALTIME
) -> tzinfo:
    """The zone that this machine is set to; UTC where it is set to none.

    What ``$TZ`` says counts if it is an IANA name.
    """
    told = _known(environment.get("TZ", "").removeprefix(":"))
    if told is not None:
        return told
    if not localtime.exists():
        return timezone.utc
    with localtime.open("rb") as file:
        return zoneinfo.ZoneInfo.from_file(file, key=_name_of(localtime))


def zones_of_sites(connection: sqlite3.Connection) -> dict[str, tzinfo]:
    """The zone of each site that has one of its own, by the site's number.

    A name that this machine knows no more is none: the site's mails must come in all the same.
    """
    rows = connection.execute("SELECT number, time_zone FROM sites WHERE time_zone IS NOT NULL")
    names = dict(rows.fetchall())
    zones = {name: _known(name) for name in set(names.values())}
    return {number: zone for number, name in names.items() if (zone := zones[name])}


def is_utc(zone: tzinfo) -> bool:
    """Whether it is UTC, by whatever name: hardly where devices stand."""
    return str(zone) in _UTC


def _name_of(localtime: Path) -> str:
    """What a link leads to by name; a copied file has none."""
    _, marker, name = str(localtime.resolve()).rpartition("/zoneinfo/")
    return name if marker else "local"


def _known(name: str) -> tzinfo | None:
    try:
        return zone_named(name)
    except ValueError:
        return None
