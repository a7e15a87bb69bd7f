"""A gateway stopped before any single step, with or without its power, keeps its promises.

Each test lives a mail's life (two sources, two pictures, another mail before
it) with files that stop before operation n, for every n there is; then a
start with good files must find: every journalled alarm in its complete
folder, nothing unjournalled in the archive, the spool empty, entries as they
were.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from alarmgw.store.journal import Journal
from alarmgw.store.safefile import Files
from tests.fakes_files import Stopped, StoppingFiles
from tests.store.lives import (
    MAIL,
    check_promises,
    journal_at,
    mail_of,
    picture,
    received,
    recovered,
    settled,
)
from tests.volatile_files import VolatileFiles

EARLIER = "gw1-20261121-204501-9876543210"
MAILS = {EARLIER: mail_of(picture(fill=1)), MAIL: mail_of(picture(fill=2), picture(fill=3))}

#: More steps than a life has; the test that counts them says so.
STEPS = 130


class Life:
    """One home through stops, power cuts and starts."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.journal = journal_at(folder)
        self.chance = random.Random(seed)
        self.disk = VolatileFiles(self.home, self.chance)
        self.promised: list[str] = []

    def live(self, files: Files) -> None:
        """Two mails come, and are settled."""
        for mail_id, mail in MAILS.items():
            received(self.home, self.journal, files, mail, mail_id, promised=self.promised.extend)
        settled(self.home, self.journal, files)

    def stopped_after(self, steps: int) -> str | None:
        """Live so many steps; the step that it stopped before, None when it came to its end."""
        files = StoppingFiles(steps, self.disk)
        try:
            self.live(files)
        except Stopped:
            return files.stopped_at
        return None

    def start_stopped_after(self, steps: int) -> str | None:
        """Start, and stop so many steps later; None when recovery came to its end."""
        files = StoppingFiles(steps, self.disk)
        try:
            recovered(self.home, self.journal, files)
            settled(self.home, self.journal, files)
        except Stopped:
            return files.stopped_at
        return None

    def lose_power(self) -> None:
        """Lose what is not synced, and have the power again."""
        self.disk.lose_power()
        self.disk = VolatileFiles(self.home, self.chance)

    def check(self) -> None:
        """Start with good files and look at the promises."""
        before = entries_of(self.journal)
        recovered(self.home, self.journal, self.disk)
        check_promises(self.home, self.journal, MAILS)
        assert entries_of(self.journal) == before
        journalled = [entry.split(b'"alarm":"')[1].split(b'"')[0].decode() for entry in before]
        assert set(self.promised) <= set(journalled)


def entries_of(journal: Journal) -> list[bytes]:
    """All entries as they are."""
    return [public for _, public in journal.read(0, 1000, 1 << 30)]


def test_a_life_has_fewer_steps_than_are_tested(tmp_path: Path) -> None:
    """The range of steps below covers the whole life of both mails."""
    assert Life(tmp_path).stopped_after(STEPS - 1) is None


@pytest.mark.parametrize("steps", range(STEPS))
def test_a_stop_with_the_power_kept_breaks_no_promise(tmp_path: Path, steps: int) -> None:
    """After a stop before any step, a start finds and finishes everything promised."""
    life = Life(tmp_path)
    life.stopped_after(steps)
    life.check()


@pytest.mark.parametrize("steps", range(STEPS))
def test_a_power_cut_breaks_no_promise(tmp_path: Path, steps: int) -> None:
    """After a power cut before any step, a start rebuilds everything promised."""
    life = Life(tmp_path, seed=steps)
    life.stopped_after(steps)
    life.lose_power()
    life.check()


def restarted_at_every_step(life: Life, cut: bool) -> None:
    """Start again and again, each start stopping one step later, until one comes to its end."""
    for steps in range(1, 300):
        if life.start_stopped_after(steps) is None:
            return
        if cut:
            life.lose_power()
    raise AssertionError("no start came to its end")


@pytest.mark.slow
@pytest.mark.parametrize("steps", range(0, STEPS, 3))
@pytest.mark.parametrize("cut", [False, True])
def test_a_start_stopped_at_any_step_runs_again(tmp_path: Path, steps: int, cut: bool) -> None:
    """Recovery and settling stopped after 1, 2, 3 … steps come to the same in the end."""
    life = Life(tmp_path, seed=steps)
    life.stopped_after(steps)
    life.lose_power()
    restarted_at_every_step(life, cut)
    life.lose_power()
    life.check()


def test_what_is_settled_needs_no_recovery(tmp_path: Path) -> None:
    """A power cut after settling takes nothing from the archive."""
    life = Life(tmp_path)
    life.live(life.disk)
    life.lose_power()
    for folder in (life.home / "spool").iterdir():  # old names, which a start sweeps
        life.disk.remove_tree(folder)
    check_promises(life.home, life.journal, MAILS)
