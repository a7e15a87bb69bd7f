"""Backup: a whole copy of a running gateway, taken again and again into the same folder.

``TO/archive`` has the alarms' folders at the same places as the home; what is
there and right is kept, so that the next backup costs reading more than
writing.  ``TO/home-<n>`` has the journal as it was at one moment, and every
other file of the home: configuration, keys, bundles.  ``TO/backup.json`` says
which ``home-<n>`` counts, and is replaced last, when all else is on disk:
until then the backup before is the one that counts.

The journal is copied first: whatever it names is already in the archive or
waits in the spool, because entries are written after the mail.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from attrs import asdict, field, frozen

from alarmgw.errors import Cause, Refused
from alarmgw.fitting import encode
from alarmgw.model import utc_text
from alarmgw.store.archive import ARCHIVE
from alarmgw.store.copying import Copied, copied
from alarmgw.store.database import copy_journal, open_reader
from alarmgw.store.inspection import Fault, alarms, in_threads
from alarmgw.store.journal_reader import JournalReader
from alarmgw.store.safefile import Files
from alarmgw.store.spool import SPOOL
from alarmgw.store.verification import Listener, Progress

#: The file that makes a backup whole.
LABEL = "backup.json"

#: What a label says that this program understands.
FORMAT = 1

#: The home's folders that are made anew or kept elsewhere in the backup.
_LEFT_OUT = (ARCHIVE, SPOOL, "run")

_STATE = re.compile(r"home-(\d{1,9})\Z")

_CHUNK = 1024 * 1024

#: Links to folders are followed; a ring of them is not.
_DEPTH = 8


@frozen(kw_only=True)
class Label:
    """What a whole backup says of itself.

    ``state`` is the folder with the journal, ``files`` the SHA-256 of each file in it, and
    ``faults`` the places that were damaged in the home already.
    """

    time: str
    node: str
    journal: str
    head: int
    state: str
    files: Mapping[str, str] = field(factory=dict, repr=False)
    faults: tuple[str, ...] = ()


@frozen(kw_only=True)
class BackedUp:
    """A finished backup: what it is, and what it took."""

    label: Label
    alarms: int
    octets: int
    kept: int
    faults: tuple[Fault, ...]


def back_up(
    home: Path,
    journal_name: str,
    to: Path,
    files: Files,
    *,
    now: datetime,
    threads: int,
    listener: Listener | None = None,
) -> BackedUp:
    """Copy ``home``, whose gateway may run, into the new or older backup ``to``.

    Raises `Refused` for a place that is no backup of this home, and `OSError` and `TryLater`
    where reading or writing fails; the backup before is whole then.
    """
    refuse_nesting(home, to)
    make_folder(to, files)
    with _alone(to):
        run = _Backup(home, journal_name, to, files, threads, listener or Listener())
        return run.run(now)


def whole_backup(folder: Path) -> Label:
    """The label of a whole backup.  Raises `Refused` for anything else."""
    try:
        text = (folder / LABEL).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise _refused(f"{folder} is no whole backup: it has no {LABEL}") from None
    try:
        label = json.loads(text)
        if label.pop("format") != FORMAT:
            raise _refused(f"{folder} was made by another version of alarmgw: use that one")
        faults = tuple(label.pop("faults"))
        return Label(**label, faults=faults)
    except (ValueError, TypeError, KeyError) as error:
        raise _refused(f"{folder / LABEL} is damaged: take another backup") from error


def refuse_nesting(home: Path, backup: Path) -> None:
    """Raises `Refused` when one of the two is inside the other."""
    one, other = home.resolve(), backup.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise _refused(f"{home} and {backup} are in one another: name a folder elsewhere")


def make_folder(folder: Path, files: Files) -> None:
    """Make a folder, and those above that are missing, for us alone.  Raises `OSError`."""
    for made in files.make_parents(folder / LABEL):
        files.sync_folder(made.parent)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file.  Raises `OSError`."""
    with path.open("rb", buffering=0) as octets:
        return hashlib.file_digest(octets, "sha256").hexdigest()


def copy_file(source: Path, target: Path, files: Files) -> str:
    """A new file with the octets of another one, synced; their SHA-256.  Raises `OSError`."""
    digest = hashlib.sha256()
    with source.open("rb", buffering=0) as octets:
        fd = files.create(target)
        try:
            while data := octets.read(_CHUNK):
                digest.update(data)
                files.write(fd, data)
            files.sync(fd)
        finally:
            files.close(fd)
    return digest.hexdigest()


