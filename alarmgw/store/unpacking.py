"""Unpacking: a mail's pictures and files, written while the mail still arrives.

What falls out is derived: it can always be made again from the mail.  So a
fault here costs a note and the parts concerned, never the mail, and no part
is listed that is not whole on disk.

Files fall out piece by piece; words are read at the end, all of them.  What is
left for that is a few KB of an ordinary mail, and some megabytes of one that
wants to cost much: such mails are read one at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from alarmgw.codec.mime import (
    FileBegun,
    FileData,
    FileEnded,
    MailRead,
    MimeEvent,
    MimeReader,
)
from alarmgw.model import Part, Unpacked
from alarmgw.store.archive import disk_name
from alarmgw.store.safefile import Files
from alarmgw.store.turns import Turns

#: A picture or file could not be written; the mail has it, the folder has not.
UNPACKING_FAILED = "unpacking_failed"

#: Our reader failed on this mail; what it had read until then is kept.
CODEC_FAULT = "codec_fault"

#: So many octets of a mail are quickly read.
FEW_BYTES = 64 * 1024
#: What an octet of a file takes in a mail at most: base64 with its line ends.
_IN_MAIL = 11 / 8

#: For reading all words of a mail that has more.  One for the process, as the interpreter is.
LONG_READING = Turns()


class _OpenPart:
    """One part on its way to disk: its file, and what is known of it so far."""

    def __init__(self, folder: Path, files: Files, begun: FileBegun) -> None:
        self.begun = begun
        self.name = disk_name(begun.number, begun.label, begun.media_type)
        self._path = folder / self.name
        self._files = files
        self._hash = hashlib.sha256()
        self._size = 0
        self._fd: int | None = files.create(self._path)

    def write(self, data: bytes) -> None:
        """Append to the file.  Raises `OSError`."""
        assert self._fd is not None
        self._files.write(self._fd, data)
        self._hash.update(data)
        self._size += len(data)

    def end(self) -> Part:
        """Close the file and say what it is.  Raises `OSError`."""
        self._close()
        return Part(
            name=self.name,
            label=self.begun.label,
            media_type=self.begun.media_type,
            size=self._size,
            sha256=self._hash.hexdigest(),
        )

    def discard(self) -> None:
        """Remove what is no whole file.  Raises `OSError`."""
        try:
            self._close()
        finally:
            self._files.unlink(self._path)

    def _close(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            self._files.close(fd)


class Unpacker:
    """Feeds a mail to the MIME reader and writes its parts into ``folder``.

    Nothing that the mail holds or the disk does makes it raise; ``fault`` is
    the first exception that cost something, for whoever keeps the log.
    """

    def __init__(self, folder: Path, files: Files) -> None:
        self.fault: Exception | None = None
        self._folder = folder
        self._files = files
        self._reader: MimeReader | None = MimeReader()
        self._part: _OpenPart | None = None
        self._pictures: list[Part] = []
        self._others: list[Part] = []
        self._read: MailRead | None = None
        self._notes: list[str] = []
        self._left = 0.0  # octets that have come and were no file's: words, as far as we know

    def feed(self, data: bytes) -> None:
        """Take the mail's next bytes."""
        self._left += len(data)
        if self._reader is not None:
            self._step(self._reader.feed, data)

    def close(self) -> Unpacked:
        """Take the mail's end and say what came to light."""
        if self._reader is not None:
            with LONG_READING.taken() if self._left > FEW_BYTES else nullcontext():
                self._step(self._reader.close)
        self.discard()
        read = self._read
        return Unpacked(
            subject=read.subject if read else None,
            text=read.text if read else None,
            text_cut=read.text_cut if read else False,
            pictures=tuple(self._pictures),
            files=tuple(self._others),
            labels=read.labels if read else (),
            notes=tuple(dict.fromkeys((*(read.notes if read else ()), *self._notes))),
        )

    def discard(self) -> None:
        """Drop the part that has begun and not ended, if there is one."""
        part, self._part = self._part, None
        if part is None:
            return
        try:
            part.discard()
        except OSError as error:  # an unlisted fragment stays, and harms nobody
            self._spoilt(UNPACKING_FAILED, error)

    def _step(self, step: Callable[..., list[MimeEvent]], *data: bytes) -> None:
        try:
            events = step(*data)
        except Exception as error:  # understanding may fail; receiving may not
            self._spoilt(CODEC_FAULT, error)
            self._reader = None
            return
        for event in events:
            self._take(event)

    def _take(self, event: MimeEvent) -> None:
        if isinstance(event, MailRead):
            self._read = event
            return
        try:
            self._store(event)
        except OSError as error:
            self._spoilt(UNPACKING_FAILED, error)
            self.discard()

    def _store(self, event: FileBegun | FileData | FileEnded) -> None:
        if isinstance(event, FileBegun):
            self._part = _OpenPart(self._folder, self._files, event)
        elif self._part is None:
            return  # the rest of a part that was given up
        elif isinstance(event, FileData):
            self._left -= len(event.data) * _IN_MAIL
            self._part.write(event.data)
        else:
            listed = self._pictures if self._part.begun.kind == "picture" else self._others
            listed.append(self._part.end())
            self._part = None

    def _spoilt(self, note: str, error: Exception) -> None:
        self._notes.append(note)
        self.fault = self.fault or error
