"""`alarmgw.decisions`: one wins, the other is told who; what comes again is answered again."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from twisted.internet.defer import Deferred

from alarmgw.codec.outcomes import DEFAULT, Outcomes
from alarmgw.codec.requests import MOST, Command
from tests import desk
from tests.places import ALL
from tests.rooms import DESKS, SITE, SOURCE, RoomCase


class TakingTests(RoomCase):
    """Two people at two workstations, and incidents."""

    def setUp(self) -> None:
        """Both are signed on; an alarm has come."""
        super().setUp()
        self.sign_on("anna", "platz-1")
        self.sign_on("bert", "platz-2")
        self.ring(1)

    def test_of_two_at_once_exactly_one_gets_it(self) -> None:
        """Both commands are under way together; the other is told by whom and since when."""
        both = [
            Deferred.fromCoroutine(self.room.command(at, DESKS[at], self.given("accept", 1)))
            for at in DESKS
        ]
        self.work()
        first, second = (self.successResultOf(one) for one in both)
        self.assertTrue(first["ok"])
        since = self.incident(1).since
        wanted = {"ok": False, "error": "taken", "by": "anna", "since": since}
        self.assertEqual(second, wanted)
        self.assertEqual(len(self.told("accepted")), 1)

    def test_an_entry_says_who_where_and_by_which_command(self) -> None:
        """As the session was when it was written."""
        command = self.given("accept", 1)
        answer = self.say("platz-2", command)
        [entry] = self.told("accepted")
        self.assertEqual(answer, {"ok": True, "seq": entry["seq"]})
        facts = [entry[name] for name in ("operator", "workstation", "command")]
        self.assertEqual(facts, ["bert", "platz-2", command.id])

    def test_a_refused_command_leaves_nothing(self) -> None:
        """Not even the half of it that was fine: its acceptance is taken back."""
        self.command("accept", 1)
        before = self.head
        for do, code, facts in [
            ("accept", "taken", {}),
            ("close", "not_yours", {"outcome": "other"}),
            ("park", "not_yours", {"minutes": 5}),
            ("park", "bad_minutes", {"minutes": 0}),
            ("close", "outcome_missing", {}),
            ("release", "not_yours", {}),
            ("dance", "bad_request", {}),
            ("suppress", "bad_request", {"minutes": 5, "reason": "x"}),
            ("suppress", "bad_request", {"minutes": 5, "reason": "x", "source": "no@body"}),
            ("suppress", "bad_request", {"minutes": 5, "reason": "x", "site": "0815"}),
            ("unsuppress", "not_open", {"suppression": "none"}),
        ]:
            self.assertEqual(self.command(do, 1, at="platz-2", **facts)["error"], code, do)
        self.assertEqual(self.command("accept", 77)["error"], "unknown_incident")
        self.assertEqual(self.command("displayed", alarm="?", what="alarm")["ok"], False)
        self.assertEqual(self.head, before)

    def test_a_close_that_covers_nothing_accepts_nothing(self) -> None:
        """A new incident is accepted with the same key: only if it is closed with it."""
        before = self.head
        answer = self.command("close", 1, seen=0, outcome="other")
        self.assertEqual(answer["error"], "bad_request")
        self.assertEqual((self.head, self.incident(1).state), (before, "new"))

    def test_one_operator_may_decide_at_either_workstation(self) -> None:
        """What anna accepted at the first she closes at the second."""
        self.command("accept", 1)
        self.sign_on("anna", "platz-2")
        self.assertTrue(self.command("close", 1, at="platz-2", outcome="other")["ok"])

    def test_leaving_one_workstation_keeps_what_was_accepted_at_another(self) -> None:
        """A session gives back its own."""
        self.command("accept", 1)
        self.sign_on("anna", "platz-2")
        self.assertTrue(self.command("sign_off", at="platz-2")["ok"])
        self.assertEqual(self.holder(1), "anna")
        self.assertTrue(self.command("sign_off")["ok"])
        self.assertEqual((self.holder(1), self.incident(1).state), (None, "new"))

    def test_nobody_decides_where_nobody_is_signed_on(self) -> None:
        """But what is on the screen there is on a screen."""
        self.command("sign_off")
        before = self.head
        for do in ("accept", "take_over", "note", "touch", "sign_off", "suppress", "hand_over"):
            answer = self.command(do, 1, text="x", source=SOURCE, minutes=1, reason="x")
            self.assertEqual(answer["error"], "not_signed_on", do)
        self.assertEqual(self.command("adopt", wanted="x")["error"], "not_signed_on")
        self.assertEqual(self.head, before)
        self.assertTrue(self.command("displayed", alarm=desk.alarm_id(1), what="alarm")["ok"])
        self.assertIsNone(self.told("displayed")[0]["operator"])

    def test_a_command_of_a_session_that_has_ended_is_nobodys(self) -> None:
        """Whoever signed on there since has not decided it."""
        gone = self.told("signed_on")[0]["session"]
        self.sign_on("bert", "platz-1")
        answer = self.say("platz-1", self.given("accept", 1, session=gone))
        self.assertEqual(answer["error"], "not_signed_on")
        mine = self.told("signed_on")[-1]["session"]
        self.assertTrue(self.say("platz-1", self.given("accept", 1, session=mine))["ok"])
        self.assertEqual(self.holder(1), "bert")

    def test_what_was_drawn_for_who_has_left_is_not_told_of_the_next_one(self) -> None:
        """The batch names the session for which it was drawn; it is dropped when that has ended."""
        gone = self.told("signed_on")[0]["session"]
        drawn = {"alarm": desk.alarm_id(1), "what": "alarm"}
        self.sign_on("bert", "platz-1")
        answer = self.say("platz-1", self.given("displayed", 1, session=gone, **drawn))
        self.assertEqual((answer["error"], self.told("displayed")), ("not_signed_on", []))
        mine = self.told("signed_on")[-1]["session"]
        self.assertTrue(
            self.say("platz-1", self.given("displayed", 1, session=mine, **drawn))["ok"]
        )
        self.assertEqual(self.told("displayed")[0]["operator"], "bert")

    def test_a_role_holds_from_the_moment_it_is_changed(self) -> None:
        """Without signing on again."""
        minutes = {"source": SOURCE, "minutes": 24 * 60, "reason": "Umbau"}
        self.assertEqual(self.command("suppress", **minutes)["error"], "bad_minutes")
        self.administer("operator change", name="anna", role="shift_leader")
        self.assertTrue(self.command("suppress", **minutes)["ok"])
        self.administer("operator change", name="bert", role="operator")
        self.assertEqual(self.command("suppress", at="platz-2", **minutes)["error"], "bad_minutes")

    def test_the_room_allows_other_outcomes_from_now_on(self) -> None:
        """A reload of the configuration needs no restart."""
        few = Outcomes(all=tuple(one for one in DEFAULT.all if one.code == "real"))
        self.room.allow(few)
        self.assertEqual(self.command("close", 1, outcome="other")["error"], "outcome_missing")
        self.assertTrue(self.command("close", 1, outcome="real")["ok"])

    def test_a_journal_that_fails_asks_to_try_later(self) -> None:
        """Nothing was decided; the same command may come again, and counts once."""
        command = self.given("accept", 1)
        self.faults.left = ALL
        self.assertEqual(self.say("platz-1", command)["error"], "try_later")
        self.faults.left = 0
        self.assertTrue(self.say("platz-1", command)["ok"])
        self.assertEqual(len(self.told("accepted")), 1)


class RepeatTests(RoomCase):
    """Commands whose answer was lost."""

    def setUp(self) -> None:
        """Both are signed on; an alarm has come."""
        super().setUp()
        self.sign_on("anna", "platz-1")
        self.sign_on("bert", "platz-2")
        self.ring(1)

    def test_a_repeat_gets_the_first_answer_and_changes_nothing(self) -> None:
        """Even when by now it would be decided otherwise, and after a restart."""
        taken = self.given("accept", 1)
        first = self.say("platz-1", taken)
        late = self.given("accept", 1)
        refused = self.say("platz-2", late)
        self.command("release", 1)
        self.command("sign_off")
        before = self.head
        self.open_room()
        self.assertEqual(self.say("platz-1", taken), first)
        self.assertEqual(self.say("platz-2", late), refused)
        self.assertEqual((self.head, self.holder(1)), (before, None))

    def test_the_same_id_from_another_workstation_is_another_command(self) -> None:
        """It never learns another's answer, nor is its own decision swallowed."""
        command = self.given("accept", 1)
        self.assertTrue(self.say("platz-1", command)["ok"])
        self.assertEqual(self.say("platz-2", command)["error"], "taken")

    def test_another_command_under_a_used_id_is_refused(self) -> None:
        """To answer it with what was asked before would be a lie."""
        command = self.given("accept", 1)
        self.say("platz-1", command)
        before = self.head
        other = evolve(command, action={"do": "close", "outcome": "other"}, seen=self.head)
        self.assertEqual(self.say("platz-1", other)["error"], "bad_request")
        self.assertEqual(self.head, before)
        self.assertTrue(self.say("platz-1", command)["ok"])

    def test_answers_are_kept_for_a_day(self) -> None:
        """After that an id may be used again."""
        command = self.given("accept", 1)
        self.say("platz-1", command)
        self.look(hours=23)
        self.assertEqual(self.kept(), 1)
        self.look(hours=2)
        self.assertEqual(self.kept(), 0)

    def test_what_is_no_decision_leaves_no_answer(self) -> None:
        """Screens tell a lot; all that would come again is true already."""
        self.command("accept", 1)
        for _ in range(3):
            self.command("displayed", alarm=desk.alarm_id(1), what="alarm")
            self.command("touch", 1)
        self.assertEqual(self.kept(), 1)
        self.assertEqual(len(self.told("displayed")), 1)

    def test_where_nobody_is_signed_on_no_answer_is_kept(self) -> None:
        """A workstation that asks without end fills no journal."""
        self.command("sign_off")
        before = self.kept()
        for incident in (1, 999):
            self.assertEqual(self.command("accept", incident)["error"], "not_signed_on")
        self.command("adopt", wanted="a@b", address="neu@x")
        self.command("adopt", wanted="x")
        self.command("close", incidents=[["x", 1]] * 3, outcome="test")
        self.assertEqual(self.kept(), before)

    def kept(self) -> int:
        """How many answers are kept."""
        with self.place.journal.reading() as connection:
            [count] = connection.execute("SELECT count(*) FROM answered_command").fetchone()
        return int(count)


