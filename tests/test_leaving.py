"""`alarmgw.leaving`: a session ends, and what was accepted in it goes back before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alarmgw.leaving import end
from alarmgw.store import shifts
from alarmgw.store.journal import Ledger
from alarmgw.workflow_shift import LEAVINGS, sign_on
from tests import desk
from tests.journals import randomness


@pytest.mark.parametrize("why", LEAVINGS)
def test_what_was_accepted_goes_back_first(why: str) -> None:
    """All of it, and nothing of anybody else's; what was parked stays parked."""
    ledger = desk.fresh_ledger()
    for who in (desk.ANNA, desk.BERT):
        ledger.append(desk.line(*sign_on("f" * 64, desk.stamp(who))))
    for number in (1, 2, 3, 4):
        desk.ring(ledger, number, site=str(number))
    for number, who in ((1, desk.ANNA), (2, desk.ANNA), (3, desk.BERT), (4, desk.ANNA)):
        desk.do(ledger, desk.alarm_id(number), "accept", who)
    desk.do(ledger, desk.alarm_id(4), "park", minutes=5)
    annas = [one for one in shifts.sessions(ledger.connection) if one.operator == "anna"]
    before = ledger.head
    end(ledger, annas, why, desk.stamp(None), randomness)
    told = [(one["type"], one["why"], one.get("incident")) for one in written(ledger, before)]
    back = "lost" if why in ("lost", "revoked") else "signed_off"
    assert told == [
        ("returned", back, desk.alarm_id(1)),
        ("returned", back, desk.alarm_id(2)),
        ("signed_off", why, None),
    ]
    assert {one["operator"] for one in written(ledger, before)} == {"anna"}
    assert [one.operator for one in shifts.sessions(ledger.connection)] == ["bert"]


def written(ledger: Ledger, since: int) -> list[dict[str, Any]]:
    """What was appended after an entry."""
    return [json.loads(entry) for seq, entry in ledger.appended if seq > since]
