"""The records of own rules, in the journal's database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alarmgw.model import Source
from alarmgw.rules import Rule
from alarmgw.store import accounts
from alarmgw.store.journal import Journal, Ledger
from alarmgw.store.rules import put_rule, remove_rule, rule, rules
from alarmgw.store.sites import Site, add_site
from tests import journals

WHOLE = Rule(
    name="vms",
    site="4711",
    position=7,
    enabled=True,
    subject="Zone (.)",
    text="b",
    sender="c",
    file="d",
    kind="alarm",
    event="burglary",
    channel="{1}",
    priority=1,
    handling="external",
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal with one site, one source and one rule."""
    journal = journals.started(tmp_path / "journal.sqlite3")

    def job(ledger: Ledger) -> None:
        add_site(ledger.connection, Site(number="4711"), "then")
        accounts.put_source(ledger.connection, Source(address="a@x"), "then")
        put_rule(ledger.connection, WHOLE, "then")

    journals.done(journal.submit(job))
    yield journal
    journal.close()


def kept(journal: Journal) -> list[Rule]:
    """Every rule."""
    with journal.reading() as connection:
        return rules(connection)


def test_a_rule_is_kept_whole(journal: Journal) -> None:
    """Every field of it; and found by its name."""
    assert kept(journal) == [WHOLE]
    with journal.reading() as connection:
        assert rule(connection, "vms") == WHOLE
        assert rule(connection, "no") is None


def test_a_rule_is_changed_as_a_whole(journal: Journal) -> None:
    """A field that is not given any more is cleared."""
    small = Rule(name="vms", text="x", priority=5)
    journals.done(journal.submit(lambda ledger: put_rule(ledger.connection, small, "later")))
    assert kept(journal) == [small]


def test_rules_stand_in_the_order_in_which_they_are_asked(journal: Journal) -> None:
    """Sources', sites', for all; by position, then by name."""
    others = [
        Rule(name="a", text="x"),
        Rule(name="b", text="x", position=9),
        Rule(name="c", text="x", source="a@x", position=500),
        Rule(name="d", text="x", position=9),
    ]

    def job(ledger: Ledger) -> None:
        for other in others:
            put_rule(ledger.connection, other, "then")

    journals.done(journal.submit(job))
    assert [one.name for one in kept(journal)] == ["c", "vms", "b", "d", "a"]


def test_a_removed_rule_is_gone(journal: Journal) -> None:
    """Its name is free again."""
    journals.done(journal.submit(lambda ledger: remove_rule(ledger.connection, "vms")))
    assert kept(journal) == []


def test_the_directory_has_the_rules_ready(journal: Journal) -> None:
    """Those that are switched on."""
    [ready] = journal.directory().rules.by_site["4711"]
    assert ready.rule == WHOLE
