"""What one more alarm costs the workstation: as much with 2,000 open incidents as with 200."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from tests.desk import line, rung
from tests.workstation.memory_browser import MemoryBrowser

#: Alarms whose cost is counted.
ALARMS = 10


def opcodes(work: Callable[[], object]) -> int:
    """How many instructions the interpreter carries out for it: the same on every machine."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


class Storm:
    """A console with a page, and so many open incidents; names are known."""

    def __init__(self, incidents: int) -> None:
        self.browser = MemoryBrowser()
        self.browser.console.start()
        self._rung = 0
        self.ring(range(incidents))
        self.browser.ask("/events")
        self.browser.clock.pump([0.2] * 100)

    def ring(self, sites: range) -> None:
        """An alarm of each of these sites comes."""
        room = self.browser.room
        for site in sites:
            self._rung += 1
            room.ledger.append(line(rung(self._rung, site=str(site))))
        room.wires[0].catch_up()

    def cost(self, sites: range) -> int:
        """Instructions until an alarm of each of these sites is heard and written to the page."""
        seq = self.browser.room.ledger.head
        for site in sites:
            self._rung += 1
            self.browser.room.ledger.append(line(rung(self._rung, 60, site=str(site))))
        entries = self.browser.room.since(seq)

        def hear() -> None:
            for entry in entries:
                self.browser.console.entries([entry], entry["seq"])
                self.browser.clock.advance(0.1)

        return opcodes(hear)


def test_an_alarm_costs_the_same_however_many_incidents_are_open() -> None:
    """One that joins an incident, and one that opens another: causes, counts and rows included."""
    few, many = Storm(200), Storm(1980)
    for sites in (range(ALARMS), range(3000, 3000 + ALARMS)):
        assert many.cost(sites) < 1.3 * few.cost(sites)


def test_beyond_the_rows_of_a_page_it_costs_no_more() -> None:
    """Whose row has to go is known without asking all of them."""
    few, many = Storm(200), Storm(2500)
    more = range(3000, 3000 + ALARMS)
    assert many.cost(more) < 1.5 * few.cost(more)
