"""Entries of the workflow: the same fields in the same order, whoever makes them."""

from __future__ import annotations

import pytest

from alarmgw.entries import CONTENT_OF, record
from alarmgw.workflow_entries import FIELDS
from tests.desk import ANNA, stamp
from tests.journals import randomness


@pytest.mark.parametrize("kind", FIELDS)
def test_every_entry_has_all_its_fields(kind: str) -> None:
    """Each type is one that the journal takes."""
    entry = stamp().entry(kind, dict.fromkeys(FIELDS[kind]))
    head, who = ("time", "type", "node"), ("operator", "workstation", "session", "command")
    assert tuple(entry) == (*head, *FIELDS[kind], *who)
    assert record(entry, randomness).type == kind in CONTENT_OF


def test_who_did_it_is_told() -> None:
    """With workstation, session and the command's id."""
    entry = stamp(ANNA).entry("signed_off", {"why": "lost"})
    assert (entry["operator"], entry["workstation"]) == ("anna", "platz-1")
    assert (entry["session"], entry["command"]) == ("a" * 16, "c" * 32)


def test_the_clocks_doing_has_nobody() -> None:
    """The fields are there and null."""
    entry = stamp(None).entry("signed_off", {"why": "lost"})
    assert [entry[name] for name in ("operator", "workstation", "session", "command")] == [None] * 4


@pytest.mark.parametrize("facts", [{}, {"why": "lost", "note": "x"}])
def test_a_field_too_few_or_too_many_is_a_bug(facts: dict[str, str]) -> None:
    """Documents promise them."""
    with pytest.raises(ValueError, match="has the fields"):
        stamp().entry("signed_off", facts)
