"""`alarmgw.deadlines`: what time alone does, also when the gateway was away meanwhile."""

from __future__ import annotations

from unittest import mock

from twisted.internet.defer import Deferred

from alarmgw import deadlines
from alarmgw.errors import TryLater
from alarmgw.workflow_actions import elapsed
from tests import desk
from tests.places import ALL
from tests.rooms import SITE, SOURCE, RoomCase


class IncidentTests(RoomCase):
    """Incidents that nobody does anything about."""

    def setUp(self) -> None:
        """Anna is signed on; an alarm of class 3 has come."""
        super().setUp()
        self.sign_on("anna")
        self.ring(1)

    def test_a_parked_one_comes_back_by_itself(self) -> None:
        """At its time, not before."""
        self.command("accept", 1)
        self.command("park", 1, minutes=5)
        self.look(seconds=299)
        self.assertEqual(self.incident(1).state, "parked")
        self.look(seconds=1)
        self.assertEqual(self.incident(1).state, "new")
        self.assertEqual([one["why"] for one in self.told("returned")], ["due"])

    def test_a_parked_one_comes_back_after_a_restart(self) -> None:
        """Its time was over while the gateway was away."""
        self.command("accept", 1)
        self.command("park", 1, minutes=5)
        self.clock.advance(hours=1)
        self.open_room()
        self.look(seconds=1)
        self.assertEqual(self.incident(1).state, "new")

    def test_what_nobody_accepts_is_late_once(self) -> None:
        """By its class's limit."""
        self.look(seconds=179)
        self.assertEqual(self.told("late"), [])
        self.look(seconds=1)
        self.look(seconds=100)
        self.assertEqual([one["limit_s"] for one in self.told("late")], [180])

    def test_many_that_are_due_take_turns(self) -> None:
        """An alarm that comes just now does not wait for all of them."""
        for number in range(2, 6):
            self.ring(number, site=str(number))
        with mock.patch.object(deadlines, "AT_ONCE", 2):
            self.look(seconds=180)
            self.assertEqual(len(self.told("late")), 2)
            for _ in range(2):
                self.look(seconds=1)
        self.assertEqual(len({one["incident"] for one in self.told("late")}), 5)

    def test_an_acceptance_without_input_is_told_to_all(self) -> None:
        """After five minutes, once; it stays his."""
        self.command("accept", 1)
        self.look(minutes=5)
        self.look(minutes=5)
        [entry] = self.told("unattended")
        self.assertEqual((entry["state"], entry["holder"]), ("start", "anna"))
        self.assertEqual(self.holder(1), "anna")
        self.command("touch", 1)
        self.assertEqual(self.told("unattended")[-1]["state"], "end")

    def test_touches_are_no_entries_but_count(self) -> None:
        """As long as the holder does something, all is well; also over the hourly tidying."""
        self.command("accept", 1)
        for _ in range(30):
            self.look(minutes=1)
            self.look(minutes=3)
            self.command("touch", 1)
        self.assertEqual(self.told("unattended"), [])
        self.look(minutes=5)
        self.assertEqual(len(self.told("unattended")), 1)

    def test_another_persons_note_is_no_input_of_the_holder(self) -> None:
        """Anna is away, and bert writes that he is looking for her."""
        self.sign_on("bert", "platz-2")
        self.command("accept", 1)
        self.look(minutes=4)
        self.assertTrue(self.command("note", 1, at="platz-2", text="wo ist Anna?")["ok"])
        self.look(minutes=1)
        self.assertEqual(len(self.told("unattended")), 1)

    def test_a_restart_is_held_against_nobody(self) -> None:
        """What was touched last is not known any more: the five minutes begin anew."""
        self.command("accept", 1)
        self.look(minutes=4)
        self.command("touch", 1)
        self.clock.advance(minutes=2)
        self.open_room()
        self.look(seconds=1)
        self.look(minutes=4)
        self.assertEqual(self.told("unattended"), [])
        self.look(minutes=1)
        self.assertEqual(len(self.told("unattended")), 1)

    def test_a_quiet_second_does_not_ask_the_writer(self) -> None:
        """Not even for an incident that is held for hours."""
        self.command("accept", 1)
        self.look(minutes=1)
        for _ in range(3):
            self.look(minutes=4)
            self.command("touch", 1)
        with mock.patch.object(self.deadlines, "_do", side_effect=AssertionError):
            self.look(seconds=1)

    def test_a_bug_about_one_costs_no_other_what_is_due(self) -> None:
        """It is told, and all others are late."""
        self.ring(2, site="2")

        def broken(incident: object, stamp: object, touched: object) -> object:
            entries = elapsed(incident, stamp, touched)  # type: ignore[arg-type]
            if incident.id != desk.alarm_id(1):  # type: ignore[attr-defined]
                return entries
            return ({**entries[0], "type": "parked", "until": "x", "note": None},)

        with mock.patch.object(deadlines, "elapsed", broken):
            self.look(minutes=3)
        self.assertEqual([one["incident"] for one in self.told("late")], [desk.alarm_id(2)])
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)
        self.look(seconds=1)
        self.assertEqual(len(self.told("late")), 2)


