"""What memory keeps of one incident."""

from __future__ import annotations

from typing import Any

from alarmgw.workstation.gathered import (
    KEPT_ALARMS,
    KEPT_STEPS,
    WORDS,
    Alarm,
    Gathered,
    told_alarms,
)


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


def told(seq: int, word: str, priority: int = 3, pictures: int = 0) -> Alarm:
    """An alarm with all that a row may tell, and more than that."""
    events = [{"event": word, "state": None, "channel": "3", "camera": "Tor", "device": "x"}]
    facts = {"priority": priority, "subject": word, "source": f"{word}@x", "text": "y" * 9000}
    return Alarm(entry={**alarm(seq, pictures).entry, **facts, "events": events})


def test_of_alarms_that_left_a_row_can_still_be_made() -> None:
    """The most urgent, the newest with a picture and a few words; not their texts, nor all."""
    gathered = Gathered()
    words = ["glass", "motion", "person", "motion", "smoke", "water", "fire", "motion"]
    for seq, word in enumerate(words * 20, 1):
        one = told(seq, word, priority=1 if seq == 77 else 3, pictures=1 if seq == 40 else 0)
        gathered.add(one)
        gathered.leave(one.id)
    telling = gathered.telling()
    assert not gathered.alarms and gathered.count == 160 and len(telling) <= 7
    assert [one.seq for one in telling] == sorted(one.seq for one in telling)
    urgent = min(telling, key=lambda one: one.urgency)
    assert (urgent.seq, urgent.entry["subject"]) == (77, "smoke") and telling[-1].seq == 160
    assert [one.id for one in telling if one.entry["pictures"]] == ["a40"]
    assert len({one.entry["subject"] for one in telling}) >= WORDS
    assert (gathered.pictures, gathered.sources) == (1, 6)
    assert all("text" not in one.entry for one in telling)


def test_what_the_gateway_tells_again_is_counted_once() -> None:
    """What is kept stays whole, and what had left is not added to what is told."""
    gathered = gathered_of(told(1, "motion", pictures=1), told(2, "person"))
    gathered.leave("a1")
    gathered.recall([told(1, "motion", pictures=1), told(2, "person")])
    assert (gathered.count, gathered.pictures, list(gathered.alarms)) == (2, 1, ["a2"])
    assert gathered.is_recalled and [one.id for one in gathered.telling()] == ["a1", "a2"]


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


def test_what_is_no_longer_kept_is_adopted_too() -> None:
    """A row names its source, and counts it once."""
    sent = {"source": None, "envelope": {"from": "cam@x"}}
    one, other = (told(seq, "motion") for seq in (1, 2))
    gathered = gathered_of(*(Alarm(entry={**each.entry, **sent}) for each in (one, other)))
    gathered.leave("a1")
    owner = {"source": "gate@x", "site": "4711", "tenant": None}
    assert gathered.adopted({"a1", "a2"}, owner) and not gathered.adopted({"a2", "a7"}, owner)
    [left, _] = gathered.telling()
    assert (left.adopted, left.entry["source"], left.entry["site"]) == (True, "gate@x", "4711")
    assert gathered.sources == 2


def test_what_a_gateway_tells_is_as_it_is_now() -> None:
    """Sent again, and adopted; an answer without these says that nothing happened since."""
    owner = {"source": "gate@x", "site": "4711", "tenant": None}
    alarms = [alarm(1).entry, alarm(2).entry]
    one, other = told_alarms({"alarms": alarms, "resends": {"a1": 2}, "adopted": {"a2": owner}})
    assert (one.resends, one.adopted, other.resends, other.adopted) == (2, False, 0, True)
    assert other.entry["source"] == "gate@x"
    assert told_alarms({"alarms": alarms}) == [alarm(1), alarm(2)] and told_alarms({}) == []
