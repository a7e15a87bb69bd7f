"""What waits to be taken, kept up with what changes."""

from __future__ import annotations

from alarmgw.workstation.tones import Cause
from alarmgw.workstation.waiting import Difference, Waiting
from tests.desk import alarm_id, do
from tests.workstation.test_incidents import Followed


class Waited(Followed):
    """A journal, its incidents, and what of them waits."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = Waiting(self.incidents)

    def look(self, now: float = 0.0) -> tuple[list[str], list[str]]:
        """The tones of the causes that came, and of those that went."""
        found = self.waiting.difference(now)
        return sorted(one.tone for one in found.came), sorted(one.tone for one in found.went)


def test_only_what_changed_is_told() -> None:
    """An incident that is new comes, one that is taken goes; nothing comes twice."""
    room = Waited()
    room.ring(1, priority=2)
    room.ring(2, site="2")
    assert room.look() == (["class-2", "class-3"], [])
    assert room.look() == ([], [])
    room.do(1, "accept")
    room.ring(3, site="2")
    assert room.look() == ([], ["class-2"])
    room.do(1, "release")
    assert room.look() == (["class-2"], [])


def test_a_class_that_rises_is_another_cause() -> None:
    """The old one goes with it."""
    room = Waited()
    room.ring(1)
    room.look()
    room.ring(2, priority=1)
    assert room.look() == (["class-1"], ["class-3"])


def test_what_has_risen_in_somebodys_hands_is_told_for_a_while() -> None:
    """Not of what was so before anybody looked, and not when he has closed it."""
    room = Waited()
    for number, site in ((1, "1"), (2, "2"), (3, "3")):
        room.ring(number, site=site)
        room.do(number, "accept")
    room.ring(4, site="3", priority=1)
    assert room.look() == ([], [])
    room.ring(5, site="1", priority=1)
    room.ring(6, site="2", priority=2)
    assert room.look(5) == (["class-1", "class-2"], []) and room.waiting.next_change == 35
    room.do(2, "close", outcome="real")
    assert room.look(6) == ([], ["class-2"])
    assert room.look(35) == ([], ["class-1"]) and room.waiting.next_change is None


def test_a_follow_up_waits_when_its_offer_is_over() -> None:
    """Time alone brings it; whoever takes it before is heard by nobody."""
    room = Waited()
    for number in (1, 2):
        room.ring(number)
    room.do(1, "accept")
    room.do(1, "close", seen=1, outcome="real")
    assert room.look(5) == ([], []) and room.waiting.next_change == 35
    assert room.look(34) == ([], [])
    assert room.look(35) == (["class-3"], []) and room.waiting.next_change is None
    room.ring(3)
    assert room.look(36) == ([], [])
    room.do(2, "accept")
    assert room.look(37) == ([], ["class-3"])


def test_after_a_snapshot_it_is_what_the_snapshot_says() -> None:
    """What is gone without an entry goes; what is still new is no news."""
    room = Waited()
    room.ring(1)
    room.ring(2, site="2", priority=1)
    room.look()
    alarm = room.incidents.alarm(alarm_id(1))
    assert alarm is not None
    room.incidents.clear()
    room.incidents.take(alarm.entry)
    assert room.look() == ([], ["class-1"])


def test_it_is_the_same_as_made_anew() -> None:
    """After any course of things, the causes that came and did not go are all that wait."""
    room = Waited()
    causes: frozenset[Cause] = frozenset()
    for number in range(1, 40):
        room.ring(number, number * 200.0, site=str(number % 7), priority=1 + number % 4)
        new = [one.id for one in room.incidents if one.state == "new"]
        if number % 4 == 0 and new:
            do(room.ledger, new[0], "accept", seconds=number * 200.0)
            room.follow()
        found = room.waiting.difference(number)
        assert not found.came & causes and found.went <= causes
        causes = (causes | found.came) - found.went
    causes -= room.waiting.difference(1000).went  # what had risen in somebody's hands
    assert causes and Waiting(room.incidents).difference(0) == Difference(causes)
