"""The board of sources: found by number, name or town, and how each of them is.

Functions on any connection of the journal's database.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from alarmgw.codec.deviceclock import is_off
from alarmgw.codec.folding import folded
from alarmgw.model import utc_text
from alarmgw.store import shifts
from alarmgw.workflow_shift import Suppression

#: The states that the board may be asked for; all is any of them.
STATES = ("all", "silent", "suppressed", "clock", "disabled", "lenient")

#: The most rows of one answer.
ROWS = 200

#: Who has a routine call is silent when that is missing, anybody else after this.
SILENT_MINUTES = 24 * 60

_DAY = timedelta(days=1)

#: Everything that a source is found by, in one text.
_SEARCHED = """
    SELECT sources.address, sources.site, disabled, offset_s,
    sources.address || char(10) || coalesce(sources.name, '') || char(10)
    || coalesce(sources.site, '') || char(10) || coalesce(sites.name, '') || char(10)
    || coalesce(sites.address, '') || char(10) || coalesce(login, '')
    FROM sources LEFT JOIN sites ON sites.number = sources.site
    LEFT JOIN source_clock ON source_clock.source = sources.address
    WHERE sources.retired IS NULL ORDER BY sources.site, sources.address
"""

_ROW = """
    SELECT sources.address, sources.name, sources.site, sites.name, sites.address, make, login,
    disabled, offset_s FROM sources LEFT JOIN sites ON sites.number = sources.site
    LEFT JOIN source_clock ON source_clock.source = sources.address WHERE sources.address = ?
"""

#: A step about a source's incident is no sign of life.
_LAST = """
    SELECT seq FROM history WHERE source = {} AND type IN ('alarm', 'resend')
    ORDER BY seq DESC LIMIT 1
"""
_HEARD = f"SELECT time, word FROM history WHERE seq = ({_LAST.format('?')})"
_ALL_HEARD = f"""
    SELECT address, routine_minutes,
    (SELECT time FROM history WHERE seq = ({_LAST.format("sources.address")}))
    FROM sources WHERE retired IS NULL AND disabled IS NULL
"""

# By the source's own entries: those of its kind would be all of the last day.
_ALARMS = """
    SELECT count(*) FROM history WHERE source = ?1 AND seq >= ?2
    AND type = 'alarm' AND +word = 'alarm' AND +time >= ?3
"""

#: The same ten thousand texts are looked through whenever somebody types a letter.
_folded = functools.lru_cache(maxsize=20_000)(folded)


@frozen(kw_only=True)
class Search:
    """What is looked for: words that must all be found, and a state of `STATES`.

    ``lenient`` are the sources from which something was tolerated.
    """

    text: str = ""
    state: str = "all"
    limit: int = ROWS
    lenient: Collection[str] = frozenset()


@frozen
class _Source:
    address: str
    site: str | None
    disabled: str | None
    offset_s: float | None
    _searched: str

    @property
    def text(self) -> str:
        """All that it is found by, folded."""
        return _folded(self._searched)


def board(connection: sqlite3.Connection, search: Search, now: datetime) -> dict[str, Any]:
    """How many sources there are and fit, and a row for each of the first ``limit``."""
    held = _Held(shifts.suppressions(connection))
    known = [_Source(*row) for row in connection.execute(_SEARCHED)]
    words = folded(search.text).split()
    silent = _silent(connection, now) if search.state == "silent" else frozenset()
    found = [
        one
        for one in known
        if _is(one, search, held, silent) and all(word in one.text for word in words)
    ]
    day = utc_text(now - _DAY)
    [first] = connection.execute(
        "SELECT min(seq) FROM (SELECT seq FROM history WHERE time >= ? ORDER BY time LIMIT 1)",
        (day,),
    ).fetchone()
    rows = [_row(connection, one.address, held) for one in found[: search.limit]]
    for row in rows:
        [row["alarms_24h"]] = connection.execute(_ALARMS, (row["address"], first, day)).fetchone()
    return {"total": len(known), "found": len(found), "rows": rows}


class _Held:
    """What is held back now, by source and by site."""

    def __init__(self, suppressions: Collection[Suppression]) -> None:
        self._by: Mapping[tuple[str, str | None], Suppression] = {
            **{("site", one.site): one for one in suppressions if one.site},
            **{("source", one.source): one for one in suppressions if one.source},
        }

    def of(self, address: str, site: str | None) -> Suppression | None:
        """The suppression of a source; its own comes before its site's."""
        return self._by.get(("source", address)) or self._by.get(("site", site))


def _silent(connection: sqlite3.Connection, now: datetime) -> Collection[str]:
    """The sources that should have been heard of."""

    @functools.cache
    def before(minutes: int) -> str:
        return utc_text(now - timedelta(minutes=minutes))

    return frozenset(
        address
        for address, minutes, heard in connection.execute(_ALL_HEARD)
        if (heard or "") < before(minutes or SILENT_MINUTES)
    )


def _is(one: _Source, search: Search, held: _Held, silent: Collection[str]) -> bool:
    if search.state == "silent":
        return one.address in silent
    if search.state == "suppressed":
        return held.of(one.address, one.site) is not None
    if search.state == "clock":
        return is_off(one.offset_s)
    if search.state == "disabled":
        return one.disabled is not None
    return search.state == "all" or one.address in search.lenient


def _row(connection: sqlite3.Connection, address: str, held: _Held) -> dict[str, Any]:
    row = connection.execute(_ROW, (address,)).fetchone()
    name, site, site_name, where, make, login, disabled, offset = row[1:]
    heard = connection.execute(_HEARD, (address,)).fetchone() or (None, None)
    suppression = held.of(address, site)
    return {
        "address": address,
        "name": name,
        "site": site,
        "site_name": site_name,
        "town": town(where),
        "make": make,
        "login": login,
        "last_heard": heard[0],
        "last_kind": heard[1],
        "clock_offset_s": offset,
        "suppression": suppression.suppression if suppression else None,
        "suppressed_until": suppression.until if suppression else None,
        "disabled": disabled,
    }


def town(address: str | None) -> str | None:
    """The town in an address: what follows the last comma, without the post code.

    >>> town("Hafenstraße 1, 20457 Hamburg")
    'Hamburg'
    """
    last = (address or "").replace("\n", ",").rpartition(",")[2].strip()
    return last.lstrip("0123456789 ") or None
