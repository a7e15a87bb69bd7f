"""`alarmgw.intake`: who may enter, and what is true when the promise is made."""

from __future__ import annotations

import errno
import hashlib
import json
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred

from alarmgw.delivery import Receipt
from alarmgw.descriptors import MAIL_FILES, Descriptors
from alarmgw.directory import Directory
from alarmgw.entries import numbered
from alarmgw.errors import Cause, Refused, TryLater
from alarmgw.intake import Intake, Session
from alarmgw.model import MAIL_ID_PATTERN, Envelope, Source
from alarmgw.store.safefile import Files
from tests.fakes_files import WatchedFiles
from tests.journals import mail_id
from tests.places import ALL, MORNING, HandCase, NotingWatchman, entries_of, envelope, session
from tests.store.lives import mail_of, picture

MESSAGE_BYTES = 1000
BQ3, BQ4 = "bq3@ebues.internal", "bq4@ebues.internal"
NVR = "nvr@ebues.internal"

KNOWN = Directory.of(
    [
        Source(address=BQ3, site="4711", tenant="nord"),
        Source(address=BQ4),
        Source(address=NVR, login="recorder"),
        Source(address="panel@ebues.internal", networks=("10.9.0.0/16",)),
    ]
)


class IntakeCase(HandCase):
    """An intake that knows four sources."""

    def setUp(self) -> None:
        """A door and its watchman."""
        super().setUp()
        self.watchman = NotingWatchman()
        self.intake = Intake(self.place, lambda: KNOWN, self.watchman, MESSAGE_BYTES)

    async def send(self, mail: bytes, spoken: Envelope, number: int) -> Receipt:
        """One mail on its whole way."""
        delivery = await self.intake.start(session(), mail_id(number), spoken)
        delivery.write(mail)
        return await delivery.commit(MORNING)

    def receive(self, *recipients: str, mail: bytes = b"", number: int = 1, **said: Any) -> Receipt:
        """The receipt of one mail for these recipients."""
        spoken = envelope(*recipients, **said)
        receipt = self.outcome(self.send(mail or mail_of(), spoken, number))
        assert isinstance(receipt, Receipt)
        return receipt

    def alarms(self) -> list[dict[str, Any]]:
        """The alarm entries in the journal."""
        return [entry for entry in entries_of(self.place.journal) if entry["type"] == "alarm"]

    def names(self, alarm: dict[str, Any]) -> set[str]:
        """The files in an alarm's folder."""
        return {path.name for path in (self.home / alarm["path"]).iterdir()}


class DoorTests(IntakeCase):
    """Who may enter."""

    def cause(self, spoken_in: Session, recipient: str, **said: Any) -> Cause:
        """Why a recipient is never taken."""
        with self.assertRaises(Refused) as caught:
            self.intake.admit(spoken_in, envelope(**said), recipient)
        return caught.exception.cause

    def test_a_mail_of_the_limit_may_begin(self) -> None:
        """The limit itself is allowed, and so is a size that was not declared."""
        self.intake.check_space(MESSAGE_BYTES)
        self.intake.check_space(0)

    def test_a_larger_mail_is_refused_for_ever(self) -> None:
        """One octet above the limit is too large today and tomorrow."""
        with self.assertRaises(Refused) as caught:
            self.intake.check_space(MESSAGE_BYTES + 1)
        self.assertIs(caught.exception.cause, Cause.TOO_LARGE)

    def test_a_closed_door_gives_the_watchmans_reason(self) -> None:
        """While the watchman has a reason, no mail begins, and the device hears which."""
        self.watchman.reason = TryLater(Cause.NO_SPACE, "Full")
        with self.assertRaises(TryLater) as caught:
            self.intake.check_space(1)
        self.assertIs(caught.exception, self.watchman.reason)

    def test_an_empty_recipient_is_refused(self) -> None:
        """An empty address names nobody, even where everybody is captured."""
        self.assertIs(self.cause(session(capture=True), ""), Cause.BAD_ADDRESS)

    def test_anybody_is_captured(self) -> None:
        """Where unknown mail is captured, every address is taken."""
        self.intake.admit(session(capture=True), envelope(), "nobody@nowhere.example")

    def test_a_login_may_name_any_recipient(self) -> None:
        """Who has logged in is known: the recipient need not be."""
        self.intake.admit(session(capture=False), envelope(login="recorder"), "x@nowhere.example")

    def test_an_unknown_recipient_is_refused(self) -> None:
        """Without capture and login, an address that names no source is refused for ever."""
        self.assertIs(self.cause(session(capture=False), "x@nowhere.example"), Cause.UNKNOWN_SOURCE)

    def test_a_source_is_known_by_recipient_sender_or_network(self) -> None:
        """Any of the three that names a source opens the door."""
        stranger = session(capture=False)
        self.intake.admit(stranger, envelope(), "BQ3@ebues.internal")
        self.intake.admit(stranger, envelope(sender=BQ4), "x@nowhere.example")
        self.intake.admit(session(capture=False, peer="10.9.1.1"), envelope(), "x@y.example")

    def test_a_mail_id_names_its_node(self) -> None:
        """An id is made of the node, the time and chance."""
        made = self.intake.new_mail_id()
        self.assertRegex(made, MAIL_ID_PATTERN)
        self.assertTrue(made.startswith("gw1-20261121-063000-"))

    def test_a_refusal_is_told_to_the_watchman(self) -> None:
        """A refused mail is news: who, why and how large."""
        refusal = TryLater(Cause.BUSY, "Busy")
        self.intake.refused(session(), refusal, 17)
        self.assertEqual(self.watchman.refusals, [(session(), refusal, 17)])

    def test_no_delivery_starts_at_a_closed_door(self) -> None:
        """What closed the door after MAIL keeps the mail out as well, and leaves no folder."""
        self.watchman.reason = TryLater(Cause.SHUTTING_DOWN, "Closing")
        self.refusal(TryLater, self.intake.start(session(), mail_id(1), envelope(BQ3)))
        self.assertEqual(list((self.home / "spool").iterdir()), [])

    def test_no_mail_begins_without_the_descriptors_for_it(self) -> None:
        """While others hold them it is answered "later"; the watchman closes nothing for that."""
        self.intake = Intake(
            self.place, lambda: KNOWN, self.watchman, 1, descriptors=Descriptors(MAIL_FILES)
        )
        delivery = self.outcome(self.intake.start(session(), mail_id(1), envelope(BQ3)))
        late = self.intake.start(session(), mail_id(2), envelope(BQ3))
        self.assertIs(self.refusal(TryLater, late).cause, Cause.BUSY)
        delivery.abort("the peer is gone")
        self.assertRaises(TryLater, self.intake.check_space, 0)
        self.work()
        self.intake.check_space(0)
        self.assertEqual(self.watchman.failures, [])


