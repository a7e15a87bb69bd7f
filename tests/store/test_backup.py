"""Backups: whole or not at all, of one moment, and cheap the second time."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timezone
from pathlib import Path

import pytest

from alarmgw.errors import Refused
from alarmgw.store.archive import MESSAGE
from alarmgw.store.backup import LABEL, BackedUp, back_up, whole_backup
from alarmgw.store.journal import JournalReader
from alarmgw.store.restoring import Names, verify_backup
from alarmgw.store.safefile import Files
from alarmgw.store.spool import Spool
from alarmgw.store.verification import Listener, Progress
from tests.fakes_files import FailingFiles, RecordingFiles, Stopped, StoppingFiles
from tests.store.kept import PICTURE, Alongside, Kept, mail_id
from tests.store.lives import SOURCES, journalled, mail_of, picture, received, sealed, stored

NAMES = Names(journal="journal.sqlite3", config="alarmgw.toml")
NOW = datetime(2026, 11, 22, tzinfo=timezone.utc)


class Backed(Kept):
    """A home with its configuration and keys, and a place for its backup."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (self.home / "alarmgw.toml").write_text("[gateway]\n")
        for name in ("tls/ca.key", "workstations/console/key.pem", "run/control"):
            (self.home / name).parent.mkdir(parents=True)
            (self.home / name).write_text(f"secret {name}")
        self.to = folder / "backups" / "gw1"

    def back_up(self, files: Files | None = None, listener: Listener | None = None) -> BackedUp:
        """Take a backup."""
        return back_up(
            self.home, NAMES.journal, self.to, files or Files(),
            now=NOW, threads=2, listener=listener,
        )  # fmt: skip

    def faults_of_backup(self) -> list[str]:
        """The places that are damaged in the backup and were not in the home."""
        return [fault.place for fault in verify_backup(self.to, NAMES, threads=2).faults]

    def promise(self, number: int) -> None:
        """A mail that is journalled and still in the spool."""
        draft = Spool(self.home, Files()).create(mail_id(number))
        mail = mail_of(picture(fill=number % 256))
        journalled(self.journal, sealed(draft, stored(draft, mail), SOURCES))


@pytest.fixture
def backed(tmp_path: Path) -> Iterator[Backed]:
    """Such a home, its journal open as a running gateway has it."""
    backed = Backed(tmp_path)
    yield backed
    backed.journal.close()


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_backup_has_everything_that_a_gateway_needs(backed: Backed) -> None:
    """The archive, octet for octet; configuration, keys and bundles; what runs is left out."""
    made = backed.back_up()
    assert tree(backed.to / "archive") == tree(backed.home / "archive")
    rest = tree(backed.to / made.label.state)
    assert rest.keys() == {
        "journal.sqlite3", "alarmgw.toml", "tls/ca.key", "workstations/console/key.pem",
    }  # fmt: skip
    assert rest["tls/ca.key"] == b"secret tls/ca.key"
    assert (made.alarms, made.faults, made.label.head) == (6, (), 7)
    assert backed.faults_of_backup() == []


def test_only_its_owner_reads_a_backup(backed: Backed) -> None:
    """It holds every key and every mail."""
    backed.back_up()
    modes = {path.stat().st_mode & 0o077 for path in backed.to.rglob("*")}
    assert modes == {0} and backed.to.stat().st_mode & 0o777 == 0o700


def test_mails_of_several_alarms_take_their_room_once(backed: Backed) -> None:
    """Files that alarms share in the home are shared in the backup, and with nobody else."""
    backed.back_up()
    one, two = (backed.to / backed.place(n, MESSAGE) for n in (1, 2))
    assert one.samefile(two) and one.stat().st_nlink == 2
    assert not one.samefile(backed.path(1, MESSAGE))


def test_the_second_backup_copies_what_is_new(backed: Backed) -> None:
    """What is there and right is kept; the journal and the label are those of now."""
    first = backed.back_up()
    received(backed.home, backed.journal, Files(), mail_of(picture()), mail_id(4), SOURCES[:1])
    second = backed.back_up()
    new = sum(path.stat().st_size for path in backed.path(7).iterdir())
    assert (second.octets, second.kept, second.label.head) == (new, 24, 8)
    assert [path.name for path in backed.to.glob("home-*")] == [second.label.state]
    assert second.label.state != first.label.state
    assert backed.faults_of_backup() == []


