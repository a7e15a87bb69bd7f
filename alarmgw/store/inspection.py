"""Inspecting: one alarm's folder against what the journal says of it, octet for octet.

`verification` asks it of a home, `backup` and `restoring` of what they copy.
Nothing is changed here.  Files are hashed in a few threads: hashing leaves
the interpreter free, so that all processors work.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from alarmgw.entries import KEEPING, join, numbered
from alarmgw.store.archive import ENTRY, MESSAGE, TEXT, archive_folder
from alarmgw.store.chain import Line, lines_after
from alarmgw.store.folder_facts import FolderFacts
from alarmgw.store.journal_reader import JournalReader
from alarmgw.store.spool import text_bytes

T = TypeVar("T")
R = TypeVar("R")

_PIECE = 1024 * 1024

#: Alarms handed to a thread at once: enough to be worth it, and those of one mail mostly together.
BATCH = 32

_FROM_BACKUP = "copy it from the same place in a backup"
_MOVE_AWAY = "find out who put it there and move it away"

#: What the files that an entry has no room to list are called.
_NUMBERED = re.compile(r"\d{2,}-.")


@frozen(kw_only=True)
class Fault:
    """Something that is not as it was written: where, what, and what to do about it."""

    place: str
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}; {self.remedy}"


@frozen(kw_only=True)
class Sought:
    """An alarm whose folder is inspected: its entry's number and what its entries say.

    ``erased``: a deletion period has emptied its words, so that the names of its parts are
    not known; ``nameless`` are the SHA-256 of these.
    """

    seq: int
    facts: FolderFacts
    erased: bool = False
    nameless: frozenset[str] = field(factory=frozenset, repr=False)


@frozen(kw_only=True)
class Inspected:
    """What was found in one folder, and how much was read for it."""

    sought: Sought
    faults: tuple[Fault, ...]
    files: int
    octets: int


def alarms(reader: JournalReader, upto: int) -> Iterator[Sought]:
    """Every alarm of the journal up to entry ``upto``, with what was told of it later."""
    rebuilt = rebuilt_alarms(reader)
    for line in lines(reader, upto):
        if line.type in KEEPING and line.alarm is not None:
            yield sought(reader, line, line.alarm in rebuilt)


def lines(reader: JournalReader, upto: int) -> Iterator[Line]:
    """The journal's lines up to entry ``upto``, in short transactions.  Raises `TryLater`."""
    after = 0
    while True:
        with reader.reading() as connection:
            found = lines_after(connection, after, upto)
        if not found:
            return
        yield from found
        after = found[-1].seq


def rebuilt_alarms(reader: JournalReader) -> frozenset[str]:
    """The alarms whose files are not (all) those of their first entry."""
    with reader.reading() as connection:
        rows = connection.execute("SELECT DISTINCT alarm FROM entry WHERE type = 'rebuilt'")
        return frozenset(row[0] for row in rows)


def sought(reader: JournalReader, line: Line, rebuilt: bool) -> Sought:
    """The alarm of a line that keeps a mail.  Raises what damaged ones do: `DAMAGED_ENTRY`."""
    history = [numbered(line.seq, join(line.body, line.content))]
    if rebuilt:
        history = [public for _, public in reader.of_alarm(line.alarm or "")]
    facts = FolderFacts.of(history[0])
    for public in history[1:]:
        facts = facts.after(public)
    rows = _last_parts(history) if line.erased or rebuilt else []
    nameless = frozenset(row["sha256"] for row in rows if row["name"] is None)
    return Sought(
        seq=line.seq, facts=facts, erased=line.erased or bool(nameless), nameless=nameless
    )


#: What `sought` raises for an entry that was damaged; the chain has told of it.
DAMAGED_ENTRY = (ValueError, KeyError, TypeError, AttributeError)


def _last_parts(history: Iterable[bytes]) -> list[dict[str, Any]]:
    """The rows of pictures and files in the last entry that has some."""
    entries = [json.loads(public) for public in history]
    listing = [entry for entry in entries if entry["type"] in (*KEEPING, "rebuilt")]
    return [*listing[-1]["pictures"], *listing[-1]["files"]]


