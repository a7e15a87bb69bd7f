"""Keeping: a proposal becomes true job by job, and what is wrong with it is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.errors import Refused
from alarmgw.keeping import Keeping
from alarmgw.store.journal import Journal
from tests.commanding import CONTEXT, doing, told
from tests.journals import done, started
from tests.proposals import NAME, made_true, proposed, rows, thousands


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal with its writer running."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        yield journal


def test_jobs_are_short_and_many(journal: Journal) -> None:
    """So that mails come between them; what is done is counted."""
    proposed(journal, "source", thousands(1000))
    counts = []
    with closing(Keeping(journal.path.parent, {"proposal": NAME}, CONTEXT)) as keeping:
        assert keeping.total == 1000 + 50 + 1000  # sources, sites, logins
        while (step := keeping.next()) is not None:
            done(journal.submit(step))
            counts.append(keeping.done)
    assert len(counts) > 10 and counts == sorted(counts) and counts[-1] == keeping.total


def test_what_is_told_is_several_entries(journal: Journal) -> None:
    """Each says which part it is; together they have all changes."""
    proposed(journal, "source", thousands(1000))
    assert made_true(journal) is True
    entries = told(journal)
    assert [entry["part"] for entry in entries] == list(range(1, len(entries) + 1))
    assert {(entry["event"], entry["parts"]) for entry in entries} == {("imported", len(entries))}
    changes = [one["event"] for entry in entries for one in entry["changes"]]
    assert (changes.count("source_added"), changes.count("site_added")) == (1000, 50)


def test_a_command_meanwhile_makes_it_void(journal: Journal) -> None:
    """The import is to be tried anew with the records as they are now."""
    proposed(journal, "source", rows({"address": "a@x"}))
    doing(journal)("source add", address="a@x", name="first")
    assert made_true(journal) is False
    assert journal.directory().by_address["a@x"].name == "first"


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE source_networks SET network = '10.0.0.300'", "wrong network"),
        ("UPDATE change SET body = X'7B'", "cannot be read"),
        ("UPDATE change SET body = X'5B315D'", "not a list of changes"),
    ],
)
def test_what_the_gateway_could_not_read_is_refused(
    journal: Journal, statement: str, sentence: str
) -> None:
    """It would hinder the next start."""
    proposed(journal, "source", rows({"address": "a@x", "networks": "10.0.0.0/8"}))
    path = journal.path.parent / "run" / NAME
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    with pytest.raises(Refused, match=sentence):
        made_true(journal)
    assert journal.directory().by_address == {}
