"""`alarmgw.registry`: who is known, changed while running, and true when the answer is given."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from twisted.internet.defer import Deferred

from alarmgw.errors import Cause, Refused, TryLater
from alarmgw.registry import Registry
from alarmgw.slices import Mails
from tests.places import ALL, HandCase, entries_of
from tests.proposals import NAME, proposed, thousands

BQ3 = "bq3@ebues.internal"
DESK = "d" * 64


class RegistryCase(HandCase):
    """A registry of a new home."""

    def setUp(self) -> None:
        """Nobody is known."""
        super().setUp()
        self.registry = Registry(self.place)

    def perform(self, command: str, **arguments: Any) -> Any:
        """What a command answers."""
        return self.outcome(self.registry.perform(command, arguments))


class RegistryTests(RegistryCase):
    """Changes."""

    def test_source_is_known_when_the_answer_comes(self) -> None:
        """Who is told "done" finds the source at once."""
        found: list[bool] = []

        async def add() -> None:
            await self.registry.perform("source add", {"address": BQ3})
            found.append(self.registry.directory.named(BQ3) is not None)

        self.assertIsNone(self.registry.directory.named(BQ3))
        self.outcome(add())
        self.assertEqual(found, [True])

    def test_change_is_an_entry(self) -> None:
        """Whoever reads the journal sees what was changed."""
        self.perform("source add", address=BQ3)
        [entry] = entries_of(self.place.journal)
        self.assertEqual((entry["type"], entry["event"]), ("config", "source_added"))

    def test_removed_source_is_unknown(self) -> None:
        """A removed source is found no more."""
        self.perform("source add", address=BQ3)
        self.perform("source remove", address=BQ3)
        self.assertIsNone(self.registry.directory.named(BQ3))

    def test_a_devices_certificate_is_no_workstations(self) -> None:
        """It proves a login at SMTP; the broker, which asks for workstations, refuses it."""
        self.perform("source add", address=BQ3, login="cam")
        self.perform("source certify", address=BQ3, fingerprint=DESK)
        self.assertEqual(self.registry.directory.certificates, {DESK: "cam"})
        self.assertIsNone(self.registry.registered(DESK))

    def test_workstation_is_registered_by_its_certificate(self) -> None:
        """A fingerprint leads to the workstation's name; another one to nobody."""
        self.perform("workstation add", name="desk1", fingerprint=DESK)
        self.assertEqual(self.registry.registered(DESK), "desk1")
        self.assertIsNone(self.registry.registered("e" * 64))

    def test_revoking_is_told_with_the_fingerprint(self) -> None:
        """Whoever holds links hears at once which certificate is out; it is not registered then."""
        revoked: list[tuple[str, str | None]] = []
        self.registry.on_revoked = lambda one: revoked.append((one, self.registry.registered(one)))
        self.perform("workstation add", name="desk1", fingerprint=DESK)
        self.assertEqual(revoked, [])
        self.perform("workstation revoke", name="desk1")
        self.assertEqual(revoked, [(DESK, None)])

    def test_revoking_needs_no_listener(self) -> None:
        """Without a broker, a workstation can be revoked as well."""
        self.perform("workstation add", name="desk1", fingerprint=DESK)
        self.perform("workstation revoke", name="desk1")
        self.assertIsNone(self.registry.registered(DESK))

    def test_what_is_known_is_read_by_one_at_a_time(self) -> None:
        """Of two changes at once the later picture stays, however long the earlier one takes."""
        added = [
            Deferred.fromCoroutine(self.registry.perform("source add", {"address": address}))
            for address in ("a@x", "b@x")
        ]
        while self.pool.run():
            pass
        self.reactor.turn()
        for _ in added:
            self.written()
            self.written()
            self.reactor.turn()
        self.assertEqual(len(self.pool.jobs), 1)
        self.work()
        self.assertEqual([self.successResultOf(one)["address"] for one in added], ["a@x", "b@x"])
        self.assertEqual(list(self.registry.directory.by_address), ["a@x", "b@x"])

    def test_what_is_known_outlives_the_gateway(self) -> None:
        """A new registry of the same home knows sources, and no revoked workstation."""
        self.perform("source add", address=BQ3)
        self.perform("workstation add", name="desk1", fingerprint=DESK)
        self.perform("workstation revoke", name="desk1")
        again = Registry(self.place)
        self.assertIsNotNone(again.directory.named(BQ3))
        self.assertIsNone(again.registered(DESK))

    def test_refused_command_changes_nothing(self) -> None:
        """A command that means nothing is refused with a sentence."""
        refusal = self.refusal(Refused, self.registry.perform("source add", {"address": ""}))
        self.assertIs(refusal.cause, Cause.BAD_VALUE)
        self.assertEqual(entries_of(self.place.journal), [])

    def test_unknown_command_is_refused(self) -> None:
        """There are only the commands of the administration."""
        refusal = self.refusal(Refused, self.registry.perform("source explode", {}))
        self.assertIs(refusal.cause, Cause.NOT_FOUND)

    def test_failed_journal_changes_nothing(self) -> None:
        """What could not be journalled is not known either."""
        self.faults.left = ALL
        self.refusal(TryLater, self.registry.perform("source add", {"address": BQ3}))
        self.assertIsNone(self.registry.directory.named(BQ3))


