"""Adoption: what came before is the source's, and what comes next finds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw import adoption
from alarmgw.errors import Cause
from alarmgw.model import Envelope
from alarmgw.store import unassigned
from alarmgw.store.chain import verify_chain
from alarmgw.store.journal import Journal
from tests.commanding import Do, doing, refusal, told
from tests.journals import alarm_record, appending, done, mail_id, started

ADDRESS = "bq7@ebues.internal"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal with its writer running."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        yield journal


@pytest.fixture
def do(journal: Journal) -> Do:
    """Carries out one command as a running gateway does."""
    return doing(journal)


def came(
    journal: Journal,
    *numbers: int,
    sender: str = "Cam7@dev.local",
    peer: str = "10.1.2.7",
    to: str = "alarm@x",
) -> list[str]:
    """Unassigned alarms of one device; their ids."""
    said = Envelope(peer=peer, helo="cam", sender=sender, recipients=(to,))
    lines = [alarm_record(number, source=None, envelope=said) for number in numbers]
    done(journal.submit(appending(*lines)))
    return [f"{mail_id(number)}-1" for number in numbers]


def waiting(journal: Journal) -> int:
    """How many alarms are nobody's."""
    with journal.reading() as connection:
        return sum(row.count for row in unassigned.senders(connection))


def next_owner(journal: Journal, sender: str, peer: str, to: str = "alarm@x") -> list[str]:
    """Whose the next mail would be."""
    owner = journal.directory().owner((to,), None, sender, peer)
    return [source.address for source in owner.sources]


def test_a_sender_becomes_a_source_with_all_it_sent(do: Do, journal: Journal) -> None:
    """One entry names the alarms; each of them shows it."""
    alarms = came(journal, 1, 2)
    result = do("source adopt", wanted="cam7@DEV.local", address=ADDRESS, name="Tor", site="4711")
    assert (result["made"], result["adopted"], result["left"]) == (True, 2, 0)
    [entry] = [entry for entry in told(journal) if entry["type"] == "adopted"]
    assert (entry["source"], entry["site"], entry["alarms"]) == (ADDRESS, "4711", alarms)
    assert (entry["operator"], entry["workstation"]) == (None, None)
    assert {one["by"] for one in told(journal) if one["type"] == "config"} == {None}
    assert [number for number, _ in journal.of_alarm(alarms[1])] == [2, entry["seq"]]
    assert waiting(journal) == 0


def test_the_next_mail_of_an_adopted_sender_finds_its_source(do: Do, journal: Journal) -> None:
    """By its sender, which is an alias now."""
    came(journal, 1)
    assert do("source adopt", wanted="cam7@dev.local", address=ADDRESS)["known_by"] == (
        "cam7@dev.local"
    )
    assert next_owner(journal, "CAM7@dev.local", "192.0.2.1") == [ADDRESS]


def test_a_device_that_writes_to_its_source_needs_no_other_name(do: Do, journal: Journal) -> None:
    """The address is found already."""
    came(journal, 1, to=ADDRESS)
    assert do("source adopt", wanted="cam7@dev.local", address=ADDRESS)["known_by"] is None


def test_one_of_several_devices_with_one_sender_is_known_by_its_peer(
    do: Do, journal: Journal
) -> None:
    """A factory's sender must not draw the other devices' mails to this source."""
    [mine, _] = came(journal, 1, 2)
    came(journal, 3, peer="10.1.2.8")
    result = do("source adopt", wanted=mine, address=ADDRESS)
    assert (result["adopted"], result["known_by"]) == (2, "10.1.2.7/32")
    assert next_owner(journal, "cam7@dev.local", "10.1.2.7") == [ADDRESS]
    assert next_owner(journal, "cam7@dev.local", "10.1.2.8") == []
    assert waiting(journal) == 1


def test_a_peer_that_others_share_is_no_name(do: Do, journal: Journal) -> None:
    """Behind one router the others' mails would be shown as this source's, and at its site."""
    came(journal, 1, sender="")
    came(journal, 2, sender="other@dev.local")
    result = do("source adopt", wanted="<>", address=ADDRESS)
    assert (result["adopted"], result["known_by"]) == (1, None)
    assert result["shared_peer"] == "10.1.2.7"
    assert next_owner(journal, "other@dev.local", "10.1.2.7") == []


def test_a_peer_that_a_known_source_has_is_no_name(do: Do, journal: Journal) -> None:
    """It would choose neither of them from then on."""
    came(journal, 1, sender="")
    do("source add", address="known@x")
    do("source change", address="known@x", networks="10.1.2.7")
    result = do("source adopt", wanted="<>", address=ADDRESS)
    assert (result["known_by"], result["shared_peer"]) == (None, "10.1.2.7")
    assert next_owner(journal, "", "10.1.2.7") == ["known@x"]


