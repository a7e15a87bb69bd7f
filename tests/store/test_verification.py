"""Verification: each kind of damage is found where it is, and nothing else is complained about."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from alarmgw import entries
from alarmgw.store.archive import ENTRY, MESSAGE, TEXT
from alarmgw.store.safefile import Files
from alarmgw.store.spool import Spool, folder_in_spool
from alarmgw.store.verification import Listener, Progress
from tests.journals import closed_record
from tests.store.kept import PICTURE, Alongside, Kept, mail_id
from tests.store.lives import (
    SOURCES,
    facts_of,
    journalled,
    mail_of,
    picture,
    received,
    sealed,
    settled,
    stored,
)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """Such a home, its journal open as a gateway has it."""
    kept = Kept(tmp_path)
    yield kept
    kept.journal.close()


def test_a_whole_home_has_no_faults(kept: Kept) -> None:
    """All is counted; a mail that two alarms share is read once."""
    found = kept.verified()
    assert found.faults == ()
    assert (found.head, found.entries, found.alarms, found.erased) == (7, 7, 6, 0)
    shared = sum(
        kept.path(n, name).stat().st_size for n in (1, 3, 5) for name in (MESSAGE, PICTURE)
    )
    own = sum(kept.path(n, ENTRY).stat().st_size for n in range(1, 7))
    texts = sum(kept.path(n, TEXT).stat().st_size for n in (1, 3, 5))
    assert (found.files, found.octets) == (24, shared + own + texts)


def test_nothing_is_changed(kept: Kept) -> None:
    """Verification reads only: the home stays as it is to the last name and octet."""
    (kept.home / "spool" / mail_id(9)).mkdir()
    kept.flip(kept.path(1, PICTURE))
    before = state_of(kept.home)
    kept.verified()
    assert state_of(kept.home) == before


def state_of(home: Path) -> dict[Path, object]:
    """Every file's octets, the index that SQLite's readers share left aside."""
    return {
        path: path.is_file() and path.read_bytes()
        for path in home.rglob("*")
        if not path.name.endswith("-shm")
    }


@pytest.mark.parametrize("name", [MESSAGE, PICTURE, TEXT, ENTRY])
def test_a_flipped_bit_in_a_file_is_found(kept: Kept, name: str) -> None:
    """Size and time may be as they were; the hash is not."""
    kept.flip(kept.path(3, name))
    assert kept.faults() == [(kept.place(3, name), "is not what entry 3 says: its SHA-256 differs")]


@pytest.mark.parametrize("name", [MESSAGE, PICTURE, TEXT, ENTRY])
def test_a_missing_file_is_found(kept: Kept, name: str) -> None:
    """Of each kind."""
    kept.path(4, name).unlink()
    assert kept.faults() == [(kept.place(4, name), "is missing")]


def test_a_shortened_file_is_found_by_its_size(kept: Kept) -> None:
    """Both sizes are told."""
    size = kept.path(2, PICTURE).stat().st_size
    kept.path(2, PICTURE).unlink()
    kept.path(2, PICTURE).write_bytes(b"\xff\xd8")
    assert kept.faults() == [(kept.place(2, PICTURE), f"has 2 octets, entry 2 says {size}")]


def test_a_link_instead_of_a_file_is_no_file(kept: Kept) -> None:
    """What stands elsewhere is not in the archive, whatever its octets are."""
    elsewhere = kept.home / "elsewhere"
    kept.path(2, PICTURE).rename(elsewhere)
    kept.path(2, PICTURE).symlink_to(elsewhere)
    [(place, _)] = kept.faults()
    assert place == kept.place(2, PICTURE)


def test_a_missing_folder_is_found(kept: Kept) -> None:
    """It is one fault, not one for each file."""
    shutil.rmtree(kept.path(5))
    assert kept.faults() == [(kept.place(5), "the folder is missing")]


def test_a_settled_folder_in_the_spool_is_told_as_that(kept: Kept) -> None:
    """A power cut may undo an old rename: the remedy is a restart, not a backup."""
    kept.path(5).rename(folder_in_spool(kept.home, f"{mail_id(3)}-1"))
    [fault] = kept.verified().faults
    assert (fault.place, fault.text) == (kept.place(5), "the folder still stands in the spool")
    assert "restart" in fault.remedy


def test_a_folder_without_an_entry_is_found(kept: Kept) -> None:
    """A copied folder, or one whose entry somebody removed."""
    extra = kept.path(1).with_name(f"204502-{mail_id(8)}-1")
    shutil.copytree(kept.path(1), extra)
    place = extra.relative_to(kept.home).as_posix()
    assert kept.faults() == [(place, "no entry of the journal names this folder")]


def test_a_folder_at_another_place_is_found(kept: Kept) -> None:
    """The right name in the wrong day is neither the folder nor journalled."""
    wrong = kept.path(1).parent.with_name("22") / kept.path(1).name
    wrong.parent.mkdir()
    kept.path(1).rename(wrong)
    places = [place for place, _ in kept.faults()]
    assert places == [wrong.relative_to(kept.home).parent.parent.as_posix() + "/21/" + wrong.name,
                      wrong.relative_to(kept.home).as_posix()]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["archive/x", "archive/a@b/notes", "archive/bq3@ebues.internal/2026/11/x"]
)
def test_what_does_not_belong_into_the_archive_is_found(kept: Kept, name: str) -> None:
    """Files and folders of other names, at any level."""
    (kept.home / name).parent.mkdir(exist_ok=True)
    (kept.home / name).write_bytes(b"")
    assert [place for place, _ in kept.faults()] == [name]


def test_an_extra_file_is_found(kept: Kept) -> None:
    """Nothing stands in an alarm's folder that its entry does not know."""
    kept.path(6, "07-more.jpg").write_bytes(b"x")
    assert kept.faults() == [(kept.place(6, "07-more.jpg"), "entry 6 knows no such file")]


