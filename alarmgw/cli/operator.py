"""``alarmgw operator``: the people who answer alarms."""

from __future__ import annotations

from pathlib import Path

import click

from alarmgw.cli.home import perform
from alarmgw.cli.options import home_option, json_option, password_option, read_password
from alarmgw.cli.speech import say_json, say_table
from alarmgw.operators import ROLES


@click.group()
def operator() -> None:
    """Operators: people, each known by a name and a password."""


@operator.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default=ROLES[0], show_default=True)
@password_option
@home_option
def add(name: str, role: str, password_file: Path | None, home: Path) -> None:
    """Add an operator.  Without a file a password is invented and printed once."""
    password = read_password(password_file)
    arguments = {"name": name, "role": role, "password": password}
    result = perform(home, "operator add", arguments)
    click.echo(f"operator {name} added")
    _say_password(result.get("password"))


@operator.command("list")
@json_option
@home_option
def list_(as_json: bool, home: Path) -> None:
    """List who may sign on, and where they are signed on now."""
    found = perform(home, "operator list", {})
    if as_json:
        for one in found:
            say_json(one)
        return
    rows = [[one["name"], one["role"], ", ".join(one["workstations"])] for one in found]
    say_table(["NAME", "ROLE", "SIGNED ON AT"], rows)


@operator.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), help="From now on, also where he is signed on.")
@click.option("--new-password", is_flag=True, help="Invent a password and print it once.")
@password_option
@home_option
def change(
    name: str, role: str | None, new_password: bool, password_file: Path | None, home: Path
) -> None:
    """Change an operator's role or password.  Who is signed on stays so."""
    password = read_password(password_file)
    arguments = {"name": name, "role": role, "password": password, "invent": new_password}
    result = perform(home, "operator change", arguments)
    click.echo(f"operator {name} changed: {result['role']}")
    _say_password(result.get("password"))


@operator.command()
@click.argument("name")
@home_option
def remove(name: str, home: Path) -> None:
    """Remove an operator: he is signed off at once, and what he had accepted goes back."""
    result = perform(home, "operator remove", {"name": name})
    where = ", ".join(result["workstations"])
    click.echo(f"operator {name} removed{f'; signed off at {where}' if where else ''}")


def _say_password(password: str | None) -> None:
    if password:
        click.echo(f"password  {password}   (not shown again)")
