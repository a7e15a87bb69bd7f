"""The mirror: what is open, newest first, and what changed since somebody looked."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alarmgw.codec.wire import Heartbeat
from alarmgw.workstation.mirror import REMOVALS, LinkState, Mirror


def alarm(number: int, handling: str = "queue") -> dict[str, Any]:
    """An alarm's entry."""
    return {"seq": number, "type": "alarm", "alarm": f"a{number}", "handling": handling}


def closed(number: int, of: int) -> dict[str, Any]:
    """The entry that closes alarm ``of``."""
    return {"seq": number, "type": "closed", "alarm": f"a{of}"}


def mirror_of(*entries: dict[str, Any], limit: int = 2000) -> Mirror:
    """A current mirror that has heard these entries."""
    mirror = Mirror(limit)
    mirror.state(LinkState(state="current"))
    mirror.entries(list(entries), entries[-1]["seq"] if entries else 0)
    return mirror


def names(mirror: Mirror, change: int | None = None) -> list[str]:
    """The alarms that changed, as they are listed."""
    return [row.alarm for row in mirror.since(change).rows]


def test_open_alarms_are_listed_newest_first() -> None:
    """Alarms in the queue are there, the newest on top."""
    assert names(mirror_of(alarm(1), alarm(2), alarm(3))) == ["a3", "a2", "a1"]


def test_only_alarms_in_the_queue_are_open() -> None:
    """A test, a suppressed alarm and a system entry are not listed."""
    mirror = mirror_of(alarm(1, "test"), alarm(2, "suppressed"), {"seq": 3, "type": "system"})
    assert names(mirror) == [] and mirror.open_total == 0


def test_a_closed_alarm_is_removed() -> None:
    """Who looked before hears of the removal."""
    mirror = mirror_of(alarm(1), alarm(2))
    before = mirror.change
    mirror.entries([closed(3, of=1)], 3)
    changes = mirror.since(before)
    assert (changes.removed, changes.rows, changes.reset) == (("a1",), (), False)
    assert names(mirror) == ["a2"] and mirror.open_total == 1


def test_what_changed_since_is_only_what_changed() -> None:
    """A page that has drawn up to a change gets the rest."""
    mirror = mirror_of(alarm(1), alarm(2))
    before = mirror.change
    mirror.entries([alarm(3), {"seq": 4, "type": "accepted", "alarm": "a1"}], 4)
    assert names(mirror, before) == ["a3", "a1"]
    assert mirror.row("a1") is not None
    assert [entry["type"] for entry in mirror.row("a1").later] == ["accepted"]  # type: ignore[union-attr]
    assert mirror.since(mirror.change).rows == ()


def again(number: int, first: int) -> dict[str, Any]:
    """The mail of alarm ``first`` once more."""
    return {**alarm(number), "type": "resend", "first": f"a{first}"}


def late(number: int, first: int) -> dict[str, Any]:
    """Late pictures of alarm ``first``."""
    return {**alarm(number), "joins": f"a{first}"}


def test_a_resend_is_counted_with_its_first_alarm() -> None:
    """It is no row of its own, and what is open stays as many."""
    mirror = mirror_of(alarm(1), again(2, first=1), again(3, first=1), again(4, first=9))
    [row] = mirror.since(None).rows
    assert (row.alarm, row.resends, mirror.open_total) == ("a1", 2, 1)


def test_late_pictures_are_shown_with_their_alarm() -> None:
    """They are no row of their own, and go with it."""
    mirror = mirror_of(alarm(1), late(2, first=1))
    [row] = mirror.since(None).rows
    assert ([one["alarm"] for one in row.joined], mirror.open_total) == (["a2"], 1)
    assert mirror.entry("a2") == late(2, first=1) and mirror.entry("a1") == alarm(1)
    mirror.entries([closed(3, of=1)], 3)
    assert (mirror.entry("a2"), mirror.entry("a1"), mirror.open_total) == (None, None, 0)


def test_late_pictures_of_what_is_not_there_are_an_alarm() -> None:
    """Its alarm was closed a moment before: then they are open, and seen."""
    mirror = mirror_of(alarm(1), closed(2, of=1), late(3, first=1))
    assert names(mirror) == ["a3"] and mirror.open_total == 1


def adopted(number: int, *alarms: int) -> dict[str, Any]:
    """The entry that makes these alarms the gate's."""
    owner = {"source": "gate@x", "site": "4711", "tenant": "nord"}
    return {"seq": number, "type": "adopted", **owner, "alarms": [f"a{one}" for one in alarms]}


