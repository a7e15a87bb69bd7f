"""Verification: a whole home against its journal, without changing anything.

It reads beside a running gateway.  What is newer than the journal's head at
the start is left alone.  What is not settled yet may still be on its way, and
the gateway makes the files that it lacks; such alarms are looked at again at
the end, and then only a mail that is nowhere whole is a fault.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from attrs import evolve, field, frozen

from alarmgw.entries import KEEPING
from alarmgw.errors import TryLater
from alarmgw.model import ALARM_ID_PATTERN, MAIL_ID_PATTERN, alarm_id
from alarmgw.store.archive import ARCHIVE, archive_folder
from alarmgw.store.chain import ChainCheck, Line, parsed
from alarmgw.store.inspection import (
    DAMAGED_ENTRY,
    Fault,
    Inspected,
    Sought,
    in_threads,
    inspected,
    lines,
    rebuilt_alarms,
    relocated,
    sought,
)
from alarmgw.store.journal_reader import JournalReader
from alarmgw.store.projections import Projections
from alarmgw.store.spool import SPOOL, folder_in_spool

JOURNAL = "the journal"

_KEEP_JOURNAL = "put the journal aside as it is and compare it with a backup"
_RESTORE_JOURNAL = "look after the volume, or restore a backup into a new home"
_RESTART = "restart the gateway, which moves it to its place"
_MOVE_AWAY = "find out who put it there and move it away"

#: The levels of the archive below an address: year, month, day.
_LEVELS = (re.compile(r"\d{4}\Z"), re.compile(r"\d{2}\Z"), re.compile(r"\d{2}\Z"))

#: What file systems put at the top of a volume.
_NOT_OURS = ("lost+found",)


@frozen(kw_only=True)
class Progress:
    """How far a long piece of work is: steps of so many, octets read, and what is done now."""

    stage: str
    done: int
    total: int
    octets: int = 0


@frozen(kw_only=True)
class Verified:
    """What was read, and every fault in the order in which it was found.

    ``unsettled`` alarms are safe and not finished; ``drafts`` are mails for which nothing is
    promised.
    """

    head: int = 0
    entries: int = 0
    erased: int = 0
    alarms: int = 0
    files: int = 0
    octets: int = 0
    unsettled: int = 0
    drafts: int = 0
    faults: tuple[Fault, ...] = ()


@frozen(kw_only=True)
class Listener:
    """Who hears of faults as they are found, and how far the work is."""

    fault: Callable[[Fault], None] = field(default=lambda fault: None)
    progress: Callable[[Progress], None] = field(default=lambda progress: None)


def verify(
    home: Path,
    reader: JournalReader,
    *,
    threads: int,
    listener: Listener | None = None,
    backup: bool = False,
) -> Verified:
    """Compare ``home`` with its journal: the chain, the archive, the spool, what is open.

    A ``backup`` has no spool, and its archive may hold more than its journal knows.
    A journal that cannot be read is a fault; `OSError` is raised where the archive cannot be.
    """
    return _Verification(home, reader, threads, listener or Listener()).run(backup)


class _Verification:
    """One run, and what it has found so far."""

    def __init__(self, home: Path, reader: JournalReader, threads: int, listener: Listener) -> None:
        self._home = home
        self._reader = reader
        self._threads = threads
        self._listener = listener
        self._head = self._settled = 0
        self._chain = ChainCheck()
        self._faults: list[Fault] = []
        self._unfinished: list[Sought] = []
        self._alarms = self._files = self._octets = self._unsettled = self._drafts = 0

    def run(self, backup: bool) -> Verified:
        """All of it, in order."""
        try:
            self._head, self._settled = self._reader.bounds()[1], self._reader.settled()
            self._look_at_database()
            self._look_at_entries()
            if not backup:
                self._look_at_archive()
                self._look_at_spool()
            self._look_again()
        except (TryLater, sqlite3.Error) as error:
            self._tell(Fault(place=JOURNAL, text=str(error), remedy=_RESTORE_JOURNAL))
        return Verified(
            head=self._head,
            entries=self._chain.entries,
            erased=self._chain.erased,
            alarms=self._alarms,
            files=self._files,
            octets=self._octets,
            unsettled=self._unsettled,
            drafts=self._drafts,
            faults=tuple(self._faults),
        )

    def _tell(self, fault: Fault) -> None:
        self._faults.append(fault)
        self._listener.fault(fault)

    def _tell_of_journal(self, text: str) -> None:
        self._tell(Fault(place=JOURNAL, text=text, remedy=_KEEP_JOURNAL))

    def _look_at_database(self) -> None:
        """SQLite's own check of its file: pages, rows, order."""
        self._listener.progress(Progress(stage="database", done=0, total=1))
        with self._reader.reading() as connection:
            rows = connection.execute("PRAGMA quick_check(20)").fetchall()
        for (text,) in rows:
            if text != "ok":
                self._tell_of_journal(f"its database is damaged: {text}")

    def _look_at_entries(self) -> None:
        """The chain, what is open, and every alarm's folder, in one reading of the journal."""
        with closing(Projections(self._reader)) as projections:
            looked_at = in_threads(
                self._threads,
                self._alarms_in(lines(self._reader, self._head), projections),
                lambda batch: inspected(self._home, batch),
            )
            for found in looked_at:
                self._count(found)
            for text in projections.faults(self._reader, self._head):
                self._tell_of_journal(text)
        if self._settled > self._head:
            self._tell_of_journal(f"entries {self._head + 1} to {self._settled} are missing")

    def _alarms_in(self, journal: Iterable[Line], projections: Projections) -> Iterator[Sought]:
        """The alarms among the journal's lines; all lines are checked on the way."""
        rebuilt = rebuilt_alarms(self._reader)
        for line in journal:
            entry = parsed(line.body)
            for text in self._chain.faults_of(line, entry):
                self._tell_of_journal(text)
            projections.follow(line, entry)
            if line.type not in KEEPING:
                continue
            try:
                yield sought(self._reader, line, line.alarm in rebuilt)
            except DAMAGED_ENTRY:
                continue  # the chain has told of it

    def _count(self, found: Inspected) -> None:
        """Take one folder's result; what is not settled is judged at the end."""
        self._alarms += 1
        self._files += found.files
        self._octets += found.octets
        if found.faults and found.sought.seq > self._settled:
            self._unfinished.append(found.sought)
        else:
            self._tell_all(found)
        self._listener.progress(
            Progress(stage="entries", done=found.sought.seq, total=self._head, octets=self._octets)
        )

    def _tell_all(self, found: Inspected) -> None:
        """A settled alarm's faults; one that fell back into the spool is not lost."""
        facts = found.sought.facts
        for fault in found.faults:
            if fault.place == facts.path and facts.has_mail(
                folder_in_spool(self._home, facts.alarm)
            ):
                fault = relocated(fault, "the folder still stands in the spool", _RESTART)
            self._tell(fault)

    def _look_again(self) -> None:
        """What was not settled at the start, by what the journal and the disk say now."""
        settled = self._reader.settled()
        for early in self._unfinished:
            alarm = self._sought_anew(early)
            [found] = inspected(self._home, [alarm])
            if found.faults and alarm.seq <= settled:
                self._tell_all(found)
            elif found.faults and not self._is_safe(alarm):
                message = [fault for fault in found.faults if _is_evidence(fault, alarm)]
                self._tell_all(evolve(found, faults=tuple(message)))
            elif found.faults:
                self._unsettled += 1

    def _sought_anew(self, alarm: Sought) -> Sought:
        """What the journal says of an alarm by now."""
        facts = alarm.facts
        for _, public in self._reader.of_alarm(facts.alarm)[1:]:
            facts = facts.after(public)
        return evolve(alarm, facts=facts)

    def _is_safe(self, alarm: Sought) -> bool:
        """Is the mail of an unsettled alarm whole, at its place or where it waits for that?"""
        facts = alarm.facts
        number = 1
        while history := self._reader.of_alarm(alarm_id(facts.mail.id, number)):
            entry = json.loads(history[0][1])
            places = (
                archive_folder(self._home, entry["path"]),
                folder_in_spool(self._home, entry["alarm"]),
            )
            if any(facts.has_mail(place) for place in places):
                return True
            number += 1
        return False

    def _look_at_archive(self) -> None:
        """Every folder in the archive has an entry that names it."""
        top = self._home / ARCHIVE
        addresses = sorted(os.listdir(top)) if top.is_dir() else []
        for count, address in enumerate(addresses):
            self._listener.progress(
                Progress(stage="archive", done=count, total=len(addresses), octets=self._octets)
            )
            if address not in _NOT_OURS:
                for day in self._days(top / address, f"{ARCHIVE}/{address}", _LEVELS):
                    self._look_at_day(day, day.relative_to(self._home).as_posix())

    def _days(
        self, folder: Path, place: str, levels: tuple[re.Pattern[str], ...]
    ) -> Iterator[Path]:
        """The folders of days below ``folder``; what is neither that nor on the way is told."""
        if folder.is_symlink() or not folder.is_dir():
            self._tell(Fault(place=place, text="is no folder of ours", remedy=_MOVE_AWAY))
        elif not levels:
            yield folder
        else:
            for name in sorted(os.listdir(folder)):
                if levels[0].match(name):
                    yield from self._days(folder / name, f"{place}/{name}", levels[1:])
                else:
                    text = "does not belong into the archive"
                    self._tell(Fault(place=f"{place}/{name}", text=text, remedy=_MOVE_AWAY))

    def _look_at_day(self, day: Path, place: str) -> None:
        # Listed first: an entry is older than its folder.
        names = sorted(os.listdir(day))
        with self._reader.reading() as connection:
            unknown = [name for name in names if not _is_journalled(connection, place, name)]
        for name in unknown:
            text = "no entry of the journal names this folder"
            self._tell(Fault(place=f"{place}/{name}", text=text, remedy=_MOVE_AWAY))

    def _look_at_spool(self) -> None:
        """Count the drafts for which nothing is promised; journalled ones were looked at."""
        spool = self._home / SPOOL
        for name in sorted(os.listdir(spool)) if spool.is_dir() else ():
            if MAIL_ID_PATTERN.match(name):
                self._drafts += not self._reader.of_alarm(alarm_id(name, 1))
            elif ALARM_ID_PATTERN.match(name):
                self._drafts += not self._reader.of_alarm(name)


def _is_evidence(fault: Fault, alarm: Sought) -> bool:
    """Is it the mail itself, or the folder with it, that is not as it should be?"""
    path = alarm.facts.path
    return fault.place in (path, f"{path}/message.eml")


def _is_journalled(connection: sqlite3.Connection, place: str, name: str) -> bool:
    """Is there an entry for the folder ``place/name``?"""
    marks = ", ".join("?" * len(KEEPING))
    rows = connection.execute(
        f"SELECT body FROM entry WHERE type IN ({marks}) AND alarm = ?",
        (*KEEPING, name.partition("-")[2]),
    )
    # A path has no character that JSON would escape, so that nothing need be parsed.
    path = b'"path":"%b"' % f"{place}/{name}".encode("utf-8", "surrogateescape")
    return any(path in body for (body,) in rows)
