"""The book of own rules: the commands that add, change, switch and remove them.

What a pattern costs is measured before the journal's writer is asked, so that no mail waits for
it.  A rule is switched off when it is new: it is to be tried first (`alarmgw.ruletrial`).
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from alarmgw.arguments import Arguments, bad_value
from alarmgw.codec.eventwords import read_words, vocabulary
from alarmgw.commands import Context, Job, Result
from alarmgw.errors import Cause, Refused
from alarmgw.model import HANDLINGS, KINDS
from alarmgw.patterns import PATTERN_CHARACTERS
from alarmgw.patterntrial import refuse_slow
from alarmgw.rules import CONDITIONS, NAME, POSITION, BadRule, Rule, compiled_rule
from alarmgw.store import accounts, sites
from alarmgw.store import rules as records
from alarmgw.store.journal import Ledger

#: More rules than anybody can look over.
RULES_MOST = 1000

POSITION_MOST = 9999

#: More than a pattern may have, so that it is the pattern's own refusal that is heard.
_PATTERN_ROOM = 20 * PATTERN_CHARACTERS


def _event(arguments: Arguments, key: str) -> str | None:
    word, known = arguments.word(key), vocabulary().words
    if word is not None and word not in known:
        read = read_words(word).word
        near = [read.word] if read else difflib.get_close_matches(word, known, 1)
        hint = f"do you mean {near[0]}?" if near else f"it is one of {', '.join(known)}"
        raise bad_value(f"the event {word!r} is unknown: {hint}")
    return word


def _one_of(allowed: tuple[str, ...]) -> Callable[[Arguments, str], object]:
    return lambda arguments, key: arguments.choice(key, allowed) if arguments.word(key) else None


def _pattern(arguments: Arguments, key: str) -> object:
    return arguments.exactly(key, _PATTERN_ROOM)


#: How each field of a rule is read; an empty text clears it.
_READERS: Mapping[str, Callable[[Arguments, str], object]] = {
    "source": lambda arguments, key: arguments.address(key) if arguments.word(key) else None,
    "site": Arguments.word,
    "position": lambda arguments, key: arguments.number(key, 1, POSITION_MOST) or POSITION,
    **dict.fromkeys(CONDITIONS, _pattern),
    "kind": _one_of(KINDS),
    "event": _event,
    "channel": Arguments.word,
    "priority": lambda arguments, key: arguments.number(key, 1, 5),
    "handling": _one_of(HANDLINGS),
}

#: What `rule add` and `rule change` know: ``all`` is for whom the rule is, as source and site are.
ARGUMENTS = ("name", "all", *_READERS)


def name_given(arguments: Arguments) -> str:
    """The rule's name.  Raises `Refused`."""
    name = arguments.needed_word("name").lower()
    if not NAME.match(name):
        raise bad_value(
            f"{name!r} is no name of a rule: write up to 32 small letters, digits, - and _"
        )
    return name


def fields_given(arguments: Arguments) -> dict[str, Any]:
    """The fields that are given, each checked, patterns tried for their time.  Raises `Refused`."""
    given = {
        name: read(arguments, name) for name, read in _READERS.items() if name in arguments.given
    }
    scopes = [name for name in ("source", "site") if given.get(name) is not None]
    if len(scopes) + arguments.flag("all") > 1:
        raise bad_value("a rule is for one source, one site or all: give only one of them")
    if scopes or arguments.flag("all"):
        given = {**given, "source": given.get("source"), "site": given.get("site")}
    for condition in CONDITIONS:
        if isinstance(pattern := given.get(condition), str):
            _refuse_bad_pattern(name_given(arguments), condition, pattern)
    return given


def _refuse_bad_pattern(name: str, condition: str, pattern: str) -> None:
    try:
        refuse_slow(pattern, time.thread_time)
    except ValueError as error:
        raise bad_value(f"rule {name}: --{condition}: {error}") from error


def whole(rule: Rule) -> Rule:
    """The rule, if it can be one.  Raises `Refused`."""
    try:
        return compiled_rule(rule).rule
    except BadRule as error:
        raise bad_value(str(error)) from error


