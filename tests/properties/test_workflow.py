"""Whatever several operators, devices and the clock do in whatever order, no alarm is lost.

After every step: each queued alarm is in exactly one open incident or was closed by somebody
who had seen it, an incident has one holder or none, and everybody who follows the entries
knows the same.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarmgw.store import incidents, snapshots
from alarmgw.store.ledger import PROJECTIONS, rebuild_projections
from alarmgw.workflow import ACCEPTED, OPEN, Incident
from alarmgw.workflow_actions import Rejected, elapsed, given_up
from alarmgw.workflow_book import Book
from tests.desk import ANNA, BERT, alarm_id, do, fresh_ledger, line, rung, stamp

ACTIONS: tuple[dict[str, Any], ...] = (
    {"action": "accept"},
    {"action": "take_over"},
    {"action": "release"},
    {"action": "park", "minutes": 20},
    {"action": "resume"},
    {"action": "close", "outcome": "other"},
    {"action": "close", "outcome": "other"},
    {"action": "undo"},
    {"action": "note", "text": "Katze"},
    {"action": "touch"},
)

#: What an alarm may be: often an alarm, sometimes one that opens nothing.
KINDS = ("alarm", "alarm", "alarm", "fault", "restore", "test")

_alarm = st.fixed_dictionaries(
    {
        "site": st.sampled_from("12"),
        "kind": st.sampled_from(KINDS),
        "priority": st.integers(1, 4),
        "joins": st.none() | st.integers(1, 30),
    }
)
_command = st.fixed_dictionaries(
    {
        "what": st.sampled_from(ACTIONS),
        "who": st.sampled_from([ANNA, BERT]),
        "incident": st.integers(0, 5),
        "unseen": st.integers(0, 3),
    }
)
_steps = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 5, 12, 400, 2000]),
        st.one_of(_alarm, _alarm, _command, _command, st.sampled_from(["tick", ANNA, BERT])),
    ),
    max_size=40,
)


class Room:
    """A control room: its journal, and a workstation that follows it."""

    def __init__(self) -> None:
        self.ledger = fresh_ledger()
        self.book = Book()
        self.now = 0.0
        self.rung = 0
        self._told = 0

    def step(self, step: Any) -> None:
        """One thing happens."""
        if step == "tick":
            for one in self.open():
                self.write(elapsed(one, stamp(None, self.now)))
        elif not isinstance(step, dict):
            for one in incidents.of_session(self.ledger.connection, step.session):
                self.write(given_up(one, "signed_off", stamp(step, self.now)))
        elif "what" in step:
            self.command(**step)
        else:
            self.ring(**step)
        for _, entry in self.ledger.appended[self._told :]:
            self.book.take(json.loads(entry))
        self._told = len(self.ledger.appended)

    def ring(self, joins: int | None, **facts: Any) -> None:
        """An alarm comes, maybe late pictures of an earlier one."""
        self.rung += 1
        first = alarm_id(joins) if joins is not None and joins < self.rung else None
        if facts["kind"] == "test":
            facts["handling"] = "test"
        self.write([{**rung(self.rung, self.now, **facts), "joins": first}])

    def command(self, what: dict[str, Any], who: Any, incident: int, unseen: int) -> None:
        """Somebody wants something of an incident, and has not seen the newest entries."""
        known = self.ids()
        if not known:
            return
        seen = self.ledger.head - unseen
        keys = {name: what[name] for name in what if name != "action"}
        if what["action"] == "close" and self.of(known[incident % len(known)]).list == "fault":
            keys["outcome"] = "observed"
        with contextlib.suppress(Rejected):
            id_ = known[incident % len(known)]
            do(self.ledger, id_, what["action"], who, self.now, seen, **keys)

    def write(self, entries: Any) -> None:
        """These are decided upon."""
        for entry in entries:
            self.ledger.append(line(entry))

    def open(self) -> list[Incident]:
        """The open incidents."""
        return incidents.open_incidents(self.ledger.connection)

    def of(self, id_: str) -> Incident:
        """One incident."""
        found = incidents.incident(self.ledger.connection, id_)
        assert found is not None
        return found

    def ids(self) -> list[str]:
        """All incidents, the newest first."""
        rows = self.ledger.connection.execute("SELECT id FROM incident ORDER BY first_seq DESC")
        return [id_ for (id_,) in rows]

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """All entries of a type, as everybody hears them."""
        told = (json.loads(entry) for _, entry in self.ledger.appended)
        return [entry for entry in told if entry["type"] == kind]

    def check(self) -> None:
        """All that must always be true."""
        self.check_alarms()
        for one in self.open():
            assert (one.holder is None) == (one.state == "new")
            assert (one.session is None) == (one.holder is None)
            assert not (one.unattended and one.state != ACCEPTED)
        known = {one.id: one for one in self.open()}
        assert self.book.incidents == known
        fresh = Book()
        for _, entry in snapshots.snapshot(self.ledger.connection, 3).entries:
            fresh.take(json.loads(entry))
        assert fresh.incidents == known

    def check_alarms(self) -> None:
        """No alarm is lost, none is closed unseen, and faults and alarms do not mix."""
        where = dict(
            self.ledger.connection.execute("SELECT alarm, incident FROM incident_alarm").fetchall()
        )
        up_to: dict[str, int] = {}
        for closed in self.entries("closed"):
            up_to[closed["incident"]] = closed["up_to"]
        for entry in self.entries("alarm"):
            if entry["handling"] != "queue":
                assert entry["incident"] is None and entry["alarm"] not in where
            elif entry["kind"] != "restore":
                one = self.of(where[entry["alarm"]])
                assert one.list == entry["kind"]
                assert one.state in OPEN or entry["seq"] <= up_to[one.id]
        self.check_open()

    def check_open(self) -> None:
        """Open alarms are those of open incidents, but late pictures that wait with their alarm."""
        query = self.ledger.connection.execute
        members = dict(
            query(
                "SELECT alarm, incident FROM incident_alarm JOIN incident ON incident = id"
                " WHERE state != 'closed'"
            ).fetchall()
        )
        listed = {alarm for (alarm,) in query("SELECT alarm FROM open_alarm")}
        first = dict(query("SELECT alarm, first FROM follower").fetchall())
        assert listed <= set(members)
        for alarm in set(members) - listed:
            assert first[alarm] in listed and members[first[alarm]] == members[alarm]


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(steps=_steps)
def test_no_alarm_is_lost_whoever_does_what(steps: list[tuple[int, Any]]) -> None:
    """See above."""
    room = Room()
    for seconds, step in steps:
        room.now += seconds
        room.step(step)
        room.check()


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(steps=_steps)
def test_entries_alone_make_what_is_current(steps: list[tuple[int, Any]]) -> None:
    """The projections made anew are, row for row, what the decisions had made."""
    room = Room()
    for seconds, step in steps:
        room.now += seconds
        room.step(step)
    before = tables(room)
    rebuild_projections(room.ledger)
    assert tables(room) == before


def tables(room: Room) -> dict[str, list[Any]]:
    """Every projection."""
    query = room.ledger.connection.execute
    return {name: sorted(query(f"SELECT * FROM {name}"), key=repr) for name in PROJECTIONS}
