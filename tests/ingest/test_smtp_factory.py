"""Closing in good order."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase

from alarmgw.ingest.smtp_factory import ESMTPFactory
from tests.dialog import SETTINGS, Conversation, Wire, listener
from tests.fakes import FailingIntake

ENVELOPE = b"EHLO cam\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"


class ShutdownTests(SynchronousTestCase):
    """SIGTERM: transfers finish or get 421, the others get it at once."""

    def setUp(self) -> None:
        """A listener with a slow intake."""
        self.intake = FailingIntake()
        self.factory, self.clock = listener(self.intake)

    def talk(self, sent: bytes) -> Conversation:
        """A conversation in which ``sent`` was sent and all replies were read."""
        begun = Conversation(self.factory, self.clock, Wire("10.8.0.7"))
        begun.send(sent)
        begun.unread = b""
        return begun

    def test_nobody_there(self) -> None:
        """With no connection it is done at once."""
        self.successResultOf(self.factory.shutdown())

    def test_idle_ones_get_421_at_once(self) -> None:
        """Who is not sending a mail is told to come again; an envelope alone is no mail."""
        begun = [self.talk(b""), self.talk(b"EHLO cam\r\n"), self.talk(ENVELOPE)]
        done = self.factory.shutdown()
        self.assertEqual([one.reply()[0][:3] for one in begun], ["421"] * 3)
        self.successResultOf(done)

    def test_transfer_finishes(self) -> None:
        """A mail that is being sent may end: 250, then 421."""
        begun = self.talk(ENVELOPE + b"DATA\r\nhalf")
        done = self.factory.shutdown()
        begun.send(b" and half\r\n.\r\n")
        self.assertIn("stored as", begun.reply()[0])
        self.assertEqual(begun.reply()[0][:3], "421")
        self.successResultOf(done)

    def test_transfer_that_does_not_finish_gets_421(self) -> None:
        """After five seconds it is given up, and told as refused."""
        begun = self.talk(ENVELOPE + b"DATA\r\nhalf")
        done = self.factory.shutdown()
        self.clock.advance(4.9)
        self.assertNoResult(done)
        self.clock.advance(0.2)
        self.assertEqual(begun.reply()[0][:3], "421")
        self.assertEqual(len(self.intake.aborted), 1)
        self.assertEqual(self.intake.refusals[0][1].cause.value, "shutting_down")
        self.successResultOf(done)

    def test_commit_is_waited_for(self) -> None:
        """A commit that goes on is answered before the gateway ends."""
        self.intake.slow_commit = True
        begun = self.talk(ENVELOPE + b"DATA\r\nx\r\n.\r\n")
        done = self.factory.shutdown()
        self.assertNoResult(done)
        self.intake.go_on()
        self.assertIn("stored as", begun.reply()[0])
        self.assertEqual(begun.reply()[0][:3], "421")
        self.successResultOf(done)

    def test_who_does_not_hang_up_is_not_waited_for(self) -> None:
        """A device in TLS that is idle may never answer our end: a second is enough."""
        begun = self.talk(b"EHLO cam\r\n")
        begun.wire.loseConnection = lambda: None
        done = self.factory.shutdown()
        self.assertEqual(begun.reply()[0][:3], "421")
        self.clock.advance(0.9)
        self.assertNoResult(done)
        self.clock.advance(0.2)
        self.successResultOf(done)
        self.assertFalse(begun.wire.aborting)

    def test_nothing_is_waited_for_without_end(self) -> None:
        """Seven seconds are the limit, for a peer that reads nothing too."""
        self.intake.slow_commit = True
        begun = self.talk(ENVELOPE + b"DATA\r\nx\r\n.\r\n")
        begun.wire.heard = False
        done = self.factory.shutdown()
        self.clock.advance(5)
        self.clock.advance(2)
        self.successResultOf(done)
        self.assertTrue(begun.wire.aborting)

    def test_new_connections_get_421(self) -> None:
        """Who comes while the gateway closes is told so instead of greeted."""
        self.factory.shutdown()
        begun = Conversation(self.factory, self.clock, Wire("10.8.0.7"))
        self.assertEqual(begun.reply()[0][:3], "421")


class EndpointTests(SynchronousTestCase):
    """What an endpoint listens with."""

    def built(self, **settings: Any) -> ESMTPFactory:
        """A factory with these settings."""
        return listener(FailingIntake(), evolve(SETTINGS, **settings))[0]

    def test_plain_listener_is_the_factory_itself(self) -> None:
        """Without TLS, or with STARTTLS, nothing stands in between."""
        for tls in ("none", "starttls"):
            factory = self.built(tls=tls)
            self.assertIs(factory.for_endpoint(), factory)

    def test_protocol_needs_no_address(self) -> None:
        """Every connection has a protocol, and greets."""
        transport = StringTransport()
        self.built().buildProtocol(None).makeConnection(transport)
        self.assertTrue(transport.value().startswith(b"220 "))
