"""Groups: one mail, several events."""

from __future__ import annotations

from alarmgw.codec.formats import shipped_formats
from alarmgw.codec.groups import Group, groups_of_pairs
from alarmgw.codec.lines import Marked


def groups(*pairs: tuple[str, str]) -> list[Group]:
    """The groups of these keys and values by the generic format."""
    marked = Marked()
    generic = shipped_formats().generic
    rows = [(key, "", marked.line(value)) for key, value in pairs]
    return groups_of_pairs(rows, generic, generic, marked)


def test_repeated_key_begins_the_next_event() -> None:
    """A channel that comes again belongs to another event."""
    found = groups(("channel", "1"), ("event", "A"), ("channel", "2"), ("event", "B"))
    assert [group.values["event"] for group in found] == ["A", "B"]


def test_better_key_wins() -> None:
    """Of two keys for one field the one that the format names first counts."""
    [group] = groups(("alarm", "a"), ("event type", "b"), ("reason", "c"))
    assert group.values["event"] == "b"


def test_date_and_clock_make_a_time() -> None:
    """A date and a clock under two keys are one time."""
    [group] = groups(("datum", "05.03.2024"), ("uhrzeit", "11:41:29"))
    assert group.time(None) == "2024-03-05T11:41:29"


def test_events_are_bounded() -> None:
    """No mail has more events than a person could look at."""
    assert len(groups(*[("channel", str(number)) for number in range(500)])) == 64
