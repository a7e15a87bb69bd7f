"""What a rule makes of a mail, and that a failing one makes nothing of it."""

from __future__ import annotations

from typing import Any
from unittest import mock

from twisted.logger import LogEvent, globalLogPublisher
from twisted.trial.unittest import TestCase

from alarmgw.model import Event, Handling, Meaning, Source
from alarmgw.rules import CompiledRule, Rule, Rules
from alarmgw.ruling import Ruling, Rulings
from tests.test_rules import matter, rule

UNKNOWN = Meaning(kind="alarm", events=(Event(event="unknown_alarm", event_raw="Einbruch"),))


def ruling(*rules: Rule, meaning: Meaning = UNKNOWN, **source: Any) -> Ruling:
    """What becomes of a mail of a source with these facts."""
    owner = Source(address="bq3@ebues.internal", **source)
    return Rulings().ruling(meaning, owner, matter(), Rules.of(rules))


def handled(found: Ruling) -> tuple[str, str, Handling]:
    """Kind, event and handling."""
    return found.meaning.kind, found.meaning.events[0].event, found.handling


def test_an_event_brings_its_kind_and_class() -> None:
    """As if the device had said it; its own word stays."""
    found = ruling(rule("vms", event="burglary"))
    assert handled(found) == (
        "alarm",
        "burglary",
        Handling(priority=2, handling="queue", rule="rule:vms"),
    )
    assert found.meaning.events[0].event_raw == "Einbruch"
    fault = ruling(rule("vms", event="storage_failure"))
    assert (fault.meaning.kind, fault.handling.priority) == ("fault", 4)


def test_what_the_rule_says_itself_counts_more() -> None:
    """Kind, class and handling."""
    found = ruling(rule("vms", event="burglary", kind="info", priority=1, handling="external"))
    assert handled(found) == (
        "info",
        "burglary",
        Handling(priority=1, handling="external", rule="rule:vms"),
    )


def test_a_rule_without_event_leaves_it() -> None:
    """And so do those without kind, class and handling."""
    found = ruling(rule("vms", event=None, priority=1))
    assert handled(found) == (
        "alarm",
        "unknown_alarm",
        Handling(priority=1, handling="queue", rule="rule:vms"),
    )


def test_each_camera_of_a_mail_gets_event_and_channel() -> None:
    """What has ended stays so; what is the same then is one."""
    events = (
        Event(event="motion", camera="Tor", channel="1"),
        Event(event="person", camera="Hof", state="end"),
        Event(event="vehicle", camera="Hof", state="end"),
    )
    meaning = Meaning(kind="alarm", events=events)
    changed = ruling(rule("vms", channel="9"), meaning=meaning).meaning
    assert changed.kind == "alarm"
    assert changed.events == (
        Event(event="burglary", camera="Tor", channel="9"),
        Event(event="burglary", camera="Hof", channel="9", state="end"),
    )
    assert ruling(rule("vms"), meaning=Meaning(kind="alarm", events=events[1:])).meaning.kind == (
        "restore"
    )


def test_the_first_rule_that_finds_something_decides() -> None:
    """The next one is not asked."""
    rules = [rule("a", subject="nothing"), rule("b", event="fire"), rule("c", event="gas")]
    assert ruling(*rules).handling.rule == "rule:b"


def test_without_a_match_the_source_decides() -> None:
    """As if there were no rules."""
    found = ruling(rule("a", subject="nothing"), priority=1)
    assert found == Ruling(UNKNOWN, Handling(priority=1, handling="queue", rule="source"))


def test_a_sources_own_class_and_handling_count_where_the_rule_is_silent() -> None:
    """A rule for a camera that is being commissioned calls nobody."""
    found = ruling(rule("vms"), priority=1, handling="commissioning")
    assert found.handling == Handling(priority=1, handling="commissioning", rule="rule:vms")
    assert ruling(rule("vms", priority=3), priority=1).handling.priority == 3


def test_no_rule_brings_a_disabled_source_back() -> None:
    """It was switched off by hand."""
    found = ruling(rule("vms", handling="queue"), disabled="2026-11-21T20:45:02.123Z")
    assert found.meaning == UNKNOWN
    assert (found.handling.handling, found.handling.rule) == ("suppressed", "source_disabled")


class FailingRule(TestCase):
    """A rule with a bug in it, or with a word that this version does not know."""

    def test_it_costs_nothing_but_itself(self) -> None:
        """The next rule decides, and the log has it once for each rule."""
        rulings = Rulings()
        rules = Rules.of([rule("a", event="no_such_word"), rule("b", event="fire", position=101)])
        for _ in range(3):
            found = rulings.ruling(UNKNOWN, None, matter(), rules)
            self.assertEqual(found.handling.rule, "rule:b")
        [logged] = self.flushLoggedErrors(KeyError)
        self.assertTrue(logged)

    def test_without_another_rule_the_usual_meaning_stays(self) -> None:
        """Whatever the pattern's search raises."""
        with mock.patch.object(CompiledRule, "match", side_effect=MemoryError):
            found = Rulings().ruling(UNKNOWN, None, matter(), Rules.of([rule("a")]))
        self.assertEqual(found.meaning, UNKNOWN)
        self.assertEqual(found.handling.rule, "default")
        self.assertEqual(len(self.flushLoggedErrors(MemoryError)), 1)

    def test_a_broken_one_is_told_once(self) -> None:
        """It compiled when it was made; the others go on."""
        rulings = Rulings()
        seen: list[LogEvent] = []
        globalLogPublisher.addObserver(seen.append)
        self.addCleanup(globalLogPublisher.removeObserver, seen.append)
        rules = Rules.of([rule("a", subject="("), rule("b")])
        for _ in range(2):
            self.assertEqual(rulings.ruling(UNKNOWN, None, matter(), rules).handling.rule, "rule:b")
        told = [event["reason"] for event in seen if "reason" in event]
        self.assertEqual(told, ["rule a: --subject: a ( is not closed"])
