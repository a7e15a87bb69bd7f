"""Who hands a shift over to whom: told by who has been signed on, and when they began.

Functions on any connection of the journal's database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from attrs import define, frozen

from alarmgw.model import utc_moment
from alarmgw.store import shiftlog, shifts
from alarmgw.store.chain import parsed
from alarmgw.workflow_shift import Relief

#: Who comes back within this goes on with her shift: after a lost link, a restart, a meal.
PAUSE = timedelta(hours=4)

#: Of signing on and of signing off, the newest that are looked at: days of a large house.
_LOOKED_AT = 300

#: People who hand over together and are named.
_NAMED = 20

_NEWEST = f"""
    SELECT seq, entry.body FROM history JOIN entry USING (seq)
    WHERE word = ?1 AND history.type = ?1 ORDER BY seq DESC LIMIT {_LOOKED_AT}
"""


def relief(connection: sqlite3.Connection, operator: str, seen: int) -> Relief:
    """What it would be if ``operator``, who is signed on and has seen so much, took over now."""
    last = shiftlog.last_handover(connection)
    taken = last["seq"] if last else 0
    presences = _presences(connection, taken)
    begun = max((one.begun for one in presences if one.operator == operator), default=0)
    covered = shiftlog.covered(last)
    return Relief(
        givers=_givers(presences, last or {}, operator, begun),
        is_new=begun > taken,
        has_taken=last is not None and last["to"] == operator and taken > begun,
        own=_own(shiftlog.notes_since(connection, covered), operator, begun),
        covered=covered,
        seen=min(seen, shiftlog.head(connection)),
    )


@define
class _Presence:
    """Somebody was there from entry ``begun`` on; until entry ``ended``, or is there still."""

    operator: str
    begun: int
    ended: int | None = None
    left: str = ""


@frozen
class _Step:
    """Somebody signs on or off."""

    seq: int
    comes: bool
    operator: str
    session: str
    time: str


def _givers(
    presences: Collection[_Presence], last: Mapping[str, Any], taker: str, begun: int
) -> tuple[str, ...]:
    """The others who began before the taker and have been there since the last hand-over."""
    taken, relieved = last.get("seq", 0), f", {last.get('from') or ''}, "
    found = (
        one.operator
        for one in presences
        if one.operator != taker and one.begun < begun
        # Who handed over then goes a little later: that makes nobody hand over twice.
        if one.ended is None or (one.ended > taken and f", {one.operator}, " not in relieved)
    )
    return tuple(dict.fromkeys(found))[:_NAMED]


def _own(notes: Collection[Mapping[str, Any]], operator: str, begun: int) -> int | None:
    own = (one["seq"] for one in notes if one["operator"] == operator and one["seq"] > begun)
    return min(own, default=None)


def _presences(connection: sqlite3.Connection, taken: int) -> list[_Presence]:
    """Who has been there, in the order of coming; ``taken`` is the last hand-over's number."""
    found: list[_Presence] = []
    newest: dict[str, _Presence] = {}
    sessions: dict[str, set[str]] = {}
    for step in sorted(_steps(connection), key=lambda one: one.seq):
        mine, here = newest.get(step.operator), sessions.setdefault(step.operator, set())
        if mine is None or (step.comes and not here and not _goes_on(mine, step, taken)):
            # Somebody who goes and was not seen coming came before all that is looked at.
            mine = _Presence(step.operator, step.seq if step.comes else 0)
            newest[step.operator] = mine
            found.append(mine)
        (here.add if step.comes else here.discard)(step.session)
        mine.ended, mine.left = (None, "") if here else (step.seq, step.time)
    return sorted(found, key=lambda one: one.begun)


def _goes_on(before: _Presence, step: _Step, taken: int) -> bool:
    """Whether who comes back was away only for a while, and nobody took over meanwhile."""
    relieved = before.ended is not None and before.ended < taken < step.seq
    return not relieved and utc_moment(step.time) - utc_moment(before.left) < PAUSE


def _steps(connection: sqlite3.Connection) -> Iterator[_Step]:
    seen = set[str]()
    for type_ in ("signed_on", "signed_off"):
        for seq, body in connection.execute(_NEWEST, (type_,)).fetchall():
            entry = parsed(body)
            if entry is None:
                continue  # it is damaged, and nobody's shift hangs on it alone
            if type_ == "signed_on":
                seen.add(entry["session"])
            yield _Step(
                seq, type_ == "signed_on", entry["operator"], entry["session"], entry["time"]
            )
    for one in shifts.sessions(connection):
        if one.session not in seen:
            yield _Step(one.seq, True, one.operator, one.session, one.since)
