"""Restoring: the home is what was backed up, and its journal is another one."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.errors import Refused
from alarmgw.store.archive import MESSAGE
from alarmgw.store.database import open_writer
from alarmgw.store.journal import Journal, JournalReader
from alarmgw.store.restoring import Restored, restore
from alarmgw.store.safefile import Files
from alarmgw.store.verification import verify
from tests.fakes_files import FailingFiles, RecordingFiles
from tests.store.kept import PICTURE
from tests.store.lives import mail_of, now, picture, received, recovered
from tests.store.test_backup import NAMES, Backed, tree


class Lost(Backed):
    """A home that was backed up, and the place where it is restored."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.new = folder / "new" / "home"

    def restore(self, files: Files | None = None) -> Restored:
        """Make the new home."""
        return restore(
            self.to, self.new, NAMES, files or Files(),
            now=now, randomness=lambda size: b"\x07" * size, threads=2,
        )  # fmt: skip

    def journal_of_new(self) -> list[dict[str, object]]:
        """Its entries."""
        with closing(JournalReader(self.new / NAMES.journal)) as reader:
            return [json.loads(line) for _, line in reader.read(0)]


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[Lost]:
    """Such a home, backed up once."""
    lost = Lost(tmp_path)
    lost.back_up()
    yield lost
    lost.journal.close()


def test_a_restored_home_is_what_was_backed_up(lost: Lost) -> None:
    """Mails, pictures, configuration, keys; an empty spool; and it can be verified."""
    lost.restore()
    assert tree(lost.new / "archive") == tree(lost.home / "archive")
    for name in ("alarmgw.toml", "tls/ca.key", "workstations/console/key.pem"):
        assert (lost.new / name).read_bytes() == (lost.home / name).read_bytes()
        assert (lost.new / name).stat().st_mode & 0o777 == 0o600
    assert list((lost.new / "spool").iterdir()) == list((lost.new / "run").iterdir()) == []
    with closing(JournalReader(lost.new / NAMES.journal)) as reader:
        found = verify(lost.new, reader, threads=1)
    assert (found.faults, found.entries, found.alarms) == ((), 8, 6)


def test_a_restored_journal_is_another_journal(lost: Lost) -> None:
    """Its identity is new, and its next line says what it was made of."""
    made = lost.restore()
    assert made.journal == "07" * 16 != lost.journal.identity
    with closing(JournalReader(lost.new / NAMES.journal)) as reader:
        assert reader.meta("identity") == made.journal
        assert reader.snapshot().open_total == 2
    *old, last = lost.journal_of_new()
    assert old == [json.loads(line) for _, line in lost.journal.read(0)]
    told = {"type": "system", "event": "restored", "seq": 8, "head": 7}
    assert told.items() <= last.items() and last["journal"] == lost.journal.identity
    assert last["backup"] == made.label.time == "2026-11-22T00:00:00.000Z"


def test_each_restore_makes_another_journal(lost: Lost, tmp_path: Path) -> None:
    """Two homes of one backup are not taken for one another; the backup itself is not changed."""
    before = tree(lost.to)
    one = lost.restore().journal
    lost.new = tmp_path / "second"
    two = restore(
        lost.to, lost.new, NAMES, Files(), now=now, randomness=bytes, threads=1
    ).journal  # fmt: skip
    assert one != two and tree(lost.to) == before


def test_what_was_on_its_way_is_finished_by_the_first_start(lost: Lost) -> None:
    """A mail that was not settled is mended on the restored home as on its own.

    One of its two alarms lacks the picture, both lack their entries.
    """
    lost.promise(4)
    (lost.home / "spool" / f"gw1-20261121-204502-{4:010x}" / PICTURE).unlink()
    lost.back_up()
    lost.restore()
    journal = Journal(lost.new / NAMES.journal, node="gw1", now=now, randomness=bytes)
    journal.start(lambda told: None, lambda error: None)
    found = recovered(lost.new, journal, Files())
    assert (found.rebuilt, found.damaged) == (2, ())
    assert (lost.new / lost.place(7, PICTURE)).read_bytes() == picture(fill=4)
    journal.close()


