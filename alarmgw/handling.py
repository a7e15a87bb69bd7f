"""Handling: what is done with an alarm, and by which rule."""

from __future__ import annotations

from attrs import evolve

from alarmgw.codec.alarmtext import priority_of
from alarmgw.model import Handling, Meaning, Source


def handling_of(meaning: Meaning, source: Source | None) -> Handling:
    """What is done with a mail of that kind, or of a source that is handled in its own way."""
    state = "test" if meaning.kind == "test" else "queue"
    usual = Handling(priority=priority_of(meaning), handling=state, rule="default")
    if source is None:
        return usual
    if source.disabled is not None:
        return evolve(usual, handling="suppressed", rule="source_disabled")
    if meaning.kind != "alarm" or (source.priority, source.handling) == (None, None):
        return usual
    return Handling(
        priority=source.priority or usual.priority,
        handling=source.handling or usual.handling,
        rule="source",
    )
