"""``alarmgw source``: cameras, recorders and panels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import click

from alarmgw.cli.home import open_reader, perform
from alarmgw.cli.options import home_option, json_option, password_option, read_password
from alarmgw.cli.speech import Failed, say_json, say_table
from alarmgw.model import Source, normal_address
from alarmgw.store import accounts


@click.group()
def source() -> None:
    """Sources: cameras, recorders and panels, each known by a mail address."""


@source.command()
@click.argument("address")
@click.option("--name", help="What operators call it.")
@click.option("--site", metavar="NUMBER", help="Where it stands; a new number makes a site.")
@click.option("--login", metavar="NAME", help="The name it logs in with; several may share one.")
@password_option
@home_option
def add(
    address: str,
    name: str | None,
    site: str | None,
    login: str | None,
    password_file: Path | None,
    home: Path,
) -> None:
    """Add a source.  A new --login without a file gets a password, printed once."""
    if password_file is not None and login is None:
        raise click.UsageError("--password-file needs --login NAME")
    arguments = {
        "address": address,
        "name": name,
        "site": site,
        "login": login,
        "password": read_password(password_file),
    }
    result = perform(home, "source add", arguments)
    click.echo(f"{normal_address(address)} added")
    if result.get("password"):
        click.echo(f"login     {login}")
        click.echo(f"password  {result['password']}   (not shown again)")


@source.command("list")
@json_option
@home_option
def list_(as_json: bool, home: Path) -> None:
    """List all sources."""
    with open_reader(home).reading() as connection:
        sources = accounts.sources(connection)
    if as_json:
        for row in sources:
            say_json(_shown(row))
        return
    say_table(
        ("ADDRESS", "NAME", "SITE", "LOGIN"),
        [(row.address, row.name, row.site, row.login) for row in sources],
    )


@source.command()
@click.argument("address")
@json_option
@home_option
def show(address: str, as_json: bool, home: Path) -> None:
    """Show one source."""
    with open_reader(home).reading() as connection:
        found = accounts.source(connection, normal_address(address))
    if found is None:
        raise Failed(f"{address} is no source; `alarmgw source list` shows all")
    if as_json:
        say_json(_shown(found))
        return
    for key, value in _shown(found).items():
        text = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{key:<9} {text or '-'}")


@source.command()
@click.argument("address")
@home_option
def remove(address: str, home: Path) -> None:
    """Remove a source; what it sent stays where it is."""
    perform(home, "source remove", {"address": address})
    click.echo(f"{normal_address(address)} removed")


def _shown(row: Source) -> dict[str, Any]:
    return {**attrs.asdict(row), "networks": [str(network) for network in row.networks]}
