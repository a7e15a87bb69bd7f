"""Which incidents have a row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alarmgw.workflow import Incident, opened
from alarmgw.workstation.shown import Shown
from tests.desk import rung


def incident(number: int, priority: int = 3) -> Incident:
    """A new incident."""
    return opened(number, rung(number, number, priority=priority))


def test_the_most_urgent_have_a_row() -> None:
    """A more urgent one drives out the least urgent, and that comes back when there is room."""
    all_ = [incident(1), incident(2, 4), incident(3, 1)]
    open_, shown = {one.id: one for one in all_}, Shown(2)
    first, least, urgent = (one.id for one in all_)
    assert shown.put(first, open_) == ({first}, set())
    assert shown.put(least, open_) == ({least}, set())
    assert shown.put(urgent, open_) == ({urgent}, {least})
    assert (shown.more, least in shown) == (1, False)
    del open_[urgent]
    assert shown.put(urgent, open_) == ({least}, {urgent})
    assert shown.more == 0


def test_one_that_finds_no_room_waits() -> None:
    """It is counted, and nothing is drawn for it."""
    all_ = [incident(1), incident(2)]
    open_, shown = {one.id: one for one in all_}, Shown(1)
    shown.put(all_[0].id, open_)
    assert shown.put(all_[1].id, open_) == (set(), {all_[1].id})
    assert shown.more == 1


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 5), st.booleans()), max_size=60))
def test_nobody_is_forgotten(steps: list[tuple[int, int, bool]]) -> None:
    """Whatever comes and goes: each open one has a row or waits, and no room is left unused."""
    open_: dict[str, Incident] = {}
    shown, drawn = Shown(3), set[str]()
    for number, priority, comes in steps:
        one = incident(number, priority)
        if comes:
            open_.setdefault(one.id, one)
        else:
            open_.pop(one.id, None)
        new, gone = shown.put(one.id, open_)
        drawn = (drawn - gone) | new
        assert drawn == {id_ for id_ in open_ if id_ in shown}
        assert len(drawn) + shown.more == len(open_)
        assert len(drawn) == min(3, len(open_))