@pytest.mark.parametrize("name", [MESSAGE, PICTURE, "alarm.json"])
def test_a_damaged_backup_is_mended_by_the_next(backed: Backed, name: str) -> None:
    """Also where only one bit is wrong."""
    backed.back_up()
    backed.flip(backed.to / backed.place(3, name))
    assert backed.faults_of_backup() == [backed.place(3, name)]
    files = RecordingFiles()
    backed.back_up(files)
    assert backed.faults_of_backup() == []
    assert files.steps.index(f"rename {name}") < files.steps.index(
        f"sync_folder {backed.path(3).name}"
    )


def test_a_good_backup_is_never_replaced_by_damage(backed: Backed) -> None:
    """What the home has lost or spoilt stays whole in the backup, which tells of no fault."""
    backed.back_up()
    good = (backed.to / backed.place(3, MESSAGE)).read_bytes()
    backed.flip(backed.path(3, MESSAGE))
    shutil.rmtree(backed.path(5))
    backed.flip(backed.path(1, "alarm.json"))
    (backed.to / backed.place(1, PICTURE)).unlink()  # so that this folder is copied again
    assert backed.back_up().faults == () and backed.faults_of_backup() == []
    assert (backed.to / backed.place(3, MESSAGE)).read_bytes() == good
    assert (backed.to / backed.place(5, PICTURE)).exists()


def test_damage_of_the_home_is_backed_up_and_told(backed: Backed) -> None:
    """One bad file costs that file; the label knows it, so that the backup counts as whole."""
    backed.flip(backed.path(3, PICTURE))
    made = backed.back_up()
    assert [fault.place for fault in made.faults] == [backed.place(3, PICTURE)]
    assert whole_backup(backed.to).faults == (backed.place(3, PICTURE),)
    assert tree(backed.to / "archive") == tree(backed.home / "archive")
    assert backed.faults_of_backup() == []


def test_mails_on_their_way_are_in_the_backup(backed: Backed) -> None:
    """What is promised and waits in the spool stands at its place in the backup."""
    backed.promise(4)
    made = backed.back_up()
    assert (made.faults, made.alarms, backed.faults_of_backup()) == ((), 8, [])
    assert (backed.to / backed.place(7, MESSAGE)).is_file()


def test_drafts_are_not_in_the_backup(backed: Backed) -> None:
    """Nothing is promised for them."""
    stored(Spool(backed.home, Files()).create(mail_id(5)), mail_of(picture()))
    backed.back_up()
    assert not [path for path in backed.to.rglob("*") if mail_id(5) in path.name]


def test_a_backup_of_a_busy_gateway_is_of_one_moment(backed: Backed) -> None:
    """Mails arrive, are journalled and move all the time; each backup is whole and proved."""
    stop, numbers = threading.Event(), iter(range(100, 10_000))

    def live() -> None:
        while not stop.is_set():
            number = next(numbers)
            received(backed.home, backed.journal, Files(), mail_of(picture()), mail_id(number))

    with Alongside(live, stop):
        for _ in range(4):
            made = backed.back_up()
            assert (made.faults, backed.faults_of_backup()) == ((), [])
    with closing(JournalReader(backed.to / made.label.state / "journal.sqlite3")) as reader:
        assert reader.bounds() == (1, made.label.head) and made.label.head > 7


def test_entries_after_the_copy_of_the_journal_are_not_in_it(backed: Backed) -> None:
    """What comes while files are copied belongs to the next backup."""
    numbers = iter(range(10, 20))

    def receive(progress: Progress) -> None:
        if progress.stage == "entries" and (number := next(numbers, 0)):
            received(backed.home, backed.journal, Files(), mail_of(picture()), mail_id(number))

    made = backed.back_up(listener=Listener(progress=receive))
    assert (made.label.head, made.alarms, backed.faults_of_backup()) == (7, 6, [])


@pytest.mark.slow
def test_a_backup_that_stops_anywhere_is_none(backed: Backed) -> None:
    """Until its last step there is no label, and nothing takes half of it for a whole one."""
    steps = 0
    while True:
        shutil.rmtree(backed.to.parent, ignore_errors=True)
        files = StoppingFiles(steps)
        try:
            backed.back_up(files)
            break
        except Stopped:
            if files.stopped_at != f"sync_folder {backed.to.name}":
                with pytest.raises(Refused, match="no whole backup"):
                    whole_backup(backed.to)
        steps += 7
    assert steps > 70


@pytest.mark.slow
def test_a_second_backup_that_stops_anywhere_leaves_the_first(backed: Backed) -> None:
    """The old one counts until the new one is whole; a later run goes on from the rest."""
    backed.back_up()
    steps, finished = 0, False
    while not finished:
        received(backed.home, backed.journal, Files(), mail_of(picture()), mail_id(100 + steps))
        with suppress(Stopped):
            backed.back_up(StoppingFiles(steps))
            finished = True
        assert backed.faults_of_backup() == []
        steps += 3
    assert steps > 40 and whole_backup(backed.to).head == backed.journal.bounds()[1]


