"""Importing: all rows or none, told before, and quick with ten thousand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from alarmgw.administration import prepared
from alarmgw.store.journal import Journal
from tests.commanding import CONTEXT, Do, doing, told
from tests.journals import appending, done, started, system_record


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal with its writer running."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        yield journal


@pytest.fixture
def do(journal: Journal) -> Do:
    """Carries out one command as a running gateway does."""
    return doing(journal)


def rows(*values: dict[str, str]) -> list[dict[str, Any]]:
    """The lines of a file whose first one has the headings."""
    return [{"line": line, "values": given} for line, given in enumerate(values, 2)]


def test_rows_are_added_and_changed(do: Do, journal: Journal) -> None:
    """Columns that the file has not are left as they are; an empty cell clears."""
    do("source add", address="a@x", name="Tor", site="1")
    result = do(
        "source import",
        rows=rows({"address": "A@x", "name": "", "make": "Dahua"}, {"address": "b@x", "site": "2"}),
    )
    assert (result["added"], result["changed"], result["applied"]) == (1, 1, True)
    shown = do("source show", address="a@x")
    assert (shown["name"], shown["site"], shown["make"]) == (None, "1", "Dahua")
    assert do("source show", address="b@x")["site"] == "2"


def test_a_dry_run_tells_everything_and_does_nothing(do: Do, journal: Journal) -> None:
    """Every change with its line, from what to what."""
    do("source add", address="a@x", name="Tor")
    file = rows({"address": "a@x", "name": "Zaun"}, {"address": "b@x", "login": "new"})
    result = do("source import", rows=file, dry_run=True)
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
    result = do(
        "source import",
        rows=rows(
            {"address": "good@x"},
            {"address": "no address", "priority": "9"},
            {"address": "gone@x"},
            {"address": "GOOD@x"},
            {"address": "new@x", "login": "old", "password": "secret-secret"},
            {"name": "no address at all"},
        ),
    )
    assert [(one["line"], one["column"]) for one in result["complaints"]] == [
        (3, "address"),
        (3, "priority"),
        (4, "address"),
        (5, "address"),
        (6, "password"),
        (7, "address"),
    ]
    assert "line 2 already" in result["complaints"][3]["reason"]
    assert result["applied"] is False and len(told(journal)) == before


def test_the_same_file_again_changes_nothing(do: Do, journal: Journal) -> None:
    """No entry is written for what is as it was."""
    file = rows({"number": "1", "contacts": "Zora, 112", "action_text": "eins\nzwei"})
    do("site import", rows=file)
    before = len(told(journal))
    assert do("site import", rows=file)["unchanged"] == 1 and len(told(journal)) == before


def test_new_logins_get_passwords_that_are_answered_once(do: Do, journal: Journal) -> None:
    """Given ones are not repeated; sources of one login share its password."""
    result = do(
        "source import",
        rows=rows(
            {"address": "a@x", "login": "nvr"},
            {"address": "b@x", "login": "nvr"},
            {"address": "c@x", "login": "cam", "password": "given-by-hand"},
        ),
    )
    [secret] = result["passwords"]
    assert secret["login"] == "nvr" and len(journal.directory().by_login["nvr"]) == 2
    assert journal.directory().login("cam") is not None


def test_sites_need_customers_that_are_known(do: Do) -> None:
    """The complaint says what to do first."""
    [one] = do("site import", rows=rows({"number": "1", "customer": "K1"}))["complaints"]
    assert (one["column"], "add it first" in one["reason"]) == ("customer", True)
    do("customer import", rows=rows({"number": "K1"}))
    assert do("site import", rows=rows({"number": "1", "customer": "K1"}))["applied"] is True


def test_keys_are_checked_line_by_line(do: Do, journal: Journal) -> None:
    """Two cameras of one login with the same key are a complaint, and nothing is done."""
    file = rows(
        {"address": "nvr@x", "login": "nvr", "keys": ""},
        {"address": "a@x", "login": "nvr", "keys": "channel=1"},
        {"address": "b@x", "login": "nvr", "keys": "Kanal=01 | camera=Tor"},
        {"address": "c@x", "keys": "channel=1"},
        {"address": "d@x", "login": "nvr", "keys": "links oben"},
    )
    result = do("source import", rows=file)
    assert [(one["line"], one["column"]) for one in result["complaints"]] == [
        (4, "keys"),
        (5, "keys"),
        (6, "keys"),
    ]
    assert "channel=01 is a key of a@x already" in result["complaints"][0]["reason"]
    assert do("source list") == []
    assert do("source import", rows=file[:2])["applied"] is True
    assert do("source import", rows=file[:2])["unchanged"] == 2


@pytest.mark.slow
def test_ten_thousand_sources_are_imported_in_time(journal: Journal) -> None:
    """Under 10 s in all; the writer, for which mails wait, is busy for a fraction of that."""
    file = rows(
        *(
            {"address": f"bq{n}@x", "name": f"Tor {n}", "site": str(n // 20), "login": f"c{n // 4}"}
            for n in range(10_000)
        )
    )
    begun = time.perf_counter()
    job = prepared("source import", {"rows": file}, CONTEXT)
    checked = time.perf_counter()
    importing = journal.submit(job, urgent=False)
    done(journal.submit(appending(system_record("a mail"))))
    waited = time.perf_counter() - checked
    assert done(importing)["added"] == 10_000
    assert time.perf_counter() - begun < 10 and waited < 4
    assert journal.directory().named("bq9999@x") is not None
