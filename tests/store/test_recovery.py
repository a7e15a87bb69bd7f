"""Recovery: what a start finds, what it does about it, and what it says it did."""

from __future__ import annotations

import errno
import shutil
import time
from pathlib import Path

import pytest

from alarmgw import entries
from alarmgw.store.archive import publish
from alarmgw.store.recovery import Recovered
from alarmgw.store.safefile import Files
from alarmgw.store.spool import Spool, folder_in_spool, put_entry
from tests.fakes_files import FailingFiles, LinklessFiles
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
    recovered,
    sealed,
    settled,
    stored,
    zeros,
)

MESSAGE = mail_of(picture())
NOTHING = Recovered(finished=0, rebuilt=0, swept=0, damaged=())


class Home:
    """A home as a crash may have left it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.spool = self.home / "spool"
        self.journal = journal_at(folder)

    def receive(self) -> None:
        """One mail for two sources, up to its places in the archive."""
        received(self.home, self.journal, Files(), MESSAGE)

    def promise(self, files: Files | None = None) -> None:
        """One mail for two sources, journalled and not moved."""
        draft = Spool(self.home, files or Files()).create(MAIL)
        journalled(self.journal, sealed(draft, stored(draft, MESSAGE), SOURCES))

    def folder(self, number: int = 1) -> Path:
        """The folder of the journal's ``number``-th alarm."""
        return self.home / facts_of(self.journal)[number - 1].path

    def start(self, files: Files | None = None) -> Recovered:
        """Recover as a start does."""
        return recovered(self.home, self.journal, files or Files())

    def check(self) -> None:
        """All is as it was promised."""
        check_promises(self.home, self.journal, {MAIL: MESSAGE})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home without mails."""
    return Home(tmp_path)


def test_a_first_start_finds_nothing(home: Home) -> None:
    """`recover` makes spool and archive where there are none."""
    assert home.start() == NOTHING
    assert home.spool.is_dir()


def test_a_clean_home_is_left_as_it_is(home: Home) -> None:
    """`recover` finds nothing to do after an orderly stop, settled or not."""
    home.receive()
    assert home.start() == NOTHING
    home.check()


def test_renames_are_finished(home: Home) -> None:
    """A journalled mail that is still in the spool moves to its places."""
    home.promise()
    assert home.start() == Recovered(finished=2, rebuilt=0, swept=0, damaged=())
    home.check()


def test_one_of_two_renames_is_finished(home: Home) -> None:
    """A stop between the renames of two alarms of one mail leaves one to finish."""
    home.promise()
    [first, _] = facts_of(home.journal)
    put_entry(home.home, Files(), first.alarm, first.public)
    publish(home.home, Files(), home.spool / MAIL, first.path)
    assert home.start() == Recovered(finished=1, rebuilt=0, swept=0, damaged=())
    home.check()


def test_a_further_alarm_s_lost_folder_is_made_again(home: Home) -> None:
    """A power cut may take the second alarm's folder; the first one's mail brings it back."""
    home.promise()
    shutil.rmtree(folder_in_spool(home.home, f"{MAIL}-2"))
    assert home.start() == Recovered(finished=2, rebuilt=1, swept=0, damaged=())
    home.check()


def test_dead_drafts_are_swept(home: Home) -> None:
    """A draft that no journal line names was never promised, nor were its alarms' folders."""
    draft = Spool(home.home, Files()).create(MAIL)
    sealed(draft, stored(draft, MESSAGE), SOURCES)
    swept = home.start().swept
    assert swept == 2
    assert list(home.spool.iterdir()) == []


def test_workshops_and_probes_are_swept(home: Home) -> None:
    """What a stopped start or a stopped probe left in the spool goes."""
    home.receive()
    (home.spool / "workshop").mkdir()
    (home.spool / "workshop" / "01-bild1.jpg").touch()
    (home.spool / "volume.probe").touch()
    assert home.start() == NOTHING
    home.check()


def test_what_is_not_ours_stays(home: Home) -> None:
    """`recover` sweeps nothing that it does not know by its name."""
    home.receive()
    (home.spool / "lost+found").mkdir()
    home.start()
    assert (home.spool / "lost+found").is_dir()


def test_a_name_that_came_back_is_swept(home: Home) -> None:
    """A settled mail that a power cut brought back into the spool goes, its place being whole."""
    home.receive()
    settled(home.home, home.journal, Files())
    shutil.copytree(home.folder(), home.spool / MAIL)
    assert home.start() == NOTHING
    home.check()


def test_a_settled_mail_that_fell_back_is_moved_again(home: Home) -> None:
    """A settled mail that is only in the spool is not swept but moved."""
    home.receive()
    settled(home.home, home.journal, Files())
    home.folder().rename(home.spool / MAIL)
    assert home.start().finished == 1
    home.check()


