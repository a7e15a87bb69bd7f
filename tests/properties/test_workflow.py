"""Whatever several operators, devices and the clock do in whatever order, no alarm is lost.

After every step: each queued alarm is in exactly one open incident or was closed by somebody
who had seen it, an incident has one holder or none, and everybody who follows the entries
knows the same.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import event, given, settings, target
from hypothesis import strategies as st

from alarmgw.store import incidents, snapshots
from alarmgw.store.ledger import PROJECTIONS, rebuild_projections
from alarmgw.workflow import ACCEPTED, OPEN, Incident
from alarmgw.workflow_actions import Rejected, elapsed, given_up
from alarmgw.workflow_book import Book
from alarmgw.workflow_entries import Who
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
_anything = st.tuples(
    st.sampled_from([0, 1, 5, 12, 400, 2000]),
    st.one_of(_alarm, _alarm, _command, _command, st.sampled_from(["tick", ANNA, BERT])),
)


def _rings(site: str, kind: str, priority: int) -> dict[str, Any]:
    return {"site": site, "kind": kind, "priority": priority, "joins": None}


def _does(who: Who, site: str, unseen: int = 0, **what: Any) -> dict[str, Any]:
    return {"what": what, "who": who, "incident": site, "unseen": unseen}


@st.composite
def _scene(draw: st.DrawFn) -> list[tuple[int, Any]]:
    """What seldom happens by chance: somebody has an incident of a site, and its alarms go on.

    He closes what he has seen of it, maybe takes that back, or parks it while its class rises.
    """
    site, kind = draw(st.sampled_from("12")), draw(st.sampled_from(["alarm", "alarm", "fault"]))
    who, pause = draw(st.sampled_from([ANNA, BERT])), st.sampled_from([0, 1, 5, 12])
    later = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    begun = [
        _rings(site, kind, draw(st.integers(2, 4))),
        _does(who, site, action="accept"),
        _does(who, site, action="take_over"),
    ]
    rings = [_rings(site, kind, priority) for priority in later]
    if draw(st.sampled_from([True, True, False])):
        unseen = draw(st.sampled_from([1, 1, 2, 3, 0]))
        close = _does(who, site, unseen, action="close", outcome="other")
        undo = _does(draw(st.sampled_from([who, who, BERT])), site, action="undo")
        course = [*begun, *rings, close, *[undo] * draw(st.sampled_from([1, 0])), *rings[:1]]
    else:
        course = [*begun, _does(who, site, action="park", minutes=20), *rings, "tick"]
    return [(draw(pause), step) for step in course]


#: What happens in a control room, each so many seconds after what was before.
STEPS = st.lists(
    st.one_of(_scene(), _anything.map(lambda one: [one])),
    min_size=2,
    max_size=12,
).map(lambda parts: [step for part in parts for step in part])


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

    def command(self, what: dict[str, Any], who: Any, incident: int | str, unseen: int) -> None:
        """Somebody wants something of an incident, and has not seen the newest entries.

        ``incident`` is its place among all, or a site: then it is the newest one there that
        stands as the action needs it.
        """
        action = what["action"]
        id_ = self.at(incident, action == "undo") if isinstance(incident, str) else None
        known = self.ids()
        if isinstance(incident, int) and known:
            id_ = known[incident % len(known)]
        if id_ is None:
            return
        keys = {name: what[name] for name in what if name != "action"}
        if action == "close" and self.of(id_).list == "fault":
            keys["outcome"] = "observed"
        with contextlib.suppress(Rejected):
            do(self.ledger, id_, action, who, self.now, self.ledger.head - unseen, **keys)

    def at(self, site: str, closed: bool) -> str | None:
        """The newest incident of a site that is closed, or that is not."""
        found = (self.of(id_) for id_ in self.ids())
        there = (one for one in found if one.key == f"site:{site}" and one.open != closed)
        return next((one.id for one in there), None)

    def happened(self) -> dict[str, int]:
        """How often it came to what is rare."""
        closed, returned = self.entries("closed"), self.entries("returned")
        return {
            "closings": len(closed),
            "follow-ups": sum(one["rest"] is not None for one in closed),
            "undone": sum(one["why"] == "undone" for one in returned),
            "risen while parked": sum(one["why"] == "class" for one in returned),
        }

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
@given(steps=STEPS)
def test_no_alarm_is_lost_whoever_does_what(steps: list[tuple[int, Any]]) -> None:
    """See above."""
    room = Room()
    for seconds, step in steps:
        room.now += seconds
        room.step(step)
        room.check()
    happened = room.happened()
    for what, times in happened.items():
        event(f"{what}: {min(times, 3)}")
    target(float(happened["follow-ups"] + happened["undone"] + happened["risen while parked"]))


def test_what_is_rare_is_among_what_is_tried() -> None:
    """A property says little of what the examples never come to."""
    tried: Counter[str] = Counter()

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(steps=STEPS)
    def play(steps: list[tuple[int, Any]]) -> None:
        room = Room()
        for seconds, step in steps:
            room.now += seconds
            room.step(step)
        tried.update(name for name, times in room.happened().items() if times)

    play()
    assert all(tried[name] >= 15 for name in Room().happened()), tried


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
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
