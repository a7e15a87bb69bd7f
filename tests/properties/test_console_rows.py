"""Whatever happens in whatever order: a page shows what a fold from scratch says is open.

It does so however the entries were cut into batches, however seldom the page asked, and
whether the workstation followed from the beginning or starts with a snapshot.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from alarmgw.store import snapshots
from alarmgw.workflow_book import Book
from alarmgw.workstation.mirror import LinkState, Mirror
from tests.desk import alarm_id, line, rung
from tests.properties.test_workflow import STEPS, Room

Entry = dict[str, Any]


def scratch(entries: list[Entry]) -> dict[str, Entry]:
    """What is open after these entries, by the plainest way there is."""
    book, where = Book(), dict[str, str]()
    alarms = {entry["alarm"]: entry for entry in entries if entry["type"] == "alarm"}
    for entry in entries:
        book.take(entry)
        if entry["type"] == "alarm" and entry["incident"] is not None:
            where[entry["alarm"]] = entry["incident"]
        if entry["type"] == "closed" and entry["rest"] is not None:
            for alarm, incident in where.items():
                later = alarms[alarm]["seq"] >= entry["rest"]["first_seq"]
                if incident == entry["incident"] and later:
                    where[alarm] = entry["rest"]["id"]
    return {
        id_: {
            "state": incident.state,
            "holder": incident.holder,
            "priority": incident.priority,
            "count": incident.count,
            "seq": incident.last_seq,
            "due": incident.due,
            **_of([alarms[alarm] for alarm in where if where[alarm] == id_]),
        }
        for id_, incident in book.incidents.items()
    }


def _of(alarms: list[Entry]) -> Entry:
    """What the alarms of one incident say together."""
    alarms.sort(key=lambda one: one["seq"])
    first = min(alarms, key=lambda one: (one["priority"], one["seq"]))
    return {
        "pictures": sum(len(one["pictures"]) for one in alarms),
        "picture": {"alarm": alarms[-1]["alarm"], "name": alarms[-1]["pictures"][0]["name"]},
        "subject": first["subject"],
        "sources": len({one["source"] for one in alarms}),
    }


class Page:
    """A page that asks now and then what has changed."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._change: int | None = None
        self.rows: dict[str, Entry] = {}

    def look(self) -> None:
        """Draw what is new, as the page's script does."""
        changes = self._mirror.since(self._change)
        self._change = changes.change
        if changes.reset:
            self.rows.clear()
        for row in changes.incidents:
            self.rows[row["incident"]] = row
        for id_ in changes.removed:
            self.rows.pop(id_, None)

    def shown(self) -> dict[str, Entry]:
        """Its rows, as far as `scratch` knows them."""
        names = ("state", "holder", "priority", "count", "seq", "due")
        names += ("pictures", "picture", "subject", "sources")
        return {id_: {name: row[name] for name in names} for id_, row in self.rows.items()}


def entries_of(room: Room) -> list[Entry]:
    """Everything that was written, as it is told."""
    return [json.loads(entry) for _, entry in room.ledger.appended]


@settings(deadline=None)
@given(STEPS, st.lists(st.integers(1, 3), min_size=1), st.integers(0, 3))
def test_a_page_shows_what_a_fold_from_scratch_says(
    steps: list[tuple[float, Any]], batches: list[int], seldom: int
) -> None:
    """After every batch that it looked at, and at the end; live, and from a snapshot."""
    room = Room()
    for seconds, step in steps:
        room.now += seconds
        room.step(step)
    for what, times in room.happened().items():
        event(f"{what}: {min(times, 3)}")
    entries, mirror = entries_of(room), Mirror()
    mirror.state(LinkState(state="current"))
    page, told, turn = Page(mirror), 0, 0
    while told < len(entries):
        batch = entries[told : told + batches[turn % len(batches)]]
        told, turn = told + len(batch), turn + 1
        mirror.entries(batch, batch[-1]["seq"])
        if turn % (seldom + 1) == 0:
            page.look()
            assert page.shown() == scratch(entries[:told])
    page.look()
    assert page.shown() == scratch(entries)
    fresh = Mirror()
    fresh.state(LinkState(state="snapshot"))
    found = snapshots.snapshot(room.ledger.connection, 500)
    fresh.entries([json.loads(entry) for _, entry in found.entries], found.head)
    late = Page(fresh)
    late.look()
    assert late.shown() == scratch(entries)


def test_a_storm_costs_no_memory() -> None:
    """Beyond its bounds: 20,000 alarms of 2,000 sites leave as many in memory as 2,000 do."""
    mirror, room = Mirror(), Room()
    mirror.state(LinkState(state="current"))
    for number in range(1, 4001):
        room.ledger.append(line(rung(number, number / 20, site=str(number % 1000))))
    mirror.entries(entries_of(room), room.ledger.head)
    incidents = mirror.incidents
    assert len(incidents) == 1000 and len(incidents._where) == 2000
    kept = sum(len(incidents.gathered(one.id).alarms) for one in incidents)
    assert kept == 2000 and incidents.alarm(alarm_id(4000)) is not None
    assert mirror.row(alarm_id(1))["pictures"] == 4
