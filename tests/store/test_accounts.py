"""Accounts: records are kept, retired and found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.model import Login, Source
from alarmgw.store import accounts
from alarmgw.store.accounts import Operator, Workstation
from alarmgw.store.database import open_writer
from alarmgw.store.sites import Site, add_site
from tests.journals import made

TIME = "2026-11-21T20:45:02.123Z"
LATER = "2026-11-22T08:00:00.000Z"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The database of an empty journal."""
    made(tmp_path / "journal.sqlite3").close()
    with closing(open_writer(tmp_path / "journal.sqlite3")) as opened:
        yield opened


def source(number: int, **facts: object) -> Source:
    """The source ``bq<number>``."""
    return Source(address=f"bq{number}@ebues.internal", **facts)  # type: ignore[arg-type]


def test_a_source_is_found_as_it_was_put(connection: sqlite3.Connection) -> None:
    """With its networks."""
    add_site(connection, Site(number="4711"), TIME)
    one = source(1, name="Tor", site="4711", networks=("10.1.2.3/32", "fd00::/64"))
    accounts.put_source(connection, one, TIME)
    accounts.put_source(connection, source(2), TIME)
    assert accounts.sources(connection) == [one, source(2)]
    assert accounts.source(connection, one.address) == one


def test_everything_known_of_a_source_is_kept(connection: sqlite3.Connection) -> None:
    """Changing it keeps when it was made; retiring it frees its other names."""
    one = source(
        1, aliases=("cam@d",), make="Reolink", pre_alarm_pictures=2, routine_minutes=1440,
        priority=2, handling="commissioning", action_text="Wache", notes="Mast", disabled=TIME,
    )  # fmt: skip
    accounts.put_source(connection, source(1), TIME)
    accounts.put_source(connection, one, LATER)
    assert accounts.source(connection, one.address) == one
    assert connection.execute("SELECT created FROM sources").fetchone() == (TIME,)
    assert accounts.alias_owner(connection, "cam@d") == one.address
    accounts.retire_source(connection, one.address, LATER)
    assert accounts.alias_owner(connection, "cam@d") is None


def test_a_source_has_its_sites_tenant_unless_it_has_its_own(
    connection: sqlite3.Connection,
) -> None:
    """Rights hang on the tenant."""
    add_site(connection, Site(number="4711", tenant="nord"), TIME)
    accounts.put_source(connection, source(1, site="4711"), TIME)
    accounts.put_source(connection, source(2, site="4711", tenant="süd"), TIME)
    assert [row.tenant for row in accounts.sources(connection)] == ["nord", "süd"]


def test_a_retired_source_is_out_of_use(connection: sqlite3.Connection) -> None:
    """Nobody finds it, and its record is still there."""
    accounts.put_source(connection, source(1), TIME)
    accounts.retire_source(connection, source(1).address, LATER)
    assert accounts.source(connection, source(1).address) is None
    assert accounts.is_retired(connection, source(1).address)
    assert connection.execute("SELECT count(*) FROM sources").fetchone() == (1,)


def test_a_retired_source_comes_back_as_given(connection: sqlite3.Connection) -> None:
    """Nothing of what it was before remains."""
    accounts.put_source(connection, source(1, name="old", networks=("10.0.0.0/8",)), TIME)
    accounts.retire_source(connection, source(1).address, LATER)
    accounts.put_source(connection, source(1, name="new"), LATER)
    assert accounts.sources(connection) == [source(1, name="new")]
    assert not accounts.is_retired(connection, source(1).address)


def test_a_source_needs_a_site_that_exists(connection: sqlite3.Connection) -> None:
    """The database keeps records consistent, whoever writes them."""
    with pytest.raises(sqlite3.IntegrityError):
        accounts.put_source(connection, source(1, site="4711"), TIME)


def test_a_login_is_removed_when_no_source_has_it(connection: sqlite3.Connection) -> None:
    """Its certificates with it; while a source has it, it stays."""
    accounts.add_login(connection, Login(name="rec", salt=b"s", digest=b"d"), TIME)
    connection.execute("INSERT INTO source_certificates VALUES (?, 'rec')", ("f" * 64,))
    accounts.put_source(connection, source(1, login="rec"), TIME)
    assert not accounts.remove_unused_login(connection, "rec")
    accounts.retire_source(connection, source(1).address, LATER)
    assert accounts.remove_unused_login(connection, "rec")
    assert accounts.login(connection, "rec") is None


def test_the_directory_is_everything_in_use(connection: sqlite3.Connection) -> None:
    """Sources, logins, networks and certificates in one frozen picture."""
    login = Login(name="rec", salt=b"s", digest=b"d")
    accounts.add_login(connection, login, TIME)
    connection.execute("INSERT INTO source_certificates VALUES (?, 'rec')", ("f" * 64,))
    one = source(1, login="rec", networks=("10.0.0.0/8",))
    accounts.put_source(connection, one, TIME)
    accounts.put_source(connection, source(2), TIME)
    accounts.retire_source(connection, source(2).address, LATER)
    found = accounts.directory(connection)
    assert dict(found.by_address) == {one.address: one}
    assert found.login("REC") == login and found.certificates == {"f" * 64: "rec"}
    assert found.owner((), None, "", "10.9.9.9").sources == (one,)


def test_an_operator_is_found_by_name(connection: sqlite3.Connection) -> None:
    """With role and digest."""
    max_ = Operator(name="max", role="shift_leader", salt=b"s", digest=b"d")
    accounts.put_operator(connection, max_, TIME)
    assert accounts.operator(connection, "max") == max_
    assert accounts.operator(connection, "moritz") is None


def test_a_revoked_workstation_is_known_as_revoked(connection: sqlite3.Connection) -> None:
    """It is found by its certificate, with the time since when it is locked out."""
    accounts.add_workstation(connection, Workstation(name="w1", fingerprint="a", added=TIME))
    assert accounts.revoke_workstation(connection, "w1", LATER) == ["a"]
    found = accounts.workstation(connection, "a")
    assert found is not None and found.revoked == LATER
    assert accounts.revoke_workstation(connection, "w1", LATER) == []


def test_a_name_can_be_enrolled_again_after_revocation(connection: sqlite3.Connection) -> None:
    """With another certificate; of two in use, one name is refused."""
    for fingerprint in "ab":
        accounts.revoke_workstation(connection, "w1", LATER)
        accounts.add_workstation(
            connection, Workstation(name="w1", fingerprint=fingerprint, added=TIME)
        )
    assert [row.revoked for row in accounts.workstations(connection)] == [LATER, None]
    with pytest.raises(sqlite3.IntegrityError):
        accounts.add_workstation(connection, Workstation(name="w1", fingerprint="c", added=TIME))