class PromiseTests(IntakeCase):
    """What a receipt stands for."""

    def test_a_mail_for_one_source_is_one_alarm(self) -> None:
        """The receipt names the mail and its alarm, and the journal has that alarm."""
        receipt = self.receive(BQ3)
        expected = Receipt(mail_id(1), (f"{mail_id(1)}-1",), sources=(BQ3,), kind="alarm")
        self.assertEqual(receipt, expected)
        [alarm] = self.alarms()
        self.assertEqual((alarm["alarm"], alarm["source"]), (f"{mail_id(1)}-1", BQ3))

    def test_a_mail_for_two_sources_is_two_alarms(self) -> None:
        """One mail, two sources: two alarms, each with a complete folder of its own."""
        mail = mail_of(picture())
        self.receive(BQ3, BQ4, mail=mail)
        first, second = self.alarms()
        self.assertEqual([first["source"], second["source"]], [BQ3, BQ4])
        for alarm in (first, second):
            whole = {"message.eml", "text.txt", "alarm.json", "01-bild1.jpg"}
            self.assertEqual(self.names(alarm), whole)
            self.assertEqual((self.home / alarm["path"] / "message.eml").read_bytes(), mail)
        self.assertEqual(list((self.home / "spool").iterdir()), [])

    def test_a_mail_from_nobody_known_is_unassigned(self) -> None:
        """Several unknown recipients are one alarm without a source."""
        self.receive("x@nowhere.example", "y@nowhere.example")
        [alarm] = self.alarms()
        self.assertIsNone(alarm["source"])
        self.assertTrue(alarm["path"].startswith("archive/_unassigned/2026/11/21/063000-"))
        self.assertIn("message.eml", self.names(alarm))

    def test_an_unknown_recipient_beside_a_known_one_makes_no_alarm(self) -> None:
        """Who names no source gets no alarm of his own."""
        self.receive("x@nowhere.example", BQ3)
        self.assertEqual([alarm["source"] for alarm in self.alarms()], [BQ3])

    def test_mail_for_a_strangers_source_is_the_logins(self) -> None:
        """A login's mail for somebody else's source is its own source's, with a note."""
        self.receive(BQ3, login="recorder")
        [alarm] = self.alarms()
        self.assertEqual(alarm["source"], NVR)
        self.assertIn("recipient_not_owned", alarm["notes"])

    def test_alarm_json_is_the_entry_without_its_number(self) -> None:
        """What stands in the folder is what stands in the journal."""
        self.receive(BQ3)
        [(seq, line)] = self.place.journal.read(0)
        written = (self.home / json.loads(line)["path"] / "alarm.json").read_bytes()
        self.assertEqual(numbered(seq, written), line)

    def test_an_empty_mail_is_an_alarm(self) -> None:
        """Understanding may fail, receiving may not: a mail of no octets is kept."""
        self.outcome(self.send(b"", envelope(BQ3), 1))
        [alarm] = self.alarms()
        self.assertEqual((alarm["mail"]["size"], alarm["kind"]), (0, "alarm"))

    def test_many_mails_at_once_are_all_kept(self) -> None:
        """Mails that end together have all their lines and folders."""
        mails = [mail_of(text=f"Kamera {number}\r\n") for number in range(20)]
        sent = [self.send(mail, envelope(BQ3), n) for n, mail in enumerate(mails, 1)]
        waiting = [Deferred.fromCoroutine(one) for one in sent]
        self.work()
        receipts = [self.successResultOf(one).mail_id for one in waiting]
        self.assertEqual(sorted(alarm["mail"]["id"] for alarm in self.alarms()), receipts)


