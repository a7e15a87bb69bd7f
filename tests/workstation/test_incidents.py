"""The incidents of a workstation, and their alarms in memory."""

from __future__ import annotations

import json
from typing import Any

from alarmgw.store.snapshots import snapshot
from alarmgw.workstation.incidents import Incidents
from tests.desk import ANNA, BERT, alarm_id, do, fresh_ledger, line, ring, rung


class Followed:
    """A journal, and a workstation's incidents that follow it."""

    def __init__(self, **limits: int) -> None:
        self.ledger = fresh_ledger()
        self.incidents = Incidents(**limits)
        self._told = 0

    def ring(self, number: int, seconds: float = 0.0, **facts: Any) -> set[str]:
        """An alarm comes; answers what changed."""
        ring(self.ledger, number, seconds, **facts)
        return self.follow()

    def do(self, number: int, action: str, *given: Any, **keys: Any) -> set[str]:
        """Somebody does something with the incident of that alarm."""
        do(self.ledger, alarm_id(number), action, *given, **keys)
        return self.follow()

    def write(self, **entry: Any) -> set[str]:
        """Any entry."""
        self.ledger.append(line({"time": rung(1)["time"], "node": "gw1", **entry}))
        return self.follow()

    def follow(self) -> set[str]:
        """Hear what was written."""
        changed: set[str] = set()
        for _, entry in self.ledger.appended[self._told :]:
            changed |= self.incidents.take(json.loads(entry))
        self._told = len(self.ledger.appended)
        return changed

    def fresh(self) -> Incidents:
        """What a workstation that starts now knows."""
        incidents = Incidents()
        for _, entry in snapshot(self.ledger.connection, 500).entries:
            incidents.take(json.loads(entry))
        return incidents

    def alarms(self, number: int, of: Incidents | None = None) -> list[str]:
        """The alarms of the incident that the alarm of that number has opened."""
        return list((of or self.incidents).gathered(alarm_id(number)).alarms)


def ids(*numbers: int) -> list[str]:
    """The alarms of these numbers."""
    return [alarm_id(number) for number in numbers]


def test_alarms_are_gathered_in_their_incident() -> None:
    """Each change names the incident whose row it is."""
    room = Followed()
    assert room.ring(1) == {alarm_id(1)} == room.ring(2)
    assert room.ring(3, site="2") == {alarm_id(3)}
    assert room.alarms(1) == ids(1, 2) and room.incidents.is_whole(alarm_id(1))
    assert len(room.incidents) == 2


def test_it_sounds_again_only_when_the_class_rises() -> None:
    """Counted with the incident."""
    room = Followed()
    for number, priority in enumerate((3, 4, 2, 2, 1), 1):
        room.ring(number, priority=priority)
    assert room.incidents.gathered(alarm_id(1)).sounded == 2


def test_a_follow_up_takes_what_was_not_seen() -> None:
    """Its alarms name the closed incident, and are found with the new one all the same."""
    room = Followed()
    for number in (1, 2, 3):
        room.ring(number)
    room.do(1, "accept")
    changed = room.do(1, "close", ANNA, seen=1, outcome="other")
    assert changed == {alarm_id(1), alarm_id(2)}
    assert room.alarms(2) == ids(2, 3) == room.alarms(2, room.fresh())
    assert room.incidents.is_whole(alarm_id(2))
    room.ring(4)
    assert room.alarms(2) == ids(2, 3, 4)


def test_a_follow_up_of_a_follow_up_is_whole_at_a_fresh_workstation() -> None:
    """Its alarms name an incident that nobody knows any more."""
    room = Followed()
    for number in (1, 2, 3, 4):
        room.ring(number)
    room.do(1, "accept")
    room.do(1, "close", ANNA, seen=1, outcome="other")
    room.do(2, "accept", ANNA)
    room.do(2, "close", ANNA, seen=2, outcome="other")
    assert room.alarms(3) == ids(3, 4) == room.alarms(3, room.fresh())


