"""Unassigned alarms: who sent them, what they tried, and which ones a source could adopt.

Functions on any connection of the journal's database; the list itself is a
projection of the entries (`ledger.project`).
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import attrs
from attrs import frozen

from alarmgw.entries import join
from alarmgw.model import normal_address

#: Senders that are listed unless more are asked for; the newest ones.
SENDERS = 1000


@frozen(kw_only=True)
class UnassignedSender:
    """One who sends and is nobody's: a sender at a peer, and what the last mail of it tried."""

    sender: str
    peer: str
    count: int
    first: str
    last: str
    recipients: tuple[str, ...]
    login: str | None
    subject: str | None
    alarm: str

    def as_json(self) -> dict[str, Any]:
        """As commands print it."""
        return {**attrs.asdict(self), "recipients": list(self.recipients)}


@frozen(kw_only=True)
class UnassignedAlarm:
    """One alarm that is nobody's yet."""

    seq: int
    alarm: str
    sender: str
    peer: str


def senders(connection: sqlite3.Connection, limit: int = SENDERS) -> list[UnassignedSender]:
    """A row for each sender at a peer, who sent last comes first."""
    rows = connection.execute(
        "SELECT sender, peer, count(*), min(seq), max(seq) FROM unassigned_alarm"
        " GROUP BY sender, peer ORDER BY max(seq) DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return [_sender(connection, *row) for row in rows]


def how_many(connection: sqlite3.Connection) -> int:
    """How many rows `senders` would have without a limit."""
    [count] = connection.execute(
        "SELECT count(*) FROM (SELECT DISTINCT sender, peer FROM unassigned_alarm)"
    ).fetchone()
    return int(count)


def _sender(
    connection: sqlite3.Connection, sender: str, peer: str, count: int, first: int, last: int
) -> UnassignedSender:
    tried = _entry(connection, last)
    return UnassignedSender(
        sender=sender,
        peer=peer,
        count=count,
        first=_entry(connection, first)["time"],
        last=tried["time"],
        recipients=tuple(tried["envelope"]["rcpt"]),
        login=tried["envelope"]["login"],
        subject=tried["subject"],
        alarm=tried["alarm"],
    )


def _entry(connection: sqlite3.Connection, seq: int) -> dict[str, Any]:
    row = connection.execute(
        "SELECT entry.body, content.body FROM entry LEFT JOIN content USING (seq)"
        " WHERE entry.seq = ?",
        (seq,),
    ).fetchone()
    entry: dict[str, Any] = json.loads(join(*row))
    return entry


def recipients(connection: sqlite3.Connection, seq: int) -> tuple[str, ...]:
    """Whom the mail of alarm entry ``seq`` was for."""
    return tuple(_entry(connection, seq)["envelope"]["rcpt"])


def alarm(connection: sqlite3.Connection, alarm: str) -> UnassignedAlarm | None:
    """The unassigned alarm of this id."""
    row = connection.execute(f"{_ALARMS} WHERE alarm = ?", (alarm,)).fetchone()
    return _alarm(row) if row else None


def alarms_of(
    connection: sqlite3.Connection, sender: str, peer: str | None = None
) -> list[UnassignedAlarm]:
    """What a sender sent, upper and lower case alike; with ``peer`` only what came from there."""
    wanted = normal_address(sender)
    said = connection.execute("SELECT DISTINCT sender FROM unassigned_alarm").fetchall()
    found = []
    for (spelling,) in said:
        if normal_address(spelling) == wanted:
            rows = connection.execute(f"{_ALARMS} WHERE sender = ?", (spelling,))
            found += [row for row in map(_alarm, rows) if peer is None or row.peer == peer]
    return sorted(found, key=lambda row: row.seq)


def has_others(connection: sqlite3.Connection, peer: str, sender: str) -> bool:
    """Whether other unassigned senders than this one are at a peer: a router, perhaps."""
    row = connection.execute(
        "SELECT 1 FROM unassigned_alarm WHERE peer = ? AND lower(sender) <> lower(?) LIMIT 1",
        (peer, sender),
    ).fetchone()
    return row is not None


def adopter(connection: sqlite3.Connection, alarm: str) -> str | None:
    """The source that adopted an alarm."""
    row = connection.execute(
        "SELECT source FROM adopted_alarm WHERE alarm = ?", (alarm,)
    ).fetchone()
    return row[0] if row else None


_ALARMS = "SELECT seq, alarm, sender, peer FROM unassigned_alarm"


def _alarm(row: tuple[int, str, str, str]) -> UnassignedAlarm:
    seq, alarm, sender, peer = row
    return UnassignedAlarm(seq=seq, alarm=alarm, sender=sender, peer=peer)
