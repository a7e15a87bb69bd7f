"""`alarmgw.suppressions`: what is held back, and what always comes through."""

from __future__ import annotations

from tests.rooms import SITE, SOURCE, RoomCase


class SuppressionsTests(RoomCase):
    """A source and a site that are suppressed in turn."""

    def setUp(self) -> None:
        """Anna is signed on."""
        super().setUp()
        self.sign_on("anna")

    def hold_back(self, **what: object) -> None:
        """Hold something back."""
        answer = self.command("suppress", **{"minutes": 30, "reason": "Bauarbeiten", **what})
        self.assertTrue(answer["ok"], answer)

    def test_a_source_is_held_back_alone(self) -> None:
        """The one beside it at the same site is not."""
        self.hold_back(source=SOURCE)
        self.assertEqual(self.held(), "suppressed")
        self.assertEqual(self.held(source="other@4711"), "queue")

    def test_a_site_is_held_back_whole(self) -> None:
        """And no other site, nor what has none."""
        self.hold_back(site=SITE)
        self.assertEqual(self.held(source="other@4711"), "suppressed")
        self.assertEqual(self.held(site="4712"), "queue")
        self.assertEqual(self.held(site=None), "queue")

    def test_what_is_urgent_or_no_alarm_always_comes_through(self) -> None:
        """Class 1, faults and restores; and what is no queued alarm stays what it is."""
        self.hold_back(site=SITE)
        self.hold_back(source=SOURCE)
        self.assertEqual(self.held(priority=1), "queue")
        for kind in ("fault", "restore"):
            self.assertEqual(self.held(kind=kind), "queue")
        self.assertEqual(self.held(kind="test", handling="test"), "test")
        self.assertEqual(self.held(unassigned=True), "queue")
        self.assertEqual(self.held(priority=2), "suppressed")

    def test_of_two_the_longer_one_counts(self) -> None:
        """In whatever order they were begun."""
        self.hold_back(source=SOURCE, minutes=30)
        self.hold_back(source=SOURCE, minutes=5)
        self.clock.advance(minutes=6)
        self.assertEqual(self.held(), "suppressed")

    def test_lifting_one_leaves_the_other(self) -> None:
        """A source's own and its site's are two."""
        self.hold_back(source=SOURCE)
        self.hold_back(site=SITE)
        first, second = (one["suppression"] for one in self.told("suppressed"))
        self.command("unsuppress", suppression=first)
        self.assertEqual(self.held(), "suppressed")
        self.command("unsuppress", suppression=second)
        self.assertEqual(self.held(), "queue")
        self.assertEqual(self.command("unsuppress", suppression=first)["error"], "not_open")
