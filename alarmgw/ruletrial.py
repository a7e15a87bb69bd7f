"""A rule tried on mails of the past: what would each of them be with it, and what without?

Nothing is changed.  What the journal keeps of a mail is what a rule looks at: subject, text,
sender, the device's names for its files, and whose it is.  The other rules are asked as they are
now, so that it shows where one of them goes before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from attrs import frozen

from alarmgw.codec.alarmtext import understand
from alarmgw.model import Event, Meaning, Source
from alarmgw.rules import Matter, Rule, Rules, compiled_rule
from alarmgw.ruling import OWN_RULE, Ruling, Rulings

#: What is compared, as people call it.
ASPECTS = ("kind", "event", "channel", "class", "handling")


@frozen(kw_only=True)
class Trial:
    """One mail that the rule's patterns found: what it is without the rule, and what with it."""

    seq: int
    time: str
    alarm: str
    source: str | None
    subject: str | None
    decided_by: str | None
    was: Mapping[str, Any]
    would_be: Mapping[str, Any]

    @property
    def changes(self) -> bool:
        """Whether the rule makes a difference to it."""
        return self.was != self.would_be

    def as_json(self) -> dict[str, Any]:
        """As commands print it."""
        return {**attrs.asdict(self), "changes": self.changes}


class RuleTrial:
    """Tries one rule, switched on or not, among the others."""

    def __init__(self, rule: Rule, others: Sequence[Rule], sources: Mapping[str, Source]) -> None:
        """``others`` are all rules, ``sources`` all sources by address.  Raises `BadRule`."""
        self._rule = attrs.evolve(rule, enabled=True)
        self._compiled = compiled_rule(self._rule)
        rest = [one for one in others if one.name != rule.name]
        self._without, self._with = Rules.of(rest), Rules.of([*rest, self._rule])
        self._sources = sources
        self._rulings = Rulings()

    def concerns(self, entry: Mapping[str, Any]) -> bool:
        """Whether the rule looks at the mail of this alarm entry at all."""
        return self._rule.concerns(self._source(entry))

    def tried(self, entry: Mapping[str, Any]) -> Trial | None:
        """What becomes of the mail of an alarm entry; None if the rule does not match it."""
        matter, source = _matter(entry), self._source(entry)
        if self._compiled.match(matter) is None:
            return None
        usual = _usual_meaning(entry)
        was = self._rulings.ruling(usual, source, matter, self._without)
        would_be = self._rulings.ruling(usual, source, matter, self._with)
        return Trial(
            seq=entry["seq"],
            time=entry["time"],
            alarm=entry["alarm"],
            source=entry["source"],
            subject=entry["subject"],
            decided_by=would_be.rule.name if would_be.rule else None,
            was=_aspects(was),
            would_be=_aspects(would_be),
        )

    def _source(self, entry: Mapping[str, Any]) -> Source | None:
        """Whose the mail is, as it is now; a source that is gone is what the entry says of it."""
        if entry["source"] is None:
            return None
        gone = Source(address=entry["source"], site=entry["site"])
        return self._sources.get(gone.address, gone)


def _matter(entry: Mapping[str, Any]) -> Matter:
    return Matter(
        subject=entry["subject"],
        text=entry["text"],
        sender=entry["envelope"]["from"] or "",
        labels=_labels(entry),
    )


def _labels(entry: Mapping[str, Any]) -> list[str]:
    return [part["label"] for part in (*entry["pictures"], *entry["files"]) if part["label"]]


def _usual_meaning(entry: Mapping[str, Any]) -> Meaning:
    """What the mail means without own rules: as was written down, unless a rule had its say."""
    if str(entry["rule"]).startswith(OWN_RULE):
        return understand(entry["subject"], entry["text"], _labels(entry))
    return Meaning(kind=entry["kind"], events=tuple(Event(**row) for row in entry["events"]))


def _aspects(ruling: Ruling) -> dict[str, Any]:
    events = ruling.meaning.events
    return {
        "kind": ruling.meaning.kind,
        "event": list(dict.fromkeys(event.event for event in events)),
        "channel": list(dict.fromkeys(event.channel for event in events if event.channel)),
        "class": ruling.handling.priority,
        "handling": ruling.handling.handling,
    }
