"""Requests over the link: they arrive as they were made, and are answered, refused or lost."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, fail, maybeDeferred

from alarmgw.codec.requests import Command, Question, SignOn
from alarmgw.errors import Cause, Refused, TryLater
from alarmgw.outputs.session import Desk
from alarmgw.workstation.link import NoLink
from tests.workstation.test_link import InMemory


class Asking(InMemory):
    """What people at the workstation want of the gateway."""

    def setUp(self) -> None:
        """A desk that answers what it heard, unless a test says otherwise."""
        super().setUp()
        self.heard: list[tuple[str, str, Any]] = []
        self.answers: Any = lambda given: {"ok": True}
        self.link = self.follow()
        (session,) = self.broker.sessions
        session._desk = Desk(sign_on=self.answer, command=self.answer, ask=self.answer)

    async def answer(self, workstation: str, fingerprint: str, given: Any) -> dict[str, Any]:
        """The desk."""
        self.heard.append((workstation, fingerprint, given))
        return await maybeDeferred(self.answers, given)

    def asked(self, what: Any) -> Deferred[dict[str, Any]]:
        """Something is asked, and everything has arrived."""
        kinds = {SignOn: self.link.sign_on, Command: self.link.command, Question: self.link.ask}
        asking: Deferred[dict[str, Any]] = Deferred.fromCoroutine(kinds[type(what)](what))
        self.turn()
        return asking

    def test_each_request_arrives_as_it_was_made(self) -> None:
        """With the workstation that its certificate says."""
        requests = [
            SignOn(name="anna", password="geheim ä"),
            Command(id="a" * 32, action={"do": "accept"}, incidents=[["x", 1], ["y", 2]]),
            Question(name="people", given={"a": "b"}),
        ]
        for one in requests:
            assert self.successResultOf(self.asked(one)) == {"ok": True}
        assert self.heard == [("console", "f1", one) for one in requests]

    def test_without_a_link_there_is_no_answer(self) -> None:
        """And nothing waits for the next one: that is for others to decide."""
        self.network.cut()
        self.turn()
        self.failureResultOf(self.asked(Question(name="people")), NoLink)
        assert self.heard == []

    def test_a_link_that_is_lost_meanwhile_leaves_no_answer(self) -> None:
        """It may have been carried out."""
        self.answers = lambda given: Deferred()
        asking = self.asked(Question(name="people"))
        self.assertNoResult(asking)
        self.network.cut()
        self.turn()
        self.failureResultOf(asking, NoLink)
        assert len(self.heard) == 1

    def test_refusals_are_never_or_later(self) -> None:
        """As the gateway means them."""
        for cause, kind, expected in (
            (Cause.NOT_FOUND, Refused, Refused),
            (Cause.BAD_VALUE, Refused, Refused),
            (Cause.BUSY, TryLater, TryLater),
        ):
            self.answers = lambda given, kind=kind, cause=cause: fail(kind(cause, "x"))
            self.failureResultOf(self.asked(Question(name="people")), expected)

    def test_an_answer_that_is_no_object_is_later(self) -> None:
        """A gateway that speaks nonsense is not believed."""
        for odd in ([1], "x", None):
            self.answers = lambda given, odd=odd: odd
            self.failureResultOf(self.asked(Question(name="people")), TryLater)
