"""Suppressions (Sperren) that hold back alarms now, in memory for whoever plans a mail.

Restores, faults and class 1 always pass; what is held back is stored, counted and found
again.  Supervision of the source goes on.
"""

from __future__ import annotations

import threading

from attrs import evolve

from alarmgw.model import Handling, Meaning, Now, Source, utc_text
from alarmgw.store import shifts
from alarmgw.store.journal import JournalReader
from alarmgw.workflow_shift import Suppression

#: The highest class; nothing holds it back.
ALWAYS = 1


class Suppressions:
    """The active ones.  Asked in pool threads: the tables are replaced whole, never changed."""

    def __init__(self, journal: JournalReader, now: Now) -> None:
        """Reads the journal: make it where blocking is allowed."""
        self._journal, self._now = journal, now
        self._reading = threading.Lock()
        self._by_source: dict[str, Suppression] = {}
        self._by_site: dict[str, Suppression] = {}
        self.read()

    def read(self) -> None:
        """Read them anew; blocks.

        One after the other: what was read before a change never replaces what was read after it.
        """
        with self._reading:
            with self._journal.reading() as connection:
                active = sorted(shifts.suppressions(connection), key=lambda one: one.until)
            # Of two for the same, the one that lasts longer.
            self._by_source = {one.source: one for one in active if one.source}
            self._by_site = {one.site: one for one in active if one.site}

    def held(self, meaning: Meaning, handling: Handling, source: Source | None) -> Handling:
        """``handling``, or that of an alarm which is held back."""
        usual = handling.handling == "queue" and meaning.kind == "alarm"
        if source is None or not usual or handling.priority == ALWAYS:
            return handling
        now = utc_text(self._now())
        found = (self._by_source.get(source.address), self._by_site.get(source.site or ""))
        for one in found:
            if one is not None and now < one.until:
                rule = f"suppression:{one.suppression}"
                return evolve(handling, handling="suppressed", rule=rule)
        return handling
