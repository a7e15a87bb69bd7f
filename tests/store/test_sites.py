"""Sites and customers: kept whole, and found by number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.model import Contact
from alarmgw.store import sites
from alarmgw.store.database import open_writer
from alarmgw.store.sites import Customer, Site
from tests.journals import made

TIME = "2026-11-21T20:45:02.123Z"

WORKS = Site(
    number="4711",
    name="Werk",
    tenant="nord",
    customer="K1",
    address="Weg 1, Ulm",
    time_zone="Europe/Berlin",
    contacts=(Contact(name="Zora", phone="2"), Contact(name="Anna", phone="1")),
    action_text="Polizei\nrufen",
    notes="Hund",
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The database of an empty journal."""
    made(tmp_path / "journal.sqlite3").close()
    with closing(open_writer(tmp_path / "journal.sqlite3")) as opened:
        yield opened


def test_a_site_is_kept_whole(connection: sqlite3.Connection) -> None:
    """Its contacts stay in calling order; a change replaces them."""
    sites.put_customer(connection, Customer(number="K1", tenant="nord"), TIME)
    sites.add_site(connection, WORKS, TIME)
    assert sites.site(connection, "4711") == WORKS and sites.site(connection, "4712") is None
    assert sites.sites(connection) == [WORKS]
    sites.put_site(connection, Site(number="4711"), TIME)
    assert sites.sites(connection) == [Site(number="4711")]


def test_a_site_is_made_once(connection: sqlite3.Connection) -> None:
    """Its number was given away."""
    sites.add_site(connection, Site(number="1"), TIME)
    assert sites.has_site(connection, "1") and not sites.has_site(connection, "2")
    with pytest.raises(sqlite3.IntegrityError):
        sites.add_site(connection, Site(number="1"), TIME)


def test_a_customer_is_kept_whole(connection: sqlite3.Connection) -> None:
    """With a tenant that is made on the way."""
    one = Customer(number="K1", name="Müller", tenant="nord", address="Ulm", notes="zahlt")
    sites.put_customer(connection, one, TIME)
    assert sites.customers(connection) == [one]
    assert sites.has_customer(connection, "K1") and not sites.has_customer(connection, "K2")


def test_a_site_needs_a_customer_that_exists(connection: sqlite3.Connection) -> None:
    """The database keeps records consistent, whoever writes them."""
    with pytest.raises(sqlite3.IntegrityError):
        sites.add_site(connection, WORKS, TIME)


def test_a_retired_one_is_known_and_not_in_use(connection: sqlite3.Connection) -> None:
    """Until it is put again; then it is as given, and made then."""
    sites.put_customer(connection, Customer(number="K1"), TIME)
    sites.put_site(connection, Site(number="1", customer="K1", name="Werk"), TIME)
    assert sites.sites_of(connection, "K1") == ["1"]
    sites.retire_site(connection, "1", TIME)
    sites.retire_customer(connection, "K1", TIME)
    assert sites.sites_of(connection, "K1") == [] and sites.site(connection, "1") is None
    assert sites.is_retired_site(connection, "1") and not sites.has_site(connection, "1")
    assert sites.is_retired_customer(connection, "K1") and not sites.has_customer(connection, "K1")
    later = "2027-01-01T00:00:00.000Z"
    sites.put_site(connection, Site(number="1"), later)
    sites.put_customer(connection, Customer(number="K1"), later)
    assert sites.sites(connection) == [Site(number="1")] and sites.has_customer(connection, "K1")
    assert connection.execute("SELECT created FROM sites").fetchone() == (later,)
