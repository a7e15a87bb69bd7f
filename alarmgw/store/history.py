"""The record searched: entries by source, site, time, kind, outcome and text, the newest first.

A small projection of the entries, `project`, tells which of them may fit; the entry itself
is read only then.  Functions on any connection of the journal's database.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from attrs import field, frozen

from alarmgw.codec.folding import folded
from alarmgw.entries import KEEPING, join
from alarmgw.fitting import encode
from alarmgw.model import utc_moment, utc_text
from alarmgw.store import heldback
from alarmgw.store.historyrow import row_of

#: The table that `project` keeps.
TABLES = ("history",)

#: The types that are searched; and what the gateway says of itself, where it names a source.
TYPES = (
    *KEEPING,
    "accepted",
    "parked",
    "returned",
    "closed",
    "noted",
    "late",
    "unattended",
    "adopted",
    "suppressed",
    "unsuppressed",
    "signed_on",
    "signed_off",
    "handed_over",
    "system",
)

#: The most rows of one answer, and the most octets of them.
ROWS = 100
ROWS_BYTES = 200 * 1024

#: Entries that one answer looks at, and how many are fetched at a time.
SCANNED = 50_000
_SLICE = 1000
_LEAST_SLICE = 50

#: After so many it is asked whether the time is up.
_ASK_EVERY = 50

#: By so much a clock may be set back and nothing is missed by a search for times.
_STEP = timedelta(hours=1)

#: Greater than any number of an entry.
END = 2**63 - 1


def _several(given: str | tuple[str, ...] | None) -> tuple[str, ...] | None:
    return (given,) if isinstance(given, str) else given


@frozen(kw_only=True)
class Wanted:
    """What is searched for; all that is given must fit.

    ``source`` and ``site`` are one or several, of which each fits; of none of them nothing does.
    ``since`` and ``until`` are times as entries have them.  An ``outcome`` alone finds closings,
    with a ``kind`` the alarms that ended so.  Of a ``text`` each word must stand somewhere in
    subject, text, notes, camera or source.  Only what stands before number ``before`` is looked at.
    """

    source: tuple[str, ...] | None = field(default=None, converter=_several)
    site: tuple[str, ...] | None = field(default=None, converter=_several)
    since: str | None = None
    until: str | None = None
    kind: str | None = None
    outcome: str | None = None
    text: str | None = None
    types: tuple[str, ...] = ()
    before: int = END
    limit: int = ROWS


@frozen(kw_only=True)
class Found:
    """Rows, the newest first; the number before which to go on (None: that was all)."""

    rows: tuple[dict[str, Any], ...]
    before: int | None
    scanned: int


@frozen
class _Line:
    """What the projection says of an entry."""

    seq: int
    type: str
    time: str
    word: str
    source: str | None
    site: str | None


def project(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> None:
    """Keep what a search has to know of an entry."""
    type_ = entry["type"]
    if type_ not in TYPES or (type_ == "system" and not entry.get("source")):
        return
    source, site = _place(connection, entry)
    connection.execute(
        "INSERT INTO history (seq, type, time, word, source, site) VALUES (?, ?, ?, ?, ?, ?)",
        (seq, type_, entry["time"], _word(entry), source, site),
    )
    if type_ == "adopted":
        connection.executemany(
            "UPDATE history SET source = ?, site = ?"
            " WHERE seq = (SELECT seq FROM unassigned_alarm WHERE alarm = ?)",
            [(source, site, alarm) for alarm in entry["alarms"]],
        )


def search(
    connection: sqlite3.Connection, wanted: Wanted, is_over: Callable[[], bool] = lambda: False
) -> Found:
    """What fits, as far as ``limit``, `SCANNED` or the time (``is_over``) allow."""
    needle = _Needle(tuple(folded(wanted.text or "").split()))
    rows: list[dict[str, Any]] = []
    scanned, size, last = 0, 0, 0
    for line in _lines(connection, wanted):
        full = len(rows) >= wanted.limit or size >= ROWS_BYTES or scanned >= SCANNED
        if full or (scanned and scanned % _ASK_EVERY == 0 and is_over()):
            return Found(rows=tuple(rows), before=last, scanned=scanned)
        scanned, last = scanned + 1, line.seq
        if _fits(wanted, line):
            row = _row(connection, wanted, needle, line)
            if row is not None:
                rows.append(row)
                size += len(encode(row))
    return Found(rows=tuple(rows), before=None, scanned=scanned)


def _place(
    connection: sqlite3.Connection, entry: Mapping[str, Any]
) -> tuple[str | None, str | None]:
    """Source and site; of a step those of the first alarm of its incident."""
    if entry["type"] in KEEPING or "source" in entry:
        return entry.get("source"), entry.get("site")
    row = connection.execute(
        "SELECT source, site FROM history WHERE seq = coalesce("
        "(SELECT first_seq FROM incident WHERE id = ?),"
        " (SELECT seq FROM incident_alarm WHERE alarm = ?))",
        (entry.get("incident"), entry.get("alarm")),
    ).fetchone()
    return row or (None, None)


def _word(entry: Mapping[str, Any]) -> str:
    if entry["type"] in KEEPING:
        return str(entry["kind"])
    return str(entry.get("outcome") or entry["type"])


def _lines(connection: sqlite3.Connection, wanted: Wanted) -> Iterator[_Line]:
    """What may fit, the newest first, found by the index that leads to the fewest."""
    low, high = _bounds(connection, wanted)
    high = min(high, wanted.before)
    word = wanted.kind or wanted.outcome
    if wanted.source is None and wanted.site is None:
        by = "?1 IS NULL" if word is None else "word = ?1"
        return _found(connection, by, word, (low, high), _SLICE)
    column, places = "source", wanted.source
    if places is None:
        column, places = "site", wanted.site or ()
    slice_ = max(_LEAST_SLICE, _SLICE // max(1, len(places)))
    found = [_found(connection, f"{column} = ?1", one, (low, high), slice_) for one in places]
    # What an older end of a suppression was about, its line does not say.
    ends = (
        _Line(seq, "unsuppressed", time, "unsuppressed", source, site)
        for seq, time, source, site in heldback.old_ends(connection, low, high)
    )
    return heapq.merge(*found, ends, key=lambda line: -line.seq)


def _found(
    connection: sqlite3.Connection,
    by: str,
    value: str | None,
    between: tuple[int, int],
    slice_: int,
) -> Iterator[_Line]:
    """The lines of one value, the newest first."""
    low, high = between
    query = (
        f"SELECT seq, type, time, word, source, site FROM history WHERE {by}"
        f" AND seq > ?2 AND seq < ?3 ORDER BY seq DESC LIMIT {slice_}"
    )
    while rows := connection.execute(query, (value, low, high)).fetchall():
        yield from (_Line(*row) for row in rows)
        high = rows[-1][0]


def _bounds(connection: sqlite3.Connection, wanted: Wanted) -> tuple[int, int]:
    """Between which numbers the times lie that are searched for."""
    low, high = 0, END
    if wanted.since is not None:
        first = _outermost(connection, "min", ">=", wanted.since, _STEP)
        low = high if first is None else first - 1
    if wanted.until is not None:
        last = _outermost(connection, "max", "<=", wanted.until, -_STEP)
        high = 0 if last is None else last + 1
    return low, high


def _outermost(
    connection: sqlite3.Connection, end: str, side: str, time: str, step: timedelta
) -> int | None:
    """The first or last number on that side of a time: among those within a step of its nearest."""
    [nearest] = connection.execute(
        f"SELECT {end}(time) FROM history WHERE time {side} ?", (time,)
    ).fetchone()
    if nearest is None:
        return None
    times = sorted((nearest, utc_text(utc_moment(nearest) + step)))
    [number] = connection.execute(
        f"SELECT {end}(seq) FROM history WHERE time BETWEEN ? AND ? AND time {side} ?",
        (*times, time),
    ).fetchone()
    return int(number)


def _fits(wanted: Wanted, line: _Line) -> bool:
    for places, place in ((wanted.source, line.source), (wanted.site, line.site)):
        if places is not None and place not in places:
            return False
    if wanted.types and line.type not in wanted.types:
        return False
    if wanted.kind is not None:
        told = line.type in KEEPING and line.word == wanted.kind
    else:
        told = wanted.outcome is None or (line.type, line.word) == ("closed", wanted.outcome)
    return told and (wanted.since or "") <= line.time <= (wanted.until or line.time)


def _row(
    connection: sqlite3.Connection, wanted: Wanted, needle: _Needle, line: _Line
) -> dict[str, Any] | None:
    """The row of an entry; None if it does not fit, or is damaged."""
    incident, outcome = _incident(connection, line) if line.type in KEEPING else (None, None)
    if wanted.kind is not None and wanted.outcome not in (None, outcome):
        return None
    body, content = connection.execute(
        "SELECT entry.body, content.body FROM entry LEFT JOIN content USING (seq) WHERE seq = ?",
        (line.seq,),
    ).fetchone()
    where = f"{line.source or ''}\n{line.site or ''}"
    if not needle.may_be_in(content, where):
        return None
    entry = _entry(body, content)
    if entry is None or not needle.is_in(entry, where):
        return None
    known: dict[str, Any] = {"source": line.source, "site": line.site}
    if incident is not None:
        known |= {"incident": incident, "outcome": outcome}
    if line.type == "unsuppressed":
        told = heldback.over(connection, line.seq, entry)
        known |= {"source": told["source"], "site": told["site"], "over": told}
    return row_of({**entry, "seq": line.seq, **known})


def _incident(connection: sqlite3.Connection, line: _Line) -> tuple[str | None, str | None]:
    """Which incident an alarm is in now, and how that ended."""
    row = connection.execute(
        "SELECT incident.id, outcome FROM incident_alarm JOIN incident"
        " ON incident.id = incident_alarm.incident WHERE incident_alarm.seq = ?",
        (line.seq,),
    ).fetchone()
    return row or (None, None)


def _entry(body: bytes, content: bytes | None) -> dict[str, Any] | None:
    try:
        entry = json.loads(join(body, content))
    except (ValueError, KeyError, TypeError):
        return None
    return entry if isinstance(entry, dict) else None


@frozen
class _Needle:
    """Words that must all be found."""

    words: tuple[str, ...]
    _written: tuple[str, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        # Looked for in JSON as it is stored, where a quotation mark is written otherwise.
        written = (json.dumps(word, ensure_ascii=False)[1:-1] for word in self.words)
        object.__setattr__(self, "_written", tuple(written))

    def may_be_in(self, content: bytes | None, where: str) -> bool:
        """Whether it is worth reading what a mail or a person said."""
        if not self.words:
            return True
        place = folded(where)
        if content is None:
            return all(word in place for word in self.words)
        said = folded(content.decode("utf-8", "replace"))
        return all(word in place or word in said for word in self._written)

    def is_in(self, entry: Mapping[str, Any], where: str) -> bool:
        """Whether each word stands in what is searched."""
        if not self.words:
            return True
        events = entry.get("events") or ()
        said = [entry.get(name) for name in ("subject", "text", "note", "reason")]
        said += [event.get(name) for event in events for name in ("camera", "channel", "event_raw")]
        haystack = folded("\n".join([where, *(text for text in said if isinstance(text, str))]))
        return all(word in haystack for word in self.words)
