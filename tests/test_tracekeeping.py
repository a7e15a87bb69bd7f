"""`alarmgw.tracekeeping`: conversations go to disk, beside the mails' way."""

from __future__ import annotations

from datetime import timedelta

from twisted.logger import capturedLogs

from alarmgw.conversations import Conversations
from alarmgw.directory import Directory
from alarmgw.store.traces import Traces
from alarmgw.tracekeeping import SWEEP_SECONDS, WRITE_SECONDS, TraceKeeping
from tests.places import MORNING, HandCase
from tests.talks import BQ3, conversation, delivered
from tests.test_conversations import over


class TraceKeepingTests(HandCase):
    """Of a place whose pool is driven by hand."""

    def setUp(self) -> None:
        """Keeping has started, and has swept once."""
        super().setUp()
        self.conversations = Conversations(Directory, self.clock)
        self.keeping = TraceKeeping(self.place, self.conversations)
        self.keeping.startService()
        self.addCleanup(self.stop)
        self.work()
        self.traces = Traces(self.home)

    def stop(self) -> None:
        """End it, if the test has not."""
        if self.keeping.running:
            self.outcome(self.keeping.stopService())

    def test_conversations_are_written_together(self) -> None:
        """Nothing happens in the pool at once; after a second one job writes all."""
        over(self.conversations, conversation(port=1), conversation(port=2))
        self.assertEqual(len(self.pool.jobs), 0)
        self.reactor.advance(WRITE_SECONDS)
        self.assertEqual(len(self.pool.jobs), 1)
        self.work()
        self.assertEqual([one.port for one in self.traces.latest(None, 9)], [1, 2])

    def test_quiet_gateway_has_nothing_to_do(self) -> None:
        """Without conversations no thread is woken up."""
        self.reactor.advance(10 * WRITE_SECONDS)
        self.assertEqual(len(self.pool.jobs), 0)

    def test_the_end_writes_what_waits(self) -> None:
        """What listeners said while they closed is on disk when the service has stopped."""
        over(self.conversations, conversation())
        self.outcome(self.keeping.stopService())
        self.assertEqual(len(self.traces.latest(None, 9)), 1)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_what_was_tolerated_outlasts_a_restart(self) -> None:
        """The next gateway goes on counting, also what it saw before it had read the old counts."""
        self.clock.moment = MORNING
        over(self.conversations, delivered(BQ3, leniencies=("no_auth",)))
        self.outcome(self.keeping.stopService())
        later = Conversations(Directory, self.clock)
        keeping = TraceKeeping(self.place, later)
        keeping.startService()
        over(later, delivered(BQ3, leniencies=("no_auth", "no_ehlo")))
        self.work()
        self.assertEqual(later.tolerated(BQ3), {"no_auth": 2, "no_ehlo": 1})
        self.outcome(keeping.stopService())
        self.clock.moment += timedelta(days=15)
        self.assertEqual(self.traces.counts(self.clock()), {BQ3: {}})

    def test_counts_that_are_broken_are_begun_anew(self) -> None:
        """A power cut in the middle of writing costs the counts and nothing else."""
        for broken in ("", "{", '{"a@x": {"no_auth": [1]}}', "[]", '{"a": {"b": ["x", "y"]}}'):
            (self.home / "traces").mkdir(exist_ok=True)
            (self.home / "traces" / "leniencies.json").write_text(broken)
            self.assertEqual(self.traces.counts(self.clock()), {})

    def test_old_traces_are_swept(self) -> None:
        """Every hour what is over 14 days old is deleted."""
        self.traces.append([conversation()], self.clock.moment - timedelta(days=15))
        self.reactor.advance(SWEEP_SECONDS)
        self.work()
        self.assertEqual(self.traces.files(), [])

    def test_disk_that_fails_is_logged_once(self) -> None:
        """A trace that cannot be written costs help and one line in the log."""
        (self.home / "traces").write_text("no folder")
        with capturedLogs() as logged:
            for _ in range(3):
                over(self.conversations, conversation())
                self.reactor.advance(WRITE_SECONDS)
                self.work()
        self.assertEqual(len([one for one in logged if "Traces" in str(one)]), 1)
