"""`alarmgw.status`: what the gateway tells of itself."""

from __future__ import annotations

import os

from alarmgw.hub import Hub
from alarmgw.status import Status
from alarmgw.supervision import Conditions
from tests.journals import alarm
from tests.places import HandCase, append


class StatusTests(HandCase):
    """Of a gateway with one open alarm."""

    def setUp(self) -> None:
        """One alarm is open, nothing is wrong."""
        super().setUp()
        place = self.place
        append(place.journal, alarm(1))
        self.conditions = Conditions(
            place.journal, place.node, place.now, place.randomness, self.reactor
        )
        hub = Hub(place.journal, place.in_pool_with, node=place.node)
        self.status = Status(place, hub, self.conditions)

    def test_gateway_without_troubles_is_ok(self) -> None:
        """Heartbeats say "ok" and no reasons."""
        self.assertEqual(self.status.brief(), ("ok", []))

    def test_gateway_with_a_trouble_is_disturbed(self) -> None:
        """Heartbeats say "disturbed" and why, in a sentence."""
        self.conditions.begin("space_low", "", "19 % free")
        expected = ("disturbed", ["The disk is getting full: 19 % free"])
        self.assertEqual(self.status.brief(), expected)

    def test_status_tells_what_runs(self) -> None:
        """Which process, which node, which journal, and how far it is."""
        told = self.outcome(self.status.full())
        facts = [told[name] for name in ("running", "pid", "node", "journal", "head")]
        self.assertEqual(facts, [True, os.getpid(), "gw1", self.place.journal.identity, 1])

    def test_status_tells_what_is_open(self) -> None:
        """How many alarms nobody has closed."""
        self.assertEqual(self.outcome(self.status.full())["open"], 1)

    def test_status_tells_what_is_wrong(self) -> None:
        """Each condition with its name, its subject and its beginning."""
        self.conditions.begin("workstation_stalled", "desk1")
        told = self.outcome(self.status.full())
        [reason] = told["reasons"]
        self.assertEqual((told["state"], reason["name"]), ("disturbed", "workstation_stalled"))
        self.assertEqual(reason["since"], "2026-11-21T06:30:00.000Z")

    def test_status_tells_since_when(self) -> None:
        """The time of the start and the time of the answer."""
        self.clock.advance(hours=1)
        told = self.outcome(self.status.full())
        expected = ("2026-11-21T06:30:00.000Z", "2026-11-21T07:30:00.000Z")
        self.assertEqual((told["since"], told["time"]), expected)

    def test_whoever_knows_a_fact_adds_it(self) -> None:
        """Further facts are asked for at each answer."""
        count = iter(range(7, 9))
        self.status.facts["connections"] = lambda: next(count)
        self.assertEqual(self.outcome(self.status.full())["connections"], 7)
        self.assertEqual(self.outcome(self.status.full())["connections"], 8)
