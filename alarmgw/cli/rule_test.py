"""``alarmgw rule test``: what a rule would have made of the mails of the last days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import click
from attrs import field, frozen
from rich.console import Console

from alarmgw.arguments import Arguments
from alarmgw.cli.home import open_reader
from alarmgw.cli.options import home_option, json_option
from alarmgw.cli.rule import kept_rules, rule_options, said
from alarmgw.cli.speech import Failed, say_json, say_table
from alarmgw.model import utc_now, utc_text
from alarmgw.rulebook import ARGUMENTS, fields_given, name_given, whole
from alarmgw.rules import Rule
from alarmgw.ruletrial import ASPECTS, RuleTrial, Trial
from alarmgw.store.past_alarms import past_alarms

#: A month shows what a device says on working days, at weekends and at a fault or two.
DAYS = 30
MAILS = 10_000


@frozen
class _Found:
    """What the rule was tried on, and where it matched; the oldest first."""

    mails: int
    trials: list[Trial] = field(repr=False)
    more: bool

    @property
    def changing(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.changes]


@click.command()
@click.argument("name")
@click.option("--since", type=click.IntRange(0), default=0, metavar="N", help="After entry N.")
@click.option(
    "--days", type=click.IntRange(1), default=DAYS, help="How far back.", show_default=True
)
@click.option(
    "--limit", type=click.IntRange(1), default=MAILS, help="At most N mails.", show_default=True
)
@rule_options
@json_option
@home_option
def test(
    name: str, since: int, days: int, limit: int, as_json: bool, home: Path, **given: str | None
) -> None:
    """Try a rule on the mails of the last days: which would change, and into what.

    Nothing is changed.  With options it is tried as it would be with them; a rule that is not
    kept yet is tried by its options alone.
    """
    reader, rules = open_reader(home), kept_rules(home)
    kept = next((one for one in rules if one.name == name.lower()), None)
    rule = _asked(name, kept, said(given))
    trial = RuleTrial(rule, rules, reader.directory().by_address)
    oldest = utc_text(utc_now() - timedelta(days=days))
    with Console(stderr=True).status("the journal is looked through …"):
        found = _tried(trial, past_alarms(reader, since, oldest), limit)
    if as_json:
        _say_json(found)
        return
    if found.changing:
        say_table(
            ("ENTRY", "TIME", "SOURCE", "SUBJECT", "WOULD CHANGE"), map(_cells, found.changing)
        )
    for line in _summary(rule, found, days):
        click.echo(line)
    click.echo(_state(rule, kept))


def _asked(name: str, kept: Rule | None, given: dict[str, Any]) -> Rule:
    """The rule as it is kept, with what is given in its place.  Raises `Failed` or `Refused`."""
    if kept is None and not given:
        raise Failed(f"there is no rule {name}; `alarmgw rule list` shows all")
    arguments = Arguments("rule test", {"name": name, **given}, ARGUMENTS)
    return whole(attrs.evolve(kept or Rule(name=name_given(arguments)), **fields_given(arguments)))


def _tried(trial: RuleTrial, entries: Iterable[dict[str, Any]], limit: int) -> _Found:
    concerned = filter(trial.concerns, entries)
    trials: list[Trial] = []
    mails = 0
    for entry in concerned:
        if mails == limit:
            return _Found(mails, trials[::-1], more=True)
        mails += 1
        if (tried := trial.tried(entry)) is not None:
            trials.append(tried)
    return _Found(mails, trials[::-1], more=False)


def _say_json(found: _Found) -> None:
    for trial in found.trials:
        say_json(trial.as_json())
    counts = {"mails": found.mails, "match": len(found.trials), "change": len(found.changing)}
    say_json({**counts, "more": found.more})


def _cells(trial: Trial) -> tuple[object, ...]:
    time = trial.time[:19].replace("T", " ")
    return trial.seq, time, trial.source or "unassigned", trial.subject, _difference(trial)


def _difference(trial: Trial) -> str:
    return ", ".join(
        f"{aspect} {_plain(trial.was[aspect])} → {_plain(trial.would_be[aspect])}"
        for aspect in ASPECTS
        if trial.was[aspect] != trial.would_be[aspect]
    )


def _plain(value: Any) -> str:
    return " + ".join(value) or "-" if isinstance(value, list) else str(value)


def _summary(rule: Rule, found: _Found, days: int) -> Iterator[str]:
    whose = "" if rule.scope == "all" else f" of {rule.scope}"
    yield (
        f"of {found.mails} mails{whose} in the last {days} days {len(found.trials)} match;"
        f" {len(found.changing)} would change"
    )
    if found.more:
        yield f"there are older ones that were not tried: --limit {found.mails} was reached"
    before: dict[str, int] = {}
    for trial in found.trials:
        if trial.decided_by not in (None, rule.name):
            before[str(trial.decided_by)] = before.get(str(trial.decided_by), 0) + 1
    for name, count in before.items():
        yield f"rule {name} decides {count} of the matching ones: it is asked before {rule.name}"


def _state(rule: Rule, kept: Rule | None) -> str:
    if kept is None:
        return f"{rule.name} is not kept: `alarmgw rule add {rule.name} …` keeps it, switched off"
    if rule != kept:
        return (
            f"this is {rule.name} with other fields: `alarmgw rule change {rule.name} …` keeps them"
        )
    if kept.enabled:
        return f"{rule.name} is on: this is what it changes"
    return f"{rule.name} is off: `alarmgw rule enable {rule.name}` switches it on"