def test_a_flipped_bit_in_the_journal_is_found(kept: Kept) -> None:
    """In an entry's immutable part, by its hash; the folder is judged all the same."""
    kept.tamper(
        "UPDATE entry SET body = CAST(replace(body, 'queue', 'quEue') AS BLOB) WHERE seq = 2"
    )
    found = kept.faults()
    assert ("the journal", "entry 2 is not what was written: its hash does not fit") in found


def test_an_entry_that_cannot_be_read_is_one_fault(kept: Kept) -> None:
    """The chain tells of it, and nobody stumbles over it."""
    kept.tamper("UPDATE entry SET body = CAST('{\"type\"' AS BLOB) WHERE seq = 2")
    texts = [text for _, text in kept.faults()]
    assert "entry 2 is no entry: it cannot be read" in texts


def test_a_removed_entry_is_found(kept: Kept) -> None:
    """By the gap, and by the folder that nobody names any more."""
    place = kept.place(3)
    kept.tamper("DELETE FROM content WHERE seq = 3", "DELETE FROM entry WHERE seq = 3")
    assert ("the journal", "entry 3 is missing") in kept.faults()
    assert (place, "no entry of the journal names this folder") in kept.faults()


def test_removed_last_entries_are_found(kept: Kept) -> None:
    """A chain has no end of its own; the settled mark remembers how far it went."""
    kept.tamper("DELETE FROM content WHERE seq = 7", "DELETE FROM entry WHERE seq = 7")
    assert ("the journal", "entries 7 to 7 are missing") in kept.faults()


def test_swapped_entries_are_found(kept: Kept) -> None:
    """Both are what was written, and neither stands where it was."""
    kept.tamper(*(f"UPDATE entry SET seq = {new} WHERE seq = {old}"
                  for old, new in ((2, 99), (4, 2), (99, 4))))  # fmt: skip
    texts = [text for place, text in kept.faults() if place == "the journal"]
    assert "entry 2 is not what was written: its hash does not fit" in texts
    assert "entry 4 is not what was written: its hash does not fit" in texts


def test_changed_words_are_found(kept: Kept) -> None:
    """What a mail said is proved by its salted hash."""
    kept.tamper("UPDATE content SET body = CAST(replace(body, 'Alarm', 'alarm') AS BLOB)"
                " WHERE seq = 2")  # fmt: skip
    assert ("the journal",
            "the content of entry 2 is not what was written: its hash does not fit",
            ) in kept.faults()  # fmt: skip


def test_a_broken_database_is_a_fault(kept: Kept) -> None:
    """Pages that SQLite cannot read are told in a line, not as a traceback."""
    kept.journal.close()
    data = bytearray(kept.journal.path.read_bytes())
    data[8192 : 8192 * 2] = bytes(8192)
    kept.journal.path.write_bytes(data)
    assert any(place == "the journal" for place, _ in kept.faults())


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("DELETE FROM open_alarm WHERE seq = 3", "is open and not in the list"),
        ("INSERT INTO open_alarm SELECT seq, alarm FROM entry WHERE seq = 1", "is not open"),
        ("INSERT INTO open_alarm SELECT seq, alarm FROM entry WHERE seq = 2", "is not open"),
        ("DELETE FROM follower WHERE seq = 2", "is following and not in the list"),
    ],
)
def test_a_wrong_list_of_open_alarms_is_found(kept: Kept, statement: str, text: str) -> None:
    """What workstations would be shown is compared with the entries."""
    kept.tamper(statement)
    [(place, told)] = kept.faults()
    assert place == "the journal" and text in told


def erase(kept: Kept, seq: int) -> None:
    """Let a deletion period end for one entry."""
    kept.journal.submit(lambda ledger: ledger.erase(seq)).result()


def test_erased_content_is_counted_and_fine(kept: Kept) -> None:
    """With its files still there, without some, or without all."""
    for seq in (2, 3, 4):
        erase(kept, seq)
    kept.path(3, PICTURE).unlink()
    shutil.rmtree(kept.path(4))
    found = kept.verified()
    assert (found.faults, found.erased) == ((), 3)