class SuppressionTests(RoomCase):
    """Suppressions that end."""

    def setUp(self) -> None:
        """Anna is signed on."""
        super().setUp()
        self.sign_on("anna")

    def hold_back(self, minutes: int) -> None:
        """The site, from now on."""
        answer = self.command("suppress", site=SITE, minutes=minutes, reason="Bauarbeiten")
        self.assertTrue(answer["ok"])

    def test_ten_minutes_before_the_end_there_is_a_notice(self) -> None:
        """Once."""
        self.hold_back(30)
        self.look(minutes=19)
        self.assertEqual(self.told("suppression_notice"), [])
        self.look(minutes=1)
        self.look(minutes=1)
        self.assertEqual(len(self.told("suppression_notice")), 1)
        self.assertEqual(self.held(), "suppressed")

    def test_at_the_end_it_is_told_what_was_held_back(self) -> None:
        """How many, the first and the last; from then on alarms come through."""
        self.hold_back(5)
        [begun] = self.told("suppressed")
        rule = f"suppression:{begun['suppression']}"
        for number in (1, 2):
            self.clock.advance(seconds=60)
            self.ring(number, handling="suppressed")
        entry = {**desk.rung(3), "time": "2026-11-21T06:33:00.000Z", "handling": "suppressed"}
        job = desk.line({**entry, "rule": rule})
        self.place.journal.submit(lambda ledger: ledger.append(job)).result(20)
        self.look(minutes=3)
        [ended] = self.told("unsuppressed")
        facts = [ended[name] for name in ("why", "alarms", "first", "last")]
        self.assertEqual(facts, ["ended", 1, entry["time"], entry["time"]])
        self.assertEqual(self.held(), "queue")

    def test_it_ends_after_a_restart(self) -> None:
        """Its time was over while the gateway was away, and it holds nothing back any more."""
        self.hold_back(30)
        self.open_room()
        self.assertEqual(self.held(), "suppressed")
        self.clock.advance(hours=2)
        self.open_room()
        self.assertEqual(self.held(), "queue")
        self.look(seconds=1)
        self.assertEqual([one["why"] for one in self.told("unsuppressed")], ["ended"])

    def test_it_ends_on_time_whether_or_not_anybody_looks(self) -> None:
        """The second between is the alarm's, not the suppression's."""
        self.command("suppress", source=SOURCE, minutes=5, reason="x")
        self.clock.advance(minutes=5)
        self.assertEqual(self.held(), "queue")


class AwayTests(RoomCase):
    """The gateway was away; who sits at a workstation that comes back is not known."""

    def setUp(self) -> None:
        """Anna is signed on and has accepted an incident."""
        super().setUp()
        self.sign_on("anna")
        self.ring(1)
        self.command("accept", 1)
        self.look(seconds=1)

    def test_a_restart_signs_nobody_off(self) -> None:
        """A minute or two, and the shift goes on."""
        self.clock.advance(minutes=4)
        self.open_room()
        self.look(seconds=1)
        self.assertEqual(self.told("signed_off"), [])
        self.assertEqual(self.incident(1).state, "accepted")

    def test_after_an_hour_nobody_is_signed_on(self) -> None:
        """Whoever comes first would see the pictures of the one before."""
        self.clock.advance(hours=1)
        self.open_room()
        self.look(seconds=1)
        self.assertEqual([one["why"] for one in self.told("signed_off")], ["lost"])
        self.assertEqual(self.incident(1).state, "new")

    def test_who_signs_on_after_that_stays(self) -> None:
        """It is judged once, at the first look."""
        self.clock.advance(hours=1)
        self.open_room()
        self.look(seconds=1)
        self.sign_on("anna")
        self.look(seconds=1)
        self.assertEqual(len(self.told("signed_off")), 1)

    def test_a_clock_that_is_put_forward_is_no_absence(self) -> None:
        """Only a start can find that the gateway was away."""
        self.clock.advance(hours=1)
        self.look(seconds=1)
        self.assertEqual(self.told("signed_off"), [])

    def test_a_gateway_that_ran_on_was_not_away(self) -> None:
        """It notes each minute that it runs."""
        for _ in range(10):
            self.look(minutes=1)
        self.clock.advance(minutes=4)
        self.open_room()
        self.look(seconds=1)
        self.assertEqual(self.told("signed_off"), [])


class ServiceTests(RoomCase):
    """The look once a second."""

    def test_it_looks_once_a_second_until_it_is_stopped(self) -> None:
        """Nothing is left over in the reactor."""
        self.deadlines.startService()
        self.sign_on("anna")
        self.ring(1)
        self.clock.advance(minutes=3)
        self.reactor.advance(1)
        self.work()
        self.assertEqual(len(self.told("late")), 1)
        self.reactor.advance(1)
        stopped = self.deadlines.stopService()
        self.assertNoResult(stopped)
        self.work()
        self.successResultOf(stopped)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_a_journal_that_fails_ends_no_looking(self) -> None:
        """What is due is done when it works again."""
        self.deadlines.startService()
        self.addCleanup(self.deadlines.stopService)
        self.ring(1)
        self.clock.advance(minutes=3)
        self.faults.left = ALL
        self.reactor.advance(1)
        self.work()
        self.refusal(TryLater, Deferred.fromCoroutine(self.deadlines.look()))
        self.faults.left = 0
        self.reactor.advance(1)
        self.work()
        self.assertEqual(len(self.told("late")), 1)
