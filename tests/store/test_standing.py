"""`alarmgw.store.standing`: the control room in short."""

from __future__ import annotations

from alarmgw.store import incidents
from alarmgw.store.standing import standing
from alarmgw.workflow_actions import elapsed
from alarmgw.workflow_shift import sign_on, suppress
from tests import desk


def test_nothing_is_counted_as_nothing() -> None:
    """An empty journal has no sums of nothing."""
    found = standing(desk.fresh_ledger().connection)
    counts = {"new": 0, "accepted": 0, "parked": 0, "late": 0, "unattended": 0}
    assert found == {"signed_on": [], "incidents": counts, "suppressions": []}


def test_people_incidents_and_suppressions_are_told() -> None:
    """As they stand now; what is closed is not counted, and no reason is told."""
    ledger = desk.fresh_ledger()
    for who in (desk.ANNA, desk.BERT):
        ledger.append(desk.line(*sign_on("f" * 64, desk.stamp(who))))
    for number in (1, 2, 3, 4):
        desk.ring(ledger, number, site=str(number))
    desk.do(ledger, desk.alarm_id(1), "accept")
    desk.do(ledger, desk.alarm_id(2), "accept")
    desk.do(ledger, desk.alarm_id(2), "park", minutes=5)
    desk.do(ledger, desk.alarm_id(3), "close", outcome="other")
    waiting = incidents.incident(ledger.connection, desk.alarm_id(4))
    assert waiting is not None
    late = elapsed(waiting, desk.stamp(None, 200))
    ledger.append(desk.line(*late))
    action = {"site": "9", "minutes": 5, "reason": "geheim"}
    ledger.append(desk.line(*suppress("s1", action, desk.stamp(), desk.RULES)))
    found = standing(ledger.connection)
    counts = {"new": 1, "accepted": 1, "parked": 1, "late": 1, "unattended": 0}
    assert found["incidents"] == counts
    people = [(one["operator"], one["workstation"]) for one in found["signed_on"]]
    assert people == [("anna", "platz-1"), ("bert", "platz-2")]
    [held] = found["suppressions"]
    assert (held["site"], held["operator"], held["alarms"]) == ("9", "anna", 0)
    assert "geheim" not in str(found)
