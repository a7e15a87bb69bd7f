"""Own rules: what a control room makes of mails that no format understands as it wants.

A rule looks at a mail's subject, text, sender and file names, for one source, one site or all.
At most one rule decides for an alarm, and this is the only place that says which one:

1. a rule of the source goes before one of its site, and that before one for all;
2. of the same scope the one with the smaller position, of the same position by name;
3. the first that is switched on and all of whose patterns are found decides; no other is asked.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
from attrs import field, frozen

from alarmgw.model import HANDLINGS, KINDS, Source
from alarmgw.patterns import LOOKED_AT_BYTES, Pattern, compiled, looked_at

#: What a rule's patterns look at, in the order in which their groups are counted.
CONDITIONS = ("subject", "text", "sender", "file")

#: What a rule may say of a mail.
RESULTS = ("kind", "event", "channel", "priority", "handling")

#: Where a rule stands unless something else is said: with room before and behind it.
POSITION = 100

#: A channel as an operator reads it; more than this is no channel.
CHANNEL_CHARACTERS = 64

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}\Z")
_GROUP = re.compile(r"\{(\w+)\}")
_optional = attrs.validators.optional


@frozen(kw_only=True)
class Rule:
    """One own rule as it is kept.  Without source and site it is for all."""

    name: str = field(validator=attrs.validators.matches_re(NAME))
    source: str | None = None
    site: str | None = None
    position: int = POSITION
    enabled: bool = False
    subject: str | None = None
    text: str | None = None
    sender: str | None = None
    file: str | None = None
    kind: str | None = field(default=None, validator=_optional(attrs.validators.in_(KINDS)))
    event: str | None = None
    channel: str | None = None
    priority: int | None = field(
        default=None, validator=_optional(attrs.validators.in_(range(1, 6)))
    )
    handling: str | None = field(default=None, validator=_optional(attrs.validators.in_(HANDLINGS)))

    @property
    def scope(self) -> str:
        """For whom it is, as people read it."""
        if self.source is not None:
            return f"source {self.source}"
        return "all" if self.site is None else f"site {self.site}"

    def concerns(self, source: Source | None) -> bool:
        """Whether a mail of this source is one that it looks at."""
        if self.source is not None:
            return source is not None and source.address == self.source
        return self.site is None or (source is not None and source.site == self.site)


@frozen(kw_only=True, slots=False)
class Matter:
    """What rules look at in one mail: its words, and the device's names for its files."""

    subject: str | None
    text: str | None
    sender: str
    labels: Sequence[str | None]

    @functools.cached_property
    def texts(self) -> Mapping[str, tuple[bytes, ...]]:
        """For each condition where its pattern is looked for, in one of these."""
        return {
            "subject": (looked_at(self.subject),),
            "text": (looked_at(self.text),),
            "sender": (looked_at(self.sender),),
            "file": tuple(_names(self.labels)),
        }


def _names(labels: Sequence[str | None]) -> Iterator[bytes]:
    """The names that are looked at: together no more than of a text."""
    left = LOOKED_AT_BYTES
    for name in map(looked_at, filter(None, labels)):
        left -= len(name)
        if left < 0:
            return
        yield name


@frozen
class Match:
    """A rule that decides, and the channel that it took out of the mail."""

    rule: Rule
    channel: str | None


@frozen
class CompiledRule:
    """A rule with its patterns.  Make it with `compiled_rule`."""

    rule: Rule
    patterns: tuple[tuple[str, Pattern], ...]
    numbers: Mapping[str, int]

    def match(self, matter: Matter) -> Match | None:
        """What it says of a mail, if every one of its patterns is found there."""
        groups: list[str | None] = []
        for condition, pattern in self.patterns:
            found = next(filter(_is_found, map(pattern.search, matter.texts[condition])), None)
            if found is None:
                return None
            groups += found
        return Match(self.rule, self._channel(groups))

    def _channel(self, groups: Sequence[str | None]) -> str | None:
        if self.rule.channel is None:
            return None
        said = _GROUP.sub(lambda at: groups[self.numbers[at[1]] - 1] or "", self.rule.channel)
        plain = "".join(sign if sign.isprintable() else " " for sign in said)
        return plain.strip()[:CHANNEL_CHARACTERS].strip() or None


