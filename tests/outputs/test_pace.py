"""A pace lets so many through, whatever knocks."""

from __future__ import annotations

from twisted.internet.task import Clock

from alarmgw.codec.requests import Command
from alarmgw.outputs.pace import Pace, Paces


def admitted(pace: Pace, asked: int) -> int:
    """How many of so many get through."""
    return sum(pace.admits() for _ in range(asked))


def test_so_many_together_and_then_so_many_a_second() -> None:
    """Who knocks all the time gets no less for it."""
    clock = Clock()
    pace = Pace(clock, a_second=4, together=10)
    assert admitted(pace, 50) == 10
    for _ in range(3):
        clock.advance(1)
        assert admitted(pace, 50) == 4
    clock.advance(0.125)
    assert admitted(pace, 50) == 0
    clock.advance(0.125)
    assert admitted(pace, 50) == 1


def test_a_rest_gives_no_more_than_what_may_come_together() -> None:
    """A quiet night is not saved up."""
    clock = Clock()
    pace = Pace(clock, a_second=4, together=10)
    clock.advance(36_000)
    assert admitted(pace, 50) == 10


def test_what_is_drawn_never_takes_the_place_of_a_decision() -> None:
    """A storm on the screen is hundreds of them; the acceptance after it comes through."""
    paces = Paces(Clock())
    drawn = Command(id="a" * 32, action={"do": "displayed", "alarms": [], "what": "alarm"})
    while paces.admits(drawn):
        pass
    assert paces.admits(Command(id="b" * 32, action={"do": "accept"}))
