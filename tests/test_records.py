"""Records: changed by field, told with what was and what is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.errors import Cause
from alarmgw.store import passwords
from alarmgw.store.journal import Journal
from tests.commanding import Do, doing, refusal, told
from tests.journals import started

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


def test_only_what_is_given_is_changed(do: Do, journal: Journal) -> None:
    """And an empty value clears a field."""
    do("source add", address=ADDRESS, name="Tor", site="1")
    do("source change", address=ADDRESS, priority="2", networks="10.1.2.3, 10.2.0.0/16", name="")
    shown = do("source show", address=ADDRESS)
    assert (shown["site"], shown["priority"], shown["name"]) == ("1", 2, None)
    assert shown["networks"] == ["10.1.2.3/32", "10.2.0.0/16"]
    entry = told(journal)[-1]
    assert (entry["event"], entry["source"]) == ("source_changed", ADDRESS)
    assert entry["was"] == {"name": "Tor", "networks": [], "priority": None}


def test_a_new_login_comes_with_a_password_and_the_old_one_goes(do: Do, journal: Journal) -> None:
    """A login that no source has opens nothing."""
    do("source add", address=ADDRESS, login="old")
    result = do("source change", address=ADDRESS, login="New")
    login = journal.directory().login("new")
    assert login is not None and passwords.login_accepts(login, result["password"])
    assert journal.directory().login("old") is None


def test_a_site_has_contacts_in_calling_order(do: Do, journal: Journal) -> None:
    """As they were written."""
    do("customer add", number="K1", name="Müller")
    do("site add", number="1", customer="K1")
    do("site change", number="1", contacts="Zora, 112 | Maier, Anna, +49 731 5")
    [site] = do("site list")
    assert [one["name"] for one in site["contacts"]] == ["Zora", "Maier, Anna"]
    events = [entry["event"] for entry in told(journal)]
    assert events == ["customer_added", "site_added", "site_changed"]


def test_a_change_that_changes_nothing_is_not_told(do: Do, journal: Journal) -> None:
    """A nightly import of the same file leaves no entries."""
    do("site add", number="1", name="Werk")
    do("site change", number="1", name="Werk")
    assert len(told(journal)) == 1


@pytest.mark.parametrize(
    ("command", "given", "reason"),
    [
        ("source change", {"address": ADDRESS, "priority": "6"}, "from 1 to 5"),
        ("source change", {"address": ADDRESS, "handling": "ignore"}, "one of queue"),
        ("source change", {"address": ADDRESS, "networks": "10.1.2.3/8"}, "host bits"),
        ("source change", {"address": ADDRESS, "aliases": "taken@x"}, "alias of other@x"),
        ("source change", {"address": ADDRESS, "keys": "4"}, "write device=NVR Halle, channel=4"),
        ("source change", {"address": ADDRESS, "action_texts": "flood: x"}, "'flood' is no event"),
        ("site change", {"number": "1", "customer": "K9"}, "no customer K9"),
        ("site change", {"number": "1", "contacts": "nobody"}, "name, phone"),
        ("site change", {"number": "1", "time_zone": "Mars/Base"}, "Europe/Berlin"),
    ],
)
def test_a_wrong_value_changes_nothing(
    do: Do, journal: Journal, command: str, given: dict[str, str], reason: str
) -> None:
    """The refusal says what is wrong with it."""
    do("source add", address=ADDRESS, site="1")
    do("source add", address="other@x")
    do("source change", address="other@x", aliases="taken@x")
    before = len(told(journal))
    assert reason in refusal(do, command, **given, notes="lost").text
    assert len(told(journal)) == before


@pytest.mark.parametrize("command", ["source change", "site change", "customer change"])
def test_what_is_not_there_is_not_changed(do: Do, command: str) -> None:
    """The refusal says how to see which ones there are."""
    key = "address" if command == "source change" else "number"
    refused = refusal(do, command, **{key: "nobody"}, name="x")
    assert refused.cause is Cause.NOT_FOUND and "list" in refused.text


def test_a_recorders_cameras_are_told_apart_by_keys(do: Do, journal: Journal) -> None:
    """Keys are kept as they are compared with mails, and told like any field."""
    do("source add", address=ADDRESS, login="nvr")
    do("source change", address=ADDRESS, keys="Kanal=4 | camera=Tür  Süd;")
    assert do("source show", address=ADDRESS)["keys"] == ["channel=4", "camera=Tür Süd"]
    assert told(journal)[-1]["now"] == {"keys": ["channel=4", "camera=Tür Süd"]}
    do("source change", address=ADDRESS, keys="")
    assert do("source show", address=ADDRESS)["keys"] == []


def test_a_key_that_would_be_ambiguous_is_refused(do: Do, journal: Journal) -> None:
    """In one login, by whatever way it comes; another login may have the same."""
    for address, login in (("a@x", "nvr"), ("b@x", "nvr"), ("c@x", "other"), ("d@x", None)):
        do("source add", address=address, login=login)
    do("source change", address="a@x", keys="camera=Tor 3")
    do("source change", address="c@x", keys="camera=Tor 3")
    before = len(told(journal))
    taken = "camera=TOR 3 is a key of a@x already, which has the same login"
    assert refusal(do, "source change", address="b@x", keys="camera=TOR 3").text == taken
    assert "a key of a@x" in refusal(do, "source change", address="c@x", login="nvr").text
    assert (
        "give it the recorder's"
        in refusal(do, "source change", address="d@x", keys="channel=1").text
    )
    assert "of one login" in refusal(do, "source change", address="a@x", login="").text
    assert len(told(journal)) == before


def test_action_texts_by_event_are_changed_like_any_field(do: Do, journal: Journal) -> None:
    """Of a source and of a site; the entry says what was and what is."""
    do("source add", address=ADDRESS, site="1")
    for command, key in (("source change", {"address": ADDRESS}), ("site change", {"number": "1"})):
        result = do(command, **key, action_texts="tamper: Errichter | Brand: 112")
        assert [one["event"] for one in result["action_texts"]] == ["fire", "tamper"]
        assert told(journal)[-1]["was"] == {"action_texts": []}
        do(command, **key, action_texts="tamper: Errichter | fire: 112")
        assert do(command, **key, action_texts="")["action_texts"] == []


def test_a_source_is_disabled_and_enabled_once(do: Do, journal: Journal) -> None:
    """The record says since when."""
    do("source add", address=ADDRESS)
    assert do("source disable", address=ADDRESS)["disabled"] == "2026-11-21T20:45:02.123Z"
    assert "already" in refusal(do, "source disable", address=ADDRESS).text
    assert do("source enable", address=ADDRESS)["disabled"] is None
    assert "already" in refusal(do, "source enable", address=ADDRESS).text
    assert [entry["event"] for entry in told(journal)][1:] == ["source_changed"] * 2


def test_an_alias_that_is_anothers_address_is_refused(do: Do) -> None:
    """It would never be looked at: its mails stay the other's."""
    do("source add", address="bq4@x")
    do("source add", address="bq5@x")
    said = refusal(do, "source change", address="bq5@x", aliases="BQ4@x").text
    assert "bq4@x is a source itself" in said
    do("source remove", address="bq4@x")
    assert do("source change", address="bq5@x", aliases="bq4@x")["aliases"] == ["bq4@x"]


