"""Alarms that are in no incident."""

from __future__ import annotations

from typing import Any

from alarmgw.workstation.others import Others
from tests.desk import alarm_id, rung


def message(number: int, **facts: Any) -> dict[str, Any]:
    """A test message's entry."""
    return {**rung(number, kind="test", handling="test", **facts), "seq": number}


def test_only_alarms_without_an_incident_are_here() -> None:
    """An alarm in an incident, and any other entry, is none of these."""
    others = Others()
    assert others.take(message(1)) == ({alarm_id(1)}, set())
    for entry in ({**rung(2), "incident": alarm_id(2)}, {"type": "system"}, {"type": "closed"}):
        assert others.take(entry) == (set(), set())
    row = others.row(alarm_id(1))
    assert row is not None and (row["type"], row["kind"]) == ("alarm", "test")
    assert others.row(alarm_id(2)) is None


def test_the_oldest_leave() -> None:
    """Only the newest are kept."""
    others = Others(2)
    for number in (1, 2):
        others.take(message(number))
    assert others.take(message(3)) == ({alarm_id(3)}, {alarm_id(1)})
    assert others.alarm(alarm_id(1)) is None and others.alarm(alarm_id(2)) is not None


def test_what_comes_again_or_late_or_is_adopted_changes_its_row() -> None:
    """It is no row of its own."""
    others = Others()
    others.take(message(1))
    assert others.take({**message(2), "type": "resend", "first": alarm_id(1)})[0]
    assert others.take(message(3, joins=alarm_id(1))) == ({alarm_id(1)}, set())
    adopted = {"type": "adopted", "alarms": [alarm_id(1), "x"], "source": "gate@x", "site": "1"}
    assert others.take(adopted) == ({alarm_id(1)}, set())
    row = others.row(alarm_id(1))
    assert row is not None
    assert (row["resends"], row["pictures"], row["source"]) == (1, 2, "gate@x")
    late = others.alarm(alarm_id(3))
    assert late is not None and late.id == alarm_id(3)


def test_late_pictures_of_what_is_not_here_are_an_alarm() -> None:
    """They are seen."""
    others = Others()
    assert others.take(message(3, joins="gone")) == ({alarm_id(3)}, set())
    others.clear()
    assert others.row(alarm_id(3)) is None
