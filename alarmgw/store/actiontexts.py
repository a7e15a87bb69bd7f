"""Where action texts by event are kept: those of sources and those of sites."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence

from attrs import frozen

from alarmgw.model import ActionText


@frozen
class ActionTexts:
    """A table of action texts by event, whose first column is the ``key`` of their owners."""

    table: str
    key: str

    def all(self, connection: sqlite3.Connection) -> Mapping[str, Sequence[ActionText]]:
        """The texts of every owner that has some."""
        found = defaultdict(list)
        for owner, event, text in connection.execute(
            f"SELECT {self.key}, event, text FROM {self.table} ORDER BY event"
        ):
            found[owner].append(ActionText(event=event, text=text))
        return found

    def of(self, connection: sqlite3.Connection, owner: str) -> Sequence[ActionText]:
        """The texts of one owner, by event."""
        rows = connection.execute(
            f"SELECT event, text FROM {self.table} WHERE {self.key} = ? ORDER BY event", (owner,)
        )
        return [ActionText(event=event, text=text) for event, text in rows]

    def put(self, connection: sqlite3.Connection, owner: str, texts: Sequence[ActionText]) -> None:
        """Keep an owner's texts, and none of those that it had."""
        connection.execute(f"DELETE FROM {self.table} WHERE {self.key} = ?", (owner,))
        connection.executemany(
            f"INSERT INTO {self.table} ({self.key}, event, text) VALUES (?, ?, ?)",
            [(owner, one.event, one.text) for one in texts],
        )


OF_SOURCES = ActionTexts("source_action_texts", "address")
OF_SITES = ActionTexts("site_action_texts", "site")
