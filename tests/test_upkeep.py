"""`alarmgw.upkeep`: the rounds that mend, settle and look, whatever fails in them."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import Any
from unittest.mock import Mock

from twisted.internet.defer import Deferred

from alarmgw.errors import Cause, TryLater
from alarmgw.store.journal import Ledger
from alarmgw.store.safefile import Files
from alarmgw.supervision import Conditions, RefusalLog, Watch
from alarmgw.upkeep import ROUND_SECONDS, Upkeep
from tests.fakes_files import FailingFiles
from tests.places import ALL, HandCase, session, told

FLOOR = 1000


class RoomyFiles(FailingFiles):
    """Files on a volume that is as full as the test says; probes fail while it says so."""

    def __init__(self) -> None:
        super().__init__("sync", None, "volume.probe")
        self.room = 50_000

    def free(self, path: Path) -> tuple[int, int]:
        """Room on a volume of 100,000 octets."""
        return self.room, 100_000


class MissingSocket:
    """A control socket that somebody has removed."""

    def __init__(self) -> None:
        self.made = 0

    def is_there(self) -> bool:
        """Since it was made again."""
        return self.made > 0

    async def renew(self) -> None:
        """Make it again."""
        self.made += 1


class UpkeepCase(HandCase):
    """Rounds over real stores; settling is counted."""

    def make_files(self) -> Files:
        """A volume of our own."""
        self.files = RoomyFiles()
        return self.files

    def setUp(self) -> None:
        """All is well."""
        super().setUp()
        place = self.place
        self.conditions = Conditions(
            place.journal, place.node, place.now, place.randomness, self.reactor
        )
        self.refusals = RefusalLog(self.conditions, place.now)
        self.watch = Watch(self.conditions, self.refusals, self.reactor)
        self.settled = 0
        self.settling_fault: Exception | None = None
        self.upkeep = Upkeep(place, self.conditions, self.refusals, self.floor, self.settle)

    def floor(self, total: int) -> int:
        """What must stay free."""
        return FLOOR

    def settle(self) -> None:
        """Settle, or fail."""
        self.settled += 1
        if self.settling_fault is not None:
            raise self.settling_fault.with_traceback(None)

    def round(self) -> None:
        """One whole round."""
        self.outcome(self.upkeep.round())
        self.outcome(self.upkeep.settle())


class RoundTests(UpkeepCase):
    """One round."""

    def test_failed_spool_that_works_again_opens_the_door(self) -> None:
        """A volume that takes a fresh file accepts mail again."""
        self.conditions.begin("spool_failed")
        self.round()
        self.assertIsNone(self.watch.closed())
        self.assertEqual(list((self.home / "spool").iterdir()), [])

    def test_failed_spool_stays_closed_while_it_fails(self) -> None:
        """A volume that does not sync a fresh file accepts no mail."""
        self.files.fault = errno.EIO
        self.conditions.begin("spool_failed")
        self.round()
        self.assertTrue(self.conditions.has("spool_failed"))
        self.files.fault = None
        self.round()
        self.assertFalse(self.conditions.has("spool_failed"))

    def test_sound_spool_is_not_probed(self) -> None:
        """Nothing is written where nothing is wrong."""
        self.files.fault = errno.EIO
        self.round()
        self.assertEqual(self.files.failed, [])

    def test_full_volume_closes_the_door_and_opens_it_again(self) -> None:
        """Below the floor no mail begins; above it, mail is taken again."""
        self.files.room = FLOOR - 1
        self.round()
        closed = self.watch.closed()
        assert closed is not None
        self.assertIs(closed.cause, Cause.NO_SPACE)
        self.files.room = FLOOR
        self.round()
        self.assertIsNone(self.watch.closed())

    def test_failed_journal_is_tried_and_what_waited_is_written(self) -> None:
        """When a commit works again, the door opens and the failure is in the record."""
        self.faults.left = ALL
        self.conditions.begin("journal_failed")
        self.round()
        self.assertTrue(self.conditions.has("journal_failed"))
        self.faults.left = 0
        self.round()
        self.work()
        states = [entry["state"] for entry in told(self.place.journal, "journal_failed")]
        self.assertEqual(states, ["start", "end"])
        self.assertIsNone(self.watch.closed())

    def test_what_could_not_be_journalled_is_tried_in_every_round(self) -> None:
        """One failed commit loses no entry, though nothing else is told afterwards."""
        self.faults.left = ALL
        self.conditions.begin("space_low")
        self.files.room = 5000
        self.work()
        self.faults.left = 0
        self.round()
        self.work()
        self.assertEqual(len(told(self.place.journal, "space_low")), 1)

    def test_files_are_settled_in_every_round(self) -> None:
        """Settling is part of each round."""
        self.round()
        self.round()
        self.assertEqual(self.settled, 2)

    def test_failing_settling_is_a_condition_until_it_works(self) -> None:
        """A disk that does not sync pictures is told, and its recovery too."""
        self.settling_fault = OSError(errno.EIO, "I/O error")
        self.round()
        self.assertTrue(self.conditions.has("settling_failed"))
        self.settling_fault = None
        self.round()
        self.assertFalse(self.conditions.has("settling_failed"))

    def test_settling_refused_by_the_journal_is_a_condition(self) -> None:
        """A mark that cannot be written is told like a disk's fault."""
        self.settling_fault = TryLater(Cause.JOURNAL_FAILED, "No")
        self.round()
        self.assertTrue(self.conditions.has("settling_failed"))

    def test_settling_ends_what_was_unpublished(self) -> None:
        """A folder left behind is in its place once settling has passed."""
        self.conditions.begin("unpublished", "gw1-1-1")
        self.settling_fault = OSError(errno.EIO, "I/O error")
        self.round()
        self.assertTrue(self.conditions.has("unpublished"))
        self.settling_fault = None
        self.round()
        self.assertFalse(self.conditions.has("unpublished"))

    def test_folder_left_behind_during_settling_is_not_ended_by_it(self) -> None:
        """Only a settling that began afterwards can have moved a folder."""
        going = Deferred.fromCoroutine(self.upkeep.settle())
        while self.settled == 0:
            self.pool.run()
            if self.settled == 0:
                self.reactor.turn()
        self.conditions.begin("unpublished", "gw1-1-1")
        self.outcome(going)
        self.assertTrue(self.conditions.has("unpublished"))

    def test_step_that_fails_hides_no_other(self) -> None:
        """A bug in one step is logged; the steps after it are made all the same."""
        self.upkeep._floor = lambda total: 1 // 0
        self.round()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(self.settled, 1)

    def test_failing_step_is_a_condition_until_it_succeeds(self) -> None:
        """Operators hear of a bug in the upkeep; the log has it once."""
        self.upkeep._floor = lambda total: 1 // 0
        self.round()
        self.round()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        [condition] = self.conditions.active
        self.assertEqual((condition.name, condition.subject), ("upkeep_failed", "volume"))
        self.upkeep._floor = self.floor
        self.round()
        self.assertEqual(self.conditions.active, [])

    def test_free_space_that_cannot_be_used_keeps_the_door_closed(self) -> None:
        """A quota, or no more names: a file has to be written before mail is taken again."""
        self.files.fault = errno.EDQUOT
        self.conditions.begin("no_space")
        self.round()
        self.assertTrue(self.conditions.has("no_space"))
        self.files.fault = None
        self.round()
        self.assertFalse(self.conditions.has("no_space"))

    def test_journal_with_room_for_little_stays_closed(self) -> None:
        """It works again when it has taken all that waits, not when one commit succeeds."""
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL
        appending = self.patch(Ledger, "append", Mock(side_effect=full))
        self.conditions.begin("journal_failed")
        self.round()
        self.assertTrue(self.conditions.has("journal_failed"))
        appending.restore()
        self.round()
        self.assertFalse(self.conditions.has("journal_failed"))

    def test_missing_control_socket_is_made_again_and_told(self) -> None:
        """Commands find it in the next round."""
        control = MissingSocket()
        place = self.place
        self.upkeep = Upkeep(
            place, self.conditions, self.refusals, self.floor, self.settle, control
        )
        self.round()
        self.round()
        self.work()
        states = [entry["state"] for entry in told(place.journal, "control_lost")]
        self.assertEqual((states, control.made), (["start", "end"], 1))

    def test_devices_that_are_turned_away_are_told_of(self) -> None:
        """While others hold all connections, operators know that alarms may not come in."""
        self.upkeep._full = lambda: True
        self.round()
        self.assertTrue(self.conditions.has("connections_full"))
        self.assertIsNone(self.watch.closed())
        self.upkeep._full = lambda: False
        self.round()
        self.assertTrue(self.conditions.has("connections_full"))
        self.round()
        self.assertFalse(self.conditions.has("connections_full"))

    def test_no_descriptor_for_a_connection_is_told_of(self) -> None:
        """Where no file can be opened, no connection can be taken."""
        poor = self.patch(os, "open", Mock(side_effect=OSError(errno.EMFILE, "Too many")))
        self.round()
        poor.restore()
        [condition] = self.conditions.active
        self.assertIn("Devices are turned away: Too many", condition.text)
        self.round()
        self.round()
        self.assertEqual(self.conditions.active, [])

    def test_too_few_descriptors_for_a_mail_are_none(self) -> None:
        """One that is left takes the connection and not its mail: the volume stays shut for it."""
        self.watch.failed(TryLater(Cause.STORE_FAILED, "Too many open files"))
        opened, closed = os.open, os.close
        held: list[int] = []

        def scarce(*arguments: Any) -> int:
            if len(held) == 2:
                raise OSError(errno.EMFILE, "Too many open files")
            held.append(opened(*arguments))
            return held[-1]

        def give_back(descriptor: int) -> None:
            held.remove(descriptor)
            closed(descriptor)

        patches = [self.patch(os, "close", give_back), self.patch(os, "open", scarce)]
        self.round()
        for patch in patches:
            patch.restore()
        self.assertTrue(self.conditions.has("spool_failed"))
        self.round()
        self.assertFalse(self.conditions.has("spool_failed"))

    def test_counts_of_a_minute_are_told(self) -> None:
        """Refusals that were only counted are told in the first round of the next minute."""
        for _ in range(3):
            self.refusals.add(session(), TryLater(Cause.BUSY, "Busy"), 1)
        self.clock.advance(minutes=1)
        self.round()
        self.work()
        counts = [entry["count"] for entry in told(self.place.journal, "mail_refused")]
        self.assertEqual(counts, [1, 2])


