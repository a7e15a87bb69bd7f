"""Ruling: what an own rule makes of a mail that has been understood in the usual way.

Which rule decides stands in `alarmgw.rules`.  What a rule does not say stays as the mail's words
have it; an event that it sets brings its own kind and class, as if the device had said it.
Mails of a disabled source are shown to no rule: nobody is told of them.
"""

from __future__ import annotations

from attrs import evolve, frozen
from twisted.logger import Logger

from alarmgw.codec.alarmtext import kind_of
from alarmgw.handling import handling_of
from alarmgw.model import Event, Handling, Meaning, Source
from alarmgw.rules import Match, Matter, Rule, Rules

#: What stands before a rule's name in an entry's ``rule``.
OWN_RULE = "rule:"


@frozen
class Ruling:
    """What a mail means for one source and how it is handled, and the rule that said so."""

    meaning: Meaning
    handling: Handling
    rule: Rule | None = None


class Rulings:
    """Asks the rules.  Whatever goes wrong with one of them costs that rule, never the mail."""

    _log = Logger()

    def __init__(self) -> None:
        self._told: set[Rule | str] = set()

    def ruling(
        self, meaning: Meaning, source: Source | None, matter: Matter, rules: Rules
    ) -> Ruling:
        """What becomes of a mail with this usual meaning.  Never raises for a rule's sake."""
        for reason in rules.broken.values():
            self._tell_broken(reason)
        disabled = source is not None and source.disabled is not None
        for one in () if disabled else rules.concerning(source):
            try:
                match = one.match(matter)
                if match is not None:
                    return _ruled(meaning, source, match)
            except Exception:  # the mail is worth more than the rule
                self._tell(one.rule)
        return Ruling(meaning, handling_of(meaning, source))

    def _tell(self, rule: Rule) -> None:
        """Once for a rule as it is now: it will fail for each of its mails."""
        if rule not in self._told:
            self._told.add(rule)
            self._log.failure("own rule {rule} fails and is left out", rule=rule.name)

    def _tell_broken(self, reason: str) -> None:
        if reason not in self._told:
            self._told.add(reason)
            self._log.error("an own rule is left out: {reason}", reason=reason)


def _ruled(meaning: Meaning, source: Source | None, match: Match) -> Ruling:
    rule = match.rule
    events = tuple(dict.fromkeys(_event(event, match) for event in meaning.events))
    kind = meaning.kind if rule.event is None else kind_of(events)
    changed = evolve(meaning, events=events, kind=rule.kind or kind)
    return Ruling(changed, _handling(changed, source, rule), rule)


def _event(event: Event, match: Match) -> Event:
    return evolve(
        event,
        event=match.rule.event or event.event,
        channel=match.channel or event.channel,
    )


def _handling(meaning: Meaning, source: Source | None, rule: Rule) -> Handling:
    """As the changed mail would be, unless the rule says more."""
    usual = handling_of(meaning, source)
    return Handling(
        priority=rule.priority or usual.priority,
        handling=rule.handling or usual.handling,
        rule=f"{OWN_RULE}{rule.name}",
    )
