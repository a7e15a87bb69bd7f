"""Own rules: which one decides, what it takes out of a mail, and what is no rule."""

from __future__ import annotations

from typing import Any

import pytest

from alarmgw.model import Source
from alarmgw.rules import BadRule, Match, Matter, Rule, Rules, compiled_rule

BQ3 = Source(address="bq3@ebues.internal", site="4711")


def rule(name: str, **facts: Any) -> Rule:
    """A rule that is switched on and finds every mail."""
    given = {} if facts.keys() & {"subject", "text", "sender", "file"} else {"subject": ""}
    return Rule(**{"name": name, "enabled": True, "event": "burglary", **given, **facts})


def matter(subject: str = "Zone 4 Einbruch", **facts: Any) -> Matter:
    """What rules look at in a mail."""
    return Matter(**{"subject": subject, "text": None, "sender": "", "labels": (), **facts})


def match(wanted: Rule, looked: Matter) -> Match | None:
    """What one rule says of a mail."""
    return compiled_rule(wanted).match(looked)


def refusal(**facts: Any) -> str:
    """Why there is no such rule."""
    with pytest.raises(BadRule) as caught:
        compiled_rule(rule("vms", **facts))
    return str(caught.value)


def order(*rules: Rule, source: Source | None = BQ3) -> list[str]:
    """The names of the rules that a mail of the source is shown to, in their order."""
    return [one.rule.name for one in Rules.of(rules).concerning(source)]


def test_the_narrower_scope_is_asked_first() -> None:
    """Whatever the positions are."""
    everywhere, there, here = rule("a"), rule("b", site="4711"), rule("c", source=BQ3.address)
    assert order(everywhere, there, here) == ["c", "b", "a"]


def test_of_one_scope_the_smaller_position_is_asked_first() -> None:
    """Equal ones by name."""
    assert order(rule("c", position=7), rule("b", position=8), rule("a", position=8)) == [*"cab"]


def test_rules_of_others_cost_a_mail_nothing() -> None:
    """They are not even looked through; nor is what is switched off."""
    others = [rule("a", source="x@y"), rule("b", site="1"), rule("c", enabled=False)]
    assert order(*others) == []
    assert order(*others, rule("d"), source=None) == ["d"]
    assert not Rules.of([rule("c", enabled=False)])
    assert Rules.of(others)


def test_every_pattern_that_is_given_must_be_found() -> None:
    """One that is not found is enough to leave the mail alone."""
    both = rule("vms", subject="einbruch", text="halle")
    assert match(both, matter(text="Halle 2")) is not None
    assert match(both, matter(text="Hof")) is None
    assert match(both, matter()) is None


def test_sender_and_file_names_are_looked_at() -> None:
    """Of several files one is enough."""
    wanted = rule("vms", sender="@nvr", file=r"_ch(\d)", channel="{1}")
    found = match(wanted, matter(sender="a@NVR.local", labels=["x.jpg", None, "a_CH7.jpg"]))
    assert found is not None and found.channel == "7"
    assert match(wanted, matter(sender="a@nvr.local", labels=[])) is None


def test_a_mail_of_a_thousand_names_costs_no_more_than_a_text() -> None:
    """The last of them are not looked at."""
    names = matter(labels=["x" * 1000] * 1000).texts["file"]
    assert len(names) == 32


def test_a_channel_is_put_together_from_groups() -> None:
    """By name, or by number through all patterns: subject, text, sender, file name."""
    wanted = rule("vms", subject="(Zone) (?P<zone>.)", text="Linie (.)", channel="{zone}/{3}")
    found = match(wanted, matter(text="Linie 9"))
    assert found is not None and found.channel == "4/9"


def test_a_channel_of_nothing_is_none() -> None:
    """Nor does a device write more than a channel, or what cannot be printed."""
    assert match(rule("a", subject="Zone( 9)?", channel="{1}"), matter()) == Match(
        rule("a", subject="Zone( 9)?", channel="{1}"), None
    )
    found = match(rule("a", subject="(?s)Z(.*)", channel="{1}"), matter("Z\n" + "4" * 99))
    assert found is not None and found.channel == "4" * 64


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"subject": None}, "rule vms: it looks at nothing: give it a pattern with --subject"),
        ({"event": None}, "rule vms: it says nothing: give it --kind, --event"),
        ({"text": "a("}, "rule vms: --text: a ( is not closed"),
        ({"channel": "{1}"}, "rule vms: --channel: {1} is no group of its patterns: there is none"),
        (
            {"subject": "(?P<z>.)", "channel": "{x}"},
            "rule vms: --channel: {x} is no group of its patterns: there is {z}, {1}",
        ),
        ({"channel": "{"}, "rule vms: --channel: write a group as in {1} or {zone}"),
    ],
)
def test_what_is_no_rule_is_refused_with_place_and_reason(
    facts: dict[str, Any], reason: str
) -> None:
    """The place is the option that was typed."""
    assert refusal(**facts).startswith(reason)


def test_a_broken_rule_breaks_no_other() -> None:
    """Another version of RE2 may compile less than the one that a rule was made with."""
    rules = Rules.of([rule("a", subject="("), rule("b")])
    assert [one.rule.name for one in rules.for_all] == ["b"]
    assert rules.broken == {"a": "rule a: --subject: a ( is not closed"}


def test_whom_a_rule_concerns() -> None:
    """A source, a site or all; unassigned mails are looked at by rules for all only."""
    concerned = [
        (one.concerns(BQ3), one.concerns(None), one.scope)
        for one in (rule("a"), rule("a", site="4711"), rule("a", source="x@y"))
    ]
    assert concerned == [
        (True, True, "all"),
        (True, False, "site 4711"),
        (False, False, "source x@y"),
    ]
