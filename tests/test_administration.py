"""Administration: each command changes its records and says so in the journal, or does neither."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alarmgw.administration import COMMANDS, prepared
from alarmgw.errors import Cause, Refused
from alarmgw.store import accounts, passwords
from alarmgw.store.journal import Journal
from tests.commanding import CONTEXT, Do, doing, refusal, told
from tests.journals import alarm_record, appending, done, started

ADDRESS = "bq3@ebues.internal"
FINGERPRINT = "ab" * 32


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal with its writer running."""
    journal = started(tmp_path / "journal.sqlite3")
    yield journal
    journal.close()


@pytest.fixture
def do(journal: Journal) -> Do:
    """Carries out one command as a running gateway does."""
    return doing(journal)


def test_a_source_is_known_and_told_at_once(do: Do, journal: Journal) -> None:
    """Record and entry are one transaction."""
    result = do("source add", address="BQ3@Ebues.Internal", name="Tor")
    assert (result["address"], result["password"]) == (ADDRESS, None)
    assert journal.directory().named(ADDRESS) is not None
    [entry] = told(journal)
    assert (entry["type"], entry["event"]) == ("config", "source_added")
    assert (entry["source"], entry["name"]) == (ADDRESS, "Tor")


def test_a_new_site_is_made_on_the_way(do: Do, journal: Journal) -> None:
    """Once, with an entry of its own."""
    assert do("source add", address="a@x", site="4711")["site_made"] is True
    assert do("source add", address="b@x", site="4711")["site_made"] is False
    assert [site["number"] for site in do("site list")] == ["4711"]
    events = [entry["event"] for entry in told(journal)]
    assert events == ["site_added", "source_added", "source_added"]


def test_a_new_login_gets_a_password_that_works(do: Do, journal: Journal) -> None:
    """It is invented, stands in the answer, and opens the login."""
    result = do("source add", address=ADDRESS, login="Rec1")
    login = journal.directory().login("rec1")
    assert login is not None and passwords.login_accepts(login, result["password"])


def test_a_given_password_is_used_and_not_repeated(do: Do, journal: Journal) -> None:
    """The answer has none, for whoever gave it knows it."""
    result = do("source add", address=ADDRESS, login="rec1", password="s3cret")
    login = journal.directory().login("rec1")
    assert login is not None and passwords.login_accepts(login, "s3cret")
    assert result["password"] is None and result["login_made"] is True


def test_an_existing_login_is_joined(do: Do, journal: Journal) -> None:
    """It keeps its password, whatever case its name is written in."""
    do("source add", address="a@x", login="rec1", password="s3cret")
    result = do("source add", address="b@x", login="REC1")
    login = journal.directory().login("rec1")
    assert (result["login_made"], result["password"]) == (False, None)
    assert login is not None and passwords.login_accepts(login, "s3cret")
    assert len(journal.directory().by_login["rec1"]) == 2


def test_an_existing_logins_password_is_not_changed_by_accident(do: Do, journal: Journal) -> None:
    """Nothing of that command happens, not even its site."""
    do("source add", address="a@x", login="rec1")
    refused = refusal(do, "source add", address="b@x", site="9", login="rec1", password="other")
    assert refused.cause is Cause.BAD_VALUE and "keeps its password" in refused.text
    assert [row["address"] for row in do("source list")] == ["a@x"]
    assert do("site list") == [] and len(told(journal)) == 1


def test_a_password_needs_a_login(do: Do) -> None:
    """Else it would be kept for nobody."""
    assert "login" in refusal(do, "source add", address=ADDRESS, password="x").text


def test_a_known_source_is_not_added_twice(do: Do) -> None:
    """The refusal says where to look."""
    do("source add", address=ADDRESS)
    refused = refusal(do, "source add", address=ADDRESS.upper(), name="other")
    assert "source show" in refused.text
    assert do("source show", address=ADDRESS)["name"] is None


def test_a_removed_source_is_nobodys_mail_any_more(do: Do, journal: Journal) -> None:
    """Its login goes with it when no other source has that."""
    do("source add", address="a@x", login="rec1")
    do("source add", address="b@x", login="rec1")
    assert do("source remove", address="A@x")["login_removed"] is False
    assert journal.directory().login("rec1") is not None
    assert do("source remove", address="b@x")["login_removed"] is True
    assert journal.directory().login("rec1") is None and do("source list") == []
    assert told(journal)[-1]["event"] == "source_removed"


def test_a_removed_source_can_be_brought_back(do: Do, journal: Journal) -> None:
    """As given now, and the answer says that it was there before."""
    do("source add", address=ADDRESS, name="old", login="rec1")
    do("source remove", address=ADDRESS)
    result = do("source add", address=ADDRESS, name="new", bring_back=True)
    assert (result["brought_back"], result["name"], result["login"]) == (True, "new", None)
    assert told(journal)[-1]["brought_back"] is True