class Inspection:
    """Inspects folders of one home; one object for each batch, in one thread.

    A file that several alarms of a mail share is hashed once.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._digests: dict[tuple[int, int], str] = {}
        self._files = 0
        self._octets = 0

    def of(self, alarm: Sought) -> Inspected:
        """Compare one alarm's folder with its entries."""
        self._files = self._octets = 0
        faults = tuple(self._faults(alarm))
        return Inspected(sought=alarm, faults=faults, files=self._files, octets=self._octets)

    def _faults(self, alarm: Sought) -> Iterator[Fault]:
        path = alarm.facts.path
        try:
            folder = archive_folder(self._home, path)
            with os.scandir(folder) as rows:
                found = {row.name: row for row in rows}
        except ValueError as error:
            yield Fault(place=f"entry {alarm.seq}", text=str(error), remedy=_FROM_BACKUP)
        except FileNotFoundError:
            if not alarm.erased:
                yield Fault(place=path, text="the folder is missing", remedy=_FROM_BACKUP)
        except OSError as error:
            yield _unreadable(path, error)
        else:
            yield from self._faults_of_files(alarm, folder, found)

    def _faults_of_files(
        self, alarm: Sought, folder: Path, found: dict[str, os.DirEntry[str]]
    ) -> Iterator[Fault]:
        """The files that the entries name, then those that they do not."""
        facts, wanted = alarm.facts, known_files(alarm)
        for name, (size, sha256) in wanted.items():
            if name in found:
                yield from self._faults_of_file(alarm, found[name], size, sha256)
            elif not alarm.erased:
                place = f"{facts.path}/{name}"
                yield Fault(place=place, text="is missing", remedy=_FROM_BACKUP)
        for name in sorted(found.keys() - wanted.keys()):
            yield from self._faults_of_unlisted(alarm, folder, found[name])

    def _faults_of_file(
        self, alarm: Sought, row: os.DirEntry[str], size: int, sha256: str
    ) -> Iterator[Fault]:
        place = f"{alarm.facts.path}/{row.name}"
        try:
            status = row.stat(follow_symlinks=False)
            self._files += 1
            if status.st_size != size:
                text = f"has {status.st_size} octets, entry {alarm.seq} says {size}"
                yield Fault(place=place, text=text, remedy=_FROM_BACKUP)
            elif self._digest(row.path, status) != sha256:
                text = f"is not what entry {alarm.seq} says: its SHA-256 differs"
                yield Fault(place=place, text=text, remedy=_FROM_BACKUP)
        except OSError as error:
            yield _unreadable(place, error)

    def _faults_of_unlisted(
        self, alarm: Sought, folder: Path, row: os.DirEntry[str]
    ) -> Iterator[Fault]:
        """A file that no entry names may be one that an entry has no room or no name for."""
        facts, place = alarm.facts, f"{alarm.facts.path}/{row.name}"
        try:
            if row.name == TEXT and facts.text_cut:
                if not (folder / TEXT).read_bytes().startswith(text_bytes(facts.text)):
                    text = f"does not begin as entry {alarm.seq} says"
                    yield Fault(place=place, text=text, remedy=_FROM_BACKUP)
                return
            if facts.more_parts and _NUMBERED.match(row.name):
                return
            if alarm.erased and (row.name in (ENTRY, TEXT) or self._is_nameless(alarm, row)):
                return
        except OSError as error:
            yield _unreadable(place, error)
            return
        yield Fault(place=place, text=f"entry {alarm.seq} knows no such file", remedy=_MOVE_AWAY)

    def _is_nameless(self, alarm: Sought, row: os.DirEntry[str]) -> bool:
        """Is this one of the files whose names were erased?"""
        if not _NUMBERED.match(row.name) or not row.is_file(follow_symlinks=False):
            return False
        return self._digest(row.path, row.stat(follow_symlinks=False)) in alarm.nameless

    def _digest(self, path: str, status: os.stat_result) -> str:
        """The SHA-256 of a file; of one with several names it is read once."""
        inode = status.st_dev, status.st_ino
        known = self._digests.get(inode)
        if known is not None:
            return known
        self._octets += status.st_size
        digest = _sha256_of(path, status.st_size)
        if status.st_nlink > 1:
            self._digests[inode] = digest
        return digest


def _sha256_of(path: str, size: int) -> str:
    """Most files are read and hashed in one piece: each call costs a turn of the interpreter."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        digest = hashlib.sha256()
        while data := os.read(descriptor, min(size, _PIECE) + 1):
            digest.update(data)
            if len(data) == size:
                break
        return digest.hexdigest()
    finally:
        os.close(descriptor)


def known_files(alarm: Sought) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of each file that the journal knows by its name."""
    facts = alarm.facts
    files = {part.name: (part.size, part.sha256) for part in facts.parts}
    files[MESSAGE] = (facts.mail.size, facts.mail.sha256)
    if facts.text and not facts.text_cut:
        files[TEXT] = _measured(text_bytes(facts.text))
    if not alarm.erased:
        files[ENTRY] = _measured(facts.public)
    return files


def _measured(octets: bytes) -> tuple[int, str]:
    return len(octets), hashlib.sha256(octets).hexdigest()


def inspected(home: Path, batch: Iterable[Sought]) -> list[Inspected]:
    """Inspect the folders of several alarms."""
    inspection = Inspection(home)
    return [inspection.of(alarm) for alarm in batch]


def in_threads(threads: int, items: Iterable[T], work: Callable[[list[T]], list[R]]) -> Iterator[R]:
    """``work`` on all ``items``, batch by batch in so many threads; the results in order.

    What ``items`` or ``work`` raises is raised here.
    """
    waiting: deque[Future[list[R]]] = deque()
    source = iter(items)
    with ThreadPoolExecutor(threads, "store") as pool:
        try:
            while batch := list(islice(source, BATCH)):
                waiting.append(pool.submit(work, batch))
                if len(waiting) > 2 * threads:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def relocated(fault: Fault, text: str, remedy: str) -> Fault:
    """The same place, with more known about it."""
    return evolve(fault, text=text, remedy=remedy)


def _unreadable(place: str, error: OSError) -> Fault:
    text = f"cannot be read: {error.strerror or error}"
    return Fault(place=place, text=text, remedy="look after the volume and its permissions")
