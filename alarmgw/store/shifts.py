"""Who is signed on and what is held back: projections of the entries; and answers to commands.

Functions on any connection of the journal's database.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from alarmgw.entries import join
from alarmgw.model import utc_moment
from alarmgw.workflow_shift import Session, Suppression

#: The tables that `project_shift` keeps.
TABLES = ("operator_session", "suppression")

#: How a rule's name begins by which an alarm was held back; its suppression's id follows.
RULE = "suppression:"


def sessions(connection: sqlite3.Connection) -> list[Session]:
    """Who is signed on, in the order of signing on."""
    return _sessions(connection, "")


def session_at(connection: sqlite3.Connection, fingerprint: str) -> Session | None:
    """Who is signed on at the workstation with that certificate."""
    found = _sessions(connection, "WHERE fingerprint = ?", fingerprint)
    return found[0] if found else None


def _sessions(connection: sqlite3.Connection, where: str, *values: str) -> list[Session]:
    rows = connection.execute(
        f"SELECT seq, body, NULL FROM entry WHERE seq IN (SELECT seq FROM operator_session {where})"
        " ORDER BY seq",
        values,
    )
    return [Session.of(seq, json.loads(join(body, content))) for seq, body, content in rows]


def suppressions(connection: sqlite3.Connection) -> list[Suppression]:
    """The active ones, in the order of their beginning."""
    rows = connection.execute(f"{_SUPPRESSION} ORDER BY seq")
    return [_suppression(*row) for row in rows]


def suppression(connection: sqlite3.Connection, id_: str) -> Suppression | None:
    """The active one of that id."""
    row = connection.execute(f"{_SUPPRESSION} WHERE suppression = ?", (id_,)).fetchone()
    return _suppression(*row) if row else None


_SUPPRESSION = (
    "SELECT seq, entry.body, content.body, noticed, alarms, first, last"
    " FROM suppression JOIN entry USING (seq) LEFT JOIN content USING (seq)"
)


def _suppression(
    seq: int,
    body: bytes,
    content: bytes | None,
    noticed: int,
    alarms: int,
    first: str | None,
    last: str | None,
) -> Suppression:
    began = Suppression.of(seq, json.loads(join(body, content)))
    return evolve(began, noticed=bool(noticed), alarms=alarms, first=first, last=last)


@frozen(kw_only=True)
class Asked:
    """A command as it is told apart: whose, under which id, and what it said."""

    workstation: str
    command: str
    digest: bytes


def alive(connection: sqlite3.Connection) -> datetime | None:
    """When the gateway last noted that it runs; None in a journal that nobody has run yet."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'alive'").fetchone()
    return utc_moment(row[0]) if row else None


def mark_alive(connection: sqlite3.Connection, time: str) -> None:
    """Note that the gateway runs."""
    connection.execute(
        "INSERT INTO meta (name, value) VALUES ('alive', ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (time,),
    )


def answered(connection: sqlite3.Connection, asked: Asked) -> tuple[bytes, bool] | None:
    """The answer under that id, and whether it was to the same command."""
    row = connection.execute(
        "SELECT answer, asked = ? FROM answered_command WHERE workstation = ? AND command = ?",
        (asked.digest, asked.workstation, asked.command),
    ).fetchone()
    return (row[0], bool(row[1])) if row else None


def keep_answer(connection: sqlite3.Connection, asked: Asked, time: str, answer: bytes) -> None:
    """Keep the answer to a command, for when it is asked again; more of it replaces the rest."""
    connection.execute(
        "INSERT INTO answered_command (workstation, command, asked, time, answer)"
        " VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (workstation, command) DO UPDATE SET answer = excluded.answer",
        (asked.workstation, asked.command, asked.digest, time, answer),
    )


def prune_answers(connection: sqlite3.Connection, before: str) -> None:
    """Forget the answers that were given before a time."""
    connection.execute("DELETE FROM answered_command WHERE time < ?", (before,))


def project_shift(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> None:
    """Change what is current as an entry about a session or a suppression says."""
    _CHANGES[entry["type"]](connection, seq, entry)


def project_held_back(connection: sqlite3.Connection, entry: Mapping[str, Any]) -> None:
    """Count an alarm that a suppression held back."""
    rule = entry["rule"]
    if not rule.startswith(RULE):
        return
    connection.execute(
        "UPDATE suppression SET alarms = alarms + 1, first = coalesce(first, ?1), last = ?1"
        " WHERE suppression = ?2",
        (entry["time"], rule.removeprefix(RULE)),
    )


def _signed_on(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> None:
    connection.execute(
        "INSERT INTO operator_session (session, seq, workstation, fingerprint) VALUES (?, ?, ?, ?)",
        (entry["session"], seq, entry["workstation"], entry["fingerprint"]),
    )


def _signed_off(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> None:
    connection.execute("DELETE FROM operator_session WHERE session = ?", (entry["session"],))


def _suppressed(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> None:
    connection.execute(
        "INSERT INTO suppression (suppression, seq, until, noticed, alarms) VALUES (?, ?, ?, 0, 0)",
        (entry["suppression"], seq, entry["until"]),
    )


def _suppression_notice(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> None:
    connection.execute(
        "UPDATE suppression SET noticed = 1 WHERE suppression = ?", (entry["suppression"],)
    )


def _unsuppressed(connection: sqlite3.Connection, seq: int, entry: Mapping[str, Any]) -> None:
    connection.execute("DELETE FROM suppression WHERE suppression = ?", (entry["suppression"],))


_CHANGES = {
    "signed_on": _signed_on,
    "signed_off": _signed_off,
    "suppressed": _suppressed,
    "suppression_notice": _suppression_notice,
    "unsuppressed": _unsuppressed,
}

#: The entry types that `project_shift` takes.
CHANGES = tuple(_CHANGES)
