"""Questions about many things at once: record, board of sources, the unassigned, numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alarmgw.arguments import bad_value
from alarmgw.asking import Asking, Result, moment, words
from alarmgw.model import KINDS, utc_text
from alarmgw.store import history, numbers, sourceboard, unassigned
from alarmgw.store.names import Meant, meant_sites, meant_sources, with_names

#: Hours are told for so many days at most, and for so many unless more are asked for.
DAYS = 31
_USUAL_DAYS = 7

#: Senders that are nobody's, the newest ones.
SENDERS = 200


def record(asking: Asking) -> Result:
    """The record searched: rows, the number ``before`` which to go on, and whom words mean."""
    given = asking.given
    source, site = given.word("source", 254), given.word("site")
    sources = meant_sources(asking.connection, source) if source else None
    sites = meant_sites(asking.connection, site) if site else None
    found = history.search(
        asking.connection,
        history.Wanted(
            source=sources.keys if sources else None,
            site=sites.keys if sites else None,
            since=moment(given, "from"),
            until=moment(given, "to"),
            kind=given.choice("kind", KINDS) if given.word("kind") else None,
            outcome=given.word("outcome"),
            text=given.word("text"),
            types=_types(asking),
            before=given.number("before", 1, 999_999_999) or history.END,
            limit=given.number("limit", 1, history.ROWS) or history.ROWS,
        ),
        asking.is_over,
    )
    rows = with_names(asking.connection, found.rows)
    return {
        "rows": rows,
        "before": found.before,
        "scanned": found.scanned,
        "meant": {"source": _counted(sources), "site": _counted(sites)},
    }


def board(asking: Asking) -> Result:
    """Sources by words and by state."""
    given = asking.given
    search = sourceboard.Search(
        text=given.word("search") or "",
        state=given.choice("state", sourceboard.STATES),
        limit=given.number("limit", 1, sourceboard.ROWS) or sourceboard.ROWS,
        lenient=asking.lenient,
    )
    return sourceboard.board(asking.connection, search, asking.now)


def nobodys(asking: Asking) -> Result:
    """Who sends and is nobody's, who sent last comes first."""
    rows = unassigned.senders(asking.connection, SENDERS)
    return {
        "total": unassigned.how_many(asking.connection),
        "rows": [row.as_json() for row in rows],
    }


def figures(asking: Asking) -> Result:
    """Numbers of the last days; of false alarms those of twelve months."""
    connection, now = asking.connection, asking.now
    days = asking.given.number("days", 1, DAYS) or _USUAL_DAYS
    year = now - numbers.YEAR
    since = now - timedelta(days=days)
    return {
        "hours": numbers.hours(connection, now, days),
        "acceptance": numbers.acceptance(connection, since),
        "sources": numbers.false_alarms(connection, year, asking.false_codes),
        "since": utc_text(since),
    }


def _counted(meant: Meant | None) -> Result | None:
    return {"found": meant.found, "searched": len(meant.keys)} if meant else None


def _types(asking: Asking) -> tuple[str, ...]:
    found = words(asking.given, "types", len(history.TYPES), 1000)
    unknown: list[Any] = [one for one in found if one not in history.TYPES]
    if unknown:
        raise bad_value(
            f"types {unknown[0]!r} is not searched: it is some of {', '.join(history.TYPES)}"
        )
    return found
