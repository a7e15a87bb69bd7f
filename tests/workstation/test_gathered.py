"""What memory keeps of one incident."""

from __future__ import annotations

from typing import Any

from alarmgw.workstation.gathered import KEPT_ALARMS, KEPT_STEPS, Alarm, Gathered


def alarm(seq: int, pictures: int = 1) -> Alarm:
    """An alarm with so many pictures."""
    parts = [{"name": f"{n}.jpg"} for n in range(pictures)]
    return Alarm(entry={"seq": seq, "alarm": f"a{seq}", "pictures": parts})


def gathered_of(*alarms: Alarm) -> Gathered:
    """These alarms, in order."""
    gathered = Gathered()
    for one in alarms:
        gathered.add(one)
    return gathered


def test_the_oldest_alarm_leaves_and_its_pictures_stay_counted() -> None:
    """A storm costs no more memory than its newest alarms."""
    gathered = Gathered()
    left = [gathered.add(alarm(seq, 2)) for seq in range(1, KEPT_ALARMS + 4)]
    assert [one for one in left if one] == ["a1", "a2", "a3"]
    assert len(gathered.alarms) == KEPT_ALARMS
    assert gathered.pictures == 2 * (KEPT_ALARMS + 3)


def test_alarms_of_another_incident_come_in_order() -> None:
    """They are moved, not copied."""
    one, other = gathered_of(alarm(1), alarm(4)), gathered_of(alarm(2), alarm(3), alarm(9))
    one.take_from(other, [other.alarms["a2"], other.alarms["a3"]])
    assert list(one.alarms) == ["a1", "a2", "a3", "a4"] and list(other.alarms) == ["a9"]


def test_steps_are_kept_in_order_and_once() -> None:
    """The newest of them."""
    gathered, steps = Gathered(), [{"seq": seq} for seq in range(KEPT_STEPS + 5)]
    for step in steps:
        gathered.step(step)
        gathered.step(step)
    assert list(gathered.steps) == steps[5:]


def test_an_adopted_alarm_keeps_the_journals_entry() -> None:
    """Only whose it is is otherwise."""
    entry: dict[str, Any] = {"source": "gate@x", "site": "4711", "tenant": None, "alarms": ["a1"]}
    before = alarm(1)
    after = before.belonging_to(entry).again()
    assert (after.adopted, after.resends, after.entry["site"], after.seq) == (True, 1, "4711", 1)
    assert "site" not in before.entry