def test_an_adopted_alarm_is_its_sources_at_once() -> None:
    """Every row that it names changes, and only those; one that is not open stays away."""
    mirror = mirror_of(alarm(1), alarm(2), alarm(3), closed(4, of=3))
    before = mirror.change
    mirror.entries([adopted(5, 1, 3)], 5)
    assert names(mirror, before) == ["a1"]
    row = mirror.row("a1")
    assert row is not None and [one["type"] for one in row.later] == ["adopted"]
    assert [row.entry[name] for name in ("source", "site", "tenant", "seq")] == [
        "gate@x",
        "4711",
        "nord",
        1,
    ]
    assert mirror.open_total == 2 and mirror.row("a3") is None


def test_a_snapshot_says_whose_adopted_alarms_are() -> None:
    """The alarm, then its adoption; the count is the gateway's."""
    mirror = mirror_of()
    mirror.state(LinkState(state="snapshot", open_total=1))
    mirror.entries([alarm(1), adopted(2, 1)], 2)
    row = mirror.row("a1")
    assert row is not None and row.entry["source"] == "gate@x" and mirror.open_total == 1


def test_the_mirror_is_bounded_and_counts_the_rest() -> None:
    """The oldest leave, and the count still says how many are open."""
    mirror = mirror_of(*(alarm(number) for number in range(1, 31)), limit=10)
    assert names(mirror) == [f"a{number}" for number in range(30, 20, -1)]
    assert mirror.open_total == 30


def test_a_snapshot_begins_empty() -> None:
    """What a snapshot does not show is not open any more; every page draws anew."""
    mirror = mirror_of(alarm(1), alarm(2))
    before = mirror.change
    mirror.state(LinkState(state="snapshot", open_total=700))
    mirror.entries([alarm(8), alarm(9)], 9)
    mirror.state(LinkState(state="current"))
    mirror.entries([alarm(10)], 10)
    changes = mirror.since(before)
    assert changes.reset and names(mirror) == ["a10", "a9", "a8"]
    assert mirror.open_total == 701


def test_a_number_from_elsewhere_draws_everything() -> None:
    """None, a number of an earlier process, and one that was forgotten reset the page."""
    mirror = mirror_of(alarm(1))
    assert mirror.since(None).reset and mirror.since(mirror.change + 1).reset
    before = mirror.change
    for number in range(2, REMOVALS + 4):
        mirror.entries([alarm(number), closed(number, of=number)], number)
    assert mirror.since(before).reset
    assert not mirror.since(mirror.change).reset


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 12)), max_size=60), st.integers(0, 59))
def test_changes_bring_any_page_up_to_date(steps: list[tuple[bool, int]], looked: int) -> None:
    """A page that looked at any time and applies the changes shows what is open."""
    mirror, page, at = mirror_of(limit=5), set(), None
    for number, (opens, alarm_number) in enumerate(steps):
        if number == looked:
            page, at = set(names(mirror)), mirror.change
        entry = alarm(alarm_number) if opens else closed(number, of=alarm_number)
        mirror.entries([entry], number)
    changes = mirror.since(at)
    page = set() if changes.reset else page - set(changes.removed)
    assert page | {row.alarm for row in changes.rows} == set(names(mirror))


def test_every_change_is_told() -> None:
    """Entries, states and a heartbeat that says something new; not one that says the same."""
    told: list[int] = []
    mirror = Mirror(on_change=lambda: told.append(mirror.change))
    mirror.state(LinkState(state="current"))
    mirror.entries([alarm(1)], 1)
    beat = Heartbeat(journal="j", head=1, time="t", state="ok")
    mirror.heartbeat(beat)
    assert len(told) == 3 and told == sorted(set(told))
    mirror.heartbeat(beat)
    mirror.entries([], 5)
    assert len(told) == 3
    assert mirror.since(None).up_to == 5


def test_what_was_drawn_is_answered() -> None:
    """Never more than is here, never less than was drawn before."""
    mirror = mirror_of(alarm(1), alarm(2))
    beat = Heartbeat(journal="j", head=2, time="t", state="ok")
    assert mirror.heartbeat(beat) is None
    mirror.drew(99)
    assert mirror.heartbeat(beat) == 2
    mirror.drew(1)
    assert mirror.heartbeat(beat) == 2