def test_a_home_that_is_not_empty_is_not_touched(lost: Lost) -> None:
    """Neither a gateway's home nor anybody's folder."""
    lost.new.mkdir(parents=True)
    (lost.new / "notes").write_text("mine")
    with pytest.raises(Refused, match="not empty; nothing was changed"):
        lost.restore()
    assert tree(lost.new) == {"notes": b"mine"}


def test_a_home_inside_its_backup_is_refused(lost: Lost) -> None:
    """The next backup would find it there."""
    lost.new = lost.to / "new"
    with pytest.raises(Refused, match="in one another"):
        lost.restore()


def test_an_empty_home_is_filled(lost: Lost) -> None:
    """A fresh volume is mounted there, as likely as not."""
    lost.new.mkdir(parents=True)
    assert lost.restore().alarms == 6


def test_half_a_backup_is_refused(lost: Lost) -> None:
    """Without its label nothing is a backup, however much is there."""
    (lost.to / "backup.json").unlink()
    with pytest.raises(Refused, match="no whole backup"):
        lost.restore()
    assert not lost.new.exists()


@pytest.mark.parametrize("name", [MESSAGE, PICTURE, "alarm.json"])
def test_a_damaged_backup_is_refused(lost: Lost, name: str) -> None:
    """Before anything is written."""
    lost.flip(lost.to / lost.place(3, name))
    with pytest.raises(Refused, match="has 1 faults"):
        lost.restore()
    assert not lost.new.exists()


def test_a_missing_folder_of_the_backup_is_refused(lost: Lost) -> None:
    """Whoever thinned the backup out learns it now."""
    shutil.rmtree(lost.to / lost.place(3))
    with pytest.raises(Refused, match="has 1 faults"):
        lost.restore()


def test_a_changed_journal_is_refused(lost: Lost) -> None:
    """Also where whoever changed it did so with care for SQLite."""
    with closing(open_writer(lost.to / "home-1" / NAMES.journal)) as journal:
        journal.execute("UPDATE sites SET name = 'x'")
        journal.execute("DELETE FROM content WHERE seq = 2")
    with pytest.raises(Refused, match="faults"):
        lost.restore()


def test_damage_that_the_home_had_is_no_hindrance(lost: Lost) -> None:
    """A backup of a damaged home is worth more than none: it comes back as it was."""
    shutil.rmtree(lost.to)
    lost.flip(lost.path(3, PICTURE))
    shutil.rmtree(lost.path(5))
    lost.back_up()
    lost.restore()
    assert (lost.new / lost.place(3, PICTURE)).read_bytes() == lost.path(3, PICTURE).read_bytes()


@pytest.mark.parametrize("name", ["message.eml.new", "ca.key", "alarmgw.toml"])
def test_a_restore_that_fails_leaves_nothing(lost: Lost, name: str) -> None:
    """No gateway starts on half a home."""
    with pytest.raises(OSError, match="No space left"):
        lost.restore(FailingFiles("write", errno.ENOSPC, name))
    assert not lost.new.exists()


def test_the_configuration_comes_last(lost: Lost) -> None:
    """A kill before that leaves what no gateway takes for a home."""
    files = RecordingFiles()
    lost.restore(files)
    created = [step for step in files.steps if step.startswith("create ")]
    assert created[-1] == "create alarmgw.toml"
    first, last = (files.steps.index(f"{step} alarmgw.toml") for step in ("create", "close"))
    for name in (lost.new.parent.name, "home", "archive", "tls", "console", lost.path(1).name):
        assert f"sync_folder {name}" in files.steps[:first], name
    assert "sync alarmgw.toml" in files.steps[first:last]
    assert files.steps[last + 1 :] == ["sync_folder home"]


def test_a_restored_home_goes_on(lost: Lost) -> None:
    """New mails are kept as ever, and the old backup is not mixed with the new journal."""
    lost.restore()
    journal = Journal(lost.new / NAMES.journal, node="gw1", now=now, randomness=bytes)
    journal.start(lambda told: None, lambda error: None)
    received(lost.new, journal, Files(), mail_of(picture()))
    assert journal.bounds() == (1, 10)
    lost.home = lost.new
    with pytest.raises(Refused, match="another journal"):
        lost.back_up()
    journal.close()
