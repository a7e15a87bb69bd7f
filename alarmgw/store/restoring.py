"""Restoring: a backup becomes a new home, after it has been proved.

The restored journal goes on where the backed-up one stood, but it is another
journal: what was appended after the backup is lost, and its numbers come
again.  So it gets a new identity, by which every workstation notices that it
must start from a snapshot, and a `system` entry that says what it was made of.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

from attrs import evolve, field, frozen

from alarmgw.entries import record, system_entry
from alarmgw.errors import Cause, Refused
from alarmgw.model import Now, Randomness
from alarmgw.store.archive import ARCHIVE
from alarmgw.store.backup import (
    FolderSyncs,
    Label,
    copy_file,
    digest_of,
    make_folder,
    refuse_nesting,
    whole_backup,
)
from alarmgw.store.copying import copied
from alarmgw.store.inspection import Fault, alarms, in_threads
from alarmgw.store.journal import Journal, JournalReader, Ledger
from alarmgw.store.safefile import Files
from alarmgw.store.spool import SPOOL
from alarmgw.store.verification import Listener, Progress, Verified, verify

#: The `system` entry that begins a restored journal's own time.
RESTORED = "restored"

_TAKE_ANOTHER = "take another backup"


@frozen(kw_only=True)
class Names:
    """What a home's files are called: the journal, and the file without which it is no home."""

    journal: str
    config: str
    folders: tuple[str, ...] = field(default=(ARCHIVE, SPOOL, "run", "tls", "workstations"))


@frozen(kw_only=True)
class Restored:
    """A finished restore: the backup it was made of, the journal's new identity, its head."""

    label: Label
    journal: str
    head: int
    alarms: int


def verify_backup(
    backup: Path, names: Names, *, threads: int, listener: Listener | None = None
) -> Verified:
    """Compare a whole backup with its label and its journal; damage that it had from its home
    is no fault of its own.  Raises `Refused` where there is no whole backup.
    """
    label = whole_backup(backup)
    listener = listener or Listener()
    own: list[Fault] = []

    def tell(fault: Fault) -> None:
        if fault.place not in label.faults:
            own.append(fault)
            listener.fault(fault)

    state = backup / label.state
    for name, digest in label.files.items():
        text = _fault_of(state / name, digest)
        if text:
            tell(Fault(place=f"{label.state}/{name}", text=text, remedy=_TAKE_ANOTHER))
    with closing(JournalReader(state / names.journal)) as reader:
        inner = Listener(fault=tell, progress=listener.progress)
        found = verify(backup, reader, threads=threads, listener=inner, backup=True)
    return evolve(found, faults=tuple(own))


def restore(
    backup: Path,
    home: Path,
    names: Names,
    files: Files,
    *,
    now: Now,
    randomness: Randomness,
    threads: int,
    listener: Listener | None = None,
) -> Restored:
    """Make the new or empty folder ``home`` what the ``backup`` holds.

    Raises `Refused` for a backup that is not whole or a home that is not empty, and `OSError`
    where reading or writing fails; what was begun is removed then.
    """
    listener = listener or Listener()
    label = whole_backup(backup)
    refuse_nesting(home, backup)
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise _refused(f"{home} exists and is not empty; nothing was changed")
    found = verify_backup(backup, names, threads=threads, listener=listener)
    if found.faults:
        raise _refused(f"{backup} has {len(found.faults)} faults: {_TAKE_ANOTHER}")
    existed = home.exists()
    try:
        run = _Restore(backup, label, home, names, files, threads, listener, now, randomness)
        return run.run()
    except BaseException:
        _emptied(home)
        if not existed and home.exists():
            home.rmdir()
        raise


class _Restore:
    """One run."""

    def __init__(
        self,
        backup: Path,
        label: Label,
        home: Path,
        names: Names,
        files: Files,
        threads: int,
        listener: Listener,
        now: Now,
        randomness: Randomness,
    ) -> None:
        self._backup = backup
        self._state = backup / label.state
        self._label = label
        self._home = home
        self._names = names
        self._files = files
        self._threads = threads
        self._listener = listener
        self._now = now
        self._randomness = randomness

    def run(self) -> Restored:
        """The configuration comes last: no gateway starts on half a home."""
        self._make_folders()
        count = self._copy_alarms()
        config, journal = self._names.config, self._names.journal
        for name in self._label.files:
            if name not in (config, journal):
                self._copy(name)
        identity, head = self._copy_journal()
        for folder, inside, _ in os.walk(self._home, topdown=True):
            self._files.sync_folder(Path(folder))
            if folder == str(self._home):
                inside.remove(ARCHIVE)  # it is synced, and large
        if config in self._label.files:
            self._copy(config)
            self._files.sync_folder(self._home)
        return Restored(label=self._label, journal=identity, head=head, alarms=count)

    def _make_folders(self) -> None:
        make_folder(self._home, self._files)
        self._home.chmod(0o700)
        for name in self._names.folders:
            self._files.mkdir(self._home / name)

    def _copy(self, name: str) -> None:
        self._files.make_parents(self._home / name)
        copy_file(self._state / name, self._home / name, self._files)

    def _copy_alarms(self) -> int:
        """The archive, proved once more on the way; damage that is known comes as it is."""
        count, syncs = 0, FolderSyncs(self._files)
        with closing(JournalReader(self._state / self._names.journal)) as reader:
            head, settled = self._label.head, reader.settled()
            results = in_threads(
                self._threads,
                alarms(reader, head),
                lambda batch: copied(self._backup, self._home, self._files, settled, batch),
            )
            for result in results:
                count += 1
                self._refuse_new_faults(result.faults)
                syncs.add(result.made)
                self._listener.progress(
                    Progress(stage="restoring", done=result.sought.seq, total=head)
                )
        syncs.sync()
        return count

    def _refuse_new_faults(self, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            if fault.place not in self._label.faults:
                raise _refused(f"{fault.place}: {fault.text}: {_TAKE_ANOTHER}")

    def _copy_journal(self) -> tuple[str, int]:
        """The journal under its new identity, its first own entry in it; identity and head."""
        path = self._home / self._names.journal
        copy_file(self._state / self._names.journal, path, self._files)
        journal = Journal(path, node=self._label.node, now=self._now, randomness=self._randomness)
        identity = self._randomness(16).hex()
        with closing(journal):
            journal.start(lambda entries: None, lambda failure: None)
            head = journal.submit(lambda ledger: self._begin(ledger, identity)).result()
        self._files.sync_file(path)
        return identity, head

    def _begin(self, ledger: Ledger, identity: str) -> int:
        """In one transaction, so that no journal has the old identity and the new entry."""
        label = self._label
        ledger.connection.execute("UPDATE meta SET value = ? WHERE name = 'identity'", (identity,))
        entry = system_entry(
            time=self._now(),
            node=label.node,
            event=RESTORED,
            text=f"Restored from the backup of {label.time}; what came after entry {label.head}"
            " is not in this journal.",
            backup=label.time,
            journal=label.journal,
            head=label.head,
        )
        return ledger.append(record(entry, self._randomness))


def _fault_of(path: Path, digest: str) -> str | None:
    try:
        return None if digest_of(path) == digest else "is not what was backed up"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"


def _emptied(home: Path) -> None:
    for path in home.iterdir() if home.exists() else ():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _refused(text: str) -> Refused:
    return Refused(Cause.NOT_ALLOWED, text)
