"""How an alarm is handled, and which rule decided it."""

from __future__ import annotations

from typing import Any

from alarmgw.handling import handling_of
from alarmgw.model import Event, Handling, Meaning, Source

MOTION = Meaning(kind="alarm", events=(Event(event="motion"),))


def handled(meaning: Meaning = MOTION, **facts: Any) -> Handling:
    """What is done with a mail of a source with these facts."""
    return handling_of(meaning, Source(address="bq3@ebues.internal", **facts))


def test_an_alarm_goes_to_the_queue_with_the_class_of_its_event() -> None:
    """Motion is class 3 unless somebody says otherwise."""
    assert handled() == Handling(priority=3, handling="queue", rule="default")


def test_a_mail_of_nobody_known_is_handled_as_well() -> None:
    """It may be the one that counts."""
    assert handling_of(MOTION, None) == Handling(priority=3, handling="queue", rule="default")


def test_a_disabled_sources_alarms_are_kept_and_not_queued() -> None:
    """Whatever else is said of it."""
    found = handled(disabled="2026-11-21T20:45:02.123Z", handling="queue", priority=1)
    assert (found.handling, found.rule) == ("suppressed", "source_disabled")


def test_a_sources_own_class_counts() -> None:
    """Its alarms still go to the queue."""
    assert handled(priority=1) == Handling(priority=1, handling="queue", rule="source")


def test_a_sources_own_handling_counts() -> None:
    """While it is being commissioned nobody is called."""
    found = handled(handling="commissioning")
    assert (found.handling, found.rule) == ("commissioning", "source")


def test_what_is_no_alarm_keeps_the_class_of_its_kind() -> None:
    """A source of class 1 has no test mails of class 1."""
    test = Meaning(kind="test", events=(Event(event="test"),))
    found = handled(test, priority=1)
    assert (found.handling, found.rule) == ("test", "default")