class ResendTests(IntakeCase):
    """The same mail again, because the device has missed the 250."""

    def entries(self) -> list[dict[str, Any]]:
        """Everything in the journal."""
        return entries_of(self.place.journal)

    def test_the_same_mail_again_is_kept_and_not_raised(self) -> None:
        """It is promised like any other, with a folder of its own, and is not open."""
        mail = mail_of(picture())
        self.receive(BQ3, mail=mail)
        receipt = self.receive(BQ3, mail=mail, number=2)
        [first, again] = self.entries()
        self.assertEqual((again["type"], again["first"]), ("resend", first["alarm"]))
        self.assertEqual(receipt.alarms, (again["alarm"],))
        self.assertEqual(self.names(again), self.names(first))
        self.assertEqual((self.home / again["path"] / "message.eml").read_bytes(), mail)
        self.assertEqual(self.place.journal.snapshot().open_total, 1)

    def test_each_source_is_judged_for_itself(self) -> None:
        """A mail may be new for one of its sources and not for another."""
        self.receive(BQ3)
        self.receive(BQ3, BQ4, number=2)
        kinds = [(entry["type"], entry["source"]) for entry in self.entries()]
        self.assertEqual(kinds, [("alarm", BQ3), ("resend", BQ3), ("alarm", BQ4)])

    def test_a_mail_whose_commit_failed_is_not_repeated(self) -> None:
        """The second of two is the alarm then: nothing is a resend of nothing."""
        self.faults.left = ALL
        self.refusal(TryLater, self.send(mail_of(), envelope(BQ3), 1))
        self.faults.left = 0
        self.receive(BQ3, number=2)
        self.assertEqual([entry["type"] for entry in self.entries()], ["alarm"])

    def test_a_restart_between_the_two_changes_nothing(self) -> None:
        """What was raised is known from the journal."""
        self.receive(BQ3)
        self.intake = Intake(self.place, lambda: KNOWN, self.watchman, MESSAGE_BYTES)
        self.receive(BQ3, number=2)
        self.assertEqual([entry["type"] for entry in self.entries()], ["alarm", "resend"])

    def test_another_message_id_matters_as_little_as_the_same(self) -> None:
        """Words that say no time may be said twice, under whatever id."""
        for number, subject in enumerate((b"Alarm", b"Alarm 2", b"Alarm 2"), 1):
            mail = b"Message-ID: <DVR>\r\nX: %d\r\nSubject: %s\r\n\r\nBewegung\r\n"
            self.receive(BQ3, mail=mail % (number, subject), number=number)
        self.assertEqual([entry["type"] for entry in self.entries()], ["alarm"] * 3)


