"""The clock watch: tells once that a device's clock is a fault, and once that it is none any more.

It judges in the transaction that keeps the mail: what was told before stands beside it, so
that no restart and no second mail tells it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from attrs import frozen

from alarmgw.clockwords import clock_text
from alarmgw.codec.deviceclock import clock_offset, is_off, is_wrong
from alarmgw.entries import record, system_entry
from alarmgw.model import Meaning, Now, Randomness
from alarmgw.store.clocks import CLOCK_WRONG, clock
from alarmgw.store.journal import Ledger


def clocked(
    entry: dict[str, Any], meaning: Meaning, came: datetime, zone: tzinfo
) -> dict[str, Any]:
    """An alarm's entry with what its mail shows of the device's clock.

    A mail that comes again, or pictures that come late, show nothing of it.
    """
    if entry["type"] != "alarm" or entry.get("joins") is not None:
        return entry
    offset = clock_offset(meaning, came, zone)
    if offset is None:
        return entry
    notes = [*entry["notes"], "clock_off"] if is_off(offset) else entry["notes"]
    return {**entry, "times": {**entry["times"], "clock_offset_s": offset}, "notes": notes}


@frozen
class ClockWatch:
    """Looks at each alarm as it is journalled.  Lives in the writer's thread."""

    node: str
    now: Now
    randomness: Randomness

    def look(self, ledger: Ledger, alarm: Mapping[str, Any]) -> None:
        """Tell what the entry of an alarm, just appended, changes about its source's clock.

        A source that is out of use is a fault to nobody.
        """
        source, offset = alarm["source"], alarm["times"]["clock_offset_s"]
        if alarm["type"] != "alarm" or source is None or offset is None:
            return
        if alarm["rule"] == "source_disabled":
            return
        known = clock(ledger.connection, source)
        was_wrong = known is not None and known.wrong_since is not None
        if is_wrong(offset, was_wrong) is not was_wrong:
            self._tell(ledger, CLOCK_WRONG, alarm, "end" if was_wrong else "start")

    def _tell(self, ledger: Ledger, event: str, alarm: Mapping[str, Any], state: str) -> None:
        offset = alarm["times"]["clock_offset_s"]
        text = f"The clock of {alarm['source']} is {clock_text(offset, 'en')}"
        entry = system_entry(
            time=self.now(),
            node=self.node,
            event=event,
            text=text if state == "start" else f"Over: {text}",
            state=state,
            source=alarm["source"],
            site=alarm["site"],
            tenant=alarm["tenant"],
            clock_offset_s=offset,
        )
        ledger.append(record(entry, self.randomness))
