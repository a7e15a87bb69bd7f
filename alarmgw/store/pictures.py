"""Pieces of stored pictures and files, for whoever is shown an alarm.

What may be read is what that alarm's entries list, and the two files that
every alarm has.  A name from outside never becomes a path unless an entry
says it; no symbolic link is followed on the way.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from alarmgw.entries import KEEPING
from alarmgw.errors import Cause, Refused

#: Every alarm's folder has these, whatever was found in the mail.
ALWAYS = ("message.eml", "text.txt")


class AlarmRecord(Protocol):
    """What is needed of a journal."""

    def of_alarm(self, alarm: str) -> list[tuple[int, bytes]]:
        """Everything that the journal says about one alarm."""


def read_chunk(
    home: Path, journal: AlarmRecord, alarm: str, name: str, offset: int, size: int
) -> tuple[bytes, int]:
    """Up to ``size`` bytes at ``offset`` of a file of this alarm, and the file's length.

    Empty behind the end.  Raises `Refused` (``NOT_FOUND``) for any other name.
    """
    entries = [json.loads(encoded) for _, encoded in journal.of_alarm(alarm)]
    first = next((entry for entry in entries if entry["type"] in KEEPING), None)
    if first is None or not (name in ALWAYS or name in set(_listed(entries))):
        raise Refused(Cause.NOT_FOUND, f"{alarm} has no file {name!r}")
    for folder in _folders(first):
        with suppress(FileNotFoundError, NotADirectoryError):
            return _read(home, (*folder, name), offset, size)
    raise Refused(Cause.NOT_FOUND, f"{name} of {alarm} is not there any more")


def _listed(entries: list[dict[str, Any]]) -> Iterator[str]:
    """The names on disk that these entries list; an erased name is none."""
    for entry in entries:
        for row in (entry.get("pictures") or []) + (entry.get("files") or []):
            if row.get("name"):
                yield row["name"]


def _folders(entry: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Where the alarm's folder is: in the archive, or (its rename failed) still in the spool."""
    yield tuple(entry["path"].split("/"))
    yield ("spool", entry["mail"]["id"])
    yield ("spool", entry["alarm"])


def _read(home: Path, parts: tuple[str, ...], offset: int, size: int) -> tuple[bytes, int]:
    if any(part in ("", ".", "..") or "/" in part or "\0" in part for part in parts):
        raise Refused(Cause.NOT_FOUND, "no such file")
    descriptor = _opened(home, parts)
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise Refused(Cause.NOT_FOUND, "no such file")
        return os.pread(descriptor, size, offset), facts.st_size
    finally:
        os.close(descriptor)


def _opened(home: Path, parts: tuple[str, ...]) -> int:
    """``parts`` below ``home`` opened step by step, none of them a symbolic link."""
    descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    for part in parts:
        folder = descriptor
        try:
            descriptor = os.open(part, _NO_LINK, dir_fd=folder)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise Refused(Cause.NOT_FOUND, "no such file") from error
            raise
        finally:
            os.close(folder)
    return descriptor


#: A pipe that somebody put there must not hold the thread.
_NO_LINK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