def test_everything_is_synced_before_the_label(backed: Backed) -> None:
    """A power cut right after the label leaves the whole backup."""
    files = RecordingFiles()
    backed.back_up(files)
    label = files.steps.index(f"rename {LABEL}")
    before = files.steps[:label]
    assert files.steps[label + 1 :] == [f"sync_folder {backed.to.name}"]
    created = [step.split(" ", 1)[1] for step in before if step.startswith("create ")]
    for name in created:
        assert before.count(f"sync {name}") + before.count(f"sync_file {name}") >= before.count(
            f"create {name}"
        ), name
    for name in (backed.path(1).name, "21", "archive", "tls", backed.to.name, "home-1"):
        assert f"sync_folder {name}" in before, name


def test_a_full_volume_is_told_and_leaves_the_backup_before(backed: Backed) -> None:
    """The error is raised as it is."""
    backed.back_up()
    received(backed.home, backed.journal, Files(), mail_of(picture()), mail_id(4))
    with pytest.raises(OSError, match="No space left"):
        backed.back_up(FailingFiles("write", errno.ENOSPC, MESSAGE))
    assert whole_backup(backed.to).head == 7 and backed.faults_of_backup() == []


def test_another_journal_s_backup_is_not_overwritten(backed: Backed, tmp_path: Path) -> None:
    """Two gateways, or a gateway before and after a restore, need two folders."""
    backed.back_up()
    before = tree(backed.to)
    label = json.loads(before[LABEL])
    (backed.to / LABEL).write_text(json.dumps({**label, "journal": "another"}))
    with pytest.raises(Refused, match="another journal"):
        backed.back_up()
    assert tree(backed.to).keys() == before.keys()


@pytest.mark.parametrize("name", ["photos", "archive.zip", "home-x"])
def test_a_folder_with_other_things_is_refused(backed: Backed, name: str) -> None:
    """A backup never mixes with somebody's files."""
    backed.to.mkdir(parents=True)
    (backed.to / name).touch()
    with pytest.raises(Refused, match=name):
        backed.back_up()


@pytest.mark.parametrize("place", [".", "home", "home/backup", "home/archive/x"])
def test_a_backup_inside_its_home_is_refused(backed: Backed, tmp_path: Path, place: str) -> None:
    """It would back itself up, and be lost with the home."""
    backed.to = tmp_path / place
    with pytest.raises(Refused, match="in one another"):
        backed.back_up()


def test_a_file_that_goes_away_meanwhile_is_left_out(backed: Backed) -> None:
    """A workstation on the same machine writes and removes files in its bundle."""
    key = backed.home / "workstations" / "console" / "key.pem"
    listener = Listener(progress=lambda progress: key.unlink(missing_ok=True))
    dangling = backed.home / "workstations" / "console-url"
    dangling.symlink_to("nowhere")
    assert "workstations/console/key.pem" not in backed.back_up(listener=listener).label.files


def test_two_backups_into_one_folder_wait_for_nobody(backed: Backed) -> None:
    """The second one is refused at once."""
    backed.to.mkdir(parents=True)
    descriptor = os.open(backed.to, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(Refused, match="under way"):
        backed.back_up()
    os.close(descriptor)


def test_erased_words_leave_the_backup_with_the_next_one(backed: Backed) -> None:
    """A deletion period holds for copies, too: content and files go."""
    backed.back_up()
    place = backed.to / backed.place(3)
    shutil.rmtree(backed.path(3))
    backed.journal.submit(lambda ledger: ledger.erase(3)).result()
    made = backed.back_up()
    assert (made.faults, list(place.iterdir()), backed.faults_of_backup()) == ((), [], [])
    octets = (backed.to / made.label.state / "journal.sqlite3").read_bytes()
    assert octets.count("Zaun Süd 2".encode()) == 1  # the other alarm of the same mail


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 2}', '{"format": 1}'])
def test_a_label_that_is_not_ours_is_no_backup(tmp_path: Path, text: str) -> None:
    """Half a label, another program's, or a later version's."""
    (tmp_path / LABEL).write_text(text)
    with pytest.raises(Refused):
        whole_backup(tmp_path)


@pytest.mark.parametrize("name", ["journal.sqlite3", "alarmgw.toml", "tls/ca.key"])
def test_damage_beside_the_archive_is_found(backed: Backed, name: str) -> None:
    """Journal, configuration and keys are proved by the label."""
    made = backed.back_up()
    backed.flip(backed.to / made.label.state / name)
    assert f"{made.label.state}/{name}" in backed.faults_of_backup()
