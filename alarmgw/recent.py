"""Recent alarms: what each source raised in the last minutes, so that it is known again.

Kept in memory and made from the journal at a start.  An alarm is remembered
only after its commit: one that failed can never be what a later mail repeats.
Nothing is ever lost by what is forgotten here, an alarm is only raised twice.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from attrs import field, frozen

from alarmgw.fitting import encode
from alarmgw.model import utc_moment

#: How long an alarm is remembered.
MEMORY = timedelta(minutes=10)

#: Alarms of one source, and of all: in a flood the oldest are forgotten first.
MOST_OF_SOURCE = 256
MOST = 50_000

#: Entries that a start reads at most, in about a second; 500 at once.
FILL_ENTRIES = 10_000
_PAGE, _PAGE_BYTES = 500, 32 * 1024 * 1024

_TIME = re.compile(rb'"time":"([^"]+)"')
_ALARM = b'"type":"alarm"'

#: A device's time that is told to the second; ``:00`` may be one that is told to the minute.
_SECONDS = re.compile(r"T\d\d:\d\d:(?!00(?!\.))\d\d")

#: Notes of entries that do not say all that the mail said.
_INCOMPLETE = frozenset(
    (
        "header_budget",
        "part_budget",
        "depth_budget",
        "text_budget",
        "subject_cut",
        "unpacking_failed",
        "codec_fault",
        "more_parts",
        "more_events",
        "shortened",
    )
)


class Record(Protocol):
    """What is needed of a journal."""

    def bounds(self) -> tuple[int, int]:
        """The first and the last number."""

    def read(self, after: int, limit: int = ..., max_bytes: int = ...) -> list[tuple[int, bytes]]:
        """Entries after a number."""


@frozen(kw_only=True)
class RecentAlarm:
    """An alarm as far as it takes to know its mail, or its event, again.

    ``octets`` is the hash of the whole mail, ``said`` that of its content where `content_hash`
    has one.
    """

    alarm: str
    moment: datetime
    octets: str
    said: str | None
    kind: str
    priority: int
    handling: str
    joins: str | None
    subject: str | None
    events: frozenset[tuple[str, str | None, str | None]] = field(repr=False)

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> RecentAlarm:
        """What is remembered of an alarm's entry."""
        return cls(
            alarm=entry["alarm"],
            moment=utc_moment(entry["times"]["eom"]),
            octets=entry["mail"]["sha256"],
            said=content_hash(entry),
            kind=entry["kind"],
            priority=entry["priority"],
            handling=entry["handling"],
            joins=entry.get("joins"),
            subject=entry["subject"],
            events=frozenset(
                (event["event"], event["channel"], event["camera"]) for event in entry["events"]
            ),
        )


def content_hash(entry: Mapping[str, Any]) -> str | None:
    """The hash of subject, text and files; None where equal ones may be two events.

    A device may send again with another Date and Message-ID.  But words alone prove nothing, nor
    does the picture that a recorder shows for a lost camera: only a mail that says to the second
    when it happened is known by what it says.
    """
    if entry["text_cut"] or not _INCOMPLETE.isdisjoint(entry["notes"]):
        return None
    if not any(_SECONDS.search(event["device_time"] or "") for event in entry["events"]):
        return None
    parts = [(part["label"], part["sha256"]) for part in (*entry["pictures"], *entry["files"])]
    return hashlib.sha256(encode([entry["subject"], entry["text"], parts])).hexdigest()


class RecentAlarms:
    """The alarms of the last ten minutes by source; may be used from any thread."""

    def __init__(self, most_of_source: int = MOST_OF_SOURCE, most: int = MOST) -> None:
        self._most_of_source, self._most = most_of_source, most
        self._by_source: OrderedDict[str, deque[RecentAlarm]] = OrderedDict()
        self._count = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self._count

    def add(self, entry: Mapping[str, Any]) -> None:
        """Remember an entry that is committed; only a source's alarm is ever known again."""
        if entry["type"] != "alarm" or entry["source"] is None:
            return
        recent = RecentAlarm.of(entry)
        with self._lock:
            row = self._by_source.setdefault(entry["source"], deque())
            self._by_source.move_to_end(entry["source"])
            row.append(recent)
            self._count += 1
            while len(row) > self._most_of_source or not _is_near(row[0].moment, recent.moment):
                row.popleft()
                self._count -= 1
            self._forget_sources(recent.moment)

    def of(self, source: str, moment: datetime) -> list[RecentAlarm]:
        """What this source raised within ten minutes of ``moment``, the newest first."""
        with self._lock:
            row = list(self._by_source.get(source, ()))
        return [recent for recent in reversed(row) if _is_near(recent.moment, moment)]

    def fill(self, journal: Record, moment: datetime) -> None:
        """Remember what the journal says of the ten minutes before ``moment``."""
        since = moment - MEMORY - timedelta(seconds=1)  # an entry's time is cut to milliseconds
        for entry in reversed(list(_alarms_since(journal, since))):
            self.add(entry)

    def _forget_sources(self, moment: datetime) -> None:
        """Forget the sources that have been silent longest: all out of time, or too many."""
        while self._by_source:
            source, row = next(iter(self._by_source.items()))
            if self._count <= self._most and _is_near(row[-1].moment, moment):
                return
            del self._by_source[source]
            self._count -= len(row)


def _is_near(one: datetime, other: datetime) -> bool:
    """Also when the clock was set back meanwhile."""
    return abs(one - other) <= MEMORY


def _alarms_since(journal: Record, since: datetime) -> Iterator[dict[str, Any]]:
    """The alarm entries that were written since then, the newest first."""
    head = journal.bounds()[1]
    for last in range(head, max(0, head - FILL_ENTRIES), -_PAGE):
        page = journal.read(max(0, last - _PAGE), min(_PAGE, last), _PAGE_BYTES)
        for _, public in reversed(page):
            written = _TIME.search(public)
            if written is None or utc_moment(written[1].decode()) < since:
                return
            if _ALARM in public[:200]:
                yield json.loads(public)
