"""`alarmgw.duty`: who is signed on where, and whose workstation is lost."""

from __future__ import annotations

from functools import partial
from unittest import mock

from twisted.internet.defer import Deferred

from alarmgw import duty
from alarmgw.codec.requests import SignOn
from alarmgw.decisions import Seat
from alarmgw.duty import FAILURES
from tests.journals import done
from tests.places import ALL
from tests.rooms import DESKS, PASSWORD, RoomCase

WRONG = {"ok": False, "error": "wrong"}
LOCKED = {"ok": False, "error": "locked"}


class SignOnTests(RoomCase):
    """A name and a password at a workstation."""

    def test_a_session_is_an_entry(self) -> None:
        """The answer names it; it is bound to the workstation's certificate."""
        answer = self.sign_on("bert", "platz-2")
        [entry] = self.told("signed_on")
        wanted = {"ok": True, "operator": "bert", "role": "shift_leader"}
        self.assertEqual(answer, {**wanted, "session": entry["session"]})
        facts = [entry[name] for name in ("operator", "role", "workstation", "fingerprint")]
        self.assertEqual(facts, ["bert", "shift_leader", "platz-2", DESKS["platz-2"]])

    def test_a_name_is_the_same_in_capitals(self) -> None:
        """People write themselves as they like."""
        self.assertEqual(self.sign_on(" Anna ".strip().upper())["operator"], "anna")

    def test_a_wrong_password_and_a_wrong_name_are_answered_alike(self) -> None:
        """After the same work, and nothing is written."""
        before, hashed = self.head, []
        real = duty.operator_digest

        def noted(salt: bytes, password: str) -> bytes:
            hashed.append(password)
            return real(salt, password)

        with mock.patch.object(duty, "operator_digest", noted):
            self.assertEqual(self.sign_on("anna", password="wrong one"), WRONG)
            self.assertEqual(self.sign_on("nobody"), WRONG)
        self.assertEqual((hashed, self.head), (["wrong one", PASSWORD], before))

    def test_five_failures_a_minute_lock_a_workstation(self) -> None:
        """Even for the right password; the one beside it not at all, and not for ever."""
        for _ in range(FAILURES):
            self.assertEqual(self.sign_on("anna", password="wrong one"), WRONG)
        self.assertEqual(self.sign_on("anna"), LOCKED)
        self.assertTrue(self.sign_on("anna", "platz-2")["ok"])
        self.reactor.advance(61)
        self.assertTrue(self.sign_on("anna")["ok"])

    def test_many_at_once_are_no_way_around_the_limit(self) -> None:
        """What is being checked counts already."""
        given = SignOn(name="anna", password="wrong one")
        many = [
            Deferred.fromCoroutine(self.room.sign_on("platz-1", DESKS["platz-1"], given))
            for _ in range(3 * FAILURES)
        ]
        self.assertEqual(len(self.pool.jobs), FAILURES)
        self.work()
        answers = [self.successResultOf(one) for one in many]
        self.assertEqual((answers.count(WRONG), answers.count(LOCKED)), (FAILURES, 2 * FAILURES))

    def test_the_right_password_costs_no_try(self) -> None:
        """A change of shift is no attack; nor does it forgive earlier failures."""
        for _ in range(2 * FAILURES):
            self.assertTrue(self.sign_on("anna")["ok"])
        for _ in range(FAILURES - 1):
            self.sign_on("bert", password="wrong one")
        self.assertTrue(self.sign_on("bert")["ok"])
        self.assertEqual(self.sign_on("anna", password="wrong one"), WRONG)
        self.assertEqual(self.sign_on("anna"), LOCKED)

    def test_a_journal_that_fails_is_no_wrong_password(self) -> None:
        """He is told that it cannot be done now, as often as he tries."""
        self.faults.left = ALL
        for _ in range(2 * FAILURES):
            self.assertEqual(self.sign_on("anna"), {"ok": False, "error": "busy"})
        self.faults.left = 0
        self.assertTrue(self.sign_on("anna")["ok"])

    def test_scrypt_is_no_work_of_the_reactor_nor_of_the_writer(self) -> None:
        """It is one job of the pool."""
        given = SignOn(name="anna", password=PASSWORD)
        with mock.patch.object(duty, "operator_digest", side_effect=AssertionError) as digest:
            waiting = Deferred.fromCoroutine(self.room.sign_on("platz-1", "1" * 64, given))
            self.assertFalse(digest.called)
        self.pool.run()
        with mock.patch.object(duty, "operator_digest", side_effect=AssertionError):
            self.work()
        self.assertTrue(self.successResultOf(waiting)["ok"])

    def test_who_signs_on_again_goes_on(self) -> None:
        """Same person, same place: the same session, and what was accepted stays."""
        first = self.sign_on("anna")
        self.ring(1)
        self.command("accept", 1)
        self.assertEqual(self.sign_on("anna"), first)
        self.assertEqual(self.holder(1), "anna")
        self.assertEqual(len(self.told("signed_on")), 1)

    def test_another_person_replaces_him(self) -> None:
        """What he had accepted there goes back; it is one transaction."""
        self.sign_on("anna")
        self.ring(1)
        self.command("accept", 1)
        self.sign_on("bert")
        self.assertEqual(self.signed_on(), [("bert", "platz-1")])
        entries = self.told("returned", "signed_off", "signed_on")[1:]
        self.assertEqual(
            [(one["type"], one.get("why"), one["operator"]) for one in entries],
            [
                ("returned", "signed_off", "anna"),
                ("signed_off", "replaced", "anna"),
                ("signed_on", None, "bert"),
            ],
        )
        self.assertIsNone(self.holder(1))

    def test_what_was_right_must_be_right_when_it_is_written(self) -> None:
        """Whose password, role or name was changed meanwhile is not signed on by the old one."""
        for command, facts in [("change", {"password": "another one"}), ("remove", {})]:
            known = self.room._duty._known(SignOn(name="bert", password=PASSWORD))
            assert known is not None
            self.administer(f"operator {command}", name="bert", **facts)
            seat = Seat(workstation="platz-2", fingerprint=DESKS["platz-2"])
            job = partial(self.room._duty._signed_on, seat, known)
            self.assertIn(b'"wrong"', done(self.place.journal.submit(job)))
            if command == "change":
                self.administer("operator change", name="bert", password=PASSWORD)
        self.assertEqual(self.sign_on("bert"), WRONG)
        self.assertEqual(self.signed_on(), [])

    def test_nobody_signs_on_at_a_revoked_workstation(self) -> None:
        """While its link is being cut."""
        self.sign_on("anna")
        self.administer("workstation revoke", name="platz-1")
        self.assertEqual(self.signed_on(), [])
        self.assertEqual(self.sign_on("anna")["error"], "not_allowed")
        self.assertEqual(self.command("sign_off")["error"], "not_signed_on")


