"""Names of sites and sources: asked for together, kept for a while."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock

from alarmgw.workstation.link import NoLink
from alarmgw.workstation.names import (
    AGAIN_SECONDS,
    AT_ONCE,
    OLD_SECONDS,
    SITES,
    SOURCES,
    Bearers,
    Names,
)


class Book:
    """A gateway that knows names, and what it was asked."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.asked: list[dict[str, Any]] = []
        self.there = True
        self.answer: dict[str, Any] | None = None
        self.names = Names(self.ask, self.clock)
        self.told: list[set[tuple[str, str]]] = []
        self.names.on_change = self.told.append

    async def ask(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """Everything is called as its key in capitals."""
        assert name == "names"
        self.asked.append(given)
        if not self.there:
            raise NoLink("no link")
        if self.answer is not None:
            return self.answer
        return {kind: {key: key.upper() for key in given[kind].split(",")} for kind in given}


def test_names_that_are_shown_together_are_asked_for_together() -> None:
    """Once; those who show them are told which came."""
    book = Book()
    for _ in range(3):
        assert book.names.name(SITES, "a") is None and book.names.name(SOURCES, "c@x") is None
        assert book.names.name(SITES, "b") is None
    book.clock.advance(1)
    assert book.asked == [{"sites": "a,b", "sources": "c@x"}]
    assert book.told == [{(SITES, "a"), (SITES, "b"), (SOURCES, "c@x")}]
    assert [book.names.name(SITES, "a"), book.names.name(SOURCES, "c@x")] == ["A", "C@X"]
    book.clock.advance(100)
    assert len(book.asked) == 1


def test_one_question_names_a_hundred_at_most() -> None:
    """The others come with the next one."""
    book = Book()
    for number in range(AT_ONCE + 20):
        book.names.name(SITES, str(number))
    book.clock.pump([0.2] * 5)
    assert [len(one["sites"].split(",")) for one in book.asked] == [AT_ONCE, 20]
    assert "sources" not in book.asked[0]


def test_an_unanswered_question_is_asked_again_later() -> None:
    """Without a link, and where nobody is signed on."""
    book = Book()
    book.there = False
    book.names.name(SITES, "a")
    book.clock.advance(1)
    book.there, book.answer = True, {"ok": False, "error": "not_signed_on"}
    book.clock.advance(AGAIN_SECONDS)
    book.answer = None
    book.clock.advance(AGAIN_SECONDS)
    assert len(book.asked) == 3 and book.names.name(SITES, "a") == "A"


def test_a_thing_without_a_name_is_not_asked_for_again_and_again() -> None:
    """Its name is null, and nobody is told."""
    book = Book()
    book.answer = {"sites": {}, "sources": None}
    book.names.name(SITES, "a")
    book.names.name(SOURCES, "c@x")
    book.clock.pump([1.0] * 30)
    assert len(book.asked) == 1 and book.told == [] and book.names.name(SITES, "a") is None


def test_an_old_name_is_shown_and_asked_for_again() -> None:
    """Somebody may have changed it at the gateway."""
    book = Book()
    book.names.name(SITES, "a")
    book.clock.advance(1)
    book.answer = {"sites": {"a": "new"}, "sources": {}}
    book.clock.advance(OLD_SECONDS)
    assert book.names.name(SITES, "a") == "A"
    book.clock.advance(1)
    assert book.names.name(SITES, "a") == "new" and book.told[-1] == {(SITES, "a")}


def test_nothing_is_asked_for_no_key_and_after_the_end() -> None:
    """Nor for a key that could not be told from two."""
    book = Book()
    for key in (None, "", "a,b"):
        assert book.names.name(SITES, key) is None
    book.names.name(SITES, "a")
    book.names.stop()
    assert book.clock.getDelayedCalls() == [] and book.asked == []


def test_who_was_told_with_a_name_is_found_by_it() -> None:
    """By the names that he was told with last; not when he is told no more."""
    bearers = Bearers()
    bearers.put("i1", (SITES, "a"), (SOURCES, "c@x"))
    bearers.put("i2", (SITES, "a"), (SOURCES, None))
    assert bearers.of([(SITES, "a"), (SOURCES, "c@x")]) == ["i1", "i2"]
    bearers.put("i2", (SITES, "b"), (SOURCES, None))
    assert bearers.of([(SITES, "a")]) == ["i1"] and bearers.of([(SITES, "b")]) == ["i2"]
    bearers.drop("i1")
    bearers.drop("gone")
    assert bearers.of([(SITES, "a"), (SOURCES, "c@x")]) == []
    bearers.clear()
    assert bearers.of([(SITES, "b")]) == []
