"""Copying alarms' folders from one home to another place, octet for octet, each file proved.

`backup` and `restoring` share it.  A file that is there already and right is
kept; a file is renamed to its name when it is whole and synced.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from attrs import define, evolve, field, frozen

from alarmgw.store.archive import ENTRY, MESSAGE, TEXT, archive_folder
from alarmgw.store.folder_facts import has_bytes
from alarmgw.store.inspection import Fault, Inspection, Sought, known_files
from alarmgw.store.safefile import Files
from alarmgw.store.spool import folder_in_spool

_CHUNK = 1024 * 1024

#: A folder may move from the spool into the archive between two looks at it.
_TRIES = 3

_DAMAGED = "the home has it no better: verify that"


@frozen(kw_only=True)
class Copied:
    """What became of one alarm: octets written, files kept, faults, and folders newly made."""

    sought: Sought
    octets: int
    kept: int
    faults: tuple[Fault, ...]
    made: tuple[Path, ...]


def copied(
    source: Path, target: Path, files: Files, settled: int, batch: Iterable[Sought]
) -> list[Copied]:
    """Copy the folders of several alarms, those of one mail sharing files again."""
    copying = _Copying(source=source, target=target, files=files, settled=settled)
    return [copying.alarm(sought) for sought in batch]


@define(kw_only=True)
class _Copying:
    """One batch: where from, where to, and which files of a mail have been copied already."""

    source: Path
    target: Path
    files: Files
    settled: int
    shared: dict[tuple[int, int], Path] = field(factory=dict)
    octets: int = 0
    kept: int = 0

    def alarm(self, sought: Sought) -> Copied:
        """Bring one alarm's folder over, as whole as it is anywhere."""
        self.octets = self.kept = 0
        found = Inspection(self.target).of(sought)
        made: list[Path] = []
        if found.faults or not _is_fully_known(sought):
            made = self._copy(sought)
            found = Inspection(self.target).of(sought)
        else:
            self.kept = found.files
        return Copied(
            sought=sought,
            octets=self.octets,
            kept=self.kept,
            faults=tuple(self._counting(sought, found.faults)),
            made=tuple(made),
        )

    def _copy(self, sought: Sought) -> list[Path]:
        """Copy what is not there yet; the folders newly made, highest first."""
        folder = archive_folder(self.target, sought.facts.path)
        made = self.files.make_parents(folder / ENTRY)
        for _ in range(_TRIES):
            with contextlib.suppress(FileNotFoundError):
                self._copy_files(self._where(sought), folder, sought)
                break
        self.files.sync_folder(folder)
        return made

    def _where(self, sought: Sought) -> Path:
        """The folder in the archive, or the one that waits in the spool to be moved there."""
        folder = archive_folder(self.source, sought.facts.path)
        return folder if folder.is_dir() else folder_in_spool(self.source, sought.facts.alarm)

    def _copy_files(self, source: Path, target: Path, sought: Sought) -> None:
        """Copy what is not there yet, and drop what no home has any more."""
        wanted = known_files(sought)
        names = _names(source) if source.is_dir() or not sought.erased else set()
        for name in sorted(names):
            known = wanted.get(name)
            if known and has_bytes(target / name, *known):
                self.kept += 1
                self._remember(source / name, target / name)
            else:
                self._copy_file(source / name, target / name)
        needed = set() if sought.erased else {*wanted, TEXT}
        for name in sorted(_names(target) - names - needed):
            self.files.unlink(target / name)

    def _remember(self, source: Path, target: Path) -> None:
        status = source.stat()
        if status.st_nlink > 1:
            self.shared.setdefault((status.st_dev, status.st_ino), target)

    def _copy_file(self, source: Path, target: Path) -> None:
        """Copy one file, as it is; what stands there is missing or wrong."""
        unfinished = target.with_name(f"{target.name}.new")
        with contextlib.suppress(FileNotFoundError):
            self.files.unlink(unfinished)
        status = source.stat()
        twin = self.shared.get((status.st_dev, status.st_ino))
        if twin is not None:
            self.files.link(twin, unfinished)
            self.files.sync_file(unfinished)  # it may be a copy
        else:
            try:
                self._write(source, unfinished)
            except _Unreadable:
                self.files.unlink(unfinished)
                return
        self.files.rename(unfinished, target)
        self._remember(source, target)

    def _write(self, source: Path, target: Path) -> None:
        """A new file with the octets of another one, synced."""
        with source.open("rb", buffering=0) as octets:
            fd = self.files.create(target)
            try:
                while data := _read(octets):
                    self.files.write(fd, data)
                    self.octets += len(data)
                self.files.sync(fd)
            finally:
                self.files.close(fd)

    def _counting(self, sought: Sought, faults: Iterable[Fault]) -> Iterator[Fault]:
        """The faults that count.

        Of an alarm that has not settled only the mail does: the rest is made again from it.
        """
        message = f"{sought.facts.path}/{MESSAGE}"
        for fault in faults:
            if sought.seq <= self.settled or fault.place in (sought.facts.path, message):
                yield evolve(fault, remedy=_DAMAGED)


class _Unreadable(Exception):
    """A file of the source cannot be read; what can be read is copied all the same."""


def _read(octets: IO[bytes]) -> bytes:
    try:
        return octets.read(_CHUNK)
    except OSError as error:
        raise _Unreadable from error


def _names(folder: Path) -> set[str]:
    """The names of the files in a folder."""
    with os.scandir(folder) as rows:
        return {row.name for row in rows if row.is_file(follow_symlinks=False)}


def _is_fully_known(sought: Sought) -> bool:
    """Does the journal name every file, so that a folder without faults is a whole one?"""
    return not sought.erased and not sought.facts.partial
