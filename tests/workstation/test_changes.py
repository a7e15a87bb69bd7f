"""The change log: what changed after number n."""

from __future__ import annotations

from alarmgw.workstation.changes import REMOVALS, Changed, ChangeLog


def log_of(*ids: str) -> ChangeLog:
    """A log in which these were marked, in this order."""
    log = ChangeLog()
    for id_ in ids:
        log.mark(id_)
    return log


def test_everything_is_told_to_who_has_nothing() -> None:
    """The earliest change first."""
    assert log_of("a", "b", "a").since(None) == Changed(reset=True, ids=("b", "a"), gone=())


def test_only_what_changed_after_a_number_is_told() -> None:
    """Once each, however often it changed."""
    log = log_of("a", "b")
    before = log.number
    log.mark("a")
    log.mark("c")
    log.mark("a")
    assert log.since(before) == Changed(reset=False, ids=("c", "a"), gone=())
    assert log.since(log.number) == Changed(reset=False, ids=(), gone=())


def test_what_is_gone_is_told_until_it_is_back() -> None:
    """Who is back again is not gone."""
    log = log_of("a", "b")
    before = log.number
    log.drop("a")
    log.drop("nobody")
    assert log.since(before) == Changed(reset=False, ids=(), gone=("a",))
    log.mark("a")
    assert log.since(before) == Changed(reset=False, ids=("a",), gone=())


def test_a_number_that_is_none_of_ours_begins_anew() -> None:
    """One from before this process, or from before a new beginning."""
    log = log_of("a")
    assert log.since(log.number + 1).reset and log.since(-1).reset
    before = log.number
    log.begin_anew()
    assert log.since(before).reset and not log.since(log.number).reset
    log.clear()
    assert log.since(None).ids == ()


def test_removals_are_remembered_up_to_a_bound() -> None:
    """Who slept longer draws everything anew: he never keeps a row that is gone."""
    log = log_of("first")
    before = log.number
    for number in range(REMOVALS + 1):
        log.mark(str(number))
        log.drop(str(number))
    assert log.since(before) == Changed(reset=True, ids=("first",), gone=())
    assert len(log.since(log.number - 10).gone) == 5