class BulkTests(RoomCase):
    """Many incidents with one key."""

    def setUp(self) -> None:
        """Three sites have alarms; the second is bert's."""
        super().setUp()
        self.sign_on("anna", "platz-1")
        self.sign_on("bert", "platz-2")
        for number in (1, 2, 3):
            self.ring(number, site=str(number))
        self.command("accept", 2, at="platz-2")

    def pairs(self, *numbers: int) -> tuple[tuple[str, int], ...]:
        """Incidents as they are drawn now."""
        return tuple((desk.alarm_id(number), self.head) for number in numbers)

    def test_each_is_decided_by_itself(self) -> None:
        """One that is refused takes no other with it, and what is not named is not touched."""
        answer = self.command("close", outcome="other", incidents=self.pairs(1, 2))
        self.assertEqual((answer["ok"], answer["error"]), (False, "mixed"))
        codes = [(one["incident"], one["ok"], one.get("error")) for one in answer["each"]]
        self.assertEqual(
            codes, [(desk.alarm_id(1), True, None), (desk.alarm_id(2), False, "not_yours")]
        )
        self.assertEqual([self.incident(n).state for n in (1, 2, 3)], ["closed", "accepted", "new"])

    def test_each_covers_what_was_drawn_of_it(self) -> None:
        """What came since opens a follow-up."""
        drawn = self.pairs(1, 3)
        self.ring(4, site="3")
        answer = self.command("close", outcome="other", incidents=drawn)
        self.assertTrue(answer["ok"])
        self.assertEqual(self.incident(4).follows, desk.alarm_id(3))

    def test_only_what_makes_sense_is_done_to_many(self) -> None:
        """Signing off twice is nobody's wish."""
        before = self.head
        for do in ("sign_off", "displayed", "adopt", "suppress", "note"):
            answer = self.command(do, incidents=self.pairs(1, 3), text="x")
            self.assertFalse(answer["ok"], do)
        self.assertEqual(self.head, before)

    def test_a_repeat_of_many_is_answered_alike(self) -> None:
        """With one answer for each."""
        command = self.given("accept", incidents=self.pairs(1, 2, 3))
        first, before = self.say("platz-1", command), self.head
        self.assertEqual(self.say("platz-1", command), first)
        self.assertEqual(self.head, before)


