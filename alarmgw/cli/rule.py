"""``alarmgw rule``: what a control room's own rules make of mails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from alarmgw.cli.home import open_reader, perform
from alarmgw.cli.options import home_option, json_option
from alarmgw.cli.speech import Failed, printable, say_json, say_table
from alarmgw.model import HANDLINGS, KINDS
from alarmgw.rulebook import facts
from alarmgw.rules import CONDITIONS, RESULTS, Rule
from alarmgw.store import rules as records

_OPTIONS = (
    click.option("--source", metavar="ADDRESS", help="For mails of this source only."),
    click.option("--site", metavar="NUMBER", help="For mails of this site's sources only."),
    click.option("--subject", metavar="PATTERN", help="Found in the subject."),
    click.option("--text", metavar="PATTERN", help="Found in the text."),
    click.option("--sender", metavar="PATTERN", help="Found in the envelope's sender."),
    click.option("--file", metavar="PATTERN", help="Found in the name of a picture or file."),
    click.option("--kind", metavar="KIND", help=f"Makes it one of {', '.join(KINDS)}."),
    click.option("--event", metavar="WORD", help="The event: a word of docs/events.rst."),
    click.option("--channel", metavar="TEXT", help="The channel; {1} or {zone} is a group."),
    click.option("--class", "priority", metavar="N", help="The class, 1 to 5."),
    click.option("--handling", metavar="WORD", help=f"One of {', '.join(HANDLINGS)}."),
    click.option("--position", metavar="N", help="Smaller ones are asked first  [default: 100]"),
)


def rule_options(function: Callable[..., None]) -> Callable[..., None]:
    """Options for all fields of a rule but its name."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def said(given: dict[str, Any]) -> dict[str, Any]:
    """What was typed of the options."""
    return {name: value for name, value in given.items() if value not in (None, False)}


@click.group()
def rule() -> None:
    """Own rules: what patterns in a mail say about its kind, event, channel and class."""


@rule.command()
@click.argument("name")
@rule_options
@home_option
def add(name: str, home: Path, **given: str | None) -> None:
    """Add a rule, for all mails or one source's or site's.  It is off until it is enabled."""
    result = perform(home, "rule add", {"name": name, **said(given)})
    name = result["name"]
    click.echo(f"{name} added, and off: `alarmgw rule test {name}` tries it on the last mails,")
    click.echo(f"`alarmgw rule enable {name}` switches it on")


@rule.command()
@click.argument("name")
@click.option("--all", "all_", is_flag=True, help="For all mails.")
@rule_options
@home_option
def change(name: str, all_: bool, home: Path, **given: str | None) -> None:
    """Change a rule: the fields that are given; an empty one is cleared."""
    changed = said({**given, "all": all_})
    if not changed:
        raise click.UsageError("say what is to be changed, for example --class 2")
    result = perform(home, "rule change", {"name": name, **changed})
    state = "it is on: this counts from the next mail" if result["enabled"] else "it is off"
    click.echo(f"{result['name']} changed; {state}")


@rule.command()
@click.argument("name")
@home_option
def enable(name: str, home: Path) -> None:
    """Switch a rule on; `rule test` says what it will do."""
    result = perform(home, "rule enable", {"name": name})
    click.echo(f"{result['name']} is on: it counts from the next mail")


@rule.command()
@click.argument("name")
@home_option
def disable(name: str, home: Path) -> None:
    """Switch a rule off."""
    result = perform(home, "rule disable", {"name": name})
    click.echo(f"{result['name']} is off: mails are what they were without it")


@rule.command()
@click.argument("name")
@home_option
def remove(name: str, home: Path) -> None:
    """Remove a rule; what it was stands in the journal."""
    click.echo(f"{perform(home, 'rule remove', {'name': name})['name']} removed")


def kept_rules(home: Path) -> list[Rule]:
    """Every rule, in the order in which they are asked."""
    with open_reader(home).reading() as connection:
        return records.rules(connection)


@rule.command("list")
@json_option
@home_option
def list_(as_json: bool, home: Path) -> None:
    """List all rules: a source's before its site's, then those for all."""
    rows = [facts(one) for one in kept_rules(home)]
    if as_json:
        for row in rows:
            say_json(row)
        return
    say_table(
        ("NAME", "STATE", "FOR", "POSITION", "IF", "THEN"),
        [
            (
                row["name"],
                _state(row),
                _scope(row),
                row["position"],
                _told(row, CONDITIONS, "{} ~ {}"),
                _told(row, RESULTS, "{} {}"),
            )
            for row in rows
        ],
    )


@rule.command()
@click.argument("name")
@json_option
@home_option
def show(name: str, as_json: bool, home: Path) -> None:
    """Show one rule."""
    found = next((one for one in kept_rules(home) if one.name == name.lower()), None)
    if found is None:
        raise Failed(f"there is no rule {name}; `alarmgw rule list` shows all")
    row = facts(found)
    if as_json:
        say_json(row)
        return
    shown = {"name": row["name"], "state": _state(row), "for": _scope(row)}
    for key in ("position", *CONDITIONS, *RESULTS):
        shown[_heading(key)] = row[key]
    for key, value in shown.items():
        click.echo(f"{key:<9} {printable(str(value or '-'))}")
    if row["broken"]:
        click.echo(f"broken    {row['broken']}")


def _state(row: dict[str, Any]) -> str:
    if row["broken"]:
        return "broken"
    return "on" if row["enabled"] else "off"


def _scope(row: dict[str, Any]) -> str:
    return next((f"{key} {row[key]}" for key in ("source", "site") if row[key]), "all")


def _told(row: dict[str, Any], names: tuple[str, ...], form: str) -> str:
    return ", ".join(form.format(_heading(name), row[name]) for name in names if row[name])


def _heading(name: str) -> str:
    """What people call a field."""
    return "class" if name == "priority" else name
