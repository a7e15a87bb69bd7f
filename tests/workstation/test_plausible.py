"""What of an entry can be followed here."""

from __future__ import annotations

from typing import Any

import pytest

from alarmgw.workflow import opened
from alarmgw.workstation.plausible import plausible
from tests.desk import alarm_id, rung
from tests.journals import closed_record
from tests.properties.test_odd_entries import day

NOON = "2026-11-21T12:00:00.000Z"
ALARM = {**rung(1, incident=alarm_id(1)), "seq": 1}
EXTENT = {"id": "x", "alarms": 1, "priority": 3, "opened": NOON, "last_alarm": NOON,
          "first_seq": 1, "last_seq": 1}  # fmt: skip
CLOSED = {"type": "closed", "incident": "x", "time": NOON, "alarms": 1, "priority": 3,
          "last_seq": 1, "last_alarm": NOON, "follow_up": None, "rest": None}  # fmt: skip


def test_all_that_a_gateway_writes_can_be_followed() -> None:
    """Every entry of a day, as it is; with what was erased, too."""
    for entry in day():
        assert plausible(entry) == (entry, [])
    erased = {**ALARM, "events": [{"event": "motion", "camera": None}], "subject": None,
              "pictures": [{"name": None, "label": None}], "text": None}  # fmt: skip
    assert plausible(erased) == (erased, [])


def test_what_is_not_followed_here_may_say_anything() -> None:
    """Types of other versions, and records with words of their own."""
    for entry in ({"type": "config", "kind": 5, "time": []}, {"type": "news", "priority": "x"}):
        assert plausible(entry) == (entry, [])
    old: dict[str, Any] = {"type": "closed", "alarm": closed_record("x").alarm, "time": NOON}
    assert plausible(old) == (old, [])


@pytest.mark.parametrize(
    ("name", "odd"),
    [("events", 5), ("events", [5]), ("events", [{"event": []}]), ("pictures", {}),
     ("pictures", [{"name": 1}]), ("files", "x"), ("envelope", []), ("envelope", {"from": 5}),
     ("times", {"eom": 5}), ("notes", [1]), ("subject", {}), ("joins", 1)],
)  # fmt: skip
def test_an_alarm_goes_without_what_is_odd(name: str, odd: Any) -> None:
    """Better a row that lacks a word than none."""
    assert plausible({**ALARM, name: odd}) == ({**ALARM, name: None}, [name])


@pytest.mark.parametrize(
    ("entry", "odd"),
    [
        *[(ALARM, {name: 5}) for name in ("alarm", "time", "kind", "handling", "incident")],
        *[(ALARM, {"site": []}), (ALARM, {"source": {}}), (ALARM, {"time": "yesterday"})],
        *[(ALARM, {"priority": value}) for value in (None, True, "3", 1.5)],
        (ALARM, {"type": 5}),
        *[(CLOSED, {name: None}) for name in ("time", "alarms", "priority", "last_seq")],
        *[(CLOSED, {"outcome": 5}), (CLOSED, {"note": []}), (CLOSED, {"rest": "x"})],
        *[(CLOSED, {"rest": {**EXTENT, name: []}}) for name in EXTENT],
        (CLOSED, {"follow_up": "y"}),
        ({"type": "standing", "incident": "x", "standing": None}, {}),
        ({"type": "accepted", "incident": "x", "time": NOON}, {"operator": 5}),
        ({"type": "parked", "incident": "x", "time": NOON}, {"until": None}),
        ({"type": "adopted"}, {"alarms": [1]}),
        ({"type": "signed_off"}, {"session": None}),
        ({"type": "some_step", "incident": 5}, {}),
    ],
)
def test_what_would_spoil_what_is_kept_is_not_followed(
    entry: dict[str, Any], odd: dict[str, Any]
) -> None:
    """Whose it is, how urgent, when: nothing of that can be guessed."""
    with pytest.raises(ValueError, match=r"cannot be understood|no object"):
        plausible({**entry, **odd})


@pytest.mark.parametrize("odd", [{"priority": "1"}, {"unattended": 1}, {"due": "x"}, {"key": None}])
def test_an_incident_that_stands_oddly_is_not_followed(odd: dict[str, Any]) -> None:
    """It would be there until it is closed."""
    standing = opened(1, ALARM).as_json()
    entry = {"type": "standing", "incident": "x", "standing": standing}
    assert plausible(entry) == (entry, [])
    with pytest.raises(ValueError, match="cannot be understood"):
        plausible({**entry, "standing": {**standing, **odd}})
