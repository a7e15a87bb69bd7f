"""Titles of incidents: what happened and where, from the most urgent alarm of each.

Functions on any connection of the journal's database.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from alarmgw.codec.eventwords import UNKNOWN, vocabulary
from alarmgw.entries import join
from alarmgw.store import incidents
from alarmgw.store.chain import parsed
from alarmgw.store.historyrow import WORDS, row_of
from alarmgw.workflow import Incident

#: What of an alarm's row is said of its incident.
_FACTS = ("event", "events", "channel", "camera", "subject", "source", "site", "kind")

_ALARM = """
    SELECT entry.seq, entry.body, content.body, history.source, history.site
    FROM entry LEFT JOIN content USING (seq) LEFT JOIN history USING (seq) WHERE entry.seq = ({})
"""
_MOST_URGENT = _ALARM.format("""
    SELECT seq FROM incident_alarm WHERE incident = ? ORDER BY restore, priority, seq LIMIT 1
""")
_ARRIVED = _ALARM.format("SELECT seq FROM entry WHERE alarm = ? AND type IN ('alarm', 'resend')")

#: A busy site has thousands: each index is read from its end.
_OF_KEY = """
    SELECT * FROM (SELECT id, first_seq FROM incident WHERE key = {} AND first_seq < ?3
    ORDER BY first_seq DESC LIMIT ?4)
"""
_EARLIER = f"""
    SELECT id FROM ({_OF_KEY.format("?1")} UNION {_OF_KEY.format("?2")})
    ORDER BY first_seq DESC LIMIT ?4
"""


def alarm_of(connection: sqlite3.Connection, id_: str) -> dict[str, Any] | None:
    """The entry of an incident's most urgent alarm; an adopted one has its source's address.

    None where the incident has no alarm that could be read.
    """
    return _alarm(connection, _MOST_URGENT, id_)


def arrived(connection: sqlite3.Connection, id_: str) -> dict[str, Any] | None:
    """The entry of the alarm of that id, in an incident or in none, as `alarm_of` has it."""
    return _alarm(connection, _ARRIVED, id_)


def _alarm(connection: sqlite3.Connection, query: str, id_: str) -> dict[str, Any] | None:
    row = connection.execute(query, (id_,)).fetchone()
    if row is None:
        return None
    seq, body, content, source, site = row
    try:
        entry = json.loads(join(body, content))
    except (ValueError, KeyError, TypeError):
        entry = parsed(body)
    return {**entry, "seq": seq, "source": source, "site": site} if entry else None


def titled(connection: sqlite3.Connection, incident: Incident) -> dict[str, Any]:
    """An incident as JSON, and what happened and where; the most urgent word comes first."""
    row = row_of(alarm_of(connection, incident.id) or {})
    words = vocabulary().words
    events = sorted(row["events"], key=lambda one: words.get(one, words[UNKNOWN]).priority)
    title = {**{name: row[name] for name in _FACTS}, "events": events[:WORDS]}
    return {**incident.as_json(), "incident": incident.id, **title}


def earlier(
    connection: sqlite3.Connection, incident: Incident, source: str | None, limit: int
) -> list[dict[str, Any]]:
    """The incidents before this one at the same site, or of the same source, the newest first."""
    query = (incident.key, f"source:{source}", incident.first_seq, limit)
    found = [incidents.incident(connection, id_) for (id_,) in connection.execute(_EARLIER, query)]
    return [_as_earlier(connection, one) for one in found if one is not None]


def _as_earlier(connection: sqlite3.Connection, incident: Incident) -> dict[str, Any]:
    title = titled(connection, incident)
    names = ("incident", "opened", "event", "events", "channel", "source", "outcome", "state")
    return {
        **{name: title[name] for name in names},
        "operator": incident.holder,
        "count": incident.count,
        "cause": _cause(connection, incident.id),
    }


def _cause(connection: sqlite3.Connection, id_: str) -> str | None:
    """The cause that was given with the last closing."""
    row = connection.execute(
        "SELECT entry.body FROM incident_step JOIN entry USING (seq)"
        " WHERE incident = ? AND entry.type = 'closed' ORDER BY incident_step.seq DESC LIMIT 1",
        (id_,),
    ).fetchone()
    return ((row and parsed(row[0])) or {}).get("cause")


def sources_of(connection: sqlite3.Connection, id_: str, limit: int) -> list[str]:
    """The sources of an incident's alarms, at most so many."""
    rows = connection.execute(
        "SELECT DISTINCT source FROM incident_alarm JOIN history USING (seq)"
        " WHERE incident = ? AND source IS NOT NULL LIMIT ?",
        (id_, limit),
    )
    return [source for (source,) in rows]
