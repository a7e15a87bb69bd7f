"""How the control room stands, in short: who is signed on, what is open, what is held back.

On any connection of the journal's database.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from alarmgw.store import shifts

#: States of open incidents, and the two marks that people look for.
_COUNTED = (
    "SELECT count(*) FILTER (WHERE state = 'new'), count(*) FILTER (WHERE state = 'accepted'),"
    " count(*) FILTER (WHERE state = 'parked'), coalesce(sum(late), 0),"
    " coalesce(sum(unattended), 0) FROM incident WHERE state != 'closed'"
)
_COUNTS = ("new", "accepted", "parked", "late", "unattended")


def standing(connection: sqlite3.Connection) -> dict[str, Any]:
    """What ``alarmgw status`` says of people, incidents and suppressions."""
    return {
        "signed_on": [
            {"operator": one.operator, "role": one.role, "workstation": one.workstation}
            | {"since": one.since}
            for one in shifts.sessions(connection)
        ],
        "incidents": dict(
            zip(_COUNTS, connection.execute(_COUNTED).fetchone(), strict=True),
        ),
        "suppressions": [
            {"source": one.source, "site": one.site, "until": one.until}
            | {"operator": one.operator, "alarms": one.alarms}
            for one in shifts.suppressions(connection)
        ],
    }