def _is_found(groups: Sequence[str | None] | None) -> bool:
    return groups is not None


class BadRule(ValueError):
    """A rule that cannot be: one sentence with place and reason."""


def compiled_rule(rule: Rule) -> CompiledRule:
    """The rule with its patterns compiled.  Raises `BadRule`."""
    patterns = []
    for condition in CONDITIONS:
        text = getattr(rule, condition)
        if text is not None:
            patterns.append((condition, _pattern(rule.name, condition, text)))
    if not patterns:
        raise BadRule(
            f"rule {rule.name}: it looks at nothing: give it a pattern with --subject, --text,"
            " --sender or --file"
        )
    if all(getattr(rule, result) is None for result in RESULTS):
        raise BadRule(
            f"rule {rule.name}: it says nothing: give it --kind, --event, --channel, --class"
            " or --handling"
        )
    return CompiledRule(rule, tuple(patterns), _numbers(rule, [one for _, one in patterns]))


def _pattern(name: str, condition: str, text: str) -> Pattern:
    try:
        return compiled(text)
    except ValueError as error:
        raise BadRule(f"rule {name}: --{condition}: {error}") from error


def _numbers(rule: Rule, patterns: Sequence[Pattern]) -> Mapping[str, int]:
    """The number of each group that the channel may name; all patterns' groups are counted on."""
    numbers, counted = {}, 0
    for pattern in patterns:
        numbers.update({name: counted + number for name, number in pattern.names.items()})
        counted += pattern.groups
    numbers.update({str(number): number for number in range(1, counted + 1)})
    told = rule.channel or ""
    for name in _GROUP.findall(told):
        if name not in numbers:
            have = ", ".join(f"{{{known}}}" for known in numbers) or "none"
            raise BadRule(
                f"rule {rule.name}: --channel: {{{name}}} is no group of its patterns: there is"
                f" {have}"
            )
    if set(_GROUP.sub("", told)) & set("{}"):
        raise BadRule(f"rule {rule.name}: --channel: write a group as in {{1}} or {{zone}}")
    return numbers


@frozen
class Rules:
    """All rules that are switched on, ready to be asked.  Build them with `Rules.of`.

    A mail's source and site are looked up, so that rules of others cost it nothing.
    ``broken`` has the rules that do not compile (any more), each with its reason.
    """

    by_source: Mapping[str, tuple[CompiledRule, ...]] = field(factory=dict)
    by_site: Mapping[str, tuple[CompiledRule, ...]] = field(factory=dict)
    for_all: tuple[CompiledRule, ...] = ()
    broken: Mapping[str, str] = field(factory=dict)

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Rules:
        """These rules, in the order in which they are asked; those switched off are left out."""
        by_scope: dict[tuple[str, Any], list[CompiledRule]] = defaultdict(list)
        broken = {}
        for rule in sorted(rules, key=lambda rule: (rule.position, rule.name)):
            if not rule.enabled:
                continue
            scope = ("source", rule.source) if rule.source is not None else ("site", rule.site)
            try:
                by_scope[scope].append(compiled_rule(rule))
            except BadRule as error:
                broken[rule.name] = str(error)
        for_all = tuple(by_scope.pop(("site", None), ()))
        return cls(
            {key: tuple(found) for (kind, key), found in by_scope.items() if kind == "source"},
            {key: tuple(found) for (kind, key), found in by_scope.items() if kind == "site"},
            for_all,
            broken,
        )

    def concerning(self, source: Source | None) -> Iterator[CompiledRule]:
        """The rules that a mail of this source is shown to, in their order."""
        if source is not None:
            yield from self.by_source.get(source.address, ())
            if source.site is not None:
                yield from self.by_site.get(source.site, ())
        yield from self.for_all

    def __bool__(self) -> bool:
        return bool(self.by_source or self.by_site or self.for_all)
