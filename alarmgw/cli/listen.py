"""``alarmgw watch`` and ``alarmgw picture``: what a workstation hears and fetches."""

from __future__ import annotations

from pathlib import Path

import click

from alarmgw.cli.options import bundle_option, json_option


@click.command()
@bundle_option
@click.option("--since", type=click.IntRange(0), metavar="N", help="Begin after entry N.")
@json_option
def watch(bundle: Path, since: int | None, as_json: bool) -> None:
    """Print what a workstation hears, live, until Ctrl-C."""


@click.command()
@click.argument("alarm")
@click.argument("name")
@bundle_option
@click.option("--to", type=click.Path(path_type=Path), required=True, metavar="FILE")
def picture(alarm: str, name: str, bundle: Path, to: Path) -> None:
    """Fetch one picture as the console does."""
