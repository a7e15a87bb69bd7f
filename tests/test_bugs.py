"""`alarmgw.bugs`: each bug is news once, for a while."""

from __future__ import annotations

from twisted.internet.task import Clock

from alarmgw.bugs import AGAIN_SECONDS, REMEMBERED, Bugs


def caught(number: int = 0) -> Exception:
    """The same bug each time."""
    try:
        return Exception(1 // number)
    except ZeroDivisionError as error:
        return error


def test_the_same_bug_is_news_once_and_later_again() -> None:
    """A bug that strikes every mail does not fill the log; it is not forgotten either."""
    clock = Clock()
    bugs = Bugs(clock)
    assert [bugs.is_news(caught()) for _ in range(3)] == [True, False, False]
    clock.advance(AGAIN_SECONDS)
    assert bugs.is_news(caught())


def test_another_bug_is_news() -> None:
    """Another place or another exception is another bug."""
    bugs = Bugs(Clock())
    assert bugs.is_news(caught())
    assert bugs.is_news(MemoryError())


def test_what_is_remembered_is_bounded() -> None:
    """Bugs without number cost no memory without end: the oldest are news again."""
    bugs = Bugs(Clock())
    kinds = [type(f"Bug{number}", (Exception,), {}) for number in range(REMEMBERED + 1)]
    assert all(bugs.is_news(kind()) for kind in kinds)
    assert bugs.is_news(kinds[0]())
    assert not bugs.is_news(kinds[-1]())