def test_a_retired_address_is_not_given_away_by_accident(do: Do) -> None:
    """Its history would be taken for another device's."""
    do("source add", address=ADDRESS)
    do("source remove", address=ADDRESS)
    assert "--bring-back" in refusal(do, "source add", address=ADDRESS).text
    assert do("source list") == []


@pytest.mark.parametrize("command", ["source show", "source remove"])
def test_an_unknown_source_is_not_found(do: Do, command: str) -> None:
    """The refusal says how to see which ones there are."""
    refused = refusal(do, command, address=ADDRESS)
    assert refused.cause is Cause.NOT_FOUND and "source list" in refused.text


def test_a_site_is_added_with_what_is_known(do: Do, journal: Journal) -> None:
    """Its number is its own."""
    site = {"number": "4711", "name": "Werk", "tenant": "nord", "address": "Weg 1, Ulm"}
    result = do("site add", **site, time_zone="Europe/Berlin")
    assert site.items() <= result.items() and do("site list") == [result]
    assert "another number" in refusal(do, "site add", number="4711").text
    assert [entry["site"] for entry in told(journal)] == ["4711"]


def test_a_workstation_is_enrolled_until_it_is_revoked(do: Do, journal: Journal) -> None:
    """Its certificate stays known as revoked."""
    do("workstation add", name="w1", fingerprint=FINGERPRINT.upper())
    assert do("workstation revoke", name="w1") == {"name": "w1", "fingerprint": FINGERPRINT}
    with journal.reading() as connection:
        found = accounts.workstation(connection, FINGERPRINT)
    assert found is not None and found.revoked == "2026-11-21T20:45:02.123Z"
    assert refusal(do, "workstation revoke", name="w1").cause is Cause.NOT_FOUND
    assert [entry["event"] for entry in told(journal)] == [
        "workstation_added",
        "workstation_revoked",
    ]


def test_a_workstations_name_and_certificate_are_its_own(do: Do) -> None:
    """A revoked certificate is never enrolled again, a revoked name may be."""
    do("workstation add", name="w1", fingerprint=FINGERPRINT)
    assert "revoke" in refusal(do, "workstation add", name="w1", fingerprint="cd" * 32).text
    do("workstation revoke", name="w1")
    assert "new one" in refusal(do, "workstation add", name="w2", fingerprint=FINGERPRINT).text
    do("workstation add", name="w1", fingerprint="cd" * 32)


def test_no_password_reaches_the_journal(do: Do, journal: Journal) -> None:
    """Neither given nor invented ones, in no entry and in no file of it."""
    secrets = ["s3cret-given", "s3cret-operator"]
    do("source add", address="a@x", login="one", password=secrets[0])
    secrets.append(do("source add", address="b@x", login="two")["password"])
    do("operator add", name="max", password=secrets[1])
    secrets.append(do("operator add", name="moritz")["password"])
    journal.close()
    stored = journal.path.read_bytes()
    assert not [secret for secret in secrets if secret.encode() in stored]


def test_an_unknown_command_is_refused(do: Do) -> None:
    """The control socket may be asked anything."""
    assert refusal(do, "rm -rf").cause is Cause.NOT_FOUND


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_refuses_arguments_it_does_not_know(command: str) -> None:
    """Before the journal's writer is asked for anything."""
    with pytest.raises(Refused, match="does not know 'nonsense'"):
        prepared(command, {"nonsense": "x"}, CONTEXT)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_result_is_json(do: Do, journal: Journal, command: str) -> None:
    """It travels over the control socket as it is."""
    do("workstation add", name="old", fingerprint="ef" * 32)
    do("source add", address="old@x", login="old")
    known: dict[str, Any] = {
        "fingerprint": FINGERPRINT,
        "number": "1",
        "name": "old",
        "address": "old@x",
    }
    known |= {"rows": [], "subject": "Tor", "event": "motion"}
    if command.endswith((" change", "site remove", "customer remove")):
        do("site add", number="1")
        do("customer add", number="1")
    if command.startswith("rule") and command != "rule add":
        do("rule add", name="old", subject="Tor", event="motion")
    if command == "rule disable":
        do("rule enable", name="old")
    if command == "source enable":
        do("source disable", address="old@x")
    if command == "source add":
        known["address"] = "new@x"
    if command == "workstation add":
        known["name"] = "new"
    if command in ("operator change", "operator remove"):
        do("operator add", name="old")
        known |= {"name": "old", "role": "shift_leader"}
    if command == "source adopt":
        done(journal.submit(appending(alarm_record(1, source=None))))
        known = {"wanted": "c@d", "address": "old@x"}
    given = {key: known[key] for key in COMMANDS[command][0] if key in known}
    json.dumps(do(command, **given))
