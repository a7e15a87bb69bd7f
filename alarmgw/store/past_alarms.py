"""Alarms of the past, the newest first: for whoever looks back and not on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from alarmgw.entries import join
from alarmgw.store.journal_reader import JournalReader

#: Alarms that are read in one transaction.
PAGE = 500

_NEWEST = """
    SELECT entry.seq, entry.body, content.body, adopted_alarm.source
    FROM entry LEFT JOIN content USING (seq)
    LEFT JOIN adopted_alarm ON adopted_alarm.alarm = entry.alarm
    WHERE entry.type = 'alarm' AND entry.seq < ? AND entry.seq > ?
    ORDER BY entry.seq DESC LIMIT ?
"""

_Row = tuple[int, bytes, "bytes | None", "str | None"]


def past_alarms(
    reader: JournalReader, since: int = 0, oldest: str = ""
) -> Iterator[dict[str, Any]]:
    """Alarm entries after number ``since``, not older than time ``oldest``, the newest first.

    An adopted alarm has the source that adopted it.
    """
    before = reader.bounds()[1] + 1
    while rows := _page(reader, before, since):
        for row in rows:
            entry = _entry(row)
            if entry["time"] < oldest:
                return
            yield entry
        before = rows[-1][0]


def _page(reader: JournalReader, before: int, since: int) -> list[_Row]:
    with reader.reading() as connection:
        return _rows(connection, before, since)


def _rows(connection: sqlite3.Connection, before: int, since: int) -> list[_Row]:
    return connection.execute(_NEWEST, (before, since, PAGE)).fetchall()


def _entry(row: _Row) -> dict[str, Any]:
    seq, body, content, adopter = row
    entry: dict[str, Any] = json.loads(join(body, content))
    return {**entry, "seq": seq, "source": entry["source"] or adopter}
