"""`alarmgw.supervision`: what is wrong begins once, ends once, and everybody hears of both."""

from __future__ import annotations

from typing import Any

from alarmgw.errors import Cause, Refusal, TryLater
from alarmgw.store.journal import Ledger
from alarmgw.supervision import CONDITIONS, Conditions, RefusalLog, Volume, Watch, judge_volume
from tests.places import ALL, HandCase, entries_of, session, told

GIGA = 1 << 30


class SupervisionCase(HandCase):
    """Conditions over a real journal."""

    def setUp(self) -> None:
        """Nothing is wrong."""
        super().setUp()
        place = self.place
        self.conditions = Conditions(
            place.journal, place.node, place.now, place.randomness, self.reactor
        )
        self.refusals = RefusalLog(self.conditions, place.now)
        self.watch = Watch(self.conditions, self.refusals, self.reactor)

    def told(self, event: str, *facts: str) -> list[Any]:
        """What the journal says of an event: these facts of each entry."""
        self.work()
        entries = told(self.place.journal, event)
        return [tuple(entry[fact] for fact in facts) for entry in entries]

    def names(self) -> list[str]:
        """What is wrong now."""
        return [condition.name for condition in self.conditions.active]


class ConditionsTests(SupervisionCase):
    """Beginning and end."""

    def test_condition_begins_once(self) -> None:
        """What is wrong already does not begin again."""
        self.conditions.begin("space_low")
        self.conditions.begin("space_low")
        self.assertEqual(self.names(), ["space_low"])
        self.assertEqual(self.told("space_low", "state"), [("start",)])

    def test_condition_ends_once(self) -> None:
        """Its end is told once, and then it is no longer wrong."""
        self.conditions.begin("space_low")
        self.conditions.end("space_low")
        self.conditions.end("space_low")
        self.assertFalse(self.conditions.has("space_low"))
        self.assertEqual(self.told("space_low", "state"), [("start",), ("end",)])

    def test_who_is_told_a_condition_learns_whether_mail_comes_in(self) -> None:
        """Everybody's, that of some, or all of it; the text is made of sentence and detail."""
        self.conditions.begin("no_space", "", "1 % free")
        self.conditions.begin("connections_full", "", "Too many open files")
        self.conditions.begin("space_low")
        told = [condition.as_json() for condition in self.conditions.active]
        self.assertEqual([one["shut"] for one in told], ["all", "some", None])
        self.assertEqual(told[0]["text"], f"{CONDITIONS['no_space']}: {told[0]['detail']}")

    def test_what_swings_ends_after_two_good_looks_running(self) -> None:
        """One good look, or two with a bad one between, is no end; a later fault begins anew."""
        self.conditions.begin("connections_full")
        for look in (self.conditions.improve, self.conditions.begin, self.conditions.improve):
            look("connections_full")
            self.assertEqual(self.names(), ["connections_full"])
        self.conditions.improve("connections_full")
        self.assertEqual(self.told("connections_full", "state"), [("start",), ("end",)])
        self.conditions.begin("connections_full")
        self.conditions.improve("connections_full")
        self.assertEqual(self.names(), ["connections_full"])

    def test_what_was_right_does_not_improve(self) -> None:
        """Good looks without a fault are no news, and shorten none that comes."""
        self.conditions.improve("connections_full")
        self.conditions.begin("connections_full")
        self.conditions.improve("connections_full")
        self.assertEqual(self.told("connections_full", "state"), [("start",)])

    def test_what_was_right_does_not_end(self) -> None:
        """An end without a beginning is no news."""
        self.conditions.end("no_space")
        self.work()
        self.assertEqual(entries_of(self.place.journal), [])

    def test_each_subject_has_its_own_condition(self) -> None:
        """Two workstations that do not answer are two conditions; one may end by itself."""
        self.conditions.begin("workstation_stalled", "desk1")
        self.conditions.begin("workstation_stalled", "desk2")
        self.conditions.end("workstation_stalled", "desk1")
        self.assertEqual([one.subject for one in self.conditions.active], ["desk2"])
        self.assertTrue(self.conditions.has("workstation_stalled"))

    def test_condition_says_what_it_is_about(self) -> None:
        """The sentence names the subject and the reason, and since when."""
        self.conditions.begin("unpublished", "gw1-1-1", "I/O error")
        [condition] = self.conditions.active
        text = f"{CONDITIONS['unpublished']}: gw1-1-1: I/O error"
        self.assertEqual((condition.text, condition.since), (text, self.clock.moment))
        self.assertEqual(condition.as_json()["since"], "2026-11-21T06:30:00.000Z")
        self.assertEqual(self.told("unpublished", "text", "subject"), [(text, "gw1-1-1")])

    def test_change_is_told_at_once(self) -> None:
        """Who tells workstations hears of each beginning and end, and of nothing else."""
        heard: list[list[str]] = []
        self.conditions.on_change = lambda: heard.append(self.names())
        self.conditions.begin("space_low")
        self.conditions.begin("space_low")
        self.conditions.end("no_space")
        self.conditions.end("space_low")
        self.assertEqual(heard, [["space_low"], []])

    def test_entry_that_cannot_be_journalled_ever_is_logged_once(self) -> None:
        """A bug in one entry does not keep it and all others waiting for ever."""
        self.patch(Ledger, "append", lambda ledger, line: 1 // 0)
        self.conditions.tell("tested", "a")
        self.work()
        self.conditions.write()
        self.work()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_entry_is_a_system_entry_of_this_node(self) -> None:
        """A condition's entry has type, node and time as any other."""
        self.conditions.begin("space_low")
        self.work()
        [entry] = entries_of(self.place.journal)
        facts = (entry["type"], entry["node"], entry["time"])
        self.assertEqual(facts, ("system", "gw1", "2026-11-21T06:30:00.000Z"))


class UnwrittenTests(SupervisionCase):
    """While the journal fails."""

    def setUp(self) -> None:
        """No commit succeeds."""
        super().setUp()
        self.faults.left = ALL

    def mend(self) -> None:
        """Commits succeed again."""
        self.work()
        self.faults.left = 0

    def test_condition_is_known_though_it_cannot_be_journalled(self) -> None:
        """What is wrong travels in heartbeats even while the journal is what is wrong."""
        self.conditions.begin("journal_failed")
        self.work()
        self.assertEqual((self.names(), self.conditions.unwritten), (["journal_failed"], 1))

    def test_entries_wait_and_are_written_afterwards(self) -> None:
        """They are kept in their order, with the time at which they were true."""
        self.conditions.begin("journal_failed")
        self.clock.advance(seconds=5)
        self.conditions.end("journal_failed")
        self.mend()
        self.conditions.write()
        expected = [("start", "2026-11-21T06:30:00.000Z"), ("end", "2026-11-21T06:30:05.000Z")]
        self.assertEqual(self.told("journal_failed", "state", "time"), expected)
        self.assertEqual(self.conditions.unwritten, 0)

    def test_entries_are_written_once(self) -> None:
        """What has been written is not written again."""
        self.conditions.begin("journal_failed")
        self.mend()
        self.conditions.write()
        self.work()
        self.conditions.write()
        self.assertEqual(len(self.told("journal_failed")), 1)

    def test_nobody_tries_a_journal_that_is_known_to_fail(self) -> None:
        """It may take seconds to fail, and only the upkeep has them."""
        self.conditions.begin("journal_failed")
        self.faults.left = 0
        self.conditions.tell("tested", "a")
        self.work()
        self.assertEqual((entries_of(self.place.journal), self.conditions.unwritten), ([], 2))

    def test_what_waits_is_bounded(self) -> None:
        """A journal that fails for days costs no memory without end."""
        self.conditions.UNWRITTEN = 3
        for number in range(10):
            self.conditions.tell("tested", str(number))
        self.work()
        self.assertEqual(self.conditions.unwritten, 3)


class RefusalTests(SupervisionCase):
    """Refused mails."""

    def refuse(self, count: int = 1, peer: str = "10.1.2.3", cause: Cause = Cause.BUSY) -> None:
        """So many refused mails from one peer."""
        for _ in range(count):
            self.refusals.add(session(peer=peer), Refusal(cause, "Too busy"), 500)

    def test_first_refusal_is_told_at_once(self) -> None:
        """A refused mail is told with peer, reason, size and listener."""
        self.refuse()
        facts = self.told("mail_refused", "peer", "reason", "size", "listener", "count")
        self.assertEqual(facts, [("10.1.2.3", "busy", 500, "listener[1]", 1)])

    def test_its_like_are_counted_in_that_minute(self) -> None:
        """A device that tries a thousand times is one entry, and later one with the count."""
        self.refuse(1000)
        self.assertEqual(len(self.told("mail_refused")), 1)
        self.clock.advance(minutes=1)
        self.refusals.flush()
        self.assertEqual(self.told("mail_refused", "count"), [(1,), (999,)])

    def test_count_names_the_minute_that_is_over(self) -> None:
        """The rest of a minute is told when a new refusal comes in the next one."""
        self.refuse(3)
        self.clock.advance(minutes=1)
        self.refuse()
        self.assertEqual(self.told("mail_refused", "count"), [(1,), (2,), (1,)])
        [entry] = [one for one in told(self.place.journal, "mail_refused") if "minute" in one]
        self.assertEqual(entry["minute"], "2026-11-21T06:30Z")

    def test_minute_that_goes_on_is_not_told(self) -> None:
        """Counting ends with the minute, not with the round."""
        self.refuse(3)
        self.refusals.flush()
        self.assertEqual(len(self.told("mail_refused")), 1)

    def test_lone_refusal_is_not_told_twice(self) -> None:
        """A minute with one refusal has nothing left to tell."""
        self.refuse()
        self.clock.advance(minutes=1)
        self.refusals.flush()
        self.assertEqual(len(self.told("mail_refused")), 1)

    def test_another_peer_or_cause_is_told_by_itself(self) -> None:
        """Nobody's first refusal hides behind another's."""
        self.refuse()
        self.refuse(peer="10.1.2.4")
        self.refuse(cause=Cause.NO_SPACE)
        expected = [("10.1.2.3", "busy"), ("10.1.2.4", "busy"), ("10.1.2.3", "no_space")]
        self.assertEqual(self.told("mail_refused", "peer", "reason"), expected)

    def test_more_peers_than_can_be_kept_are_counted_together(self) -> None:
        """An attack from everywhere costs no memory without end."""
        self.refusals.PEERS = 2
        for number in range(10):
            self.refuse(peer=f"10.1.2.{number}")
        peers = [peer for (peer,) in self.told("mail_refused", "peer")]
        self.assertEqual(peers, ["10.1.2.0", "10.1.2.1", "*"])

    def test_watch_hands_refusals_on(self) -> None:
        """What the intake tells of a refused mail is told by the refusal log."""
        self.watch.refused(session(), TryLater(Cause.BUSY, "Busy"), 7)
        self.assertEqual(self.told("mail_refused", "size"), [(7,)])


class WatchTests(SupervisionCase):
    """The door."""

    def cause(self) -> Cause | None:
        """Why the door is closed."""
        closed = self.watch.closed()
        return closed and closed.cause

    def test_door_is_open_while_nothing_is_wrong(self) -> None:
        """Without a reason mail is taken."""
        self.assertIsNone(self.cause())

    def test_door_is_closed_by_what_makes_a_promise_impossible(self) -> None:
        """No space, a failing spool, a failing journal: each closes the door with its cause."""
        causes = {
            "no_space": Cause.NO_SPACE,
            "spool_failed": Cause.STORE_FAILED,
            "journal_failed": Cause.JOURNAL_FAILED,
        }
        for name, cause in causes.items():
            self.conditions.begin(name)
            self.assertIs(self.cause(), cause)
            self.conditions.end(name)
            self.assertIsNone(self.cause())

    def test_other_conditions_leave_the_door_open(self) -> None:
        """Whatever else is wrong, mail is taken."""
        for name in CONDITIONS.keys() - {"no_space", "spool_failed", "journal_failed"}:
            self.conditions.begin(name)
        self.assertIsNone(self.cause())

    def test_door_stays_closed_when_the_gateway_stops(self) -> None:
        """Once it shuts down, no mail begins."""
        self.watch.stop()
        self.assertIs(self.cause(), Cause.SHUTTING_DOWN)

    def test_failed_store_closes_the_door(self) -> None:
        """A store's refusal, told from its thread, is a condition in the reactor's next turn."""
        self.watch.failed(TryLater(Cause.STORE_FAILED, "I/O error"))
        self.assertEqual(self.names(), [])
        self.reactor.turn()
        self.assertIs(self.cause(), Cause.STORE_FAILED)
        self.assertIn("I/O error", self.conditions.active[0].text)

    def test_refusal_that_is_no_failure_closes_nothing(self) -> None:
        """That one mail was too large says nothing about the next."""
        self.watch.failed(Refusal(Cause.TOO_LARGE, "Too large"))
        self.reactor.turn()
        self.assertEqual(self.names(), [])

    def test_alarm_left_in_the_spool_is_a_condition_of_its_own(self) -> None:
        """Each alarm that could not be moved is told by its id; the door stays open."""
        self.watch.unpublished("gw1-1-1", "I/O error")
        self.watch.unpublished("gw1-2-1", "I/O error")
        self.reactor.turn()
        self.assertEqual([one.subject for one in self.conditions.active], ["gw1-1-1", "gw1-2-1"])
        self.assertIsNone(self.cause())


class VolumeTests(SupervisionCase):
    """Free space."""

    def judge(self, free: int) -> list[str]:
        """What is wrong with a volume of 100 GB, 2 of which must stay free."""
        judge_volume(self.conditions, Volume(free=free * GIGA, total=100 * GIGA), 2 * GIGA)
        return self.names()

    def test_volume_is_judged_by_what_is_free(self) -> None:
        """Below a fifth it is getting full, below the floor it is full."""
        self.assertEqual(self.judge(free=20), [])
        self.assertEqual(self.judge(free=19), ["space_low"])
        self.assertCountEqual(self.judge(free=1), ["space_low", "no_space"])

    def test_space_that_is_free_again_ends_the_warning_only(self) -> None:
        """Whether it can be used, too, is seen when a file is written."""
        self.judge(free=1)
        self.assertEqual(self.judge(free=50), ["no_space"])

    def test_sentence_tells_how_much_is_free(self) -> None:
        """Operators read a number."""
        self.judge(free=19)
        self.assertIn("19 % free", self.conditions.active[0].text)
