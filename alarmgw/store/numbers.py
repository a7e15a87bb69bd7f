"""Numbers: alarms by hour, the time to acceptance, and the sources with the most false alarms.

They are about the house, never about one operator.  Each is one aggregate over an index;
functions on any connection of the journal's database.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from alarmgw.model import utc_text

#: Seconds at which a histogram of the time to acceptance is marked: targets and limits.
MARKS = (30, 60, 90, 180)

#: Where its bins begin; the last one has no end.
EDGES = (*range(0, 180, 10), 180, 300, 600, 900)

#: So many sources are named, the worst ones.
SOURCES = 50

#: False alarms count for so long.
YEAR = timedelta(days=365)

_HOUR = timedelta(hours=1)

#: A longer wait counts as one of this length.
_LONGEST = 86_400


def hours(connection: sqlite3.Connection, now: datetime, days: int) -> list[dict[str, Any]]:
    """Alarms that came and incidents that they opened in each hour, this one last.

    All mails of kind alarm count, whatever was done with them; faults and tests do not.
    """
    last = now.replace(minute=0, second=0, microsecond=0)
    moments = [last - _HOUR * back for back in range(24 * days - 1, -1, -1)]
    first = utc_text(moments[0])
    alarms = dict(
        connection.execute(
            "SELECT substr(time, 1, 13), count(*) FROM history"
            " WHERE time >= ? AND type = 'alarm' AND word = 'alarm' GROUP BY 1",
            (first,),
        ).fetchall()
    )
    incidents = dict(
        connection.execute(
            "SELECT substr(opened, 1, 13), count(*) FROM incident"
            " WHERE opened >= ? AND list = 'alarm' GROUP BY 1",
            (first,),
        ).fetchall()
    )
    names = [utc_text(moment) for moment in moments]
    return [
        {"hour": name, "alarms": alarms.get(name[:13], 0), "incidents": incidents.get(name[:13], 0)}
        for name in names
    ]


def acceptance(connection: sqlite3.Connection, since: datetime) -> dict[str, Any]:
    """For incidents opened ``since`` then, how long it took until somebody accepted them first."""
    waits = Counter(
        dict(
            connection.execute(
                "SELECT max(0, min(?1, CAST((julianday(accepted) - julianday(opened)) * 86400"
                " + 0.0005 AS INTEGER))), count(*) FROM incident"
                " WHERE opened >= ?2 AND list = 'alarm' AND accepted IS NOT NULL GROUP BY 1",
                (_LONGEST, utc_text(since)),
            ).fetchall()
        )
    )
    return {
        "n": waits.total(),
        "median_s": _at(waits, 0.5),
        "p90_s": _at(waits, 0.9),
        "bins": _bins(waits),
        "marks": list(MARKS),
    }


def false_alarms(
    connection: sqlite3.Connection, since: datetime, false: Collection[str]
) -> list[dict[str, Any]]:
    """The sources whose alarms opened the most incidents that ended with a ``false`` outcome.

    An incident counts for the source of its first alarm.
    """
    marks = ", ".join("?" * len(false))
    rows = connection.execute(
        f"SELECT history.source, count(*) FILTER (WHERE outcome IN ({marks})) AS false, count(*)"
        " FROM incident JOIN history ON history.seq = incident.first_seq"
        " WHERE opened >= ? AND list = 'alarm' AND history.source IS NOT NULL"
        f" GROUP BY 1 HAVING false > 0 ORDER BY false DESC, 1 LIMIT {SOURCES}",
        (*sorted(false), utc_text(since)),
    ).fetchall()
    return [{**_named(connection, row[0]), "false": row[1], "incidents": row[2]} for row in rows]


def _named(connection: sqlite3.Connection, address: str) -> dict[str, Any]:
    row = connection.execute(
        "SELECT sources.name, site, sites.name FROM sources"
        " LEFT JOIN sites ON sites.number = site WHERE sources.address = ?",
        (address,),
    ).fetchone()
    name, site, site_name = row or (None, None, None)
    return {"address": address, "name": name, "site": site, "site_name": site_name}


def _at(waits: Mapping[int, int], part: float) -> int | None:
    """The wait that this part of all did not exceed."""
    left = part * sum(waits.values())
    for wait, count in sorted(waits.items()):
        left -= count
        if left <= 0:
            return wait
    return None


def _bins(waits: Mapping[int, int]) -> list[dict[str, Any]]:
    ends = (*EDGES[1:], None)
    return [
        {
            "from_s": begin,
            "to_s": end,
            "n": sum(n for wait, n in waits.items() if wait >= begin and (not end or wait < end)),
        }
        for begin, end in zip(EDGES, ends, strict=True)
    ]
