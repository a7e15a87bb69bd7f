"""``alarmgw operator``: the people who answer alarms."""

from __future__ import annotations

from pathlib import Path

import click

from alarmgw.administration import ROLES
from alarmgw.cli.home import perform
from alarmgw.cli.options import home_option, password_option, read_password


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
    if result.get("password"):
        click.echo(f"password  {result['password']}   (not shown again)")
