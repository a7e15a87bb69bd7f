"""Retiring: what nothing uses may go, and its number stays taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.errors import Cause
from alarmgw.store.journal import Journal
from tests.commanding import Do, doing, refusal, told
from tests.journals import started


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal with its writer running."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        yield journal


@pytest.fixture
def do(journal: Journal) -> Do:
    """Carries out one command as a running gateway does."""
    return doing(journal)


def test_a_site_is_removed_when_nothing_uses_it(do: Do, journal: Journal) -> None:
    """Its record stands in the entry; nobody lists it any more."""
    do("site add", number="1", name="Werk", contacts="Zora, 112")
    assert do("site remove", number="1")["name"] == "Werk"
    assert do("site list") == []
    entry = told(journal)[-1]
    assert (entry["event"], entry["site"], entry["name"]) == ("site_removed", "1", "Werk")
    assert refusal(do, "site remove", number="1").cause is Cause.NOT_FOUND
    assert refusal(do, "site change", number="1", name="x").cause is Cause.NOT_FOUND


def test_a_site_with_sources_stays(do: Do, journal: Journal) -> None:
    """Disabled ones are still there, removed ones are not; some are named, the rest counted."""
    for name in "abcde":
        do("source add", address=f"{name}@x", site="1")
    do("source disable", address="a@x")
    do("source remove", address="e@x")
    before = len(told(journal))
    assert refusal(do, "site remove", number="1").text == (
        "site 1 still has sources a@x, b@x, c@x and 1 more: give them another site or"
        " remove them first"
    )
    assert len(told(journal)) == before
    for name in "abcd":
        do("source change", address=f"{name}@x", site="")
    do("site remove", number="1")


def test_a_site_with_a_rule_of_its_own_stays(do: Do) -> None:
    """A rule that nobody can see would wait for the next site of that number."""
    do("site add", number="1")
    do("rule add", name="katze", site="1", subject="Katze", event="animal")
    assert "still has rule katze" in refusal(do, "site remove", number="1").text
    do("rule remove", name="katze")
    do("site remove", number="1")


def test_a_customer_with_sites_stays(do: Do, journal: Journal) -> None:
    """A removed site does not count."""
    do("customer add", number="K1", name="Müller")
    do("site add", number="1", customer="K1")
    assert "still has site 1" in refusal(do, "customer remove", number="K1").text
    do("site remove", number="1")
    do("customer remove", number="K1")
    assert do("customer list") == []
    assert told(journal)[-1]["event"] == "customer_removed"
    assert "no customer K1" in refusal(do, "site add", number="2", customer="K1").text


@pytest.mark.parametrize("kind", ["site", "customer"])
def test_a_number_is_not_given_to_another_one(do: Do, kind: str) -> None:
    """Its history would be taken for the new one's, unless it is the same one again."""
    do(f"{kind} add", number="1", name="Werk")
    do(f"{kind} remove", number="1")
    assert "choose another number" in refusal(do, f"{kind} add", number="1").text
    result = do(f"{kind} add", number="1", name="Neu", bring_back=True)
    assert result["name"] == "Neu" and [one["name"] for one in do(f"{kind} list")] == ["Neu"]
    assert "already" in refusal(do, f"{kind} add", number="1", bring_back=True).text


def test_no_source_comes_to_a_removed_site(do: Do, journal: Journal) -> None:
    """Neither a new one nor a changed one: nobody would see the site that it is at."""
    do("source add", address="a@x")
    do("site add", number="1")
    do("site remove", number="1")
    before = len(told(journal))
    for command, address in (("source add", "b@x"), ("source change", "a@x")):
        text = refusal(do, command, address=address, site="1").text
        assert "site add 1 --bring-back" in text
    assert len(told(journal)) == before and len(do("source list")) == 1
