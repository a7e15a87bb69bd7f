"""One operation of the disk fails, whichever it is: every promise is kept without a restart.

Each test lives two mails' lives with a disk whose n-th operation fails, as
the intake lives them: a fault before the promise aborts the draft, one after
it is nobody's but settling's, which is tried again.  Then the power is lost.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
from pathlib import Path

import pytest

from alarmgw.errors import TryLater
from alarmgw.store.archive import publish
from alarmgw.store.safefile import Files
from alarmgw.store.spool import Spool, folder_in_spool, put_entry
from tests.crash.test_every_step import MAILS
from tests.fakes_files import WatchedFiles
from tests.store.lives import (
    SOURCES,
    check_promises,
    facts_of,
    journal_at,
    journalled,
    recovered,
    sealed,
    settled,
    stored,
)
from tests.volatile_files import VolatileFiles

#: More operations than a life has; the test that counts them says so.
STEPS = 200


class FaultyFiles(WatchedFiles):
    """One operation fails, after so many that do not; all later ones work."""

    def __init__(self, steps: int, inner: Files) -> None:
        super().__init__(inner)
        self.left = steps

    def step(self, operation: str, path: Path) -> None:
        """Count down; fail at zero."""
        self.left -= 1
        if self.left == -1:
            raise OSError(errno.EIO, os.strerror(errno.EIO), f"{operation} {path}")


class BadFiles(WatchedFiles):
    """Operations fail by chance, removals of what has failed as well."""

    def __init__(self, chance: random.Random, share: float, inner: Files) -> None:
        super().__init__(inner)
        self.chance, self.share = chance, share

    def step(self, operation: str, path: Path) -> None:
        """Fail, or not."""
        if self.chance.random() < self.share:
            raise OSError(errno.EIO, os.strerror(errno.EIO), f"{operation} {path}")


class LinklessVolatileFiles(VolatileFiles):
    """A disk without hard links: a link is a copy, of which nothing is on disk yet."""

    def link(self, source: Path, target: Path) -> None:
        """Copy."""
        self.write_whole(target, source.read_bytes())


DISKS = [VolatileFiles, LinklessVolatileFiles]


class Life:
    """One home on a disk with one fault in it."""

    def __init__(self, folder: Path, steps: int, kind: type[VolatileFiles]) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.journal = journal_at(folder)
        self.disk = kind(self.home, random.Random(steps))
        self.files: WatchedFiles = FaultyFiles(steps, self.disk)
        self.promised: list[str] = []

    def receive(self, mail_id: str, mail: bytes) -> None:
        """As the intake does it: later, or a promise."""
        draft = Spool(self.home, self.files).create(mail_id)
        try:
            alarms = sealed(draft, stored(draft, mail), SOURCES)
        except TryLater:
            draft.abort()
            raise
        written = journalled(self.journal, alarms)
        self.promised += [alarm.alarm for alarm in alarms]
        for alarm, public in zip(alarms, written, strict=True):
            with contextlib.suppress(OSError):
                put_entry(self.home, self.files, alarm.alarm, public)
            with contextlib.suppress(OSError):
                place = folder_in_spool(self.home, alarm.alarm)
                publish(self.home, self.files, place, alarm.path)

    def live(self) -> None:
        """Receive each mail, and settle until that works."""
        for mail_id, mail in MAILS.items():
            with contextlib.suppress(TryLater, OSError):
                self.receive(mail_id, mail)
        for _ in range(3):
            with contextlib.suppress(OSError):
                settled(self.home, self.journal, self.files)

    def check(self, fragments: bool = False) -> None:
        """All that was promised is journalled, whole and in its place."""
        check_promises(self.home, self.journal, MAILS, fragments)
        assert [facts.alarm for facts in facts_of(self.journal)] == self.promised
        assert self.journal.settled() == self.journal.bounds()[1]


@pytest.mark.parametrize("kind", DISKS)
def test_a_life_has_fewer_operations_than_are_tested(
    tmp_path: Path, kind: type[VolatileFiles]
) -> None:
    """The range below covers the whole life of both mails."""
    life = Life(tmp_path, STEPS, kind)
    life.live()
    assert isinstance(life.files, FaultyFiles)
    assert life.files.left > 0


@pytest.mark.parametrize("kind", DISKS)
@pytest.mark.parametrize("steps", range(STEPS))
def test_one_fault_breaks_no_promise(tmp_path: Path, steps: int, kind: type[VolatileFiles]) -> None:
    """Whatever fails once: settling puts it right, and a power cut then takes nothing."""
    life = Life(tmp_path, steps, kind)
    life.live()
    life.disk.lose_power()
    recovered(life.home, life.journal, kind(life.home, random.Random(0)))
    life.check()


@pytest.mark.parametrize("kind", DISKS)
@pytest.mark.parametrize("steps", range(STEPS))
def test_one_fault_is_put_right_without_a_restart(
    tmp_path: Path, steps: int, kind: type[VolatileFiles]
) -> None:
    """After settling every promised folder is whole; at most a dead draft is left for a start."""
    life = Life(tmp_path, steps, kind)
    life.live()
    for dead in (life.home / "spool").glob("*"):
        assert not any(alarm.startswith(dead.name) for alarm in life.promised)
        life.disk.remove_tree(dead)
    life.check()


@pytest.mark.parametrize("kind", DISKS)
@pytest.mark.parametrize("seed", range(100))
def test_a_bad_disk_breaks_no_promise(tmp_path: Path, seed: int, kind: type[VolatileFiles]) -> None:
    """Faults now and then, in a start as well, and two power cuts: a good disk finds it all."""
    life = Life(tmp_path, STEPS, kind)
    chance = random.Random(seed)
    life.files = BadFiles(chance, chance.choice((0.01, 0.05, 0.2)), life.disk)
    life.live()
    life.disk.lose_power()
    life.disk = kind(life.home, chance)
    with contextlib.suppress(OSError):
        recovered(life.home, life.journal, BadFiles(chance, 0.05, life.disk))
        settled(life.home, life.journal, BadFiles(chance, 0.05, life.disk))
    life.disk.lose_power()
    recovered(life.home, life.journal, Files())
    settled(life.home, life.journal, Files())
    life.check(fragments=True)