def test_a_closing_that_was_taken_back_opens_no_follow_up_anew() -> None:
    """A fresh workstation sees neither one that is closed since, nor its alarms where they were."""
    room = Followed()
    for number in (1, 2, 3):
        room.ring(number)
    room.do(1, "accept")
    room.do(1, "close", ANNA, seen=1, outcome="other")
    room.do(1, "undo", ANNA, 5)
    room.do(2, "accept", ANNA, 6)
    room.do(2, "close", ANNA, 7, seen=2, outcome="other")
    fresh = room.fresh()
    assert [one.id for one in fresh] == ids(1, 3) and set(fresh.book.incidents) == {
        one.id for one in room.incidents
    }
    for number in (1, 3):
        assert room.alarms(number) == ids(number) == room.alarms(number, fresh)
    assert [step["type"] for step in fresh.gathered(alarm_id(1)).steps][1] == "closed"


def test_resends_are_counted_with_their_first_alarm() -> None:
    """They are no alarm of their own."""
    room = Followed()
    room.ring(1)
    again = {**rung(2), "type": "resend", "first": alarm_id(1)}
    assert room.write(**again) == {alarm_id(1)}
    alarm = room.incidents.alarm(alarm_id(1))
    assert alarm is not None and alarm.resends == 1 and room.alarms(1) == ids(1)


def test_an_adopted_alarm_is_its_sources_at_once() -> None:
    """Live, and at a workstation that starts afterwards."""
    room = Followed()
    room.ring(1, site=None, source=None)
    owner = {"source": "gate@x", "site": "4711", "tenant": None}
    assert room.write(type="adopted", alarms=[alarm_id(1), "gone"], **owner) == {alarm_id(1)}
    for incidents in (room.incidents, room.fresh()):
        alarm = incidents.alarm(alarm_id(1))
        assert alarm is not None and alarm.adopted and alarm.entry["site"] == "4711"


def test_what_people_did_is_its_course() -> None:
    """In order; what was drawn is no step."""
    room = Followed()
    room.ring(1)
    room.do(1, "displayed", alarm=alarm_id(1), what="alarm")
    room.do(1, "accept")
    room.do(1, "note", text="Katze")
    room.do(1, "take_over", BERT)
    steps = room.incidents.gathered(alarm_id(1)).steps
    assert [step["type"] for step in steps] == ["accepted", "noted", "accepted"]


def test_a_closing_that_is_taken_back_has_its_alarms_again() -> None:
    """They are kept for a while."""
    room = Followed()
    room.ring(1)
    room.do(1, "accept")
    room.do(1, "close", outcome="real")
    assert not room.incidents.is_whole(alarm_id(1)) and room.incidents.open(alarm_id(1)) is None
    room.do(1, "undo", ANNA, 5)
    assert room.incidents.is_whole(alarm_id(1)) and room.alarms(1) == ids(1)


def test_memory_is_bounded_and_closed_incidents_leave_first() -> None:
    """What is open keeps its alarms as long as there is something else to forget."""
    room = Followed(kept=4)
    for number in range(1, 5):
        room.ring(number, site=str(number))
    room.do(3, "accept")
    room.do(3, "close", outcome="real")
    room.ring(5, site="5")
    assert room.incidents.alarm(alarm_id(3)) is None and room.alarms(1) == ids(1)
    room.ring(6, site="6")
    assert room.incidents.alarm(alarm_id(1)) is None
    assert room.incidents.open(alarm_id(1)) is not None
    assert not room.incidents.is_whole(alarm_id(1))
    assert len(room.incidents._where) == 4


def test_a_snapshot_begins_with_nothing() -> None:
    """After a snapshot the old is forgotten."""
    room = Followed()
    room.ring(1)
    room.incidents.clear()
    assert len(room.incidents) == 0 and room.incidents.alarm(alarm_id(1)) is None


def test_a_follow_up_may_take_all_alarms_that_are_in_memory() -> None:
    """Those that were closed have left it before; nothing of the closed one is kept."""
    room = Followed(kept=1)
    room.ring(1)
    room.ring(2)
    room.do(1, "accept")
    assert room.do(1, "close", seen=1, outcome="test") == {alarm_id(1), alarm_id(2)}
    assert room.alarms(2) == ids(2) and room.alarms(1) == []


def test_a_closing_of_the_first_version_names_no_incident() -> None:
    """Whoever resumes over an upgrade hears of one."""
    room = Followed()
    room.ring(1)
    old = {"type": "closed", "alarm": alarm_id(1), "seq": 2, "time": rung(1)["time"]}
    assert room.incidents.take(old) == set() and len(room.incidents) == 1
