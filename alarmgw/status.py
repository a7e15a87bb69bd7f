"""What the gateway tells of itself: to heartbeats in brief, to ``alarmgw status`` in full."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from alarmgw.hub import Hub
from alarmgw.model import utc_text
from alarmgw.store.clocks import wrong_clocks
from alarmgw.store.standing import standing
from alarmgw.supervision import Conditions
from alarmgw.workplace import Workplace


class Status:
    """Gathers the state of a running gateway."""

    def __init__(self, place: Workplace, hub: Hub, conditions: Conditions) -> None:
        self._place = place
        self._hub = hub
        self._conditions = conditions
        self._since: datetime = place.now()
        #: Further facts, by name, each from whoever knows it.
        self.facts: dict[str, Callable[[], Any]] = {}

    def brief(self) -> tuple[str, list[str]]:
        """``ok`` or ``disturbed``, and the sentences of what is wrong; for heartbeats."""
        reasons = [condition.text for condition in self._conditions.active]
        return ("disturbed" if reasons else "ok"), reasons

    async def full(self) -> Mapping[str, Any]:
        """Everything that ``alarmgw status --json`` prints of a running gateway."""
        snapshot = await self._hub.snapshot(0)
        journalled = await self._place.in_pool(self._journalled)
        state, _ = self.brief()
        return {
            "running": True,
            "pid": os.getpid(),
            "node": self._place.node,
            "since": utc_text(self._since),
            "time": utc_text(self._place.now()),
            "journal": self._hub.identity,
            "head": self._hub.head,
            "open": snapshot.open_total,
            "state": state,
            "reasons": [condition.as_json() for condition in self._conditions.active],
            **journalled,
            **{name: tell() for name, tell in self.facts.items()},
        }

    def _journalled(self) -> dict[str, Any]:
        with self._place.journal.reading() as connection:
            return {"wrong_clocks": wrong_clocks(connection), **standing(connection)}
