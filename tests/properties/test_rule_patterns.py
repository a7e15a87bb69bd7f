"""Whatever pattern is let in and whatever a mail says, a rule costs little and never the mail."""

from __future__ import annotations

import time

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from alarmgw.model import Event, Meaning
from alarmgw.patterns import LOOKED_AT_BYTES, compiled, looked_at
from alarmgw.patterntrial import MOST_SECONDS, refuse_slow
from alarmgw.rules import BadRule, Matter, Rule, Rules, compiled_rule
from alarmgw.ruling import Rulings

#: What patterns are made of, those among them that make others suffer.
FRAGMENTS = [
    *("a", "b", "x", "ü", "4", " ", "Zone ", ".", ",", "中"),
    *(r"\d", r"\w", r"\s", r"\b", r"\pL", "[a-f]", "[^,]", "^", "$", "(?s)", "(?-i)"),
    *("(", "(?:", "(?P<z>", ")", ")", "|", "*", "+", "?", "*?", "{2}", "{0,30}", "{1,100}"),
    *("(a+)+", "(a|aa)*", "(.*)", "(a?){30}a{30}", "(x{0,20}){0,20}", "\\", "[", "{z}", r"\1"),
]

#: A search that is let in may take longer than when it was measured: another text, a busy machine.
LEEWAY = 20

many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
patterns = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=8).map("".join)
any_text = st.text(max_size=200) | st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
#: One text over and over, with something behind it that almost fits.
long_texts = st.builds(
    lambda text, end: (
        (text * (LOOKED_AT_BYTES // max(1, len(text.encode("utf-8", "replace")))))[:LOOKED_AT_BYTES]
        + end
    ),
    st.text("abxü4 Z,中\n", min_size=1, max_size=40),
    any_text,
)
MEANING = Meaning(kind="alarm", events=(Event(event="unknown_alarm"),))


def let_in(pattern: str) -> bool:
    """Whether a rule may have this pattern; a refusal is one sentence."""
    try:
        refuse_slow(pattern, time.thread_time)
    except ValueError as error:
        assert str(error) and "\n" not in str(error)
        return False
    return True


@many
@given(patterns, long_texts)
def test_a_pattern_that_was_let_in_is_quick_on_any_text(pattern: str, text: str) -> None:
    """Measured on other texts than those that it was tried on."""
    assume(let_in(pattern))
    raw = looked_at(text)
    begun = time.thread_time()
    compiled(pattern).search(raw)
    assert time.thread_time() - begun < LEEWAY * MOST_SECONDS


@many
@given(patterns, st.none() | patterns, st.none() | any_text, any_text, st.lists(any_text))
def test_a_rule_never_costs_a_mail(
    pattern: str, channel: str | None, text: str | None, sender: str, labels: list[str]
) -> None:
    """It is refused when it is made, or it rules without an exception."""
    rule = Rule(
        name="any",
        text=pattern,
        event="fire",
        channel=f"{{1}}{channel}" if channel else None,
        enabled=True,
    )
    matter = Matter(subject=None, text=text, sender=sender, labels=labels)
    try:
        match = compiled_rule(rule).match(matter)
    except BadRule:
        match = None
    ruling = Rulings().ruling(MEANING, None, matter, Rules.of([rule]))
    assert ruling.handling.rule == ("rule:any" if match else "default")
    assert ruling.meaning.events
