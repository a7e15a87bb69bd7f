"""A page that nobody can see is noticed while somebody is signed on."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from alarmgw.workstation.presence import SAID_SECONDS, UNSEEN_SECONDS, Presence


class PresenceTests(SynchronousTestCase):
    """With a clock that is moved by hand."""

    def setUp(self) -> None:
        """A console that nobody is signed on to."""
        self.clock = Clock()
        self.presence = Presence(self.clock)
        self.told: list[bool] = []
        self.presence.on_change = lambda: self.told.append(self.presence.unseen)

    def look(self, seconds: float) -> None:
        """A page is visible for so long."""
        for _ in range(round(seconds / SAID_SECONDS)):
            self.presence.visible()
            self.clock.advance(SAID_SECONDS)

    def test_nobody_signed_on_need_not_look(self) -> None:
        """An empty seat is no fault."""
        self.clock.advance(3600)
        self.assertEqual(self.told, [])

    def test_a_visible_page_is_silent(self) -> None:
        """For a whole shift."""
        self.presence.man(True)
        self.look(600)
        self.assertEqual(self.told, [])

    def test_a_closed_page_is_loud_within_half_a_minute(self) -> None:
        """Even if it was closed right after it had said that it is visible."""
        self.presence.man(True)
        self.look(60)
        self.clock.pump([1.0] * 30)
        self.assertEqual(self.told, [True])
        self.assertLess(UNSEEN_SECONDS + SAID_SECONDS, 30)

    def test_a_page_that_comes_back_ends_it(self) -> None:
        """At once."""
        self.presence.man(True)
        self.clock.advance(UNSEEN_SECONDS)
        self.presence.visible()
        self.assertEqual(self.told, [True, False])

    def test_signing_off_ends_it(self) -> None:
        """Nobody has to look any more."""
        self.presence.man(True)
        self.clock.advance(UNSEEN_SECONDS)
        self.presence.man(False)
        self.assertEqual(self.told, [True, False])

    def test_signing_on_gives_time_to_look(self) -> None:
        """However long nobody had looked before."""
        self.clock.advance(3600)
        self.presence.man(True)
        self.clock.advance(UNSEEN_SECONDS - 1)
        self.assertEqual(self.told, [])

    def test_after_the_end_nothing_is_left_in_the_clock(self) -> None:
        """The process ends."""
        self.presence.man(True)
        self.presence.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])
