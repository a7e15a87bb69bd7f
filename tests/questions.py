"""A control room that is asked questions: for the tests of all that answers them."""

from __future__ import annotations

from typing import Any

from alarmgw.codec.requests import Question
from tests.rooms import DESKS, RoomCase


class AskingCase(RoomCase):
    """Anna is signed on at her workstation."""

    def setUp(self) -> None:
        """Nothing has rung yet."""
        super().setUp()
        self.sign_on("anna")

    def ask(self, asked: str, at: str = "platz-1", /, **given: Any) -> dict[str, Any]:
        """The answer to a question that is asked there."""
        question = Question(name=asked, given={key.rstrip("_"): one for key, one in given.items()})
        answer: dict[str, Any] = self.outcome(self.room.ask(at, DESKS[at], question))
        return answer

    def close(self, number: int, outcome: str = "deceptive", **facts: Any) -> None:
        """Anna closes the incident of that alarm."""
        cause = {"cause": "animal"} if outcome == "deceptive" else {}
        answer = self.command("close", number, outcome=outcome, **cause, **facts)
        assert answer["ok"], answer
