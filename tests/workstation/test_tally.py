"""How many incidents stand open."""

from __future__ import annotations

from alarmgw.workstation.tally import Tally
from tests.workstation.test_incidents import Followed


def counted(**counts: int) -> dict[str, int]:
    """All kinds, with those that are not named at none."""
    return dict.fromkeys(("new", "accepted", "parked", "faults", "unassigned"), 0) | counts


def test_counts_follow_what_changes() -> None:
    """Into a state and out of it again; a closed one counts nowhere."""
    room = Followed()
    tally = Tally(room.incidents)
    assert tally.counts() == counted()
    room.ring(1)
    room.ring(2, site="2", kind="fault")
    room.ring(3, site=None, source=None)
    assert tally.counts() == counted(new=3, faults=1, unassigned=1)
    room.do(1, "accept")
    room.do(2, "accept")
    room.do(2, "park", minutes=5)
    assert tally.counts() == counted(new=1, accepted=1, parked=1, faults=1, unassigned=1)
    room.do(1, "close", outcome="real")
    room.ring(4)
    assert tally.counts() == counted(new=2, parked=1, faults=1, unassigned=1)


def test_a_snapshot_counts_from_nothing() -> None:
    """What it does not tell of is not counted any more."""
    room = Followed()
    tally = Tally(room.incidents)
    room.ring(1)
    assert tally.counts() == counted(new=1)
    room.incidents.clear()
    assert tally.counts() == counted()
