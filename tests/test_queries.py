"""Questions: who may ask, what there is to ask, and that each answer can be sent."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from typing import Any

from twisted.internet.defer import Deferred

from alarmgw.codec.outcomes import Outcomes
from alarmgw.codec.requests import ANSWER_BYTES, Question
from alarmgw.errors import Cause, Refused, TryLater
from alarmgw.fitting import encode
from alarmgw.queries import AT_ONCE, OF_ONE, QUESTIONS, SOURCE_LOG
from tests.desk import alarm_id
from tests.questions import AskingCase
from tests.rooms import DESKS, SOURCE
from tests.talks import delivered, mail

#: What a question needs that cannot be asked without.
NEEDED = {
    "alarm": {"alarm": alarm_id(1)},
    "card": {"incident": alarm_id(1)},
    "incident": {"incident": alarm_id(1)},
    SOURCE_LOG: {"name": SOURCE},
}

ALL: dict[str, dict[str, Any]] = {name: NEEDED.get(name, {}) for name in (*QUESTIONS, SOURCE_LOG)}


class Questions(AskingCase):
    """Anna asks; nobody is signed on at the other workstation."""

    def asked(self, name: str, given: dict[str, Any], at: str = "platz-1") -> Awaitable[Any]:
        """The question, on its way."""
        return self.room.ask(at, DESKS[at], Question(name=name, given=given))

    def test_each_question_is_answered(self) -> None:
        """With an object that says so."""
        self.ring(1)
        for name, given in ALL.items():
            assert self.ask(name, **given)["ok"] is True, name

    def test_where_nobody_is_signed_on_nothing_is_told(self) -> None:
        """Neither is it after a sign-off."""
        self.ring(1)
        refused = {"ok": False, "error": "not_signed_on"}
        for name, given in ALL.items():
            assert self.ask(name, "platz-2", **given) == refused, name
        self.command("sign_off")
        assert self.ask("people") == refused

    def test_questions_take_turns(self) -> None:
        """However many are asked, mails find threads; nobody waits for one workstation's crowd."""
        self.sign_on("bert", "platz-2")
        crowd = [self.asked("people", {}, "platz-1") for _ in range(20)]
        crowd = [Deferred.fromCoroutine(one) for one in crowd]
        assert len(self.pool.jobs) == OF_ONE
        others = [Deferred.fromCoroutine(self.asked("people", {}, "platz-2")) for _ in range(5)]
        assert len(self.pool.jobs) == AT_ONCE
        self.work()
        for one in (*crowd, *others):
            assert self.successResultOf(one)["ok"]

    def test_an_unknown_question_is_refused(self) -> None:
        """The sentence names those that there are."""
        refusal = self.refusal(Refused, self.asked("passwords", {}))
        assert refusal.cause is Cause.NOT_FOUND
        assert "passwords" in refusal.text and "history" in refusal.text

    def test_what_a_question_does_not_take_is_refused(self) -> None:
        """Each of them says what it takes instead."""
        for name in ALL:
            refusal = self.refusal(Refused, self.asked(name, {"wherever": "x"}))
            assert refusal.cause is Cause.BAD_VALUE and "wherever" in refusal.text, name

    def test_arguments_of_a_wrong_kind_are_refused(self) -> None:
        """Never an error of ours."""
        wrong = [
            ("incident", {}),
            ("alarm", {}),
            ("incident", {"incident": ["x"]}),
            ("card", {"incident": None}),
            ("names", {"sites": {"1": 1}}),
            ("sources", {"state": "asleep"}),
            ("sources", {"limit": 201}),
            ("numbers", {"days": 32}),
            ("numbers", {"days": "many"}),
            ("history", {"before": "undefined"}),
            ("history", {"kind": "burglar"}),
            ("history", {"types": "alarm,config"}),
            ("history", {"from": "yesterday"}),
            ("source_log", {"name": 2.5}),
        ]
        for name, given in wrong:
            assert self.refusal(Refused, self.asked(name, given)).cause is Cause.BAD_VALUE, name

    def test_an_answer_that_would_be_too_long_is_cut(self) -> None:
        """Whatever is in the journal, it can be sent, and says what is missing."""
        for number in range(1, 90):
            note = "\N{FIRE}" * 3900
            assert self.command("note", text=note)["ok"], number
            self.ring(number, site=str(number), text="\N{FIRE}" * 2500, subject="ä" * 900)
        for name, given in ALL.items():
            assert len(encode(self.ask(name, **given))) <= ANSWER_BYTES, name
        told = self.ask("handover")
        assert told["notes"][-1]["note"] == self.told("noted")[-1]["note"]
        assert 0 < len(told["notes"]) < 89 and told["notes"][-1]["seq"] == self.head - 1
        assert told["counts"]["open"] == 89

    def test_a_journal_that_cannot_be_read_is_later(self) -> None:
        """Nothing is wrong with the question."""
        self.place.journal._writer.finish()
        (self.home / "journal.sqlite3").write_bytes(b"x" * 9000)
        self.place.journal._idle.clear()
        self.pool.jobs.clear()
        assert isinstance(self.refusal(TryLater, self.asked("people", {})), TryLater)

    def test_what_was_tolerated_stands_beside_the_source(self) -> None:
        """Only the reactor's thread knows it; an old TLS is one of these."""
        talk = delivered(SOURCE, leniencies=("old_tls",), mails=(mail(SOURCE, notes=("bare_lf",)),))
        self.conversations.ended(None, talk)  # type: ignore[arg-type]
        [row] = self.ask("sources", state="lenient")["rows"]
        assert row["leniencies"] == [{"what": "bare_lf", "n": 1}, {"what": "old_tls", "n": 1}]
        assert row["legacy_tls"] is True

    def test_other_outcomes_of_the_house_count_at_once(self) -> None:
        """A reload says which of them are false alarms now."""
        self.ring(1)
        self.close(1)
        assert len(self.ask("numbers")["sources"]) == 1
        self.room.allow(Outcomes(()))
        assert self.ask("numbers")["sources"] == []

    def test_an_incident_is_told_open_and_closed(self) -> None:
        """By the id that it has for ever."""
        self.ring(1)
        self.close(1, note="Katze")
        told = self.ask("incident", incident=alarm_id(1))
        assert told["incident"]["outcome"] == "deceptive"
        assert "Katze" in json.dumps(told["entries"])
        assert self.ask("incident", incident="gw1-x")["incident"] is None

    def test_an_alarm_in_no_incident_is_told_alone(self) -> None:
        """With all that its mail said."""
        self.ring(1, kind="test", handling="test", text="Testbild")
        [alarm] = self.ask("alarm", alarm=alarm_id(1))["alarms"]
        assert (alarm["kind"], alarm["text"], alarm["incident"]) == ("test", "Testbild", None)
        assert self.ask("alarm", alarm="gw1-x")["alarms"] == []
