"""Journals and entries for tests: real and small, with time and randomness of their own."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from attrs import field, frozen

from alarmgw.entries import (
    Record,
    alarm_entry,
    config_entry,
    joining_entry,
    record,
    resend_entry,
    system_entry,
)
from alarmgw.model import (
    Envelope,
    Event,
    Handling,
    MailFacts,
    Meaning,
    Part,
    Source,
    Times,
    Unpacked,
)
from alarmgw.store.database import open_writer
from alarmgw.store.journal import Journal, Ledger

MOMENT = datetime(2026, 11, 21, 20, 45, 2, 123456, tzinfo=timezone.utc)

#: Any test's future is set within this; a longer wait is a hanging writer.
PATIENCE = 20.0


def now() -> datetime:
    """The time in tests: always the same moment."""
    return MOMENT


def randomness(size: int) -> bytes:
    """Not random at all."""
    return bytes(range(7, 7 + size))


def mail_id(number: int) -> str:
    """The id of the ``number``-th mail."""
    return f"gw1-20261121-204502-{number:010x}"


def alarm(number: int, **changes: Any) -> dict[str, Any]:
    """The alarm entry of the ``number``-th mail; ``changes`` replace what is given here."""
    facts: dict[str, Any] = {
        "time": MOMENT,
        "node": "gw1",
        "alarm": f"{mail_id(number)}-1",
        "mail": MailFacts(id=mail_id(number), size=1234, sha256="a" * 64),
        "path": f"archive/bq3@ebues.internal/2026/11/21/204502-{mail_id(number)}-1",
        "source": Source(address="bq3@ebues.internal", site="4711"),
        "meaning": Meaning(kind="alarm", events=(Event(event="unknown_alarm", camera="Tor"),)),
        "unpacked": Unpacked(subject="Bewegung", text="Zaun Süd", pictures=(part("01-a.jpg"),)),
        "handling": Handling(priority=3, handling="queue", rule="default"),
        "envelope": Envelope(peer="10.1.2.3", helo="cam", sender="c@d", recipients=("bq3@e.de",)),
        "times": Times(connected=MOMENT, data=MOMENT, eom=MOMENT, synced=MOMENT),
    }
    return alarm_entry(**{**facts, **changes})


def timed(offset: float | None) -> Times:
    """The times of a mail whose device's clock is so many seconds ahead."""
    return Times(connected=MOMENT, data=MOMENT, eom=MOMENT, synced=MOMENT, clock_offset_s=offset)


def part(name: str, label: str | None = "a.jpg") -> Part:
    """A picture in an alarm's folder."""
    return Part(name=name, label=label, media_type="image/jpeg", size=5, sha256="b" * 64)


def alarm_record(number: int, **changes: Any) -> Record:
    """`alarm` as the journal takes it."""
    return record(alarm(number, **changes), randomness)


def resend_record(number: int, first: int) -> Record:
    """The ``first`` mail again, with an id of its own."""
    return record(resend_entry(alarm(number), f"{mail_id(first)}-1"), randomness)


def joining_record(number: int, first: int) -> Record:
    """Late pictures that join the ``first`` alarm."""
    return record(joining_entry(alarm(number), f"{mail_id(first)}-1"), randomness)


def system_record(text: str) -> Record:
    """A `system` entry."""
    return record(system_entry(time=MOMENT, node="gw1", event="tested", text=text), randomness)


def config_record(**facts: Any) -> Record:
    """A `config` entry."""
    return record(config_entry(time=MOMENT, node="gw1", event="tested", **facts), randomness)


def closed_record(alarm: str) -> Record:
    """The entry that closes an alarm."""
    entry = {"time": "2026-11-21T20:50:00.000Z", "type": "closed", "node": "gw1", "alarm": alarm}
    return record({**entry, "note": "Katze"}, randomness)


def appending(*records: Record) -> Callable[[Ledger], list[int]]:
    """A job that appends ``records`` and answers their numbers."""
    return lambda ledger: [ledger.append(line) for line in records]


class FailingConnection(sqlite3.Connection):
    """A database whose COMMIT fails as often as ``faults`` says."""

    faults: Faults

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        """Fail a COMMIT as a full volume does, or do what was asked."""
        if sql == "COMMIT" and self.faults.take():
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return super().execute(sql, *arguments)


class Faults:
    """How many COMMITs shall still fail."""

    def __init__(self) -> None:
        self.left = 0

    def take(self) -> bool:
        """Whether this one fails."""
        self.left -= 1
        return self.left >= 0

    def connect(self, path: Path) -> sqlite3.Connection:
        """What `Journal` calls for the connection that writes."""
        connection = open_writer(path, factory=FailingConnection)
        assert isinstance(connection, FailingConnection)
        connection.faults = self
        return connection


@frozen
class Heard:
    """What a journal told: the entries of its commits, and its failures."""

    entries: list[tuple[int, bytes]] = field(factory=list)
    failures: list[BaseException] = field(factory=list)


def made(path: Path, **changes: Any) -> Journal:
    """A journal at ``path``, its thread not started."""
    return Journal(path, **{"node": "gw1", "now": now, "randomness": randomness, **changes})


def started(path: Path, heard: Heard | None = None, **changes: Any) -> Journal:
    """A journal at ``path`` with its writer running."""
    journal, ear = made(path, **changes), heard or Heard()
    journal.start(ear.entries.extend, ear.failures.append)
    return journal


def done(future: Future[Any]) -> Any:
    """A job's result, or what it raised."""
    return future.result(PATIENCE)


def filled(journal: Journal, count: int, at_once: int = 500) -> None:
    """Append ``count`` alarms."""
    numbers: Iterator[int] = iter(range(1, count + 1))
    while slice_ := list(itertools.islice(numbers, at_once)):
        done(journal.submit(appending(*map(alarm_record, slice_))))
