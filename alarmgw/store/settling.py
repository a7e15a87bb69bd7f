"""Settling: some seconds after the 250, derived files and folders are made durable.

In the journal's order every alarm's files, its folder and the folders above
are synced, then the ``settled`` mark advances: from there on a start need not
look back.  A file that cannot be synced is dropped wherever it has a name, so
that the next run makes a fresh one: no file is ever synced twice.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from pathlib import Path

from alarmgw.model import Now, Randomness
from alarmgw.store.archive import ARCHIVE, MESSAGE, archive_folder
from alarmgw.store.folder_facts import FolderFacts
from alarmgw.store.journal import Journal
from alarmgw.store.mending import Mending, Restored
from alarmgw.store.safefile import Files

_BATCH = 500
_BATCH_BYTES = 4 * 1024 * 1024
_ALARM = b'"type":"alarm"'


def settle(
    home: Path,
    journal: Journal,
    files: Files,
    upto: int,
    *,
    now: Now,
    randomness: Randomness,
    suspects: Container[str] = (),
) -> int:
    """Settle the alarms up to entry ``upto``; return the mark that was reached.

    ``upto`` is a number that the hub has told: until then a folder may be on
    its way to the archive.  A rename that failed then is done now.
    ``suspects`` are alarms whose folders are compared octet for octet first.
    Raises `OSError` where the disk does not work; what was settled is kept.
    """
    settling = _Settling(Mending(home, journal, files, now=now, randomness=randomness), suspects)
    mark = journal.settled()
    try:
        for seq, facts in alarms_after(journal, mark, upto):
            settling.settle(facts)
            mark = seq
    except OSError:
        _advance(journal, mark)
        raise
    _advance(journal, upto)
    return max(mark, upto)


def alarms_after(journal: Journal, after: int, upto: int) -> Iterator[tuple[int, FolderFacts]]:
    """The `alarm` entries with numbers above ``after``, up to ``upto``, in order."""
    while after < upto:
        batch = journal.read(after, min(_BATCH, upto - after), _BATCH_BYTES)
        if not batch:
            return
        for seq, public in batch:
            if _ALARM in public[:200]:
                yield seq, FolderFacts.of(public)
        after = batch[-1][0]


def _advance(journal: Journal, mark: int) -> None:
    if mark > journal.settled():
        journal.submit(lambda ledger: ledger.set_settled(mark), urgent=False).result()


class _Settling:
    """One run, and the folders that it has synced already."""

    def __init__(self, mending: Mending, suspects: Container[str]) -> None:
        self._mending = mending
        self._home = mending.home
        self._files = mending.files
        self._suspects = suspects
        self._synced: set[Path] = set()

    def settle(self, facts: FolderFacts) -> None:
        """Make one alarm's folder whole and durable.  Raises `OSError`."""
        folder = archive_folder(self._home, facts.path)
        if not self._is_whole(folder, facts) and self._restore(facts).gone:
            return  # a deletion period was quicker, or recovery has told it as damage
        for name in sorted(os.listdir(folder)):
            if not self._is_durable(folder / name, facts):
                self._sync(folder / name, facts)
        self._files.sync_folder(folder)
        self._sync_above(folder)

    def _is_whole(self, folder: Path, facts: FolderFacts) -> bool:
        return facts.alarm not in self._suspects and facts.has_all(folder)

    def _restore(self, facts: FolderFacts) -> Restored:
        return self._mending.restore(self._mending.facts(facts.alarm) or facts)

    def _is_durable(self, path: Path, facts: FolderFacts) -> bool:
        """A mail was synced before its 250; only a copy of it, for a further alarm, was not."""
        if path.name != MESSAGE:
            return False
        return facts.alarm.endswith("-1") or path.stat().st_nlink > 1

    def _sync(self, path: Path, facts: FolderFacts) -> None:
        try:
            self._files.sync_file(path)
        except OSError:
            for folder in self._mending.places(facts.mail.id):
                if (folder / path.name).exists():
                    self._files.unlink(folder / path.name)
            raise

    def _sync_above(self, folder: Path) -> None:
        """Sync the folders above, up to the archive; each once in a run."""
        for parent in folder.parents:
            if parent not in self._synced:
                self._files.sync_folder(parent)
                self._synced.add(parent)
            if parent == self._home / ARCHIVE:
                return
