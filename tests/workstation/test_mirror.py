"""The mirror: what is current, and what changed since somebody looked."""

from __future__ import annotations

from typing import Any

from twisted.logger import capturedLogs

from alarmgw.codec.wire import Heartbeat
from alarmgw.workstation.mirror import LinkState, Mirror, Unread
from tests.desk import alarm_id, rung


def heard(mirror: Mirror, *entries: dict[str, Any]) -> None:
    """These entries come over the link, numbered on."""
    first = mirror.up_to + 1
    told = [{**entry, "seq": seq} for seq, entry in enumerate(entries, first)]
    mirror.entries(told, first + len(entries) - 1)


def alarm(number: int, **facts: Any) -> dict[str, Any]:
    """An alarm in an incident of its own, at a site of its own."""
    if facts.get("handling") != "test":
        facts.setdefault("incident", alarm_id(number))
    return rung(number, site=facts.pop("site", str(number)), **facts)


def closed(number: int) -> dict[str, Any]:
    """The entries that accept and close an incident, as one: it is gone."""
    facts = {"incident": alarm_id(number), "time": "2026-11-21T21:00:00.000Z"}
    who = {"operator": "anna", "workstation": "w", "session": "s"}
    covered = {"priority": 3, "last_seq": number, "last_alarm": facts["time"], "alarms": 1}
    rest = {"rest": None, "outcome": "real", "offered_to": None}
    return {**facts, **who, "type": "closed", **covered, **rest}


REST = {"id": "x", "alarms": 1, "priority": 3, "opened": "2026-11-21T21:00:00.000Z",
        "last_alarm": "2026-11-21T21:00:00.000Z", "first_seq": 2, "last_seq": 2}  # fmt: skip


def accepted(number: int) -> dict[str, Any]:
    """Anna takes an incident."""
    facts = {"incident": alarm_id(number), "how": "accept", "time": "2026-11-21T21:00:00.000Z"}
    return {**facts, "type": "accepted", "operator": "anna", "workstation": "w", "session": "s"}


def mirror_of(*entries: dict[str, Any], **limits: int) -> Mirror:
    """A current mirror that has heard these entries."""
    mirror = Mirror(**limits)
    mirror.state(LinkState(state="current"))
    heard(mirror, *entries)
    return mirror


def names(mirror: Mirror, change: int | None = None) -> list[str]:
    """The incidents that changed."""
    return [row["incident"] for row in mirror.since(change).incidents]


def test_an_alarm_of_an_incident_that_was_never_told_is_not_lost() -> None:
    """A snapshot has room for 4,000; who joins one beyond that is seen and heard all the same."""
    mirror = mirror_of(alarm(1))
    heard(mirror, alarm(7, incident=alarm_id(6), priority=1), alarm(8, incident=alarm_id(6)))
    row = mirror.row(alarm_id(6))
    assert (row["state"], row["priority"], row["count"]) == ("new", 1, 2)
    heard(mirror, alarm(9, incident=alarm_id(5), kind="restore"))
    assert names(mirror) == [alarm_id(1), alarm_id(6)]
    mirror.state(LinkState(state="snapshot"))
    heard(mirror, alarm(3, incident=alarm_id(2)))
    assert names(mirror) == []  # an old alarm of what was closed


def test_open_incidents_are_listed() -> None:
    """An alarm in the queue opens one; a test opens none and is listed beside them."""
    mirror = mirror_of(alarm(1), alarm(2, handling="test", kind="test"))
    assert names(mirror) == [alarm_id(1)]
    [other] = mirror.since(None).others
    assert (other["alarm"], other["type"]) == (alarm_id(2), "alarm")


def test_what_changed_since_is_only_what_changed() -> None:
    """A page that has drawn up to a change gets the rest, and what is gone."""
    mirror = mirror_of(alarm(1), alarm(2))
    before = mirror.change
    heard(mirror, alarm(3), accepted(1))
    assert names(mirror, before) == [alarm_id(3), alarm_id(1)]
    before = mirror.change
    heard(mirror, closed(1))
    changes = mirror.since(before)
    assert (changes.incidents, changes.removed, changes.reset) == ((), (alarm_id(1),), False)


def test_what_is_open_again_is_not_removed() -> None:
    """A closing that was taken back: a page that slept meanwhile must not drop the row."""
    mirror = mirror_of(alarm(1), accepted(1))
    before = mirror.change
    standing = mirror.incidents.book.incidents[alarm_id(1)].as_json()
    undone = {**accepted(1), "type": "returned", "why": "undone", "standing": standing}
    heard(mirror, closed(1), undone)
    changes = mirror.since(before)
    assert names(mirror, before) == [alarm_id(1)] and changes.removed == ()


def test_a_snapshot_begins_empty() -> None:
    """What a snapshot does not show is not open any more; every page draws anew."""
    mirror = mirror_of(alarm(1), alarm(2))
    before = mirror.change
    mirror.state(LinkState(state="snapshot", open_total=1))
    assert not mirror.is_whole
    heard(mirror, alarm(8))
    mirror.state(LinkState(state="current"))
    assert mirror.is_whole
    changes = mirror.since(before)
    assert changes.reset and names(mirror, before) == [alarm_id(8)]


