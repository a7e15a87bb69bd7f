"""``alarmgw site`` and ``alarmgw customer``, and what they and ``source`` have in common.

Each record has the fields of `alarmgw.fields`: as options of ``change`` and
as columns of ``import`` and ``export``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from alarmgw.cli.home import open_reader, perform
from alarmgw.cli.importing import imported
from alarmgw.cli.options import home_option, json_option
from alarmgw.cli.speech import Failed, printable, say_json, say_table
from alarmgw.cli.spreadsheet import read_rows, written
from alarmgw.fields import FIELDS, key_of
from alarmgw.records import BOOKS, facts

#: Fields that no table has room for.
LONG = ("action_text", "action_texts", "notes", "contacts")


@click.group()
def site() -> None:
    """Sites: the guarded places, each known by its number."""


@click.group()
def customer() -> None:
    """Customers: who pays for sites, each known by a number."""


def _with_fields(kind: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Options for all fields of a kind but its key."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        for name, field in reversed(list(FIELDS[kind].items())):
            if name != key_of(kind):
                names = [f"--{name.replace('_', '-')}", *(["--class"] * (name == "priority"))]
                function = click.option(*names, name, help=_sentence(field.meaning))(function)
        return function

    return decorate


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _changing(kind: str, word: str) -> click.Command:
    """``add`` or ``change``."""

    @click.command(word)
    @click.argument(key_of(kind))
    @_with_fields(kind)
    @home_option
    def command(home: Path, **given: str | bool | None) -> None:
        said = {name: value for name, value in given.items() if value not in (None, False)}
        if word == "change" and len(said) == 1:
            raise click.UsageError("say what is to be changed, for example --name NAME")
        result = perform(home, f"{kind} {word}", said)
        click.echo(f"{result[key_of(kind)]} {word.removesuffix('e')}ed")
        for hint in result.get("hints", ()):
            click.echo(f"note      {hint}")
        if result.get("password"):
            click.echo(f"login     {result['login']}")
            click.echo(f"password  {result['password']}   (not shown again)")

    command.help = {
        "add": f"Add a {kind}.",
        "change": f"Change a {kind}: the fields that are given; an empty one is cleared.",
    }[word]
    if word == "add":
        said = f"It was removed, and is the same {kind} again."
        click.option("--bring-back", is_flag=True, help=said)(command)
    return command


def _removing(kind: str) -> click.Command:
    @click.command("remove", help=f"Remove a {kind} that nothing uses; its number stays taken.")
    @click.argument("number")
    @home_option
    def command(number: str, home: Path) -> None:
        perform(home, f"{kind} remove", {"number": number})
        click.echo(f"{number} removed")

    return command


def _listed(home: Path, kind: str) -> list[dict[str, Any]]:
    with open_reader(home).reading() as connection:
        return [facts(record) for record in BOOKS[kind].listed(connection)]


def _listing(kind: str) -> click.Command:
    @click.command("list", help=f"List all {kind}s.")
    @json_option
    @home_option
    def command(as_json: bool, home: Path) -> None:
        records = _listed(home, kind)
        if as_json:
            for record in records:
                say_json(record)
            return
        names = [name for name in FIELDS[kind] if name not in LONG]
        headings = [name.replace("_", " ").upper() for name in names]
        say_table(headings, [[record[name] for name in names] for record in records])

    return command


def _showing(kind: str) -> click.Command:
    @click.command("show", help=f"Show one {kind}.")
    @click.argument("number")
    @json_option
    @home_option
    def command(number: str, as_json: bool, home: Path) -> None:
        found = next((one for one in _listed(home, kind) if one["number"] == number), None)
        if found is None:
            raise Failed(f"there is no {kind} {number}; `alarmgw {kind} list` shows all")
        if as_json:
            say_json(found)
            return
        for name, value in found.items():
            said = FIELDS[kind][name].write(value)
            click.echo(f"{name:<12} {printable(said or '-')}")

    return command


def _importing(kind: str) -> click.Command:
    @click.command(
        "import",
        help=f"Take {kind}s from a spreadsheet's CSV: all of them, or none if one is wrong.",
    )
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Tell what would be done, and do nothing.")
    @click.option("--bring-back", is_flag=True, help=f"A removed {kind} is the same one again.")
    @json_option
    @home_option
    def command(file: Path, dry_run: bool, bring_back: bool, as_json: bool, home: Path) -> None:
        rows = read_rows(file, kind)
        result = imported(home, kind, rows, dry_run=dry_run, bring_back=bring_back, quiet=as_json)
        if as_json:
            say_json(result)
        else:
            _say_import(file, kind, result, dry_run)
        if result["complaints"]:
            raise Failed(f"{file}: wrong values: {len(result['complaints'])}; nothing was done")

    return command


def _say_import(file: Path, kind: str, result: dict[str, Any], dry_run: bool) -> None:
    for one in result["complaints"]:
        click.echo(f"{file}: line {one['line']}: {one['column']}: {one['reason']}", err=True)
    for one in result["hints"]:
        click.echo(f"{file}: line {one['line']}: {one['column']}: note: {one['reason']}", err=True)
    for change in result["changes"] if dry_run else ():
        told = f"{change['key']} {change['what']}{_differences(kind, change)}"
        click.echo(f"line {change['line']}: {told}")
    for secret in result["passwords"]:
        click.echo(f"login {secret['login']}  password {secret['password']}   (not shown again)")
    counts = ", ".join(f"{result[what]} {what}" for what in ("added", "changed", "unchanged"))
    if not result["complaints"]:
        click.echo(f"{'would be: ' if dry_run else ''}{counts}")


def _differences(kind: str, change: dict[str, Any]) -> str:
    def shown(name: str, value: Any) -> str:
        return printable(FIELDS[kind][name].write(value)) or "-"

    told = (
        f"{name} {shown(name, change['was'][name])} → {shown(name, value)}"
        for name, value in change.get("now", {}).items()
    )
    return ": " * ("now" in change) + ", ".join(told)


def _exporting(kind: str) -> click.Command:
    @click.command("export", help=f"Write all {kind}s as CSV, to be changed and imported again.")
    @click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
    @home_option
    def command(file: Path, home: Path) -> None:
        text = written(kind, _listed(home, kind))
        if str(file) == "-":
            sys.stdout.buffer.write(text.encode())
            sys.stdout.flush()
            return
        file.write_bytes(text.encode())
        click.echo(f"{text.count(chr(13)) - 1} {kind}s written to {file}")

    return command


def add_records(groups: dict[str, click.Group]) -> None:
    """Give each group the commands that its kind of records has."""
    for kind, group in groups.items():
        if kind != "source":
            own = (_changing(kind, "add"), _listing(kind), _showing(kind), _removing(kind))
            for command in own:
                group.add_command(command)
        for command in (_changing(kind, "change"), _importing(kind), _exporting(kind)):
            group.add_command(command)