def test_a_changed_file_of_an_erased_alarm_is_found(kept: Kept) -> None:
    """Its name is forgotten, its hash is not; nor may the mail have changed."""
    places = [kept.place(2, MESSAGE), kept.place(2, PICTURE)]
    erase(kept, 2)
    kept.flip(kept.path(2, MESSAGE))
    kept.flip(kept.path(2, PICTURE))
    assert [place for place, _ in kept.faults()] == places


def promised(kept: Kept, number: int = 4) -> None:
    """A mail that is journalled and has not moved yet."""
    draft = Spool(kept.home, Files()).create(mail_id(number))
    mail = mail_of(picture(fill=number))
    journalled(kept.journal, sealed(draft, stored(draft, mail), SOURCES))


def test_a_mail_on_its_way_is_no_fault(kept: Kept) -> None:
    """It is counted: the gateway, or the next start, moves it."""
    promised(kept)
    found = kept.verified()
    assert (found.faults, found.unsettled, found.drafts) == ((), 2, 0)


def test_unsettled_files_that_are_missing_are_no_fault(kept: Kept) -> None:
    """They are made again from the mail as long as that is whole."""
    received(kept.home, kept.journal, Files(), mail_of(picture(fill=4)), mail_id(4))
    kept.path(7, PICTURE).unlink()
    kept.path(8, MESSAGE).unlink()
    found = kept.verified()
    assert (found.faults, found.unsettled) == ((), 2)


def test_an_unsettled_mail_that_is_nowhere_whole_is_a_fault(kept: Kept) -> None:
    """What was promised must be there from the first moment."""
    received(kept.home, kept.journal, Files(), mail_of(picture(fill=4)), mail_id(4), SOURCES[:1])
    kept.flip(kept.path(7, MESSAGE))
    kept.path(7, PICTURE).unlink()
    assert [place for place, _ in kept.faults()] == [kept.place(7, MESSAGE)]


def test_a_damaged_mail_in_the_spool_is_a_fault(kept: Kept) -> None:
    """The spool holds promises, too."""
    promised(kept)
    for alarm in (1, 2):
        kept.flip(folder_in_spool(kept.home, f"{mail_id(4)}-{alarm}") / MESSAGE)
    assert [place for place, _ in kept.faults()] == [kept.place(7), kept.place(8)]


def test_drafts_are_counted(kept: Kept) -> None:
    """Nothing was promised for them; other things in the spool are nobody's business."""
    draft = Spool(kept.home, Files()).create(mail_id(5))
    sealed(draft, stored(draft, mail_of(picture())), SOURCES)
    (kept.home / "spool" / "workshop").mkdir()
    found = kept.verified()
    assert (found.faults, found.drafts) == ((), 2)


def test_what_comes_meanwhile_is_left_alone(kept: Kept) -> None:
    """Entries after the head at the start are neither judged nor missed, their folders fine."""
    numbers = iter(range(10, 20))

    def receive(progress: Progress) -> None:
        number = next(numbers, 0)
        if number:
            received(kept.home, kept.journal, Files(), mail_of(picture()), mail_id(number))
            record = closed_record(f"{mail_id(2)}-1")
            kept.journal.submit(lambda ledger: ledger.append(record)).result()

    found = kept.verified(Listener(progress=receive))
    assert (found.faults, found.head, found.alarms) == ((), 7, 6)


def test_a_running_gateway_is_never_accused(kept: Kept) -> None:
    """Mails arrive and settle all the time while a home is verified again and again."""
    stop, numbers = threading.Event(), iter(range(100, 10_000))

    def live() -> None:
        while not stop.is_set():
            received(kept.home, kept.journal, Files(), mail_of(picture()), mail_id(next(numbers)))
            settled(kept.home, kept.journal, Files())

    with Alongside(live, stop):
        found = [kept.verified().faults for _ in range(5)]
    assert found == [()] * 5


def test_faults_and_progress_are_told_as_they_come(kept: Kept) -> None:
    """Whoever waits sees how far it is, entry by entry, and does not wait for the faults."""
    kept.path(1, TEXT).unlink()
    told: list[object] = []
    found = kept.verified(Listener(fault=told.append, progress=told.append))
    steps = [step for step in told if isinstance(step, Progress) and step.stage == "entries"]
    assert [(step.done, step.total) for step in steps] == [(n, 7) for n in range(1, 7)]
    assert told.index(found.faults[0]) < told.index(steps[1])


def test_a_rebuilt_alarm_is_judged_by_its_last_entry(kept: Kept) -> None:
    """A `rebuilt` entry says what stands in the folder now."""
    facts = facts_of(kept.journal)[1]
    entry = {
        "time": "2026-11-21T20:50:00.000Z", "type": "rebuilt", "node": "gw1",
        "alarm": facts.alarm, "mail": facts.mail.as_json(), "path": facts.path,
        "pictures": [], "files": [], "notes": [],
    }  # fmt: skip
    record = entries.record(entry, bytes)
    kept.journal.submit(lambda ledger: ledger.append(record)).result()
    assert kept.faults() == [(kept.place(2, PICTURE), "entry 2 knows no such file")]
    kept.path(2, PICTURE).unlink()
    assert kept.faults() == []
