"""Settling: some seconds after the 250, derived files and folders are made durable.

In the journal's order every alarm's files, its folder and the folders above
are synced, then the ``settled`` mark advances: from there on a start need not
look back.  A derived file that cannot be synced is dropped, so that the next
run makes a fresh one: after a failure no file is synced again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Container, Iterator
from itertools import dropwhile
from pathlib import Path

from alarmgw.entries import KEEPING
from alarmgw.model import Now, Randomness
from alarmgw.store.archive import ARCHIVE, ENTRY, MESSAGE, archive_folder
from alarmgw.store.folder_facts import FolderFacts
from alarmgw.store.journal import Journal
from alarmgw.store.mending import Mending, Restored
from alarmgw.store.safefile import Files

_BATCH = 500
_BATCH_BYTES = 4 * 1024 * 1024
_KEEPING = tuple(b'"type":"%b"' % kind.encode() for kind in KEEPING)


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
    mending = Mending(home, journal, files, now=now, randomness=randomness)
    settling = _Settling(mending, suspects)
    mark = journal.settled()
    try:
        for count, (seq, facts) in enumerate(alarms_after(journal, mark, upto), 1):
            settling.settle(facts)
            mark = seq
            if count % _BATCH == 0:  # a kill in the middle of a long run costs no more than this
                _advance(journal, mark)
    except OSError:
        _advance(journal, mark)
        raise
    finally:
        mending.close()
    _advance(journal, upto)
    return max(mark, upto)


def alarms_after(journal: Journal, after: int, upto: int) -> Iterator[tuple[int, FolderFacts]]:
    """The entries that keep a mail with numbers above ``after``, up to ``upto``, in order."""
    while after < upto:
        batch = journal.read(after, min(_BATCH, upto - after), _BATCH_BYTES)
        if not batch:
            return
        for seq, public in batch:
            if any(kind in public[:200] for kind in _KEEPING):
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
            return
        for name in sorted(os.listdir(folder)):
            if not self._is_durable(folder / name, facts):
                self._sync(folder / name, facts)
        self._files.sync_folder(folder)
        self._sync_above(folder)

    def _is_whole(self, folder: Path, facts: FolderFacts) -> bool:
        return facts.alarm not in self._suspects and facts.has_all(folder)

    def _restore(self, facts: FolderFacts) -> Restored:
        """Mend the folder; a mail that is gone is told, if nobody has told it yet."""
        self._synced.clear()  # what moves now, moves into folders that may have been synced
        facts = self._mending.facts(facts.alarm) or facts
        restored = self._mending.restore(facts)
        if restored.gone:
            self._mending.tell_damage(facts)
        return restored

    def _is_durable(self, path: Path, facts: FolderFacts) -> bool:
        """A mail was synced before its 250; only a copy of it, for a further alarm, was not."""
        if path.name != MESSAGE:
            return False
        return facts.alarm.endswith("-1") or path.stat().st_nlink > 1

    def _sync(self, path: Path, facts: FolderFacts) -> None:
        try:
            self._files.sync_file(path)
        except OSError:
            if path.name != MESSAGE or self._stands_elsewhere(path, facts):
                self._drop(path, facts)
            raise

    def _stands_elsewhere(self, message: Path, facts: FolderFacts) -> bool:
        """Is there another whole file of this mail?  The last one is never dropped."""
        places = self._mending.places(facts.mail.id)
        return any(facts.has_mail(place) for place in places if place != message.parent)

    def _drop(self, path: Path, facts: FolderFacts) -> None:
        """Take a file away wherever it has a name, so that the next run makes a fresh one.

        It is shared with other alarms of the mail.  Those before this one have
        settled with it, and no run would make it anew for them: they keep it.
        """
        lost = path.stat()
        for folder in list(self._unsettled_places(facts)):
            if _is_file(folder / path.name, lost):
                # Without its entry a folder is seen to want something, even where
                # that is a part that no entry lists.
                for name in sorted({ENTRY, path.name}):
                    with contextlib.suppress(FileNotFoundError):
                        self._files.unlink(folder / name)

    def _unsettled_places(self, facts: FolderFacts) -> Iterator[Path]:
        """Where this alarm's folder and those of its mail's later alarms may stand."""
        alarms = self._mending.alarms(facts.mail.id)
        for alarm in dropwhile(lambda earlier: earlier.alarm != facts.alarm, alarms):
            yield from self._mending.places_of(alarm)

    def _sync_above(self, folder: Path) -> None:
        """Sync the folders above, up to the archive; each once in a run."""
        archive = self._home / ARCHIVE
        for parent in folder.parents:
            if parent in self._synced:
                return  # and with it what is above
            self._files.sync_folder(parent)
            self._synced.add(parent)
            if parent == archive:
                return


def _is_file(path: Path, wanted: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), wanted)
    except FileNotFoundError:
        return False
