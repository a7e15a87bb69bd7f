"""The spool: drafts, the mails still arriving, for which nothing is promised yet.

How the promise becomes true.  ``spool/<mail id>/message.eml`` is written as
the octets come; its names (folder and file) are synced meanwhile, off the
path that the device waits on; after the final dot the one sync that it does
wait on makes the bytes durable.  Then the draft is sealed: everything derived
is put beside the mail, unsynced, because it can be made again.  Then others
take the journal line, and only then may the folder move to the archive.

A file whose sync failed is abandoned, never synced again: the kernel may
have dropped its data and would call the second try a success.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from alarmgw.errors import Cause, TryLater
from alarmgw.model import MailFacts, Unpacked
from alarmgw.store.archive import ARCHIVE, ENTRY, MESSAGE, TEXT
from alarmgw.store.safefile import Files, later
from alarmgw.store.unpacking import Unpacker

SPOOL = "spool"

#: The file with which the volume is tried again after a failed sync.
PROBE = "volume.probe"


@frozen(kw_only=True)
class Finished:
    """A mail whose octets are durable, what they say, and what went wrong in reading them."""

    mail: MailFacts
    unpacked: Unpacked
    fault: Exception | None = None


@frozen(kw_only=True)
class Sealed:
    """One alarm of a mail: its id, and its place in the archive."""

    alarm: str
    path: str


def folder_in_spool(home: Path, alarm: str) -> Path:
    """Where an alarm's folder waits to be moved: the draft itself for a mail's first alarm."""
    mail, _, number = alarm.rpartition("-")
    return home / SPOOL / (mail if number == "1" else alarm)


def put_entry(home: Path, files: Files, alarm: str, public: bytes) -> None:
    """Put an alarm's entry without ``seq`` into its folder, which waits to be moved; unsynced.

    Not before the commit, which decides the alarm's incident.  Raises `OSError`.
    """
    files.write_whole(folder_in_spool(home, alarm) / ENTRY, public)


def text_bytes(text: str) -> bytes:
    """A mail's text as ``text.txt`` holds it: UTF-8, whatever the text came from."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


class Spool:
    """The folder of drafts of one home."""

    def __init__(self, home: Path, files: Files) -> None:
        """Makes ``spool`` and ``archive`` where they are missing.  Raises `OSError`."""
        self.home = home
        self.files = files
        for folder in (home / SPOOL, home / ARCHIVE):
            if not folder.is_dir():
                files.mkdir(folder)
        # Those that are there as well: who made them may have been stopped before this line.
        files.sync_folder(home)

    def create(self, mail_id: str) -> Draft:
        """A new draft.  Raises `TryLater`."""
        folder = self.home / SPOOL / mail_id
        try:
            self.files.mkdir(folder)
            try:
                fd = self.files.create(folder / MESSAGE)
            except OSError:
                self.files.rmdir(folder)
                raise
        except OSError as error:
            raise later(error) from error
        return Draft(mail_id, folder, fd, self.files)

    def probe(self) -> None:
        """Do with a fresh file what a mail needs: does the volume work (again)?

        Raises `TryLater`.
        """
        path = self.home / SPOOL / PROBE
        try:
            with contextlib.suppress(FileNotFoundError):
                self.files.unlink(path)
            fd = self.files.create(path)
            try:
                self.files.write(fd, b"probe\n")
                self.files.sync(fd)
                self.files.sync_folder(path.parent)
            finally:
                self.files.close(fd)
                self.files.unlink(path)
        except OSError as error:
            raise later(error) from error


