"""What one connection does that a dialog's words cannot show."""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectionDone
from twisted.logger import LogEvent, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.dialog import SETTINGS, Conversation, Wire, listener
from tests.fakes import FailingIntake, MemoryIntake

ENVELOPE = b"EHLO cam\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"


def talk(intake: Any = None, settings: Any = SETTINGS) -> Conversation:
    """A conversation that has been greeted."""
    factory, clock = listener(intake or MemoryIntake(), settings)
    begun = Conversation(factory, clock, Wire("10.8.0.7"))
    begun.reply()
    return begun


def text(events: list[LogEvent]) -> str:
    """Everything that these log events hold."""
    return repr([[str(value) for value in event.values()] for event in events])


class ConnectionTests(SynchronousTestCase):
    """One coroutine, one write for each reply, nothing without bound."""

    def test_each_reply_is_one_write(self) -> None:
        """EHLO's whole answer leaves in one piece, under 1,000 bytes, AUTH second, SIZE last."""
        begun = talk()
        writes: list[bytes] = []
        self.patch(begun.wire, "write", writes.append)
        begun.send(b"EHLO cam\r\nNOOP\r\n")
        self.assertEqual(len(writes), 2)
        lines = writes[0].decode().splitlines()
        self.assertEqual(lines[1], "250-AUTH LOGIN PLAIN")
        self.assertTrue(lines[-1].startswith("250 SIZE "))
        self.assertLess(len(writes[0]), 1000)

    def test_twenty_thousand_commands_in_one_piece(self) -> None:
        """No pipelining is so long that it ends in a RecursionError."""
        begun = talk()
        begun.protocol.dataReceived(b"NOOP\r\n" * 20_000)
        begun.run()
        self.assertEqual(begun.unread.count(b"250 2.0.0 Ok\r\n"), 20_000)

    def test_other_connections_have_their_turn(self) -> None:
        """After 50 commands in a row the reactor goes on elsewhere first."""
        begun = talk()
        begun.wire.clear()
        begun.protocol.dataReceived(b"NOOP\r\n" * 120)
        self.assertEqual(begun.wire.value().count(b"250"), 50)
        begun.clock.advance(0)
        self.assertEqual(begun.wire.value().count(b"250"), 120)

    def test_busy_connection_stops_reading(self) -> None:
        """While a commit goes on no more than 64 KB and a read are taken, and then all is read."""
        intake = FailingIntake()
        intake.slow_commit = True
        begun = talk(intake)
        begun.send(ENVELOPE + b".\r\n" + b"NOOP\r\n" * 100_000)
        self.assertLessEqual(begun.protocol.waiting, 128 * 1024)
        intake.go_on()
        begun.run()
        self.assertEqual(begun.unread.count(b"250 2.0.0 Ok\r\n"), 100_000)

    def test_late_bytes_are_taken_while_paused(self) -> None:
        """What TLS delivers to a paused connection is kept and read in its turn."""
        intake = FailingIntake()
        intake.slow_commit = True
        begun = talk(intake)
        begun.send(ENVELOPE + b".\r\n" + b"NOOP\r\n" * 20_000)
        self.assertEqual(begun.wire.producerState, "paused")
        begun.protocol.dataReceived(b"QUIT\r\n")
        intake.go_on()
        begun.run()
        self.assertTrue(begun.unread.endswith(b"221 2.0.0 Bye\r\n"))

    def test_thirty_megabytes_without_a_line_end(self) -> None:
        """H5: the stream is closed after 64 KB, and nothing of it is kept."""
        begun = talk()
        begun.send(b"A" * 30_000_000)
        self.assertTrue(begun.lost)
        self.assertGreater(len(begun.unsent), 29_000_000)
        self.assertEqual(begun.protocol.waiting, 0)

    def test_peer_that_never_reads_its_last_reply_is_aborted(self) -> None:
        """A closed connection lingers for five seconds, no longer."""
        begun = talk()
        begun.wire.heard = False
        begun.send(b"QUIT\r\n")
        self.assertFalse(begun.wire.aborting)
        begun.clock.advance(5)
        self.assertTrue(begun.wire.aborting)

    def test_peer_that_closes_its_half_gets_its_answers(self) -> None:
        """Whoever sends all of it, closes its half and reads on gets the 250 it waits for."""
        begun = talk()
        begun.protocol.dataReceived(ENVELOPE + b"x\r\n.\r\n")
        begun.protocol.readConnectionLost()
        begun.run()
        self.assertIn(b"stored as", begun.unread)
        self.assertTrue(begun.lost)

    def test_no_timer_is_left_behind(self) -> None:
        """A connection that has ended is gone from the clock."""
        begun = talk()
        begun.send(ENVELOPE + b"half")
        begun.lose(ConnectionDone())
        self.assertEqual(begun.clock.getDelayedCalls(), [])


class LogTests(SynchronousTestCase):
    """What the log says, and what it never says."""

    def test_bug_is_answered_later_and_logged_once(self) -> None:
        """An exception that nobody expected is 451, one loud line, and no lost connection."""
        intake = FailingIntake()
        intake.errors["commit"] = RuntimeError("secret inside")
        begun = talk(intake)
        begun.send(ENVELOPE)
        begun.unread = b""
        begun.send(b"x\r\n.\r\nNOOP\r\n")
        self.assertTrue(begun.reply()[0].startswith("451 4.3.0"))
        self.assertEqual(begun.reply(), ["250 2.0.0 Ok"])
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)
        self.assertEqual([told[1].cause.value for told in intake.refusals], ["bug"])

    def test_wrong_protocol_is_explained(self) -> None:
        """One line says what the device is probably set to."""
        begun = talk()
        with capturedLogs() as events:
            begun.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc")
        explained = [event for event in events if "advice" in event]
        self.assertEqual(len(explained), 1)
        self.assertIn("SSL on a port that is plain until STARTTLS", explained[0]["advice"])
        self.assertTrue(begun.lost)

    def test_no_password_reaches_the_log(self) -> None:
        """Neither a right nor a wrong password, nor one sent in the wrong place, is logged."""
        begun = talk()
        with capturedLogs() as events:
            begun.send(b"AUTH LOGIN\r\nYnEz\r\nc2VjcmV0\r\nAUTH PLAIN AHgAc2VjcmV0\r\n")
            begun.send(b"c2VjcmV0\r\nAUTH LOGIN\r\nc2VjcmV0 c2VjcmV0\r\n")
            begun.send(b"MAIL FROM:<>\r\nQUIT\r\n")
        self.assertNotIn("secret", text(events))
        self.assertNotIn("c2VjcmV0", text(events))

    def test_peer_text_is_no_format_string(self) -> None:
        """Braces and line ends from a peer stay what they are: its words, in one line."""
        begun = talk()
        begun.send(b"EHLO {peer!r}\r\nMAIL FROM:<{log_source.x}@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n")
        with capturedLogs() as events:
            begun.send(b"x\r\n.\r\n")
        stored = [event for event in events if event.get("mail")]
        self.assertEqual(stored[0]["sender"], "{log_source.x}@b")
        self.assertNotIn("{log_source", stored[0]["log_format"])
