"""Ruling: what an own rule makes of a mail that has been understood in the usual way.

Which rule decides stands in `alarmgw.rules`.  What a rule does not say stays as the mail's words
have it; an event that it sets brings its own kind and class, as if the device had said it.
"""

from __future__ import annotations

from attrs import evolve, frozen
from twisted.logger import Logger

from alarmgw.codec.alarmtext import kind_of
from alarmgw.handling import SOURCE_DISABLED, handling_of
from alarmgw.model import Event, Handling, Meaning, Source
from alarmgw.rules import Match, Matter, Rule, Rules


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
        self._failed: set[Rule] = set()

    def ruling(
        self, meaning: Meaning, source: Source | None, matter: Matter, rules: Rules
    ) -> Ruling:
        """What becomes of a mail with this usual meaning.  Never raises for a rule's sake."""
        for one in rules.concerning(source):
            try:
                match = one.match(matter)
                if match is not None:
                    return _ruled(meaning, source, match)
            except Exception:  # the mail is worth more than the rule
                self._tell(one.rule)
        return Ruling(meaning, handling_of(meaning, source))

    def _tell(self, rule: Rule) -> None:
        """Once for a rule as it is now: it will fail for each of its mails."""
        if rule not in self._failed:
            self._failed.add(rule)
            self._log.failure("own rule {rule} fails and is left out", rule=rule.name)


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
    """As the changed mail would be, unless the rule says more; a disabled source stays so."""
    usual = handling_of(meaning, source)
    disabled = usual.rule == SOURCE_DISABLED
    return Handling(
        priority=rule.priority or usual.priority,
        handling=usual.handling if disabled else rule.handling or usual.handling,
        rule=usual.rule if disabled else f"rule:{rule.name}",
    )