def test_an_address_that_is_anothers_alias_is_refused(do: Do) -> None:
    """The sentence names whose it is; nothing is made on the way."""
    do("source add", address="bq5@x")
    do("source change", address="bq5@x", aliases="bq4@x")
    said = refusal(do, "source add", address="bq4@x", site="9").text
    assert "bq4@x is an alias of bq5@x: choose another address" in said
    assert do("site list") == []


def test_a_network_that_another_has_is_kept_and_told(do: Do) -> None:
    """Cameras behind one router have its address, and choose nobody by it; a recorder's may."""
    do("source add", address="bq4@x", login="nvr")
    do("source change", address="bq4@x", networks="10.1.2.3")
    do("source add", address="bq5@x")
    [hint] = do("source change", address="bq5@x", networks="10.1.2.3, 10.1.2.0/24")["hints"]
    assert hint.startswith("10.1.2.3/32 is a network of bq4@x, too, and chooses neither of them")
    assert do("source change", address="bq5@x", name="Tor")["hints"] == []
    do("source add", address="bq6@x", login="nvr")
    do("source change", address="bq5@x", networks="")
    assert do("source change", address="bq6@x", networks="10.1.2.3")["hints"] == []


def test_a_certificate_proves_the_login_of_its_source(do: Do, journal: Journal) -> None:
    """And goes with it."""
    do("source add", address=ADDRESS, login="cam")
    do("source certify", address=ADDRESS, fingerprint="ab" * 32)
    assert journal.directory().certificates == {"ab" * 32: "cam"}
    do("source remove", address=ADDRESS)
    assert journal.directory().certificates == {}


def test_a_source_without_login_gets_no_certificate(do: Do) -> None:
    """There is nothing that it could prove."""
    do("source add", address=ADDRESS)
    assert "--login" in refusal(do, "source certify", address=ADDRESS, fingerprint="ab" * 32).text
