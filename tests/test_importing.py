"""Importing: all rows or none, told before, and quick with ten thousand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.importing import TOLD_BYTES, packed
from alarmgw.store.journal import Journal
from tests.commanding import Do, doing, told
from tests.journals import started
from tests.proposals import imported, rows


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal with its writer running."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        yield journal


@pytest.fixture
def do(journal: Journal) -> Do:
    """Carries out one command as a running gateway does."""
    return doing(journal)


def test_rows_are_added_and_changed(do: Do, journal: Journal) -> None:
    """Columns that the file has not are left as they are; an empty cell clears."""
    do("source add", address="a@x", name="Tor", site="1")
    file = rows({"address": "A@x", "name": "", "make": "Dahua"}, {"address": "b@x", "site": "2"})
    result = imported(journal, "source", file)
    assert (result["added"], result["changed"], result["applied"]) == (1, 1, True)
    shown = do("source show", address="a@x")
    assert (shown["name"], shown["site"], shown["make"]) == (None, "1", "Dahua")
    assert do("source show", address="b@x")["site"] == "2"


def test_a_dry_run_tells_everything_and_does_nothing(do: Do, journal: Journal) -> None:
    """Every change with its line, from what to what."""
    do("source add", address="a@x", name="Tor")
    file = rows({"address": "a@x", "name": "Zaun"}, {"address": "b@x", "login": "new"})
    result = imported(journal, "source", file, dry_run=True)
    change, addition = result["changes"]
    assert (change["line"], change["key"], change["what"]) == (2, "a@x", "changed")
    assert (change["was"], change["now"]) == ({"name": "Tor"}, {"name": "Zaun"})
    assert addition == {"line": 3, "key": "b@x", "what": "added"}
    assert (result["applied"], result["passwords"]) == (False, [])
    assert [one["address"] for one in do("source list")] == ["a@x"] and len(told(journal)) == 1


def test_one_wrong_value_and_nothing_is_done(do: Do, journal: Journal) -> None:
    """Every complaint has its line, its column and a reason."""
    do("source add", address="gone@x")
    do("source remove", address="gone@x")
    do("source add", address="old@x", login="old")
    before = len(told(journal))
    file = rows(
        {"address": "good@x"},
        {"address": "no address", "priority": "9"},
        {"address": "gone@x"},
        {"address": "GOOD@x"},
        {"address": "new@x", "login": "old", "password": "secret-secret"},
        {"name": "no address at all"},
        {"address": "more@x", "column 4": "rot", "priority": "6"},
    )
    result = imported(journal, "source", file)
    assert [(one["line"], one["column"]) for one in result["complaints"]] == [
        (3, "address"),
        (3, "priority"),
        (4, "address"),
        (5, "address"),
        (6, "password"),
        (7, "address"),
        (8, "column 4"),
        (8, "priority"),
    ]
    assert "line 2 already" in result["complaints"][3]["reason"]
    assert result["applied"] is False and len(told(journal)) == before


def test_one_trial_finds_everything(do: Do, journal: Journal) -> None:
    """Also what other records forbid in rows, or of rows, that have other faults."""
    do("source add", address="old@x")
    do("site add", number="7")
    do("site remove", number="7")
    file = rows(
        {"address": "a@x", "priority": "9", "site": "7", "aliases": "old@x"},
        {"address": "b@x", "site": "7", "aliases": "c@x"},
        {"address": "c@x", "handling": "never"},
        {"address": "d@x", "priority": "9", "aliases": "e@x"},
        {"address": "f@x", "aliases": "e@x"},
        {"address": "g@x", "login": "a\nb", "keys": "channel=1"},
    )
    result = imported(journal, "source", file)
    assert [(one["line"], one["column"]) for one in result["complaints"]] == [
        (2, "priority"),
        (2, "site"),
        (2, "aliases"),
        (3, "site"),
        (4, "handling"),
        (4, "address"),
        (5, "priority"),
        (6, "aliases"),
        (7, "login"),
    ]
    assert (result["added"], result["applied"], len(do("source list"))) == (0, False, 1)


def test_removed_ones_are_brought_back_where_that_is_said(do: Do, journal: Journal) -> None:
    """As the command that adds one does."""
    do("source add", address="a@x", name="Tor")
    do("source remove", address="a@x")
    file = rows({"address": "a@x", "name": "Tor"})
    assert imported(journal, "source", file)["complaints"][0]["column"] == "address"
    result = imported(journal, "source", file, bring_back=True)
    assert (result["added"], result["complaints"]) == (1, [])
    assert do("source show", address="a@x")["name"] == "Tor"
    assert told(journal)[-1]["changes"][0]["brought_back"] is True


def test_a_network_of_two_rows_is_hinted_at(journal: Journal) -> None:
    """With the line that comes second; it is imported all the same."""
    file = rows(
        {"address": "a@x", "networks": "10.1.2.3"}, {"address": "b@x", "networks": "10.1.2.3"}
    )
    result = imported(journal, "source", file)
    [hint] = result["hints"]
    assert (hint["line"], hint["column"], result["added"]) == (3, "networks", 2)
    assert "a network of a@x, too" in hint["reason"]


def test_the_same_file_again_changes_nothing(journal: Journal) -> None:
    """Nothing is told of what is as it was."""
    file = rows({"number": "1", "contacts": "Zora, 112", "action_text": "eins\nzwei"})
    imported(journal, "site", file)
    before = len(told(journal))
    assert imported(journal, "site", file)["unchanged"] == 1 and len(told(journal)) == before


def test_new_logins_get_passwords_that_are_answered_once(journal: Journal) -> None:
    """Given ones are not repeated; sources of one login share its password."""
    file = rows(
        {"address": "a@x", "login": "nvr"},
        {"address": "b@x", "login": "nvr"},
        {"address": "c@x", "login": "cam", "password": "given-by-hand"},
    )
    [secret] = imported(journal, "source", file)["passwords"]
    assert secret["login"] == "nvr" and len(journal.directory().by_login["nvr"]) == 2
    assert journal.directory().login("cam") is not None


def test_sites_need_customers_that_are_known(journal: Journal) -> None:
    """The complaint says what to do first."""
    site = rows({"number": "1", "customer": "K1"})
    [one] = imported(journal, "site", site)["complaints"]
    assert (one["column"], "add it first" in one["reason"]) == ("customer", True)
    imported(journal, "customer", rows({"number": "K1"}))
    assert imported(journal, "site", site)["applied"] is True


def test_keys_are_checked_line_by_line(do: Do, journal: Journal) -> None:
    """Two cameras of one login with the same key are a complaint, and nothing is done."""
    file = rows(
        {"address": "nvr@x", "login": "nvr", "keys": ""},
        {"address": "a@x", "login": "nvr", "keys": "channel=1"},
        {"address": "b@x", "login": "nvr", "keys": "Kanal=01 | camera=Tor"},
        {"address": "c@x", "keys": "channel=1"},
        {"address": "d@x", "login": "nvr", "keys": "links oben"},
    )
    complaints = imported(journal, "source", file)["complaints"]
    assert [(one["line"], one["column"]) for one in complaints] == [
        (4, "keys"),
        (5, "keys"),
        (6, "keys"),
    ]
    assert "channel=01 is a key of a@x already" in complaints[0]["reason"]
    assert do("source list") == []
    assert imported(journal, "source", file[:2])["applied"] is True
    assert imported(journal, "source", file[:2])["unchanged"] == 2


def test_two_cameras_change_places(do: Do, journal: Journal) -> None:
    """Keys and aliases that one line gives up another one takes, whichever comes first."""
    first = rows(
        {"address": "a@x", "login": "nvr", "keys": "channel=1", "aliases": "one@d"},
        {"address": "b@x", "login": "nvr", "keys": "channel=2", "aliases": "two@d"},
    )
    imported(journal, "source", first)
    swapped = rows(
        {"address": "a@x", "keys": "channel=2", "aliases": "two@d"},
        {"address": "b@x", "keys": "channel=1", "aliases": "one@d"},
    )
    result = imported(journal, "source", swapped)
    assert (result["changed"], result["complaints"]) == (2, [])
    assert [(one["keys"], one["aliases"]) for one in do("source list")] == [
        (["channel=2"], ["two@d"]),
        (["channel=1"], ["one@d"]),
    ]
    taken = rows({"address": "a@x", "keys": "channel=1"})
    assert len(imported(journal, "source", taken)["complaints"]) == 1
    assert imported(journal, "source", swapped)["unchanged"] == 2


def test_texts_by_event_and_removed_sites_are_checked(do: Do, journal: Journal) -> None:
    """An event that is none, a site and a number that were removed: each with its column."""
    do("site add", number="1")
    do("site remove", number="1")
    source = rows({"address": "a@x", "site": "1", "action_texts": "Brand: 112"})
    [one] = imported(journal, "source", source)["complaints"]
    assert (one["column"], "--bring-back" in one["reason"]) == ("site", True)
    [one] = imported(journal, "site", rows({"number": "1"}))["complaints"]
    assert (one["column"], "--bring-back" in one["reason"]) == ("number", True)
    [one] = imported(journal, "site", rows({"number": "2", "action_texts": "x"}))["complaints"]
    assert (one["column"], "is no event" in one["reason"]) == ("action_texts", True)
    imported(journal, "site", rows({"number": "2", "action_texts": "Brand: 112"}))
    [site] = do("site list")
    assert site["action_texts"] == [{"event": "fire", "text": "112"}]


def test_what_single_commands_would_tell_stands_in_one_entry(do: Do, journal: Journal) -> None:
    """What is null, empty or false is left out; a zero and what was cleared are not."""
    do("source add", address="a@x", name="Tor")
    file = rows(
        {"address": "a@x", "name": ""},
        {"address": "b@x", "site": "7", "pre_alarm_pictures": "0"},
    )
    imported(journal, "source", file)
    entry = told(journal)[-1]
    assert (entry["type"], entry["event"], entry["part"], entry["parts"]) == (
        "config", "imported", 1, 1,
    )  # fmt: skip
    assert entry["changes"] == [
        {"event": "source_changed", "source": "a@x", "now": {"name": None}, "was": {"name": "Tor"}},
        {"event": "site_added", "site": "7"},
        {"event": "source_added", "source": "b@x", "site": "7", "pre_alarm_pictures": 0,
         "site_made": True},
    ]  # fmt: skip


def test_changes_are_packed_for_entries() -> None:
    """In their order, each list within its bytes; a change that is larger stands alone."""
    changes = [{"event": str(n), "notes": "x" * 1000} for n in range(100)]
    changes.insert(50, {"event": "large", "notes": "x" * 2 * TOLD_BYTES})
    packs = list(packed(changes))
    assert [one for pack in packs for one in json.loads(pack)] == changes
    assert sorted(len(pack) > TOLD_BYTES + 2 for pack in packs) == [False] * (len(packs) - 1) + [
        True
    ]
    assert len(packs) <= 100 * 1050 // TOLD_BYTES + 3
    assert list(packed([])) == []
