"""What a suppression held back, told when it is over: whose it was, why, and how many alarms.

Functions on any connection of the journal's database.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from alarmgw.entries import join
from alarmgw.store.chain import parsed

#: Suppressions that are told at a hand-over, the newest ones that ended.
ENDED = 50

#: Between a suppression's two entries are the beginnings of so many others at most.
_BETWEEN = 1000

#: Ends of an older program that one search looks at.
_OLD_ENDS = 200

_BEGINNING = f"""
    SELECT entry.body, content.body FROM
    (SELECT seq FROM history WHERE word = 'suppressed' AND seq < ?1
    ORDER BY seq DESC LIMIT {_BETWEEN})
    JOIN entry USING (seq) LEFT JOIN content USING (seq)
    WHERE instr(entry.body, ?2) ORDER BY seq DESC
"""

_ENDS = f"""
    SELECT entry.seq, entry.body FROM history JOIN entry USING (seq)
    WHERE word = 'unsuppressed' AND history.type = 'unsuppressed' AND history.seq > ?
    ORDER BY seq DESC LIMIT {ENDED}
"""

_ENDS_OF_NOTHING = f"""
    SELECT entry.seq, history.time, entry.body FROM history JOIN entry USING (seq)
    WHERE word = 'unsuppressed' AND history.source IS NULL AND history.site IS NULL
    AND history.seq > ? AND history.seq < ? ORDER BY seq DESC LIMIT {_OLD_ENDS}
"""


def over(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a suppression that ended with entry ``seq``.

    An older end does not say of what it was: its beginning does.
    """
    began = _beginning(connection, seq, str(entry.get("suppression"))) or {}
    whose = entry if "source" in entry else began
    return {
        "source": whose.get("source"),
        "site": whose.get("site"),
        "reason": began.get("reason"),
        "by": began.get("operator"),
        "since": began.get("time"),
        **{name: entry.get(name) for name in ("why", "alarms", "first", "last")},
    }


def ended_since(connection: sqlite3.Connection, seq: int) -> list[dict[str, Any]]:
    """The suppressions that ended after entry ``seq``, the newest last."""
    rows = connection.execute(_ENDS, (seq,)).fetchall()[::-1]
    ends = [(number, parsed(body)) for number, body in rows]
    return [
        {"seq": number, "time": end.get("time"), **over(connection, number, end)}
        for number, end in ends
        if end is not None
    ]


def old_ends(
    connection: sqlite3.Connection, low: int, high: int
) -> Iterator[tuple[int, str, str | None, str | None]]:
    """Ends between two entries that do not say of what they were, the newest first.

    Number, time, source and site of each.
    """
    for seq, time, body in connection.execute(_ENDS_OF_NOTHING, (low, high)).fetchall():
        told = over(connection, seq, parsed(body) or {})
        yield seq, time, told["source"], told["site"]


def _beginning(connection: sqlite3.Connection, end: int, id_: str) -> dict[str, Any] | None:
    for body, content in connection.execute(_BEGINNING, (end, id_.encode())):
        try:
            began: dict[str, Any] = json.loads(join(body, content))
            is_it = began["suppression"] == id_
        except (ValueError, KeyError, TypeError):
            continue  # it is damaged, and keeps nobody from the rest
        if is_it:
            return began
    return None
