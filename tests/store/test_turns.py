"""`alarmgw.store.turns`: one at a time, and nobody waits for ever."""

from __future__ import annotations

import threading

import pytest

from alarmgw.store.turns import Turns


def test_the_second_waits_for_the_end_of_the_first() -> None:
    """Two threads never have it at once."""
    turns, told, waiting = Turns(), [], threading.Event()

    def second() -> None:
        waiting.set()
        with turns.taken():
            told.append("second")

    thread = threading.Thread(target=second)
    with turns.taken():
        thread.start()
        assert waiting.wait(10)
        thread.join(0.05)
        told.append("first")
    thread.join(10)
    assert told == ["first", "second"]


def test_patience_ends() -> None:
    """Behind work that does not end the others go on, and what they took was no turn."""
    turns = Turns(patience=0.01)
    with turns.taken() as first, turns.taken() as second, turns.taken() as third:
        assert (first, second, third) == (True, False, False)


def test_work_that_fails_ends_its_turn() -> None:
    """The next one does not wait."""
    turns = Turns(patience=0.01)
    with pytest.raises(ZeroDivisionError), turns.taken():
        assert 1 // 0
    with turns.taken() as mine:
        assert mine
