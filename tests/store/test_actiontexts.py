"""Action texts by event: kept for sources and for sites."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.model import ActionText, Source
from alarmgw.store import accounts, sites
from alarmgw.store.actiontexts import OF_SITES, OF_SOURCES
from alarmgw.store.database import open_writer
from alarmgw.store.sites import Site
from tests.journals import made

TIME = "2026-11-21T20:45:02.123Z"
TEXTS = (ActionText(event="fire", text="112\nMaier"), ActionText(event="tamper", text="Errichter"))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The database of an empty journal."""
    made(tmp_path / "journal.sqlite3").close()
    with closing(open_writer(tmp_path / "journal.sqlite3")) as opened:
        yield opened


def test_a_source_has_its_texts_until_they_are_changed(connection: sqlite3.Connection) -> None:
    """What is not given any more is gone."""
    accounts.put_source(connection, Source(address="a@x", action_texts=TEXTS), TIME)
    assert OF_SOURCES.of(connection, "a@x") == list(TEXTS)
    accounts.put_source(connection, Source(address="a@x", action_texts=TEXTS[:1]), TIME)
    one = accounts.source(connection, "a@x")
    assert one is not None and one.action_texts == TEXTS[:1]
    assert accounts.sources(connection) == [one]


def test_a_site_has_texts_of_its_own(connection: sqlite3.Connection) -> None:
    """Other sites have others, or none."""
    sites.put_site(connection, Site(number="1", action_texts=TEXTS), TIME)
    sites.put_site(connection, Site(number="2"), TIME)
    assert OF_SITES.all(connection) == {"1": list(TEXTS)}
    assert [site.action_texts for site in sites.sites(connection)] == [TEXTS, ()]
