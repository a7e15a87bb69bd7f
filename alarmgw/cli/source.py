"""``alarmgw source``: cameras, recorders and panels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from alarmgw.cli.home import ask, control_connection, open_reader, perform, whole_home
from alarmgw.cli.options import home_option, json_option, password_option, read_password
from alarmgw.cli.source_log import last_ones, log
from alarmgw.cli.speech import Failed, printable, say_json, say_table
from alarmgw.clockwords import clock_text
from alarmgw.codec.notes import NOTES
from alarmgw.conversation import LENIENCIES
from alarmgw.fields import FIELDS
from alarmgw.hints import hints
from alarmgw.model import Source, normal_address
from alarmgw.plainwords import words
from alarmgw.records import facts
from alarmgw.store import accounts, clocks
from alarmgw.store.clocks import Clock


@click.group()
def source() -> None:
    """Sources: cameras, recorders and panels, each known by a mail address."""


@source.command()
@click.argument("address")
@click.option("--name", help="What operators call it.")
@click.option("--site", metavar="NUMBER", help="Where it stands; a new number makes a site.")
@click.option("--login", metavar="NAME", help="The name it logs in with; several may share one.")
@password_option
@click.option("--bring-back", is_flag=True, help="It was removed, and is the same device again.")
@home_option
def add(
    address: str,
    name: str | None,
    site: str | None,
    login: str | None,
    password_file: Path | None,
    bring_back: bool,
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
        "bring_back": bring_back,
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
        sources, known = accounts.sources(connection), clocks.clocks(connection)
    tolerated = leniencies(home)
    if as_json:
        for row in sources:
            say_json(_shown(row, tolerated, known.get(row.address)))
        return
    say_table(
        ("ADDRESS", "NAME", "SITE", "LOGIN", "CLOCK", "TOLERATED"),
        [
            (
                *(row.address, row.name, row.site, row.login),
                _clock_off(known.get(row.address)),
                _counts(tolerated.get(row.address, {})),
            )
            for row in sources
        ],
    )


@source.command()
@click.argument("address")
@json_option
@home_option
def show(address: str, as_json: bool, home: Path) -> None:
    """Show one source."""
    with open_reader(home).reading() as connection:
        found = accounts.source(connection, normal_address(address))
        clock = clocks.clock(connection, normal_address(address))
    if found is None:
        raise Failed(f"{address} is no source; `alarmgw source list` shows all")
    shown = _shown(found, leniencies(home), clock)
    if as_json:
        say_json(shown)
        return
    tolerated = shown.pop("leniencies")
    shown |= {"clock": clock_told(clock), "disabled": "yes" if found.disabled else None}
    for key, value in shown.items():
        text = FIELDS["source"][key].write(value) if key in FIELDS["source"] else value
        _say(key, str(text or "-"))
    for code, counted in tolerated.items():
        said = LENIENCIES.get(code) or NOTES.get(code) or code
        times = "once" if counted["count"] == 1 else f"{counted['count']} times"
        _say("tolerated", f"{times}, last {counted['last']}: {said}")
    for one in last_ones(whole_home(home), found.address).conversations[-1:]:
        _say("last", f"{one.tls or 'no TLS'}: {words(one, 'en').happened}")
        for hint in hints(one, "en"):
            _say("WARNING", hint)


def _say(name: str, text: str) -> None:
    click.echo(f"{name:<21} {printable(text)}")


@source.command()
@click.argument("address")
@home_option
def remove(address: str, home: Path) -> None:
    """Remove a source; what it sent stays where it is."""
    perform(home, "source remove", {"address": address})
    click.echo(f"{normal_address(address)} removed")


def leniencies(home: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """What the running gateway tolerated of each source; {} without one."""
    connection = control_connection(whole_home(home))
    return ask(connection, "source leniencies", {}) if connection is not None else {}


def _counts(counted: dict[str, dict[str, Any]]) -> str:
    return ", ".join(f"{code} {counted[code]['count']}" for code in counted)


def clock_told(clock: Clock | None) -> str | None:
    """A source's clock in words, with since when; None where no mail has told a time."""
    if clock is None:
        return None
    since = [("by the mail of", clock.measured), ("off since", clock.off_since)]
    since.append(("a fault since", clock.wrong_since))
    told = (f"{what} {when}" for what, when in since if when)
    return ", ".join((clock_text(clock.offset_s, "en"), *told))


def _clock_off(clock: Clock | None) -> str | None:
    return clock_text(clock.offset_s, "en") if clock and clock.off_since else None


def _shown(
    row: Source, tolerated: dict[str, dict[str, dict[str, Any]]], clock: Clock | None
) -> dict[str, Any]:
    return {
        **facts(row),
        "clock": clock.as_json() if clock else None,
        "leniencies": tolerated.get(row.address, {}),
    }


source.add_command(log)
