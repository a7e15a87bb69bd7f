"""Settling: what becomes durable, in which order, and what a fault in it means."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from alarmgw import entries
from alarmgw.model import Source
from alarmgw.store.folder_facts import FolderFacts
from alarmgw.store.journal import Journal
from alarmgw.store.safefile import Files
from alarmgw.store.settling import alarms_after, settle
from alarmgw.store.spool import Spool, folder_in_spool
from tests.fakes_files import (
    FailingFiles,
    LinklessFiles,
    RecordingFiles,
    Stopped,
    StoppingFiles,
)
from tests.store.lives import (
    MAIL,
    SOURCES,
    check_promises,
    facts_of,
    journal_at,
    journalled,
    mail_of,
    now,
    picture,
    received,
    sealed,
    settled,
    stored,
    zeros,
)

MESSAGE = mail_of(picture())
OTHER = "gw1-20261121-204503-aaaaaaaaaa"
THIRD = "gw1-20261121-204503-bbbbbbbbbb"
ONE: tuple[Source | None, ...] = SOURCES[:1]


class Home:
    """A home with a journal, to receive mails in."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.journal: Journal = journal_at(folder)
        self.mails: dict[str, bytes] = {}

    def receive(
        self,
        mail_id: str = MAIL,
        sources: tuple[Source | None, ...] = ONE,
        files: Files | None = None,
    ) -> None:
        """One mail, up to its places in the archive."""
        self.mails[mail_id] = MESSAGE
        received(self.home, self.journal, files or Files(), MESSAGE, mail_id, sources)

    def folder(self, number: int = 1) -> Path:
        """The folder of the journal's ``number``-th alarm."""
        return self.home / facts_of(self.journal)[number - 1].path

    def check(self) -> None:
        """All is as it was promised."""
        check_promises(self.home, self.journal, self.mails)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home without mails."""
    return Home(tmp_path)


def test_derived_files_folder_and_parents_are_synced(home: Home) -> None:
    """`settle` syncs everything but the mail itself, from the files up to the archive."""
    home.receive()
    files = RecordingFiles()
    assert settled(home.home, home.journal, files) == 1
    synced = ["alarm.json", "01-bild1.jpg", "text.txt"]
    folders = [home.folder().name, "21", "11", "2026", "bq3@ebues.internal", "archive"]
    assert files.steps[:3] == [f"sync_file {name}" for name in sorted(synced)]
    assert files.steps[3:] == [f"sync_folder {name}" for name in folders]


def test_the_mark_advances_and_nothing_is_settled_twice(home: Home) -> None:
    """`settle` moves the journal's mark, and begins after it."""
    home.receive()
    settled(home.home, home.journal, Files())
    assert home.journal.settled() == 1
    files = RecordingFiles()
    settled(home.home, home.journal, files)
    assert files.steps == []


