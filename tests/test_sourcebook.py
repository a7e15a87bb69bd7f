"""The book of sources: what changes is told, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from alarmgw.model import Source
from alarmgw.sourcebook import known_source, tell_change
from alarmgw.store.journal import Journal
from alarmgw.store.ledger import Ledger
from tests.commanding import CONTEXT, Do, doing, told
from tests.journals import done, started

ADDRESS = "bq3@ebues.internal"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal with its writer running."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        yield journal


@pytest.fixture
def do(journal: Journal) -> Do:
    """Carries out one command as a running gateway does."""
    return doing(journal)


def changed(journal: Journal, **facts: object) -> Source:
    """The source after a change."""

    def change(ledger: Ledger) -> Source:
        before = known_source(ledger, ADDRESS)
        tell_change(ledger, before, evolve(before, **facts), CONTEXT)
        return known_source(ledger, ADDRESS)

    found: Source = done(journal.submit(change))
    return found


def test_a_change_says_what_was_and_what_is(do: Do, journal: Journal) -> None:
    """Only of the fields that are different."""
    do("source add", address=ADDRESS, name="Tor")
    assert changed(journal, name="Zaun", priority=2).priority == 2
    entry = told(journal)[-1]
    assert entry["now"] == {"name": "Zaun", "priority": 2}
    assert entry["was"] == {"name": "Tor", "priority": None}


def test_nothing_changed_is_not_told(do: Do, journal: Journal) -> None:
    """A file that is imported again leaves no entries."""
    do("source add", address=ADDRESS, name="Tor")
    changed(journal, name="Tor")
    assert len(told(journal)) == 1


def test_a_tenant_by_its_site_stays_the_sites(do: Do, journal: Journal) -> None:
    """Changing the name does not copy the site's tenant into the source."""
    do("site add", number="1", tenant="nord")
    do("source add", address=ADDRESS, site="1")
    assert changed(journal, name="Tor").tenant == "nord"
    with journal.reading() as connection:
        assert connection.execute("SELECT tenant FROM sources").fetchone() == (None,)