def add(arguments: Arguments, context: Context) -> Job:
    """`rule add`: a new rule, switched off."""
    rule = whole(attrs.evolve(Rule(name=name_given(arguments)), **fields_given(arguments)))

    def job(ledger: Ledger) -> Result:
        known = records.rules(ledger.connection)
        if any(one.name == rule.name for one in known):
            raise bad_value(
                f"there is a rule {rule.name} already: choose another name, or see"
                " `alarmgw rule change`"
            )
        if len(known) >= RULES_MOST:
            raise bad_value(f"there are {RULES_MOST} rules: remove one that is not needed")
        _refuse_unknown_scope(ledger, rule)
        records.put_rule(ledger.connection, rule, context.time())
        context.tell(ledger, "rule_added", rule=rule.name, now=_told(rule))
        return facts(rule)

    return job


def change(arguments: Arguments, context: Context) -> Job:
    """`rule change`: the fields that are given, and no others."""
    name, given = name_given(arguments), fields_given(arguments)

    def job(ledger: Ledger) -> Result:
        before = known_rule(ledger, name)
        after = whole(attrs.evolve(before, **given))
        _refuse_unknown_scope(ledger, after)
        return _keep_change(ledger, before, after, context)

    return job


def enable(arguments: Arguments, context: Context) -> Job:
    """`rule enable`: it counts from the next mail on."""
    return _switching(arguments, context, enabled=True)


def disable(arguments: Arguments, context: Context) -> Job:
    """`rule disable`: mails are what they were without it."""
    return _switching(arguments, context, enabled=False)


def _switching(arguments: Arguments, context: Context, *, enabled: bool) -> Job:
    name = name_given(arguments)

    def job(ledger: Ledger) -> Result:
        before = known_rule(ledger, name)
        if before.enabled is enabled:
            raise bad_value(f"the rule {name} is {'on' if enabled else 'off'} already")
        after = attrs.evolve(before, enabled=enabled)
        return _keep_change(ledger, before, whole(after) if enabled else after, context)

    return job


def remove(arguments: Arguments, context: Context) -> Job:
    """`rule remove`: what it was stands in the journal."""
    name = name_given(arguments)

    def job(ledger: Ledger) -> Result:
        rule = known_rule(ledger, name)
        records.remove_rule(ledger.connection, name)
        context.tell(ledger, "rule_removed", rule=rule.name, was=_told(rule))
        return facts(rule)

    return job


def list_(arguments: Arguments, context: Context) -> Job:
    """`rule list`: every rule, on or off."""
    return lambda ledger: [facts(rule) for rule in records.rules(ledger.connection)]


def known_rule(ledger: Ledger, name: str) -> Rule:
    """The rule of this name.  Raises `Refused`."""
    rule = records.rule(ledger.connection, name)
    if rule is None:
        raise Refused(Cause.NOT_FOUND, f"there is no rule {name}: `alarmgw rule list` shows all")
    return rule


def facts(rule: Rule) -> Result:
    """A rule as results have it; ``broken`` is why it cannot be asked."""
    try:
        compiled_rule(rule)
    except BadRule as error:
        return {**attrs.asdict(rule), "broken": str(error)}
    return {**attrs.asdict(rule), "broken": None}


def _told(rule: Rule) -> Result:
    """What a rule says; one object, for it has an event and a text as entries have."""
    return {
        name: value
        for name, value in attrs.asdict(rule).items()
        if name != "name" and value is not None
    }


def _refuse_unknown_scope(ledger: Ledger, rule: Rule) -> None:
    if rule.source is not None and accounts.source(ledger.connection, rule.source) is None:
        raise bad_value(f"{rule.source} is no source: `alarmgw source list` shows all of them")
    if rule.site is not None and not sites.has_site(ledger.connection, rule.site):
        raise bad_value(f"there is no site {rule.site}: `alarmgw site list` shows all of them")


def _keep_change(ledger: Ledger, before: Rule, after: Rule, context: Context) -> Result:
    old, new = attrs.asdict(before), attrs.asdict(after)
    changed = {name: value for name, value in new.items() if value != old[name]}
    if changed:
        records.put_rule(ledger.connection, after, context.time())
        was = {name: old[name] for name in changed}
        context.tell(ledger, "rule_changed", rule=after.name, now=changed, was=was)
    return facts(after)
