"""Mending one alarm's folder from the mail, whatever is missing or wrong in it."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from alarmgw.store import unpacking
from alarmgw.store.folder_facts import FolderFacts
from alarmgw.store.journal import Journal
from alarmgw.store.mending import Mending, Restored
from alarmgw.store.safefile import Files
from tests.fakes_files import FailingFiles, LinklessFiles, RecordingFiles
from tests.store.lives import (
    MAIL,
    check_promises,
    journal_at,
    mail_of,
    now,
    picture,
    received,
    zeros,
)

MESSAGE = mail_of(picture(fill=1), picture(fill=2))


class Home:
    """A home with one mail for two sources in its archive."""

    def __init__(self, folder: Path, mail: bytes = MESSAGE, files: Files | None = None) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.mail = mail
        self.journal: Journal = journal_at(folder)
        received(self.home, self.journal, files or Files(), mail)
        self.first, self.second = (self.home / self.facts(number).path for number in (1, 2))

    def mending(self, files: Files | None = None) -> Mending:
        """What is tested, with these files."""
        return Mending(self.home, self.journal, files or Files(), now=now, randomness=zeros)

    def facts(self, number: int = 1) -> FolderFacts:
        """What the journal says of the alarm."""
        facts = self.mending().facts(f"{MAIL}-{number}")
        assert facts is not None
        return facts

    def restored(self, number: int = 1, files: Files | None = None) -> Restored:
        """Restore the alarm's folder."""
        mending = self.mending(files)
        try:
            return mending.restore(self.facts(number))
        finally:
            mending.close()

    def check(self) -> None:
        """All is as it was stored."""
        check_promises(self.home, self.journal, {MAIL: self.mail})

    def told(self, kind: str) -> list[Any]:
        """The journal's entries of this type."""
        found = [json.loads(public) for _, public in self.journal.read(0)]
        return [entry for entry in found if entry["type"] == kind]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which all is well."""
    return Home(tmp_path)


def test_a_whole_folder_is_left_alone(home: Home) -> None:
    """`Mending.restore` writes nothing where nothing is wrong."""
    files = RecordingFiles()
    assert home.restored(files=files) == Restored()
    assert files.steps == []


@pytest.mark.parametrize("name", ["text.txt", "alarm.json", "01-bild1.jpg", "02-bild2.jpg"])
@pytest.mark.parametrize("size", [None, 0, 100])
def test_each_derived_file_is_made_again(home: Home, name: str, size: int | None) -> None:
    """A derived file that is missing, empty or garbage is made again, and no entry says so."""
    (home.first / name).unlink()
    if size is not None:
        (home.first / name).write_bytes(bytes(size))
    assert home.restored() == Restored(changed=True)
    home.check()
    assert home.told("rebuilt") == []


@pytest.mark.parametrize("number", [1, 2])
def test_a_missing_mail_is_found_with_its_sibling(home: Home, number: int) -> None:
    """A lost message.eml is linked from the folder of another alarm of the same mail, synced."""
    folder = home.first if number == 1 else home.second
    (folder / "message.eml").unlink()
    files = RecordingFiles()
    assert home.restored(number, files) == Restored(changed=True)
    assert files.steps.index("sync_file message.eml") < files.steps.index("rename message.eml")
    home.check()


def test_a_damaged_copy_of_a_mail_is_replaced(tmp_path: Path) -> None:
    """Where links are impossible a damaged mail is replaced by its sibling's."""
    home = Home(tmp_path, files=LinklessFiles())
    (home.second / "message.eml").write_bytes(MESSAGE[:-1] + b"x")
    assert home.restored(2, LinklessFiles()) == Restored(changed=True)
    home.check()


@pytest.mark.parametrize("number", [1, 2])
def test_a_lost_folder_is_made_from_its_sibling(home: Home, number: int) -> None:
    """An alarm without any folder gets one from the other alarm's mail, at its place."""
    shutil.rmtree(home.first if number == 1 else home.second)
    assert home.restored(number) == Restored(moved=True, changed=True)
    home.check()


def test_a_mail_lost_everywhere_is_gone(home: Home) -> None:
    """`Mending.restore` makes no folder without evidence."""
    shutil.rmtree(home.first)
    shutil.rmtree(home.second)
    assert home.restored() == Restored(gone=True)
    assert not home.first.exists()


def test_damaged_evidence_is_told_once_and_kept(home: Home) -> None:
    """A mail that is damaged in every place is told in one `system` entry; nothing is deleted."""
    (home.first / "message.eml").write_bytes(b"half")  # both: they are links
    for _ in range(2):
        assert home.restored() == Restored(damaged=True)
    (entry,) = home.told("system")
    assert (entry["event"], entry["alarm"]) == ("evidence_damaged", f"{MAIL}-1")
    assert entry["path"] == home.facts().path
    assert (home.first / "message.eml").read_bytes() == b"half"
    assert (home.first / "01-bild1.jpg").exists()