class ServiceTests(UpkeepCase):
    """Round after round."""

    def test_first_round_comes_at_once_and_the_next_after_three_seconds(self) -> None:
        """The volume is known before the first mail, and looked at for ever."""
        self.upkeep.startService()
        self.addCleanup(self.upkeep.stopService)
        self.work()
        self.assertEqual(self.settled, 1)
        self.reactor.advance(ROUND_SECONDS)
        self.work()
        self.assertEqual(self.settled, 2)

    def test_bad_round_does_not_end_the_rounds(self) -> None:
        """After a round full of faults the next one comes; the same faults are logged once."""
        self.upkeep._floor = lambda total: 1 // 0
        self.settling_fault = ZeroDivisionError()
        self.upkeep.startService()
        self.addCleanup(self.upkeep.stopService)
        self.work()
        self.reactor.advance(ROUND_SECONDS)
        self.work()
        self.assertEqual(self.settled, 2)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 2)

    def test_stop_waits_for_the_round_under_way(self) -> None:
        """The pool is not taken away from a round."""
        self.upkeep.startService()
        stopped = self.upkeep.stopService()
        self.assertNoResult(stopped)
        self.work()
        self.successResultOf(stopped)
        self.assertEqual((self.settled, self.reactor.getDelayedCalls()), (1, []))
