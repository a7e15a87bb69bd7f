"""The records of own rules."""

from __future__ import annotations

import sqlite3

from alarmgw.rules import Rule

#: A rule's columns; each is a field of `Rule`.
COLUMNS = (
    "name",
    "source",
    "site",
    "position",
    "enabled",
    "subject",
    "text",
    "sender",
    "file",
    "kind",
    "event",
    "channel",
    "priority",
    "handling",
)

_RULES = f"SELECT {', '.join(COLUMNS)} FROM rules"


def rules(connection: sqlite3.Connection) -> list[Rule]:
    """Every rule, those for a source first, then for a site, then for all; each by its place."""
    rows = connection.execute(
        f"{_RULES} ORDER BY source IS NULL, site IS NULL, source, site, position, name"
    )
    return [_rule(row) for row in rows]


def rule(connection: sqlite3.Connection, name: str) -> Rule | None:
    """The rule of this name."""
    row = connection.execute(f"{_RULES} WHERE name = ?", (name,)).fetchone()
    return _rule(row) if row else None


def put_rule(connection: sqlite3.Connection, rule: Rule, created: str) -> None:
    """Make or change a rule; one that exists keeps the time at which it was made."""
    kept = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    connection.execute(
        f"INSERT INTO rules ({', '.join(COLUMNS)}, created) VALUES ({'?, ' * len(COLUMNS)}?)"
        f" ON CONFLICT (name) DO UPDATE SET {kept}",
        (*(getattr(rule, name) for name in COLUMNS), created),
    )


def remove_rule(connection: sqlite3.Connection, name: str) -> None:
    """Forget a rule; what it was stands in the journal."""
    connection.execute("DELETE FROM rules WHERE name = ?", (name,))


def _rule(row: tuple[object, ...]) -> Rule:
    facts = dict(zip(COLUMNS, row, strict=True))
    return Rule(**{**facts, "enabled": bool(facts["enabled"])})  # type: ignore[arg-type]