class LostTests(RoomCase):
    """Workstations without a link."""

    def setUp(self) -> None:
        """Anna has accepted something; bert sits beside her."""
        super().setUp()
        self.sign_on("anna", "platz-1")
        self.sign_on("bert", "platz-2")
        self.ring(1)
        self.command("accept", 1)

    def test_it_is_lost_after_a_minute(self) -> None:
        """What was accepted there is in the queue; the other one stays."""
        self.linked.discard(DESKS["platz-1"])
        self.look(seconds=1)
        self.look(seconds=59)
        self.assertEqual(self.holder(1), "anna")
        self.look(seconds=1)
        self.assertEqual(self.signed_on(), [("bert", "platz-2")])
        self.assertEqual(self.incident(1).state, "new")
        [returned] = self.told("returned")
        [left] = self.told("signed_off")
        self.assertEqual((returned["why"], left["why"], left["operator"]), ("lost", "lost", "anna"))

    def test_who_is_back_within_the_minute_has_lost_nothing(self) -> None:
        """And the next minute begins anew."""
        for _ in range(3):
            self.linked.discard(DESKS["platz-1"])
            self.look(seconds=1)
            self.look(seconds=58)
            self.linked.add(DESKS["platz-1"])
            self.look(seconds=1)
        self.assertEqual(self.holder(1), "anna")

    def test_after_a_restart_there_is_a_minute_to_come_back(self) -> None:
        """However long the gateway was away."""
        self.linked.clear()
        self.clock.advance(hours=3)
        self.open_room()
        self.look(seconds=1)
        self.look(seconds=59)
        self.assertEqual(self.holder(1), "anna")
        self.linked.add(DESKS["platz-1"])
        self.look(seconds=1)
        self.assertEqual(self.signed_on(), [("anna", "platz-1")])

    def test_a_lost_one_may_sign_on_again(self) -> None:
        """With a session of its own."""
        self.linked.discard(DESKS["platz-1"])
        self.look(seconds=1)
        self.look(seconds=60)
        self.linked.add(DESKS["platz-1"])
        self.assertTrue(self.sign_on("anna")["ok"])
        self.look(seconds=1)
        self.assertEqual(self.signed_on(), [("bert", "platz-2"), ("anna", "platz-1")])