def test_rows_are_bounded_and_the_most_urgent_stay() -> None:
    """The rest is counted, and comes when there is room."""
    urgent = alarm(9, priority=1)
    mirror = mirror_of(*(alarm(number) for number in range(1, 6)), urgent, rows=3)
    assert set(names(mirror)) == {alarm_id(1), alarm_id(2), alarm_id(9)} and mirror.more == 3
    before = mirror.change
    heard(mirror, accepted(1), closed(1))
    assert names(mirror, before) == [alarm_id(3)]
    assert mirror.since(before).removed == (alarm_id(1),) and mirror.more == 2


def test_what_a_snapshot_left_out_is_counted_until_it_is_closed_or_heard() -> None:
    """It is wanted as soon as rows are free for it."""
    mirror = Mirror(rows=2)
    mirror.state(LinkState(state="snapshot", more_incidents=4))
    heard(mirror, alarm(1), alarm(2), alarm(3))
    assert not mirror.wants_the_rest
    mirror.state(LinkState(state="current"))
    assert mirror.more == 5 and not mirror.wants_the_rest
    before = mirror.change
    heard(mirror, {**closed(50)}, {**closed(51), "rest": REST, "follow_up": "x", "up_to": 1})
    assert mirror.more == 4 and mirror.change > before
    heard(mirror, alarm(9, incident=alarm_id(8), priority=1))
    assert mirror.beyond == 2 and mirror.more == 4
    for number in (1, 2):
        heard(mirror, accepted(number), closed(number))
    assert mirror.more == 2 and not mirror.wants_the_rest
    heard(mirror, accepted(3), closed(3), closed(3))
    assert mirror.beyond == 2 and mirror.wants_the_rest
    heard(mirror, *(closed(number) for number in (52, 53, 54)))
    assert mirror.more == 0 and not mirror.wants_the_rest
    mirror.state(LinkState(state="snapshot", more_incidents=1))
    mirror.state(LinkState(state="snapshot"))
    assert mirror.more == 0


def test_everybody_draws_anew_when_told_to() -> None:
    """Whatever number a page has: somebody else may look at it now."""
    mirror = mirror_of(alarm(1))
    before = mirror.change
    mirror.draw_anew()
    assert mirror.since(before).reset and not mirror.since(mirror.change).reset


def test_drawn_is_never_more_than_heard() -> None:
    """A page cannot have drawn what is not here, and never less than before."""
    mirror = mirror_of(alarm(1), alarm(2))
    mirror.drew(99)
    mirror.drew(1)
    assert mirror.drawn_up_to == 2
    assert mirror.heartbeat(Heartbeat(journal="j", head=2, time="t", state="ok")) == 2


def test_changes_are_told_once_for_each_batch() -> None:
    """A page is told that something changed, not how often."""
    mirror, calls = mirror_of(), list[int]()
    mirror.on_change = lambda: calls.append(1)
    heard(mirror, alarm(1), alarm(2), alarm(3))
    mirror.entries([], 9)
    assert calls == [1]


def test_what_a_suppression_held_back_is_counted_until_it_ends() -> None:
    """Only alarms that name it."""
    mirror = mirror_of(
        alarm(1, handling="suppressed", rule="suppression:x", incident=None),
        alarm(2, handling="suppressed", rule="source", incident=None),
    )
    assert mirror.held["x"] == 1
    heard(mirror, {"type": "unsuppressed", "suppression": "x"})
    assert mirror.held["x"] == 0


def test_an_entry_that_cannot_be_followed_makes_nobody_deaf() -> None:
    """It is left out, told in the log once, and known by number; all that follows is heard."""
    mirror = mirror_of(alarm(1))
    broken = {"type": "unsuppressed"}
    with capturedLogs() as logs:
        heard(mirror, broken, alarm(3), broken, alarm(5, priority=1))
    assert names(mirror) == [alarm_id(1), alarm_id(3), alarm_id(5)] and mirror.up_to == 5
    assert mirror.unread == Unread(2, 2) and len(logs) == 1 and "log_failure" in logs[0]
    mirror.state(LinkState(state="snapshot"))
    assert mirror.unread == Unread()


def test_an_alarm_is_shown_without_what_is_odd_of_it() -> None:
    """Its bare facts are enough for a row; what is left out is told."""
    mirror = mirror_of()
    with capturedLogs() as logs:
        heard(mirror, alarm(1, events=5, subject=["x"]), alarm(2))
    assert names(mirror) == [alarm_id(1), alarm_id(2)]
    assert mirror.row(alarm_id(1))["subject"] is None and mirror.unread == Unread(1, 1)
    assert "subject" in logs[0]["reason"] and "events" in logs[0]["reason"]


def test_what_half_an_entry_has_changed_is_drawn() -> None:
    """How incidents stand is known before their alarms are gathered."""
    mirror = mirror_of(alarm(1), alarm(2), accepted(1))
    before = mirror.change

    def fail(entry: dict[str, Any]) -> None:
        raise ValueError("a bug")

    mirror.incidents._closed = fail  # type: ignore[method-assign]
    with capturedLogs():
        heard(mirror, closed(1))
    changes = mirror.since(before)
    assert (changes.removed, changes.incidents) == ((alarm_id(1),), ())
    assert names(mirror) == [alarm_id(2)] and mirror.unread.count == 1
