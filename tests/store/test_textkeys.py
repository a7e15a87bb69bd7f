"""The keys of sources: kept as written, found as compared."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.model import Login, Source
from alarmgw.store import accounts, textkeys
from alarmgw.store.database import open_writer
from tests.journals import made

TIME = "2026-11-21T20:45:02.123Z"
KEYS = ("device=NVR Halle, channel=4", "camera=Tor 3")
GATE = Source(address="gate@x", login="nvr", keys=KEYS)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The database of a journal in which one source has keys."""
    made(tmp_path / "journal.sqlite3").close()
    with closing(open_writer(tmp_path / "journal.sqlite3")) as opened:
        for name in ("nvr", "other"):
            accounts.add_login(opened, Login(name=name, salt=b"s", digest=b"d"), TIME)
        accounts.put_source(opened, GATE, TIME)
        yield opened


def test_keys_are_kept_in_their_order(connection: sqlite3.Connection) -> None:
    """As written, for one source and for all."""
    assert textkeys.keys_of(connection, "gate@x") == list(KEYS)
    assert textkeys.all_keys(connection) == {"gate@x": list(KEYS)}
    assert accounts.source(connection, "gate@x") == GATE
    assert accounts.sources(connection) == [GATE]


def test_a_keys_owner_is_found_however_it_is_written(connection: sqlite3.Connection) -> None:
    """Among the sources of one login; another login's cameras may have the same."""
    assert textkeys.key_owner(connection, "nvr", "CAMERA=tor  3") == "gate@x"
    assert textkeys.key_owner(connection, "nvr", "channel=4") is None
    assert textkeys.key_owner(connection, "other", "camera=Tor 3") is None


def test_a_key_is_one_sources_of_a_login(connection: sqlite3.Connection) -> None:
    """Whatever was forgotten to be asked: the database itself refuses the second."""
    with pytest.raises(sqlite3.IntegrityError):
        accounts.put_source(
            connection, Source(address="b@x", login="nvr", keys=("camera=TOR 3",)), TIME
        )
    accounts.put_source(
        connection, Source(address="b@x", login="other", keys=("camera=TOR 3",)), TIME
    )


def test_a_retired_sources_keys_are_free(connection: sqlite3.Connection) -> None:
    """And so are those that a change leaves out."""
    accounts.put_source(connection, Source(address="gate@x", login="nvr", keys=KEYS[:1]), TIME)
    assert textkeys.keys_of(connection, "gate@x") == [KEYS[0]]
    accounts.retire_source(connection, "gate@x", TIME)
    assert textkeys.all_keys(connection) == {}