class EntryTests(IntakeCase):
    """The alarm entry, field by field."""

    def setUp(self) -> None:
        """One mail with a picture."""
        super().setUp()
        self.clock.advance(seconds=2)
        self.mail = mail_of(picture())
        self.receive(BQ3, mail=self.mail, tls="TLSv1.3")
        [self.alarm] = self.alarms()

    def test_entry_has_the_contracts_fields(self) -> None:
        """Every field of the contract is there, and no other."""
        fields = """seq time type node alarm mail path source site tenant incident kind events
            coordinates link subject text text_cut pictures files priority handling rule envelope
            times notes origin joins content_sha256"""
        self.assertEqual(set(self.alarm), set(fields.split()))

    def test_entry_says_whose_it_is(self) -> None:
        """Source, site and tenant are the record's; the site's first alarm opens an incident."""
        facts = [self.alarm[name] for name in ("source", "site", "tenant", "incident", "node")]
        self.assertEqual(facts, [BQ3, "4711", "nord", f"{mail_id(1)}-1", "gw1"])

    def test_entry_identifies_the_mail(self) -> None:
        """Size and hash are those of the octets that were sent."""
        digest = hashlib.sha256(self.mail).hexdigest()
        expected = {"id": mail_id(1), "size": len(self.mail), "sha256": digest}
        self.assertEqual(self.alarm["mail"], expected)

    def test_entry_tells_what_the_mail_says(self) -> None:
        """Subject and text are decoded, line ends LF, and the events are at least one."""
        self.assertEqual(self.alarm["subject"], "Alarm")
        self.assertEqual(self.alarm["text"].rstrip("\n"), "Bewegung\nKamera 3")
        self.assertEqual([event["event"] for event in self.alarm["events"]], ["motion"])

    def test_entry_lists_the_pictures(self) -> None:
        """A picture has its name on disk, the device's label, and what its bytes are."""
        [listed] = self.alarm["pictures"]
        self.assertEqual((listed["name"], listed["label"]), ("01-bild1.jpg", "bild1.jpg"))
        self.assertEqual((listed["media_type"], listed["size"]), ("image/jpeg", len(picture())))

    def test_entry_says_what_is_done(self) -> None:
        """An alarm that no rule knows is class 3 and goes to the queue."""
        facts = [self.alarm[name] for name in ("kind", "priority", "handling", "rule", "origin")]
        self.assertEqual(facts, ["alarm", 3, "queue", "default", "device"])

    def test_entry_has_the_envelope(self) -> None:
        """Who spoke, and what was said before the mail."""
        expected = {"peer": "10.1.2.3", "helo": "cam", "from": "cam@example.org", "rcpt": [BQ3]}
        self.assertEqual(self.alarm["envelope"], {**expected, "login": None, "tls": "TLSv1.3"})

    def test_entry_has_the_times(self) -> None:
        """From the connection to the sync, with microseconds."""
        times = self.alarm["times"]
        self.assertEqual(times["connected"], "2026-11-21T06:30:00.000000Z")
        self.assertEqual(times["eom"], "2026-11-21T06:30:00.000000Z")
        self.assertEqual(times["data"], "2026-11-21T06:30:02.000000Z")
        self.assertEqual(times["synced"], "2026-11-21T06:30:02.000000Z")


class UnwrittenEntryTests(IntakeCase):
    """The disk does not take ``alarm.json``, which is written after the commit."""

    def make_files(self) -> Files:
        """Files of which that one cannot be made."""

        class UnwritableEntry(WatchedFiles):
            def step(self, operation: str, path: Path) -> None:
                if (operation, path.name) == ("write", "alarm.json"):
                    raise OSError(errno.ENOSPC, "No space left on device")

        return UnwritableEntry()

    def test_mail_is_moved_to_its_place_without_it(self) -> None:
        """It is promised and told all the same, and settling makes the file."""
        self.receive(BQ3, BQ4)
        for alarm in self.alarms():
            folder = self.home / alarm["path"]
            self.assertEqual([file.name for file in folder.iterdir() if file.suffix == ".json"], [])
            self.assertTrue((folder / "message.eml").exists())


class OrderTests(IntakeCase):
    """Order, and nothing else, makes the promise true."""

    def make_files(self) -> Files:
        """Files that note how far the journal was at each sync of a mail and each rename."""
        case = self

        class NotingFiles(WatchedFiles):
            def step(self, operation: str, path: Path) -> None:
                if operation == "rename" or (operation, path.name) == ("sync", "message.eml"):
                    case.seen.append((operation, case.place.journal.bounds()[1]))

        self.seen: list[tuple[str, int]] = []
        return NotingFiles()

    def test_mail_is_synced_before_its_line_and_moved_after_it(self) -> None:
        """Sync, then journal, then rename."""
        self.receive(BQ3)
        self.assertEqual(self.seen, [("sync", 0), ("rename", 1)])

    def test_receipt_comes_last(self) -> None:
        """When the promise is made, the line is in the journal and the folder in the archive."""
        found: list[bool] = []

        async def sending() -> None:
            await self.send(mail_of(), envelope(BQ3), 1)
            [alarm] = self.alarms()
            found.append((self.home / alarm["path"] / "message.eml").exists())

        self.outcome(sending())
        self.assertEqual(found, [True])

    def test_failed_journal_promises_nothing(self) -> None:
        """Without its line a mail is answered "later"; it is not moved and its draft stays."""
        self.faults.left = ALL
        refusal = self.refusal(TryLater, self.send(mail_of(), envelope(BQ3), 1))
        self.assertIs(refusal.cause, Cause.JOURNAL_FAILED)
        self.assertEqual(self.seen, [("sync", 0)])
        self.assertTrue((self.home / "spool" / mail_id(1) / "message.eml").exists())
        self.assertEqual([told.cause for told in self.watchman.failures], [Cause.JOURNAL_FAILED])
