"""``alarmgw restore``: a new home from a backup."""

from __future__ import annotations

import os
from pathlib import Path

import click

from alarmgw.cli.options import home_option
from alarmgw.cli.progress import progress_shown
from alarmgw.cli.verify import NAMES, jobs_option, say_fault
from alarmgw.model import utc_now
from alarmgw.store.restoring import restore as restore_home
from alarmgw.store.safefile import Files
from alarmgw.store.verification import Listener


@click.command()
@click.argument("backup", metavar="FROM", type=click.Path(path_type=Path))
@jobs_option
@home_option
def restore(backup: Path, jobs: int, home: Path) -> None:
    """Verify the backup FROM and make HOME, new or empty, what it holds.

    Its journal gets a new identity: every workstation starts again from what is open.
    """
    backup, home = backup.absolute(), home.absolute()
    with progress_shown() as tell:
        made = restore_home(
            backup,
            home,
            NAMES,
            Files(),
            now=utc_now,
            randomness=os.urandom,
            threads=jobs,
            listener=Listener(fault=say_fault, progress=tell),
        )
    click.echo(
        f"{home} is the backup of {made.label.time}: {made.alarms} alarms up to entry"
        f" {made.label.head}, which entry {made.head} says; next: alarmgw check --home {home}"
    )
