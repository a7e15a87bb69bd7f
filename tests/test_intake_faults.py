"""`alarmgw.intake` where the disk fails, or a part of ours: what is promised, and what is left."""

from __future__ import annotations

import errno
from unittest import mock

from alarmgw.descriptors import MAIL_FILES, Descriptors
from alarmgw.errors import Cause, TryLater
from alarmgw.followers import Followers
from alarmgw.intake import Intake
from alarmgw.store.safefile import Files
from tests.fakes_files import FailingFiles
from tests.journals import mail_id
from tests.places import envelope, session
from tests.store.lives import mail_of
from tests.test_intake import BQ3, KNOWN, MESSAGE_BYTES, IntakeCase


class FailingRenameTests(IntakeCase):
    """When the archive cannot take a folder."""

    def make_files(self) -> Files:
        """Files that cannot be renamed."""
        return FailingFiles("rename", errno.EIO)

    def test_rename_that_fails_does_not_break_the_promise(self) -> None:
        """The receipt is given, the mail stays in the spool, and the watchman knows."""
        receipt = self.receive(BQ3)
        self.assertEqual(self.watchman.left_behind, list(receipt.alarms))
        self.assertTrue((self.home / "spool" / mail_id(1) / "message.eml").exists())
        self.assertEqual([alarm["alarm"] for alarm in self.alarms()], list(receipt.alarms))


class FailingSyncTests(IntakeCase):
    """When the mail's one sync fails."""

    def make_files(self) -> Files:
        """Files of which none can be synced."""
        return FailingFiles("sync", errno.EIO)

    def test_mail_that_is_not_durable_is_not_journalled(self) -> None:
        """A failed sync is answered "later", leaves nothing, and is told."""
        refusal = self.refusal(TryLater, self.send(mail_of(), envelope(BQ3), 1))
        self.assertIs(refusal.cause, Cause.STORE_FAILED)
        self.assertEqual([told.cause for told in self.watchman.failures], [Cause.STORE_FAILED])
        self.assertEqual((self.alarms(), list((self.home / "spool").iterdir())), ([], []))


class FullVolumeTests(IntakeCase):
    """When the spool is full."""

    def make_files(self) -> Files:
        """Files without room for a new folder."""
        return FailingFiles("mkdir", errno.ENOSPC, "gw1-")

    def test_delivery_does_not_start_and_the_watchman_knows(self) -> None:
        """A draft that cannot be made is answered "later", with the cause."""
        starting = self.intake.start(session(), mail_id(1), envelope(BQ3))
        self.assertIs(self.refusal(TryLater, starting).cause, Cause.NO_SPACE)
        self.assertEqual([told.cause for told in self.watchman.failures], [Cause.NO_SPACE])

    def test_mail_that_does_not_start_keeps_no_descriptors(self) -> None:
        """What it would have opened is there for the next one."""
        descriptors = Descriptors(MAIL_FILES)
        self.intake = Intake(
            self.place, lambda: KNOWN, self.watchman, MESSAGE_BYTES, descriptors=descriptors
        )
        self.refusal(TryLater, self.intake.start(session(), mail_id(1), envelope(BQ3)))
        self.assertTrue(descriptors.has(MAIL_FILES))


class FailingTextTests(IntakeCase):
    """When something derived cannot be written."""

    def make_files(self) -> Files:
        """Files of which texts cannot be made."""
        return FailingFiles("create", errno.EIO, "text.txt")

    def test_missing_text_costs_a_line_in_the_log_and_no_mail(self) -> None:
        """What can be made again never refuses a mail."""
        self.receive(BQ3)
        [alarm] = self.alarms()
        self.assertEqual(self.names(alarm), {"message.eml", "alarm.json"})
        self.assertEqual(alarm["text"].rstrip("\n"), "Bewegung\nKamera 3")


class FailingMemoryTests(IntakeCase):
    """When what was kept cannot be remembered for those that come after it."""

    def test_bug_after_the_commit_leaves_no_mail_in_the_spool(self) -> None:
        """The mail is in the archive, as the receipt says."""
        with mock.patch.object(Followers, "remember", side_effect=ZeroDivisionError):
            receipt = self.receive(BQ3)
        [alarm] = self.alarms()
        self.assertEqual([alarm["alarm"]], list(receipt.alarms))
        self.assertIn("message.eml", self.names(alarm))
