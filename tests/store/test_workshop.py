"""The workshop: one folder for all repairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from alarmgw.store.workshop import Workshop
from tests.fakes_files import RecordingFiles


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a spool."""
    (tmp_path / "spool").mkdir()
    return tmp_path


def test_the_workshop_is_made_when_it_is_needed(home: Path) -> None:
    """`Workshop` makes no folder by itself, and closes without one."""
    Workshop(home, RecordingFiles()).close()
    assert list((home / "spool").iterdir()) == []


def test_the_workshop_is_empty_each_time(home: Path) -> None:
    """`Workshop.emptied` makes the folder once, and removes what was left in it."""
    files = RecordingFiles()
    workshop = Workshop(home, files)
    (workshop.emptied() / "01-bild1.jpg").touch()
    assert list(workshop.emptied().iterdir()) == []
    assert files.steps == ["mkdir workshop", "unlink 01-bild1.jpg"]


def test_what_an_earlier_run_left_goes(home: Path) -> None:
    """`Workshop.close` removes a folder that this run has not made."""
    (home / "spool" / "workshop").mkdir()
    (home / "spool" / "workshop" / "text.txt").touch()
    Workshop(home, RecordingFiles()).close()
    assert list((home / "spool").iterdir()) == []