def test_a_different_rebuild_is_an_entry(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other code makes of the mail is kept and journalled, once; the alarm entry stays."""
    monkeypatch.setattr(unpacking, "disk_name", lambda number, label, kind: f"{number:02d}-new.jpg")
    before = home.facts().public
    (home.first / "02-bild2.jpg").write_bytes(b"half")
    assert home.restored() == Restored(changed=True)
    (entry,) = home.told("rebuilt")
    names = [row["name"] for row in entry["pictures"]]
    assert names == ["01-bild1.jpg", "01-new.jpg", "02-new.jpg"]
    assert {path.name for path in home.first.glob("*.jpg")} == set(names)
    assert home.restored() == Restored()
    assert home.facts().public == before


def test_a_rebuild_that_the_disk_refuses_is_no_different_rebuild(home: Home) -> None:
    """A full volume while rebuilding is raised, and says nothing about the mail."""
    (home.first / "01-bild1.jpg").unlink()
    with pytest.raises(OSError, match="No space"):
        home.restored(files=FailingFiles("write", errno.ENOSPC, ".jpg"))
    assert home.told("rebuilt") == []
    assert home.restored() == Restored(changed=True)
    home.check()


def test_a_cut_text_is_compared_with_the_mail(tmp_path: Path) -> None:
    """text.txt is whole even where the entry holds only its beginning."""
    home = Home(tmp_path, mail_of(picture(), text="Zeile\r\n" * 10_000))
    text = (home.first / "text.txt").read_bytes()
    assert home.facts().text_cut
    (home.first / "text.txt").unlink()
    (home.first / "text.txt").write_bytes(text[:50_000])
    assert home.restored() == Restored(changed=True)
    assert (home.first / "text.txt").read_bytes() == text
    assert home.restored() == Restored()


def test_parts_that_no_entry_lists_are_made_again(tmp_path: Path) -> None:
    """A mail with more parts than an entry lists has all of them in its folder."""
    home = Home(tmp_path, mail_of(*(picture(10, fill=number) for number in range(120))))
    assert home.facts().more_parts
    (home.first / "120-bild120.jpg").unlink()
    assert home.restored() == Restored(changed=True)
    assert (home.first / "120-bild120.jpg").read_bytes() == picture(10, fill=119)
    assert home.told("rebuilt") == []


def test_a_leftover_workshop_is_in_nobody_s_way(home: Home) -> None:
    """What a stopped start left in the workshop is removed before files are made there."""
    workshop = home.home / "spool" / "workshop"
    workshop.mkdir()
    (workshop / "01-bild1.jpg").touch()
    (home.first / "01-bild1.jpg").unlink()
    assert home.restored() == Restored(changed=True)
    home.check()


def test_many_repairs_are_made_in_one_workshop(home: Home) -> None:
    """One folder is made and removed, however much is mended."""
    files = RecordingFiles()
    mending = home.mending(files)
    for number in (1, 2):
        (home.home / home.facts(number).path / "01-bild1.jpg").unlink()
        mending.restore(home.facts(number))
    mending.close()
    folders = [step for step in files.steps if step.startswith(("mkdir", "rmdir"))]
    assert folders == ["mkdir workshop", "rmdir workshop"]
    home.check()


def test_facts_of_an_unknown_alarm_are_none(home: Home) -> None:
    """`Mending.facts` knows what the journal knows."""
    assert home.mending().facts(f"{MAIL}-3") is None
    assert [facts.alarm for facts in home.mending().alarms(MAIL)] == [f"{MAIL}-1", f"{MAIL}-2"]


def test_many_rebuilt_parts_are_listed_in_part(home: Home, tmp_path: Path) -> None:
    """A `rebuilt` entry is bounded as alarm entries are: 100 rows, the rest a note."""
    (home.first / "message.eml").unlink()
    (home.second / "message.eml").unlink()
    mail = mail_of(*(picture(10, fill=number) for number in range(120)))
    (home.first / "message.eml").write_bytes(mail)
    other = tmp_path / "other"
    other.mkdir()
    truth = Home(other, mail).facts().mail
    facts = evolve(home.facts(), mail=truth, pictures=home.facts().pictures[:1])
    (home.first / "01-bild1.jpg").unlink()
    home.mending().restore(facts)
    (entry,) = home.told("rebuilt")
    assert len(entry["pictures"]) == 100
    assert entry["notes"] == ["more_parts"]
