"""`alarmgw.store.timezones`: zones by name, of sites, and of the machine."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path

import pytest

from alarmgw.store import sites
from alarmgw.store.database import open_writer
from alarmgw.store.sites import Site
from alarmgw.store.timezones import is_utc, machine_zone, zone_named, zones_of_sites
from tests.journals import made

BERLIN = Path("/usr/share/zoneinfo/Europe/Berlin")


def in_summer(zone: tzinfo) -> timedelta | None:
    """How far a zone is ahead of UTC in July."""
    return zone.utcoffset(datetime(2026, 7, 1))


def test_a_zone_is_known_by_its_name() -> None:
    """Any other name is refused with an example."""
    assert in_summer(zone_named("Europe/Berlin")) == timedelta(hours=2)
    for wrong in ("Mars/Base", "../etc/passwd", "Europe"):
        with pytest.raises(ValueError, match="Europe/Berlin"):
            zone_named(wrong)


def test_the_machines_zone_is_what_it_is_linked_to(tmp_path: Path) -> None:
    """Its name is the link's."""
    local = tmp_path / "localtime"
    local.symlink_to(BERLIN)
    zone = machine_zone({}, local)
    assert (str(zone), in_summer(zone)) == ("Europe/Berlin", timedelta(hours=2))


def test_a_copied_zone_has_no_name_but_its_rules(tmp_path: Path) -> None:
    """As some installers leave it."""
    local = tmp_path / "localtime"
    shutil.copy(BERLIN, local)
    zone = machine_zone({}, local)
    assert (str(zone), in_summer(zone)) == ("local", timedelta(hours=2))


def test_the_environment_comes_first(tmp_path: Path) -> None:
    """As it does for every program."""
    assert str(machine_zone({"TZ": ":Asia/Tokyo"}, BERLIN)) == "Asia/Tokyo"
    assert str(machine_zone({"TZ": "CET-1CEST"}, BERLIN)) == "Europe/Berlin"


def test_a_machine_without_a_zone_is_in_utc(tmp_path: Path) -> None:
    """As a bare container is."""
    assert is_utc(machine_zone({}, tmp_path / "localtime"))
    assert is_utc(timezone.utc) and is_utc(zone_named("Etc/UTC"))
    assert not is_utc(zone_named("Europe/London"))


def test_sites_have_their_zones(tmp_path: Path) -> None:
    """Those that have one of their own; a name that is known no more is none."""
    made(tmp_path / "journal.sqlite3").close()
    connection = open_writer(tmp_path / "journal.sqlite3")
    zones = {"1": "Europe/Berlin", "2": None, "3": "Atlantis/Deep", "4": "Europe/Berlin"}
    for number, zone in zones.items():
        sites.add_site(connection, Site(number=number, time_zone=zone), "now")
    found = zones_of_sites(connection)
    connection.close()
    assert {number: str(zone) for number, zone in found.items()} == {
        "1": "Europe/Berlin",
        "4": "Europe/Berlin",
    }