class DisplayedTests(RoomCase):
    """What is on a screen."""

    def test_it_is_told_the_first_time_over_all_workstations(self) -> None:
        """An alarm and its first picture, each once."""
        self.ring(1)
        for at in DESKS:
            for what in ("alarm", "picture"):
                self.command("displayed", alarm=desk.alarm_id(1), what=what, at=at)
        told = [(one["what"], one["workstation"]) for one in self.told("displayed")]
        self.assertEqual(told, [("alarm", "platz-1"), ("picture", "platz-1")])

    def test_many_are_told_together(self) -> None:
        """One that is in no incident is left out, and so is none beside it."""
        self.ring(1)
        self.ring(2, kind="test", handling="test")
        self.ring(3)
        alarms = [desk.alarm_id(number) for number in (1, 2, 99, 3)]
        self.assertTrue(self.command("displayed", alarms=alarms, what="alarm")["ok"])
        told = [one["alarm"] for one in self.told("displayed")]
        self.assertEqual(told, [desk.alarm_id(1), desk.alarm_id(3)])

    def test_nonsense_is_refused_whole(self) -> None:
        """Too many, no list, nothing that can be drawn."""
        self.ring(1)
        before, one = self.head, desk.alarm_id(1)
        nonsense: list[Any] = [[one] * (MOST + 1), "x", {"a": 1}]
        for alarms in nonsense:
            answer = self.command("displayed", alarms=alarms, what="alarm")
            self.assertEqual(answer["error"], "bad_request")
        self.assertFalse(self.command("displayed", alarms=[one], what="mail")["ok"])
        self.assertEqual(self.head, before)