class FolderSyncs:
    """The folders in which names were made, each of them synced once at the end."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._folders: set[Path] = set()

    def add(self, made: tuple[Path, ...]) -> None:
        """Folders that are new, and with them those above."""
        for folder in made:
            self._folders |= {folder, folder.parent}

    def sync(self) -> None:
        """Make all names durable.  Raises `OSError`."""
        for folder in sorted(self._folders):
            self._files.sync_folder(folder)


class _Backup:
    """One run."""

    def __init__(
        self,
        home: Path,
        journal_name: str,
        to: Path,
        files: Files,
        threads: int,
        listener: Listener,
    ) -> None:
        self._home = home
        self._journal_name = journal_name
        self._to = to
        self._files = files
        self._threads = threads
        self._listener = listener
        self._alarms = self._octets = self._kept = 0
        self._faults: list[Fault] = []

    def run(self, now: datetime) -> BackedUp:
        """Journal, archive, the rest of the home, label; then what is out of date goes."""
        before = self._before()
        state = self._new_state()
        journal = self._copy_journal(state)
        with closing(JournalReader(journal)) as reader:
            identity, node = reader.meta("identity"), reader.meta("node")
            if before is not None and before.journal != identity:
                self._files.remove_tree(state)
                raise _refused(f"{self._to} is the backup of another journal: name a new folder")
            head = reader.bounds()[1]
            self._copy_alarms(reader, head)
        label = Label(
            time=utc_text(now),
            node=node,
            journal=identity,
            head=head,
            state=state.name,
            files={self._journal_name: digest_of(journal), **self._copy_rest(state)},
            faults=tuple(fault.place for fault in self._faults),
        )
        self._put_label(label)
        self._remove_states(state.name)
        return BackedUp(
            label=label,
            alarms=self._alarms,
            octets=self._octets,
            kept=self._kept,
            faults=tuple(self._faults),
        )

    def _before(self) -> Label | None:
        """The whole backup that is here already; `Refused` where something else is."""
        names = set(os.listdir(self._to))
        strange = {name for name in names if not _is_ours(name)}
        if strange:
            raise _refused(f"{self._to} has other things in it ({min(strange)}): name a new folder")
        return whole_backup(self._to) if LABEL in names else None

    def _new_state(self) -> Path:
        """An empty ``home-<n>`` with a number that no run has used here."""
        numbers = [int(match[1]) for name in os.listdir(self._to) if (match := _STATE.match(name))]
        state = self._to / f"home-{max(numbers, default=0) + 1}"
        self._files.mkdir(state)
        return state

    def _copy_journal(self, state: Path) -> Path:
        """The journal as it is now."""
        target = state / self._journal_name

        def told(done: int, total: int) -> None:
            self._listener.progress(Progress(stage="journal", done=done, total=total))

        with closing(open_reader(self._home / self._journal_name)) as source:
            copy_journal(source, target, told)
        return target

    def _copy_alarms(self, reader: JournalReader, head: int) -> None:
        """The folders of all alarms that the copied journal knows."""
        archive, settled = self._to / ARCHIVE, reader.settled()
        if not archive.is_dir():
            self._files.mkdir(archive)
        syncs = FolderSyncs(self._files)
        results = in_threads(
            self._threads,
            alarms(reader, head),
            lambda batch: copied(self._home, self._to, self._files, settled, batch),
        )
        for result in results:
            self._count(result, head)
            syncs.add(result.made)
        syncs.sync()

    def _count(self, result: Copied, head: int) -> None:
        self._alarms += 1
        self._octets += result.octets
        self._kept += result.kept
        for fault in result.faults:
            self._faults.append(fault)
            self._listener.fault(fault)
        self._listener.progress(
            Progress(stage="entries", done=result.sought.seq, total=head, octets=self._octets)
        )

    def _copy_rest(self, state: Path) -> dict[str, str]:
        """Configuration, keys, bundles: every other file of the home, and its SHA-256."""
        digests = {}
        for name in _rest(self._home, self._journal_name):
            self._files.make_parents(state / name)
            try:
                digests[name] = copy_file(self._home / name, state / name, self._files)
            except FileNotFoundError:  # a workstation's files come and go
                if (self._home / name).exists():
                    raise
        for folder, _, _ in os.walk(state):
            self._files.sync_folder(Path(folder))
        return digests

    def _put_label(self, label: Label) -> None:
        """All else is on disk: now this is the backup that counts."""
        for folder in (self._to / ARCHIVE, self._to):
            self._files.sync_folder(folder)
        unfinished = self._to / f"{LABEL}.new"
        unfinished.unlink(missing_ok=True)
        self._files.write_whole(unfinished, encode({"format": FORMAT, **asdict(label)}) + b"\n")
        self._files.sync_file(unfinished)
        self._files.rename(unfinished, self._to / LABEL)
        self._files.sync_folder(self._to)

    def _remove_states(self, current: str) -> None:
        """Journals of backups before, and of those that were not finished."""
        for name in sorted(os.listdir(self._to)):
            if _STATE.match(name) and name != current:
                self._files.remove_tree(self._to / name)


def _rest(home: Path, journal_name: str) -> Iterator[str]:
    """Every file of the home but the journal and what the archive's copy stands for."""
    for name in sorted(os.listdir(home)):
        if name not in _LEFT_OUT and not name.startswith(journal_name):
            yield from _files_below(home, name, _DEPTH)


def _files_below(home: Path, name: str, depth: int) -> Iterator[str]:
    path = home / name
    if path.is_file():
        yield name
    elif path.is_dir() and depth:
        names: list[str] = []
        with contextlib.suppress(FileNotFoundError):  # what comes and goes is no loss
            names = sorted(os.listdir(path))
        for inner in names:
            yield from _files_below(home, f"{name}/{inner}", depth - 1)


def _is_ours(name: str) -> bool:
    return name in (ARCHIVE, LABEL, f"{LABEL}.new", "lost+found") or bool(_STATE.match(name))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else writes into the same backup meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _refused(f"another backup into {folder} is under way") from error
        yield
    finally:
        os.close(descriptor)


def _refused(text: str) -> Refused:
    return Refused(Cause.NOT_ALLOWED, text)