def test_rebuilt_files_are_counted(home: Home) -> None:
    """`recover` makes missing and truncated derived files again."""
    home.receive()
    (home.folder(1) / "01-bild1.jpg").unlink()
    (home.folder(2) / "text.txt").write_bytes(b"")  # a link: the first alarm's too
    assert home.start().rebuilt == 2
    home.check()


def test_damaged_evidence_is_loud_and_kept(home: Home) -> None:
    """A mail that no place holds whole is named; what is left of it is shown, not swept."""
    home.promise(LinklessFiles())
    for folder in (home.spool / MAIL, home.spool / f"{MAIL}-2"):
        (folder / "message.eml").write_bytes(MESSAGE[:100])
    found = home.start()
    assert found.damaged == (f"{MAIL}-1", f"{MAIL}-2")
    assert (home.folder() / "message.eml").read_bytes() == MESSAGE[:100]
    told = [public for _, public in home.journal.read(2)]
    assert len(told) == 2
    assert all(b'"evidence_damaged"' in public for public in told)


def test_a_mail_that_is_gone_is_damage_told_once(home: Home) -> None:
    """An unsettled alarm without folder or mail is told, by the first start only."""
    home.receive()
    shutil.rmtree(home.home / "archive")
    assert home.start().damaged == (f"{MAIL}-1", f"{MAIL}-2")
    assert home.start().damaged == (f"{MAIL}-1", f"{MAIL}-2")
    assert home.journal.bounds()[1] == 4


def test_a_damaged_mail_s_spool_folder_is_kept(home: Home) -> None:
    """As long as a mail is damaged nothing of it is swept."""
    home.receive()
    for number in (1, 2):
        (home.folder(number) / "message.eml").write_bytes(b"half")
    (home.spool / MAIL).mkdir()
    (home.spool / MAIL / "message.eml").write_bytes(b"another half")
    home.start()
    assert (home.spool / MAIL / "message.eml").read_bytes() == b"another half"


def test_a_good_mail_in_the_spool_mends_the_archive(home: Home) -> None:
    """Evidence is looked for in the spool, too, before that is swept."""
    home.receive()
    shutil.copytree(home.folder(), home.spool / MAIL)
    for number in (1, 2):
        (home.folder(number) / "message.eml").write_bytes(b"half")
    assert home.start().damaged == ()
    home.check()


def test_a_full_volume_stops_no_start(home: Home) -> None:
    """What the disk lets nobody mend is named for settling, and nothing of it is swept."""
    home.promise()
    (home.spool / MAIL / "01-bild1.jpg").unlink()
    found = home.start(FailingFiles("write", errno.ENOSPC))
    assert set(found.unmended) == {f"{MAIL}-1", f"{MAIL}-2"}
    assert "No space" in found.unmended[f"{MAIL}-1"]
    assert (home.spool / MAIL / "message.eml").read_bytes() == MESSAGE
    home.start()
    home.check()


@pytest.mark.parametrize("operation", ["unlink", "rmdir"])
def test_a_dead_draft_that_stays_stops_no_start(home: Home, operation: str) -> None:
    """What the disk does not let us remove is named; the next start sweeps it."""
    Spool(home.home, Files()).create(MAIL)
    (home.spool / "workshop").mkdir()
    (home.spool / "workshop" / "text.txt").touch()
    found = home.start(FailingFiles(operation, errno.EIO))
    assert set(found.unswept) == {MAIL, "workshop"}
    assert home.start().unswept == {}
    assert list(home.spool.iterdir()) == []


class UnsyncedFiles(Files):
    """Files for a home that no power cut will meet, quickly filled."""

    def sync(self, fd: int) -> None:
        """Nothing."""

    def sync_folder(self, path: Path) -> None:
        """Nothing."""


@pytest.mark.slow
def test_a_start_with_a_thousand_unsettled_alarms_is_quick(tmp_path: Path) -> None:
    """1,000 mails of 200 KB whose pictures are lost, after 100,000 other entries: under 3 s.

    Of this process's own time: what others do meanwhile is not its fault.
    """
    home = Home(tmp_path)
    line = entries.record(
        entries.system_entry(time=now(), node="gw1", event="tested", text="x" * 200), zeros
    )
    home.journal.submit(lambda ledger: [ledger.append(line) for _ in range(100_000)]).result()
    home.journal.submit(lambda ledger: ledger.set_settled(100_000)).result()
    mail = mail_of(picture(150_000))
    for number in range(1000):
        mail_id = f"gw1-20261121-204502-{number:010x}"
        received(home.home, home.journal, UnsyncedFiles(), mail, mail_id, SOURCES[:1])
    for lost in home.home.glob("archive/**/*.jpg"):
        lost.unlink()
    began = time.process_time()
    assert home.start() == Recovered(finished=0, rebuilt=1000, swept=0, damaged=())
    assert time.process_time() - began < 3