class Asked(Mails):
    """Nobody waits, and it is known how often that was asked."""

    asked = 0

    def __getattribute__(self, name: str) -> Any:
        """Count the questions."""
        if name == "waiting":
            self.asked += 1
        return super().__getattribute__(name)


class ImportTests(RegistryCase):
    """Imports."""

    def setUp(self) -> None:
        """A proposal of 300 sources."""
        super().setUp()
        proposed(self.place.journal, "source", thousands(300))

    def test_an_import_is_known_when_the_answer_comes(self) -> None:
        """All of it, and who asked heard how far it was."""
        heard: list[tuple[int, int]] = []
        told = self.registry.perform(
            "import", {"proposal": NAME}, lambda done, total: heard.append((done, total))
        )
        self.assertEqual(self.outcome(told), {"kept": True})
        self.assertEqual(len(self.registry.directory.by_address), 300)
        self.assertEqual(heard[-1], (615, 615))
        self.assertEqual(heard, sorted(heard))

    def test_an_import_gives_way_to_mails(self) -> None:
        """Before each of its jobs it asks whether one waits."""
        mails, heard = Asked(), list[int]()
        registry = Registry(evolve(self.place, mails=mails))
        mails.asked = 0
        told = registry.perform("import", {"proposal": NAME}, lambda done, total: heard.append(1))
        self.assertEqual(self.outcome(told), {"kept": True})
        self.assertGreaterEqual(mails.asked, len(heard))

    def test_an_import_of_what_has_changed_meanwhile_is_answered_so(self) -> None:
        """Who asked tries it anew."""
        self.perform("source add", address=BQ3)
        self.assertEqual(self.perform("import", proposal=NAME), {"kept": False})
        self.assertEqual(list(self.registry.directory.by_address), [BQ3])

    def test_one_import_at_a_time(self) -> None:
        """Another one is told to wait; afterwards there may be one again."""
        first = Deferred.fromCoroutine(self.registry.perform("import", {"proposal": NAME}))
        second = Deferred.fromCoroutine(self.registry.perform("import", {"proposal": NAME}))
        self.assertIs(self.failureResultOf(second, TryLater).value.cause, Cause.BUSY)
        self.assertEqual(self.outcome(first), {"kept": True})
        self.assertEqual(self.perform("import", proposal=NAME), {"kept": False})

    def test_a_failed_journal_keeps_nothing(self) -> None:
        """And the next import is not in its way."""
        self.faults.left = ALL
        self.refusal(TryLater, self.registry.perform("import", {"proposal": NAME}))
        self.assertEqual(dict(self.registry.directory.by_address), {})
        self.faults.left = 0
        self.assertEqual(self.perform("import", proposal=NAME), {"kept": True})

    def test_what_is_true_is_told_and_known_whatever_comes_after(self) -> None:
        """The journal fails while what was true before is thrown away; the next import goes on."""
        heard: list[int] = []

        def tell(done: int, total: int) -> None:
            heard.append(done)
            if heard.count(total) == 2:  # the last rows were laid out, then all were made true
                self.faults.left = ALL

        told = self.registry.perform("import", {"proposal": NAME}, tell)
        self.assertEqual(self.outcome(told), {"kept": True})
        self.assertEqual(len(self.registry.directory.by_address), 300)
        self.assertEqual(heard.count(615), 2)
        self.assertEqual(len(self.flushLoggedErrors(TryLater)), 1)
        self.faults.left = 0
        proposed(self.place.journal, "source", thousands(301))
        self.assertEqual(self.perform("import", proposal=NAME), {"kept": True})
        self.assertEqual(len(self.registry.directory.by_address), 301)