class Draft:
    """One mail on its way to disk.  Its calls never overlap; they may come from any thread."""

    def __init__(self, mail_id: str, folder: Path, fd: int, files: Files) -> None:
        self.mail_id = mail_id
        self.folder = folder
        self.size = 0
        self._fd: int | None = fd
        self._files = files
        self._hash = hashlib.sha256()
        self._unpacker = Unpacker(folder, files)
        self._names_synced = False
        self._failure: TryLater | None = None
        self._finished: Finished | None = None
        self._further: list[Path] = []

    def sync_names(self) -> None:
        """Make the folder's and the file's names durable.  Raises `TryLater`."""
        self._usable()
        try:
            self._files.sync_folder(self.folder)
            self._files.sync_folder(self.folder.parent)
        except OSError as error:
            raise self._failed(error) from error
        self._names_synced = True

    def write(self, data: bytes) -> None:
        """Take the mail's next octets, best about 64 KB of them.  Raises `TryLater`."""
        fd = self._usable()
        try:
            self._files.write(fd, data)
        except OSError as error:
            raise self._failed(error) from error
        self._hash.update(data)
        self.size += len(data)
        self._unpacker.feed(data)

    def finish(self) -> Finished:
        """Make the mail durable: names, then its bytes by their one sync.  Raises `TryLater`."""
        fd = self._usable()
        if not self._names_synced:
            self.sync_names()
        try:
            self._files.sync(fd)
            self._close()
        except OSError as error:
            raise self._failed(error) from error
        mail = MailFacts(id=self.mail_id, size=self.size, sha256=self._hash.hexdigest())
        unpacked = self._unpacker.close()
        self._finished = Finished(mail=mail, unpacked=unpacked, fault=self._unpacker.fault)
        return self._finished

    def seal(self, alarms: Sequence[Sealed]) -> tuple[OSError, ...]:
        """Put the text beside the mail, and make the folders of its further alarms.

        All of it is derived and unsynced.  What could not be made is told, not
        raised: settling and recovery make it from the mail.
        """
        assert self._finished is not None, "a draft is finished before it is sealed"
        faults: list[OSError] = []
        text = self._finished.unpacked.text
        if text:
            try:
                self._files.write_whole(self.folder / TEXT, text_bytes(text))
            except OSError as error:
                faults.append(error)
        shared = self._shared()
        for sealed in alarms[1:]:
            self._copy(sealed, shared, faults)
        return tuple(faults)

    def abort(self) -> None:
        """Forget the mail: nothing was promised.  What cannot be removed the next start sweeps.

        Not after a failed journal commit: see `leave`.
        """
        self.leave()
        for folder in (*self._further, self.folder):
            with contextlib.suppress(OSError):
                self._files.remove_tree(folder)

    def leave(self) -> None:
        """Let go of the mail and keep its folder, for the next start to judge.

        After a failed commit nobody can say whether the journal's line is on
        disk.  If it is, the mail must be there too; if not, the start sweeps it.
        """
        self._failure = self._failure or TryLater(Cause.STORE_FAILED, "The draft was given up.")
        self._unpacker.discard()
        with contextlib.suppress(OSError):
            self._close()

    def _shared(self) -> list[str]:
        """The names of the files that all alarms of the mail have in common."""
        assert self._finished is not None
        unpacked = self._finished.unpacked
        text = [TEXT] if (self.folder / TEXT).exists() else []
        return [MESSAGE, *text, *(part.name for part in (*unpacked.pictures, *unpacked.files))]

    def _copy(self, sealed: Sealed, shared: Sequence[str], faults: list[OSError]) -> None:
        """The complete folder of a further alarm; half of one is removed again."""
        folder = self.folder.with_name(sealed.alarm)
        try:
            self._files.mkdir(folder)
        except OSError as error:
            faults.append(error)
            return
        self._further.append(folder)
        try:
            for name in shared:
                self._files.link(self.folder / name, folder / name)
        except OSError as error:
            faults.append(error)
            with contextlib.suppress(OSError):
                self._files.remove_tree(folder)

    def _usable(self) -> int:
        if self._failure is not None:
            raise self._failure
        assert self._fd is not None, "a draft is written before it is finished"
        return self._fd

    def _failed(self, error: OSError) -> TryLater:
        self._failure = later(error)
        return self._failure

    def _close(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            self._files.close(fd)
