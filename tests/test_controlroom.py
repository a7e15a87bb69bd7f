"""`alarmgw.controlroom`: what people at workstations ask, answered with JSON objects."""

from __future__ import annotations

import json

from alarmgw.codec.outcomes import DEFAULT, LISTS
from alarmgw.codec.requests import Question
from alarmgw.controlroom import rules_of
from tests.rooms import DESKS, RoomCase


class ControlRoomTests(RoomCase):
    """A shift, from its beginning to its end."""

    def test_a_shift(self) -> None:
        """Sign on, accept, ask, close, hand over, sign off: each has an answer in JSON."""
        answers = [self.sign_on("anna")]
        self.ring(1)
        answers.append(self.command("accept", 1))
        asked = Question(name="people")
        answers.append(self.outcome(self.room.ask("platz-1", DESKS["platz-1"], asked)))
        answers.append(self.command("close", 1, outcome="deceptive", cause="animal", note="Katze"))
        answers.append(self.command("hand_over", note="ruhig"))
        answers.append(self.command("sign_off"))
        self.assertTrue(all(answer.get("ok", True) for answer in answers), answers)
        json.dumps(answers)
        types = ["signed_on", "accepted", "closed", "handed_over", "signed_off"]
        self.assertEqual([one["type"] for one in self.told(*types)], types)

    def test_nobody_asks_where_nobody_is_signed_on(self) -> None:
        """No texts, no names."""
        asked = Question(name="incident", given={"incident": "x"})
        answer = self.outcome(self.room.ask("platz-2", DESKS["platz-2"], asked))
        self.assertEqual(answer, {"ok": False, "error": "not_signed_on"})

    def test_outcomes_are_told_to_every_console(self) -> None:
        """Also to one where nobody is signed on; they are the house's."""
        asked = Question(name="outcomes")
        answer = self.outcome(self.room.ask("platz-2", DESKS["platz-2"], asked))
        self.assertEqual(answer, {"ok": True, "outcomes": DEFAULT.as_json()})


def test_the_rules_are_the_houses_outcomes() -> None:
    """Each list's codes, with their causes."""
    rules = rules_of(DEFAULT)
    assert set(rules.outcomes) == set(LISTS)
    assert "animal" in rules.outcomes["alarm"]["deceptive"]
    assert rules.outcomes["alarm"]["real"] == ()
    assert "real" not in rules.outcomes["fault"]
