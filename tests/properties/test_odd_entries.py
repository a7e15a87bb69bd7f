"""One odd entry among all others: whatever it says, a workstation hears what comes after it.

A day at a gateway in memory is told to a console with one value of one entry changed, or left
out.  Nothing is raised, nothing that can be asked for fails, and the next alarm is seen and heard.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.logger import LogLevel, capturedLogs

from alarmgw.codec.requests import Command
from alarmgw.entries import adopted_entry, resend_entry
from alarmgw.model import Source
from alarmgw.workstation.link import LinkState
from tests.desk import alarm_id, at, rung
from tests.workstation.console_fakes import picture_part
from tests.workstation.memory_browser import console_of
from tests.workstation.memory_gateway import MemoryGateway, Wire

LEFT_OUT = "left out"
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 7, 2**70, 1.5, "", "x", "2026-13-41", [], ["x"], [None], [[]], {}, {"a": []},
    {"id": "x"}, [{"event": []}], [{"name": {}}], LEFT_OUT,
)  # fmt: skip

Path = tuple[str | int, ...]


class Day(MemoryGateway):
    """A gateway whose wire gives commands."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = self.wire("desk1", "f1")
        self.count = 0

    def do(self, do: str, incident: int | None = None, **facts: Any) -> None:
        """What anna does."""
        self.count += 1
        id_ = None if incident is None else alarm_id(incident)
        seen = facts.pop("seen", self.ledger.head)
        given = Command(
            id=f"{self.count:032x}", incident=id_, seen=seen, action={"do": do, **facts}
        )
        assert self.answer(self.desk, given)["ok"], given

    def ring(self, number: int, **facts: Any) -> int:
        """An alarm with a picture."""
        entry = rung(number, **{"site": str(number), **facts})
        return self.write([{**entry, "pictures": [picture_part("01-a.jpg", b"x")]}])


@cache
def day() -> tuple[dict[str, Any], ...]:
    """All that may happen."""
    gateway = Day()
    gateway.signed_on("anna", gateway.desk)
    seen = gateway.ring(1)
    gateway.ring(2, site="1", priority=2)
    gateway.ring(3, kind="fault", priority=4)
    gateway.ring(4, source=None, site=None)
    gateway.ring(5, handling="test", kind="test")
    gateway.do("accept", 1)
    gateway.do("note", 1, text="Katze")
    gateway.do("displayed", 1, alarm=alarm_id(1), what="alarm")
    gateway.do("close", 1, seen=seen, outcome="other")
    gateway.do("undo", 1)
    gateway.do("release", 1)
    gateway.do("accept", 3)
    gateway.do("park", 3, minutes=5)
    gateway.do("suppress", site="9", minutes=30, reason="Umbau")
    gateway.ring(6, site="9", handling="suppressed", rule="suppression:x")
    [held] = [one["suppression"] for one in gateway.since(0) if one["type"] == "suppressed"]
    gateway.do("unsuppress", suppression=held)
    gateway.write([resend_entry(rung(7), alarm_id(2)), {**rung(8), "joins": alarm_id(2)}])
    owner = Source(address="bq@1", site="1")
    gateway.write([adopted_entry(time=at(), node="gw1", source=owner, alarms=[alarm_id(4)])])
    gateway.left(gateway.sessions()[0], "signed_off")
    gateway.signed_on("bert", gateway.desk)
    return tuple(gateway.since(0))


def paths(value: Any, before: Path = ()) -> Iterator[Path]:
    """The way to each value in an entry."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in inner:
        yield (*before, name)
        if isinstance(one, dict | list):
            yield from paths(one, (*before, name))


@cache
def places() -> tuple[tuple[int, Path], ...]:
    """All values of the day but the numbers of its entries, which the wire checks."""
    return tuple(
        (which, path)
        for which, entry in enumerate(day())
        for path in paths(entry)
        if path != ("seq",)
    )


def changed(which: int, path: Path, odd: Any) -> list[dict[str, Any]]:
    """The day with something else in one place."""
    entries = copy.deepcopy(list(day()))
    inner: Any = entries[which]
    for name in path[:-1]:
        inner = inner[name]
    if odd != LEFT_OUT:
        inner[path[-1]] = copy.deepcopy(odd)
    else:
        del inner[path[-1]]
    return entries


@given(st.deferred(lambda: st.sampled_from(places())), st.sampled_from(ODD), st.booleans())
@settings(max_examples=100)
def test_what_comes_after_an_odd_entry_is_seen_and_heard(
    place: tuple[int, Path], odd: Any, snapshot: bool
) -> None:
    """And all that can be asked for is answered, whoever sits there."""
    entries = changed(*place, odd)
    urgent = rung(99, site="99", priority=1, incident=alarm_id(99))
    clock, wire = Clock(), Wire(Day(), "desk1", "f1")
    console, played = console_of(wire, clock)
    with capturedLogs() as logs:
        console.start()
        console.state(LinkState(state="snapshot" if snapshot else "current"))
        for entry in entries:
            console.entries([entry], entry["seq"])
            asked(console)
        console.state(LinkState(state="current"))
        head = entries[-1]["seq"] + 1
        console.entries([{**urgent, "seq": head}], head)
        clock.advance(1)
        asked(console)
        console.stop()
    assert played.count("class-1") == 1
    rows = console.mirror.since(None).incidents
    assert alarm_id(99) in [row["incident"] for row in rows]
    facts = console.facts()
    assert facts["up_to"] == head and not facts["faulty"] and facts["unread"]["count"] <= 1
    critical = [one for one in logs if one["log_level"] is LogLevel.critical]
    assert len(critical) == facts["unread"]["count"], critical


def asked(console: Any) -> None:
    """What pages ask for, as JSON."""
    for change in (None, console.mirror.change - 1):
        told = console.since(change)
        json.dumps([told.incidents, told.removed, told.others, console.facts()])