def test_a_run_that_is_killed_keeps_what_it_has_settled(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a long run the mark advances on the way, not only at the end."""
    monkeypatch.setattr("alarmgw.store.settling._BATCH", 1)
    home.receive()
    home.receive(OTHER)
    one = RecordingFiles()
    settle(home.home, home.journal, one, 1, now=now, randomness=zeros)
    home.receive(THIRD)
    with pytest.raises(Stopped):
        settled(home.home, home.journal, StoppingFiles(len(one.steps) + 1))
    assert home.journal.settled() == 2


def test_common_parents_are_synced_once_a_run(home: Home) -> None:
    """Two alarms of one day cost one sync of the folders above them."""
    home.receive()
    home.receive(OTHER)
    files = RecordingFiles()
    settled(home.home, home.journal, files)
    assert files.steps.count("sync_folder 21") == 1


def test_nothing_after_the_given_number_is_touched(home: Home) -> None:
    """`settle` leaves alone what the hub has not told yet."""
    home.receive()
    home.receive(OTHER)
    assert settle(home.home, home.journal, Files(), 1, now=now, randomness=zeros) == 1
    assert home.journal.settled() == 1


def test_entries_that_are_no_alarms_are_passed(home: Home) -> None:
    """The mark passes entries without folders, and `alarms_after` yields none of them."""
    home.receive()
    (home.folder() / "message.eml").write_bytes(b"damaged")
    settled(home.home, home.journal, Files())  # journals a system entry
    assert settled(home.home, home.journal, Files()) == 2
    assert [seq for seq, _ in alarms_after(home.journal, 0, 2)] == [1]


def test_alarms_are_read_in_batches_to_the_end(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """`alarms_after` reads on until its end, whatever a batch holds."""
    monkeypatch.setattr("alarmgw.store.settling._BATCH", 1)
    home.receive(sources=SOURCES)
    found: list[FolderFacts] = [facts for _, facts in alarms_after(home.journal, 0, 99)]
    assert [facts.alarm for facts in found] == [f"{MAIL}-1", f"{MAIL}-2"]


def test_a_copied_mail_is_synced(home: Home) -> None:
    """A further alarm's message.eml that is a copy, not a link, was never synced before."""
    home.receive(sources=SOURCES, files=LinklessFiles())
    files = RecordingFiles(LinklessFiles())
    settled(home.home, home.journal, files)
    assert files.steps.count("sync_file message.eml") == 1


def test_a_linked_mail_is_not_synced_again(home: Home) -> None:
    """A further alarm's message.eml that is a link was synced before the 250."""
    home.receive(sources=SOURCES)
    files = RecordingFiles()
    settled(home.home, home.journal, files)
    assert "sync_file message.eml" not in files.steps


def test_a_folder_that_is_gone_is_told_and_passed(home: Home) -> None:
    """A mail that vanished between its 250 and its settling is loud, once, and stops nobody."""
    home.receive()
    home.receive(OTHER)
    shutil.rmtree(home.folder(1))
    assert settled(home.home, home.journal, Files()) == 2
    [(_, told)] = home.journal.read(2)
    assert b'"evidence_damaged"' in told
    assert MAIL.encode() in told


def test_a_rename_that_failed_is_done_later(home: Home) -> None:
    """A folder that its rename left in the spool is moved by `settle`."""
    draft = Spool(home.home, Files()).create(MAIL)
    alarms = sealed(draft, stored(draft, MESSAGE), SOURCES)
    journalled(home.journal, alarms)
    home.mails[MAIL] = MESSAGE
    assert folder_in_spool(home.home, alarms[0].alarm).is_dir()
    settled(home.home, home.journal, Files())
    home.check()


def test_what_could_not_be_sealed_is_made_later(home: Home) -> None:
    """A folder left incomplete by a full volume is completed by `settle`."""
    home.receive()
    (home.folder() / "alarm.json").unlink()
    (home.folder() / "text.txt").unlink()
    settled(home.home, home.journal, Files())
    home.check()


def test_a_fault_stops_the_mark_before_its_alarm(home: Home) -> None:
    """`settle` raises the disk's fault and keeps what was settled before it."""
    home.receive()
    home.receive(OTHER)
    files = FailingFiles("sync_folder", errno.EIO, OTHER)
    with pytest.raises(OSError, match="Input/output"):
        settled(home.home, home.journal, files)
    assert home.journal.settled() == 1


def test_a_file_whose_sync_failed_is_made_anew(home: Home) -> None:
    """After a failed sync a file is dropped under all its names; the next run syncs a fresh one."""
    home.receive(sources=SOURCES)
    old = (home.folder() / "01-bild1.jpg").open("rb")  # held open, so that its number stays its own
    with pytest.raises(OSError, match="Input/output"):
        settled(home.home, home.journal, FailingFiles("sync_file", errno.EIO, ".jpg"))
    assert list(home.home.glob("archive/**/*.jpg")) == []
    settled(home.home, home.journal, Files())
    home.check()
    fresh = (home.folder() / "01-bild1.jpg").stat()
    assert not os.path.samestat(fresh, os.fstat(old.fileno()))
    assert home.journal.settled() == 2
    old.close()


@pytest.mark.parametrize("name", ["alarm.json", "text.txt"])
def test_half_a_file_is_made_whole(home: Home, name: str) -> None:
    """Where a volume took half of a file and not even let go of that, `settle` completes it."""
    home.receive()
    data = (home.folder() / name).read_bytes()
    (home.folder() / name).write_bytes(data[: len(data) // 2])
    settled(home.home, home.journal, Files())
    home.check()


class FailingInFolder(Files):
    """The sync of files with this name fails in one folder."""

    def __init__(self, folder: str, name: str) -> None:
        self.folder, self.name = folder, name

    def sync_file(self, path: Path) -> None:
        """Fail there."""
        if path.parent.name.endswith(self.folder) and path.name.endswith(self.name):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync_file(path)


def test_a_copy_whose_sync_failed_costs_no_evidence(home: Home) -> None:
    """A second alarm's copy of the mail is dropped after a failed sync, the first one's never."""
    home.receive(sources=SOURCES, files=LinklessFiles())
    evidence = (home.folder(1) / "message.eml").stat()
    with pytest.raises(OSError, match="Input/output"):
        settled(home.home, home.journal, FailingInFolder("-2", "message.eml"))
    assert os.path.samestat((home.folder(1) / "message.eml").stat(), evidence)
    assert not (home.folder(2) / "message.eml").exists()
    settled(home.home, home.journal, LinklessFiles())
    home.check()


def test_the_last_copy_of_a_mail_is_never_dropped(home: Home) -> None:
    """Evidence that cannot be synced is better than none."""
    home.receive(sources=SOURCES, files=LinklessFiles())
    (home.folder(1) / "message.eml").write_bytes(bytes(len(MESSAGE)))
    with pytest.raises(OSError, match="Input/output"):
        settled(home.home, home.journal, FailingInFolder("-2", "message.eml"))
    assert (home.folder(2) / "message.eml").read_bytes() == MESSAGE


def test_a_settled_alarm_keeps_what_a_later_one_of_its_mail_drops(home: Home) -> None:
    """A failed sync takes nothing from folders that no run will look at again."""
    home.receive(sources=SOURCES)
    with pytest.raises(OSError, match="Input/output"):
        settled(home.home, home.journal, FailingInFolder("-2", ".jpg"))
    assert home.journal.settled() == 1
    settled(home.home, home.journal, Files())
    home.check()


def test_a_part_that_no_entry_lists_is_made_anew_after_a_failed_sync(home: Home) -> None:
    """The hundred and first picture is made anew like the others, though no entry has its name."""
    mail = mail_of(*(picture(10, fill=number) for number in range(101)))
    received(home.home, home.journal, Files(), mail, sources=ONE)
    with pytest.raises(OSError, match="Input/output"):
        settled(home.home, home.journal, FailingInFolder("-1", "101-bild101.jpg"))
    settled(home.home, home.journal, Files())
    assert (home.folder() / "101-bild101.jpg").read_bytes() == picture(10, fill=100)


def test_what_is_moved_while_settling_is_durable_too(home: Home) -> None:
    """Folders above are synced again after a run has put something new into them."""
    home.receive(OTHER, sources=SOURCES[1:])
    home.receive(sources=SOURCES)
    late = home.folder(3)
    shutil.rmtree(late)  # made again from its sibling, when its parents have been synced
    files = RecordingFiles()
    settled(home.home, home.journal, files)
    assert "sync_folder 21" in files.steps[: files.steps.index(f"rename {late.name}")]
    assert "sync_folder 21" in files.steps[files.steps.index(f"rename {late.name}") :]


def test_no_workshop_is_left(home: Home) -> None:
    """`settle` leaves nothing in the spool, whether it mended or failed to."""
    home.receive()
    (home.folder() / "01-bild1.jpg").unlink()
    with pytest.raises(OSError, match="No space"):
        settled(home.home, home.journal, FailingFiles("write", errno.ENOSPC, ".jpg"))
    assert list((home.home / "spool").iterdir()) == []
    settled(home.home, home.journal, Files())
    home.check()


def test_suspects_are_compared_octet_for_octet(home: Home) -> None:
    """An alarm that recovery could not mend is mended, though its files look right."""
    home.receive()
    (home.folder() / "01-bild1.jpg").write_bytes(bytes(len(picture())))
    settle(
        home.home, home.journal, Files(), 1,
        now=now, randomness=zeros, suspects={f"{MAIL}-1": "No space left on device"},
    )  # fmt: skip
    home.check()


def _rebuilt(home: Home) -> entries.Record:
    """The entry that says: the alarm's folder has no pictures any more."""
    entry = {
        "time": "2026-11-21T20:45:09.000Z", "type": "rebuilt", "node": "gw1",
        "alarm": f"{MAIL}-1", "mail": None, "pictures": [], "files": [], "notes": [],
    }  # fmt: skip
    return entries.record(entry, zeros)


def test_a_rebuilt_folder_is_whole(home: Home) -> None:
    """`settle` takes the `rebuilt` entry's word for what stands in a folder."""
    home.receive()
    home.journal.submit(lambda ledger: ledger.append(_rebuilt(home))).result()
    (home.folder() / "01-bild1.jpg").unlink()
    files = RecordingFiles()
    settled(home.home, home.journal, files)
    assert not [step for step in files.steps if not step.startswith("sync")]
