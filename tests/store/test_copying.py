"""Copying folders: what moves meanwhile, what cannot be read, what nobody has any more."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from alarmgw.store import copying
from alarmgw.store.archive import MESSAGE
from alarmgw.store.copying import Copied, copied
from alarmgw.store.inspection import Sought, alarms
from alarmgw.store.safefile import Files
from alarmgw.store.spool import folder_in_spool
from tests.fakes_files import LinklessFiles, WatchedFiles
from tests.store.kept import PICTURE, Kept, mail_id


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """A home with three mails for two sources each."""
    kept = Kept(tmp_path)
    (tmp_path / "copy").mkdir()
    yield kept
    kept.journal.close()


def copy(kept: Kept, *sought: Sought, files: Files | None = None, settled: int = 7) -> list[Copied]:
    """Copy these alarms, or all."""
    batch = sought or tuple(alarms(kept.journal, 7))
    return copied(kept.home, kept.home.with_name("copy"), files or Files(), settled, batch)


def there(kept: Kept, entry: int, name: str = "") -> Path:
    """Where the copy of an alarm's folder stands."""
    return kept.home.with_name("copy") / kept.place(entry, name)


class MovingFiles(WatchedFiles):
    """Moves a folder from the spool to its place while its first file is written."""

    def __init__(self, source: Path, target: Path) -> None:
        super().__init__()
        self.source, self.target = source, target

    def step(self, operation: str, path: Path) -> None:
        """Once is enough."""
        if operation == "create" and self.source.exists():
            self.source.rename(self.target)


def test_a_folder_that_moves_meanwhile_is_copied_whole(kept: Kept) -> None:
    """The gateway renames it when it likes."""
    place, draft = kept.path(1), folder_in_spool(kept.home, f"{mail_id(1)}-1")
    place.rename(draft)
    files = MovingFiles(draft, place)
    [one] = copy(kept, next(alarms(kept.journal, 1)), files=files)
    assert (one.faults, draft.exists()) == ((), False)
    assert {path.name for path in there(kept, 1).iterdir()} == set(os.listdir(place))


def test_newly_made_folders_are_told(kept: Kept) -> None:
    """Whoever copies syncs them, each once, at the end."""
    first, second, *_ = copy(kept)
    assert [path.name for path in first.made][-1] == kept.path(1).name
    assert first.made[0].name == "archive" and there(kept, 2) in second.made


def test_copies_stand_for_links_that_are_impossible(kept: Kept) -> None:
    """Each alarm has its files even so, and each of them is synced."""
    assert [one.faults for one in copy(kept, files=LinklessFiles())] == [()] * 6
    assert not there(kept, 1, MESSAGE).samefile(there(kept, 2, MESSAGE))


def test_a_file_that_cannot_be_read_costs_only_itself(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bad sector is told, and all else is copied."""
    bad = kept.path(3, PICTURE).stat().st_ino

    def read(octets: object) -> bytes:
        if os.fstat(octets.fileno()).st_ino == bad:  # type: ignore[attr-defined]
            raise copying._Unreadable from OSError(errno.EIO, "Input/output error")
        return octets.read(1 << 20)  # type: ignore[attr-defined, no-any-return]

    monkeypatch.setattr(copying, "_read", read)
    faults = [fault.place for one in copy(kept) for fault in one.faults]
    assert faults == [kept.place(3, PICTURE), kept.place(4, PICTURE)]
    assert sorted(os.listdir(there(kept, 3))) == ["alarm.json", MESSAGE, "text.txt"]


def test_of_an_unsettled_alarm_only_the_mail_counts(kept: Kept) -> None:
    """Its pictures are made again by whoever starts on the copy."""
    kept.path(5, PICTURE).unlink()
    kept.path(6, MESSAGE).unlink()
    faults = [fault.place for one in copy(kept, settled=4) for fault in one.faults]
    assert faults == [kept.place(6, MESSAGE)]


def test_a_missing_folder_is_a_fault(kept: Kept, tmp_path: Path) -> None:
    """It is looked for in both places, and then told."""
    kept.path(5).rename(tmp_path / "elsewhere")
    places = {fault.place for one in copy(kept) for fault in one.faults}
    assert kept.place(5, MESSAGE) in places and len(places) == 4


def test_files_without_an_entry_s_hash_are_copied_anew(kept: Kept) -> None:
    """What an entry has no room to list comes along, and goes when it is gone."""
    sought = next(alarms(kept.journal, 1))
    more = evolve(sought, facts=evolve(sought.facts, more_parts=True))
    for text in ("one", "two"):
        kept.path(1, "02-x.jpg").write_text(text)
        copy(kept, more)
        assert there(kept, 1, "02-x.jpg").read_text() == text
    kept.path(1, "02-x.jpg").unlink()
    copy(kept, more)
    assert not there(kept, 1, "02-x.jpg").exists()