class ShiftTests(RoomCase):
    """Suppressions, hand-over, adoption."""

    def setUp(self) -> None:
        """Anna is signed on."""
        super().setUp()
        self.sign_on("anna")

    def test_a_suppression_holds_when_it_is_answered(self) -> None:
        """And ends when its lifting is."""
        answer = self.command("suppress", site=SITE, minutes=30, reason="Bauarbeiten")
        self.assertTrue(answer["ok"])
        self.assertEqual(self.held(), "suppressed")
        [entry] = self.told("suppressed")
        lifted = self.command("unsuppress", suppression=entry["suppression"])
        self.assertTrue(lifted["ok"])
        self.assertEqual(self.held(), "queue")
        self.assertEqual(self.told("unsuppressed")[0]["why"], "lifted")

    def test_a_hand_over_counts_what_stands_open(self) -> None:
        """At that moment, by the journal."""
        self.ring(1, site="1")
        self.ring(2, site="2")
        self.ring(3, site="3", kind="fault", priority=4)
        self.command("accept", 2)
        self.command("park", 2, minutes=5)
        self.command("suppress", source=SOURCE, minutes=5, reason="Test")
        self.sign_on("bert", "platz-2")
        drawn = self.head
        facts = {"from": "carl", "note": "ruhig", "at": "platz-2"}
        self.assertTrue(self.command("hand_over", **facts)["ok"])
        [entry] = self.told("handed_over")
        said = [entry[name] for name in ("from", "to", "note", "up_to")]
        self.assertEqual(said, ["anna", "bert", "ruhig", drawn])
        counts = ("open", "parked", "faults", "suppressed", "unassigned")
        self.assertEqual([entry[name] for name in counts], [1, 1, 1, 1, 0])

    def test_an_adoption_is_answered_once(self) -> None:
        """It happens in the transaction in which its answer is kept."""
        self.ring(1, source=None, site=None, origin="device")
        wanted = {"wanted": "c@d", "address": "neu@x", "site": "77"}
        self.assertEqual(self.command("adopt", **wanted)["error"], "unknown_site")
        command = self.given("adopt", **wanted, new_site=True)
        first = self.say("platz-1", command)
        self.assertEqual((first["ok"], first["result"]["adopted"]), (True, 1))
        self.assertIsNotNone(self.registry.directory.named("neu@x"))
        [adopted] = self.told("adopted")
        self.assertEqual((adopted["operator"], adopted["workstation"]), ("anna", "platz-1"))
        by = {"operator": "anna", "workstation": "platz-1"}
        self.assertTrue(all(one["by"] == by for one in self.told("config")[-2:]))
        self.assertEqual(self.say("platz-1", command), first)
        refused = self.say("platz-1", other := self.given("adopt", **wanted))
        self.assertEqual(refused["error"], "not_unassigned")
        self.ring(2, source=None, site=None, origin="device")
        before = self.head
        self.assertEqual(self.say("platz-1", other), refused)
        self.assertEqual(self.head, before)

    def test_a_command_that_says_anything_at_all_is_answered(self) -> None:
        """Words of every type, in every place."""
        anything: list[Any] = [None, True, -1, 2**70, 1.5, "", "x" * 5000, [], ["x"], {}, {"a": []}]
        keys = ("minutes", "source", "site", "suppression", "outcome", "text", "alarm", "alarms")
        self.ring(1)
        self.command("accept", 1)
        for do in [*_EVERY, *anything]:
            for value in anything:
                said = {key: value for key in keys} | {"what": value, "reason": value}
                given = Command(id=self.next_id(), incident=None, action={"do": do, **said})
                self.assertIn("ok", self.say("platz-1", given), (do, value))
                self.assertIn("ok", self.say("platz-1", evolve(given, id=self.next_id())))


_EVERY = (
    "accept",
    "release",
    "park",
    "close",
    "undo",
    "note",
    "touch",
    "displayed",
    "suppress",
    "unsuppress",
    "hand_over",
    "adopt",
)