def test_a_sender_can_be_narrowed_down_to_a_peer(do: Do, journal: Journal) -> None:
    """Also the null sender, which is written <>."""
    came(journal, 1, sender="", peer="10.1.2.8")
    came(journal, 2, sender="", peer="10.1.2.9")
    assert do("source adopt", wanted="<>", peer="10.1.2.9", address=ADDRESS)["adopted"] == 1
    assert next_owner(journal, "", "10.1.2.9") == [ADDRESS]
    assert next_owner(journal, "", "10.1.2.8") == []


def test_an_existing_source_adopts_and_stays_what_it_is(do: Do, journal: Journal) -> None:
    """A camera was replaced and had not yet been set up."""
    do("source add", address=ADDRESS, name="Tor", site="4711")
    came(journal, 1)
    refused = refusal(do, "source adopt", wanted="cam7@dev.local", address=ADDRESS, name="Other")
    assert "leave them out" in refused.text and waiting(journal) == 1
    assert do("source adopt", wanted="cam7@dev.local", address=ADDRESS)["made"] is False
    assert do("source show", address=ADDRESS)["name"] == "Tor"
    assert told(journal)[-2]["event"] == "source_changed"


def test_many_alarms_are_adopted_in_slices(
    do: Do, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer says how to go on; each entry names at most 100, and the chain holds."""
    monkeypatch.setattr(adoption, "MOST", 150)
    alarms = came(journal, *range(1, 251))
    first = do("source adopt", wanted=alarms[0], address=ADDRESS)
    assert (first["adopted"], first["left"]) == (150, 100)
    again = {"wanted": first["wanted"], "peer": first["peer"]}
    assert do("source adopt", **again, address=ADDRESS)["left"] == 0
    entries = [entry["alarms"] for entry in told(journal) if entry["type"] == "adopted"]
    assert [len(listed) for listed in entries] == [100, 50, 100]
    assert [alarm for listed in entries for alarm in listed] == alarms
    with journal.reading() as connection:
        assert verify_chain(connection).faults == ()


@pytest.mark.parametrize("wanted", ["nobody@x", f"{mail_id(9)}-1"])
def test_what_nobody_sent_is_not_adopted(do: Do, journal: Journal, wanted: str) -> None:
    """And no source is made of it."""
    came(journal, 1)
    refused = refusal(do, "source adopt", wanted=wanted, address=ADDRESS)
    assert refused.cause is Cause.NOT_FOUND and "alarmgw unassigned" in refused.text
    assert do("source list") == []


def test_an_alarm_is_adopted_once(do: Do, journal: Journal) -> None:
    """The refusal says whose it is."""
    [alarm] = came(journal, 1)
    do("source adopt", wanted=alarm, address=ADDRESS)
    assert ADDRESS in refusal(do, "source adopt", wanted=alarm, address="bq8@x").text


def test_a_site_is_made_by_no_slip_of_the_hand(do: Do, journal: Journal) -> None:
    """Where a known one is meant none is made; a new one has a short number."""
    came(journal, 1)
    wanted = {"wanted": "cam7@dev.local", "address": ADDRESS}
    known = {"site": "4711", "known_site": True}
    assert refusal(do, "source adopt", **wanted, **known).code == "unknown_site"
    long = refusal(do, "source adopt", **wanted, site="x" * (adoption.SITE_CHARACTERS + 1))
    assert long.code == "site_too_long"
    do("site add", number="4711")
    do("site add", number="y" * 80)
    assert waiting(journal) == 1
    assert do("source adopt", **wanted, **known)["adopted"] == 1
    came(journal, 2, sender="a@b")
    given = {"wanted": "a@b", "address": "c@d", "site": "y" * 80}
    assert do("source adopt", **given, known_site=True)["made"]


def test_each_refusal_has_its_code(do: Do, journal: Journal) -> None:
    """For whoever says it in his own words."""
    came(journal, 1)
    do("source add", address="old@x", site="9")
    do("source change", address="old@x", aliases="other@x")
    do("site add", number="8")
    do("source add", address="gone@x")
    do("source remove", address="gone@x")
    do("site remove", number="8")
    cases = {
        "bad_address": {"address": "a b"},
        "source_kept": {"address": "old@x", "name": "Tor"},
        "source_retired": {"address": "gone@x"},
        "alias_taken": {"address": "other@x"},
        "site_retired": {"site": "8", "known_site": True},
        "site_too_long": {"site": "x" * 41},
        "unknown_site": {"site": "7", "known_site": True},
        "not_unassigned": {"wanted": "nobody@x"},
    }
    for wanted, given in cases.items():
        whole = {"wanted": "cam7@dev.local", "address": ADDRESS, **given}
        assert refusal(do, "source adopt", **whole).code == wanted
    assert tuple(cases) == adoption.CODES
    do("source adopt", wanted="cam7@dev.local", address=ADDRESS)
    again = refusal(do, "source adopt", wanted=f"{mail_id(1)}-1", address=ADDRESS)
    assert again.code == "not_unassigned"
