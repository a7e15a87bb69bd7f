"""``alarmgw unassigned`` and ``alarmgw source adopt``: alarms that are nobody's yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from alarmgw.cli.home import open_reader, perform
from alarmgw.cli.options import home_option, json_option, password_option, read_password
from alarmgw.cli.speech import say_json, say_table
from alarmgw.store.unassigned import UnassignedSender, senders

HEADINGS = ("FROM", "PEER", "ALARMS", "FIRST", "LAST", "TO", "LOGIN", "LAST SUBJECT")


@click.command()
@json_option
@home_option
def unassigned(as_json: bool, home: Path) -> None:
    """List who sends alarms that are nobody's, and what each of them tried."""
    with open_reader(home).reading() as connection:
        found = senders(connection)
    if as_json:
        for row in found:
            say_json(row.as_json())
        return
    say_table(HEADINGS, map(_cells, found))


def _cells(row: UnassignedSender) -> tuple[object, ...]:
    first, last = (time[:19].replace("T", " ") for time in (row.first, row.last))
    recipients = ", ".join(row.recipients)
    return row.sender or "<>", row.peer, row.count, first, last, recipients, row.login, row.subject


@click.command()
@click.argument("wanted", metavar="SENDER-OR-ALARM")
@click.option("--as", "address", required=True, metavar="ADDRESS", help="The source's address.")
@click.option("--peer", metavar="IP", help="Only what came from there.")
@click.option("--name", help="What operators call it.")
@click.option("--site", metavar="NUMBER", help="Where it stands; a new number makes a site.")
@click.option("--login", metavar="NAME", help="The name it logs in with.")
@password_option
@home_option
def adopt(
    wanted: str,
    address: str,
    peer: str | None,
    name: str | None,
    site: str | None,
    login: str | None,
    password_file: Path | None,
    home: Path,
) -> None:
    """Make a source of an unknown sender; it gets the alarms that came before.

    An alarm's id stands for all that came from its sender and peer.  A source that exists
    keeps its name, site and login.
    """
    if password_file is not None and login is None:
        raise click.UsageError("--password-file needs --login NAME")
    asked: dict[str, Any] = {"wanted": wanted, "peer": peer, "address": address}
    new = {"name": name, "site": site, "login": login, "password": read_password(password_file)}
    first = result = perform(home, "source adopt", {**asked, **new})
    adopted = first["adopted"]
    while result["left"]:
        # In slices, so that mails keep their time.
        again = {"wanted": result["wanted"], "peer": result["peer"], "address": address}
        result = perform(home, "source adopt", again)
        adopted += result["adopted"]
    _say(first, adopted, login)


def _say(first: dict[str, Any], adopted: int, login: str | None) -> None:
    made = "added and" if first["made"] else "has"
    click.echo(f"{first['address']} {made} adopted {adopted} alarm{'s' * (adopted != 1)}")
    if first["known_by"]:
        click.echo(f"its next mail is known by {first['known_by']}")
    if first["shared_peer"]:
        click.echo(
            f"others send from {first['shared_peer']}, too, so its next mail is nobody's again:"
            f" enter {first['address']} as recipient in the device, or give it a login"
        )
    if first["password"]:
        click.echo(f"login     {login}")
        click.echo(f"password  {first['password']}   (not shown again)")
