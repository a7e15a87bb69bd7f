"""`alarmgw.bulk`: many with one key, in short jobs between which mails go."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from attrs import evolve
from twisted.internet.defer import Deferred

from alarmgw.bulk import ALARMS, INCIDENTS, SECONDS, Progress, is_bulk, is_done, parts
from alarmgw.codec.requests import MOST, Command
from alarmgw.store.journal import Journal, Ledger
from tests import desk
from tests.journals import made
from tests.places import HandReactor, temporary_home
from tests.rooms import DESKS, RoomCase

#: Three jobs of the writer.
MANY = 2 * INCIDENTS + 4


def command(do: str, *incidents: str, **facts: Any) -> Command:
    """A command about these."""
    pairs = tuple((one, 1) for one in incidents)
    return Command(id="0" * 32, action={"do": do, **facts}, incidents=pairs)


def test_progress_ends_with_one_answer_for_all() -> None:
    """Until then it is no answer; one that was refused makes it a mixed one."""
    many = [str(number) for number in range(INCIDENTS + 1)]
    begun = Progress.of(command("close", *many), None)
    assert [id_ for id_, _ in begun.next()] == many[:INCIDENTS]
    half = begun.then([{"ok": True}] * INCIDENTS)
    assert not is_done(half.answer()) and [id_ for id_, _ in half.next()] == many[INCIDENTS:]
    good, bad = (half.then([{"ok": ok}]) for ok in (True, False))
    assert good.answer() == {"ok": True, "each": [{"ok": True}] * len(many)} and not good.next()
    assert (bad.answer()["ok"], bad.answer()["error"]) == (False, "mixed")


def test_only_what_is_done_to_many_is_bulk() -> None:
    """All else about many is no command."""
    assert all(is_bulk(command(do, "a")) for do in ("accept", "park", "close", "undo"))
    assert not is_bulk(command("close")) and not is_bulk(command("sign_off", "a"))


def test_what_tells_of_many_alarms_becomes_several_of_it() -> None:
    """Each alarm in one of them, in order; what is too much stays whole, and is refused so."""
    alarms = [str(number) for number in range(MOST)]
    told = parts(command("displayed", alarms=alarms, what="alarm"))
    assert [one for part in told for one in part.action["alarms"]] == alarms
    assert all(len(part.action["alarms"]) <= ALARMS for part in told) and len(told) > 1
    assert {part.action["what"] for part in told} == {"alarm"}
    for odd in ([*alarms, "x"], alarms[:ALARMS], "x", None):
        whole = command("displayed", alarms=odd)
        assert parts(whole) == [whole]


class ManyCase(RoomCase):
    """Anna is signed on; so many sites have an incident."""

    def setUp(self) -> None:
        """Every job of the writer is counted: how many entries it has written."""
        super().setUp()
        self.sign_on("anna")
        for number in range(1, MANY + 1):
            self.ring(number, site=str(number))
        self.written_by: list[int] = []
        submit = self.place.journal.submit

        def counted(job: Callable[[Ledger], Any], **how: Any) -> Future[Any]:
            def counting(ledger: Ledger) -> Any:
                before = len(ledger.appended)
                result = job(ledger)
                self.written_by.append(len(ledger.appended) - before)
                return result

            return submit(counting, **how)

        self.patch(self.place.journal, "submit", counted)

    def closing(self, **facts: Any) -> Command:
        """All of them are closed, as they are drawn now."""
        pairs = tuple((desk.alarm_id(number), self.head) for number in range(1, MANY + 1))
        return self.given("close", outcome="other", incidents=pairs, **facts)

    def begin(self, given: Command, slices: int) -> Deferred[Any]:
        """The command is under way, and so many jobs of it are on disk."""
        asked = Deferred.fromCoroutine(self.room.command("platz-1", DESKS["platz-1"], given))
        self.written()
        for _ in range(slices - 1):
            self.reactor.turn()
            self.written()
        return asked

    def closed(self) -> list[str]:
        """The incidents that were closed, in order."""
        return [str(one["incident"]) for one in self.told("closed")]


ALL = [desk.alarm_id(number) for number in range(1, MANY + 1)]


class SliceTests(ManyCase):
    """What one job of the writer does."""

    def test_one_job_decides_about_a_few(self) -> None:
        """Two entries for each: whoever closes a new one accepts it."""
        answer = self.say("platz-1", self.closing())
        self.assertEqual([one["incident"] for one in answer["each"]], ALL)
        self.assertTrue(answer["ok"])
        self.assertEqual(self.closed(), ALL)
        self.assertEqual(max(self.written_by), 2 * INCIDENTS)

    def test_one_job_tells_of_some_alarms(self) -> None:
        """All are told with one answer, in order; what cannot be drawn is refused whole."""
        for number in range(MANY + 1, ALARMS + 5):
            self.ring(number)
        self.written_by.clear()
        alarms = [desk.alarm_id(number) for number in range(1, ALARMS + 5)]
        self.assertFalse(self.command("displayed", alarms=alarms, what="mail")["ok"])
        odd = [*alarms[:ALARMS], "what is nowhere"]
        self.assertFalse(self.command("displayed", alarms=odd, what="mail")["ok"])
        self.assertEqual(sum(self.written_by), 0)
        answer = self.command("displayed", alarms=alarms, what="alarm")
        self.assertEqual(answer, {"ok": True, "seq": self.head})
        self.assertEqual([one["alarm"] for one in self.told("displayed")], alarms)
        self.assertEqual(max(self.written_by), ALARMS)

    def test_slow_incidents_make_shorter_jobs(self) -> None:
        """No further one is begun when the time is over, but always one."""

        class Slow(HandReactor):
            def seconds(self) -> float:
                """Each look at the clock takes a while."""
                self.rightNow += SECONDS * 0.4
                return float(self.rightNow)

        self.reactor = Slow()
        self.place = evolve(self.place, reactor=self.reactor)
        self.open_room()
        self.assertTrue(self.say("platz-1", self.closing())["ok"])
        self.assertEqual((self.closed(), max(self.written_by)), (ALL, 2 * 3))

    def test_a_mail_goes_between(self) -> None:
        """It waits for one job; what it changes is decided as it is then."""
        asked = self.begin(self.closing(), 1)
        self.ring(99, site=str(MANY))
        before = self.head
        self.work()
        self.assertTrue(self.successResultOf(asked)["ok"])
        earlier = [one["incident"] for one in self.told("closed") if one["seq"] < before]
        self.assertEqual(earlier, ALL[:INCIDENTS])
        self.assertEqual(self.incident(99).follows, ALL[-1])

    def test_who_closed_may_take_it_back(self) -> None:
        """One of the last as well as one of the first."""
        self.say("platz-1", self.closing())
        for number in (1, MANY):
            self.assertTrue(self.command("undo", number)["ok"])
            self.assertEqual(self.holder(number), "anna")

    def test_those_that_he_holds_are_parked(self) -> None:
        """Each by itself, for as long as his role allows."""
        held = tuple((id_, self.head) for id_ in ALL[:2])
        self.say("platz-1", self.given("accept", incidents=held))
        for minutes, told in ((241, ["bad_minutes"] * 3), (240, [None, None, "not_yours"])):
            incidents = (*held, (ALL[2], self.head))
            answer = self.command("park", minutes=minutes, incidents=incidents)
            self.assertEqual([one.get("error") for one in answer["each"]], told)
        states = [self.incident(number).state for number in (1, 2, 3)]
        self.assertEqual(states, ["parked", "parked", "new"])

    def test_closings_are_taken_back_together(self) -> None:
        """Each in its own ten seconds: one whose time is over takes no other with it."""
        self.command("close", 1, outcome="other")
        self.look(seconds=6)
        self.command("close", 2, outcome="other")
        self.look(seconds=6)
        answer = self.command("undo", incidents=tuple((id_, 0) for id_ in ALL[:2]))
        self.assertEqual([one.get("error") for one in answer["each"]], ["too_late", None])
        self.assertEqual([self.incident(number).state for number in (1, 2)], ["closed", "accepted"])

    def test_the_journal_fails_between(self) -> None:
        """What is asked again goes on where it was."""
        given = self.closing()
        asked = self.begin(given, 1)
        self.faults.left = 1
        self.reactor.turn()
        self.work()
        self.assertEqual(self.successResultOf(asked)["error"], "try_later")
        self.assertEqual(self.closed(), ALL[:INCIDENTS])
        self.assertTrue(self.say("platz-1", given)["ok"])
        self.assertEqual(self.closed(), ALL)


class AgainTests(ManyCase):
    """A command whose answer was lost is asked again, or another one meanwhile."""

    def test_a_gateway_that_died_between_two_jobs_has_the_rest_done(self) -> None:
        """Wherever it died: the next one closes what is left, and answers for all of them."""
        given, images = self.closing(), list[Journal]()
        asked = self.begin(given, 1)
        for _ in range(3):
            images.append(self.image())
            self.reactor.turn()
            self.written()
        first = self.successResultOf(asked)
        self.assertTrue(first["ok"])
        for slices, journal in enumerate(images, 1):
            self.place = evolve(self.place, journal=journal)
            self.assertEqual(self.closed(), ALL[: slices * INCIDENTS])
            self.open_room()
            self.assertEqual(self.say("platz-1", given), first)
            self.assertEqual(self.closed(), ALL)
            self.assertEqual(self.say("platz-1", given), first)
            other = evolve(given, action={"do": "close", "outcome": "test"})
            self.assertEqual(self.say("platz-1", other)["error"], "bad_request")
            self.assertEqual((self.closed(), len(self.told("accepted"))), (ALL, MANY))

    def image(self) -> Journal:
        """The journal as a process that is killed now leaves it; it runs."""
        home = temporary_home(self)
        for file in self.home.glob("journal.sqlite3*"):
            shutil.copy(file, home)
        journal = made(home / "journal.sqlite3", now=self.clock)
        journal.start(lambda entries: None, lambda error: None)
        self.addCleanup(journal.close)
        return journal

    def test_another_command_under_the_id_of_half_a_one_is_refused(self) -> None:
        """Nothing of it is carried out, and the half one goes on."""
        given = self.closing()
        self.begin(given, 1)
        self.open_room()
        for action in ({"do": "close", "outcome": "test"}, {"do": "note", "text": "x"}):
            other = evolve(given, action=action, incidents=given.incidents[:1])
            self.assertEqual(self.say("platz-1", other)["error"], "bad_request")
        self.assertEqual((self.closed(), self.told("noted")), (ALL, []))
        self.assertEqual({one["outcome"] for one in self.told("closed")}, {"other"})

    def test_asked_again_while_it_is_under_way_it_is_done_once(self) -> None:
        """Both get the same answer."""
        given = self.closing()
        asked = [self.begin(given, 1), self.begin(given, 1)]
        self.work()
        first, again = map(self.successResultOf, asked)
        self.assertEqual((first, self.closed()), (again, ALL))

    def test_two_of_one_workstation_are_done_in_their_order(self) -> None:
        """The second finds all closed."""
        asked = [self.begin(self.closing(), 1), self.begin(self.closing(), 1)]
        self.work()
        first, second = map(self.successResultOf, asked)
        self.assertTrue(first["ok"])
        self.assertEqual({one["error"] for one in second["each"]}, {"already_closed"})

    def test_who_signs_off_leaves_when_all_is_done(self) -> None:
        """As he had asked for it."""
        asked = self.begin(self.closing(), 1)
        left = Deferred.fromCoroutine(
            self.room.command("platz-1", DESKS["platz-1"], self.given("sign_off"))
        )
        self.work()
        self.assertTrue(self.successResultOf(asked)["ok"])
        self.assertTrue(self.successResultOf(left)["ok"])
        self.assertEqual((self.closed(), self.signed_on()), (ALL, []))

    def test_whoever_has_left_by_then_decides_nothing_more(self) -> None:
        """Another signed on there: of the rest each is answered so, and stays as it was."""
        asked = self.begin(self.closing(session=self.told("signed_on")[0]["session"]), 1)
        self.sign_on("bert", "platz-1")
        answer = self.successResultOf(asked)
        self.assertEqual((answer["ok"], answer["error"]), (False, "mixed"))
        codes = [one.get("error") for one in answer["each"]]
        rest = MANY - INCIDENTS
        self.assertEqual(codes, [None] * INCIDENTS + ["not_signed_on"] * rest)
        self.assertEqual(self.closed(), ALL[:INCIDENTS])
        self.assertEqual(self.incident(MANY).state, "new")
