"""`alarmgw.reload`: SIGHUP takes a changed configuration, all of it or nothing."""

from __future__ import annotations

import os
import signal
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase, TestCase

from alarmgw.errors import BadConfig, Complaint
from alarmgw.reload import Reload
from tests.places import HandReactor

COMPLAINTS = [
    Complaint("alarmgw.toml", "listener[1].endpoint", "is no endpoint"),
    Complaint("alarmgw.toml", "limits.{key}", "is not known"),
]


def _bad() -> None:
    raise BadConfig(COMPLAINTS)


class ReloadTests(SynchronousTestCase):
    """What is said of a reload."""

    def said(self, reload: Any) -> list[tuple[LogLevel, str]]:
        """The log of one reload."""
        with capturedLogs() as events:
            Reload(HandReactor(), reload).reload()
        texts = [event["log_format"].format(**event) for event in events]
        return [(event["log_level"], text) for event, text in zip(events, texts, strict=True)]

    def test_each_complaint_is_a_line_of_the_log(self) -> None:
        """A bad configuration is told with all its faults, and the gateway goes on."""
        [(level, first), *rest] = self.said(_bad)
        self.assertIs(level, LogLevel.error)
        self.assertIn("not changed, because of 2 faults", first)
        self.assertEqual([text for _, text in rest], [str(one) for one in COMPLAINTS])

    def test_good_reload_is_said(self) -> None:
        """Whoever sent the signal finds in the log that it was obeyed."""
        expected = [(LogLevel.info, "The configuration was reloaded")]
        self.assertEqual(self.said(lambda: None), expected)

    def test_bug_in_a_reload_is_logged_and_ends_nothing(self) -> None:
        """Whatever happens in a reload, the gateway goes on."""
        Reload(HandReactor(), lambda: 1 // 0).reload()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)


class SignalTests(TestCase):
    """The signal itself."""

    def setUp(self) -> None:
        """The process's own treatment of SIGHUP comes back afterwards."""
        from twisted.internet import reactor

        self.reloaded: Deferred[None] = Deferred()
        self.reactor = reactor
        self.service = Reload(reactor, lambda: self.reloaded.callback(None))
        self.addCleanup(signal.signal, signal.SIGHUP, signal.getsignal(signal.SIGHUP))
        self.service.startService()

    async def test_signal_reloads(self) -> None:
        """SIGHUP reads the configuration again, in the reactor."""
        os.kill(os.getpid(), signal.SIGHUP)
        self.assertFalse(self.reloaded.called)
        await self.reloaded
        self.service.stopService()

    async def test_signal_during_the_end_is_ignored(self) -> None:
        """A gateway that is shutting down is neither ended early nor reloaded by SIGHUP."""
        self.service.stopService()
        os.kill(os.getpid(), signal.SIGHUP)
        await deferLater(self.reactor, 0)
        self.assertFalse(self.reloaded.called)
