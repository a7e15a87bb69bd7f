"""``alarmgw backup``: a whole copy of a gateway, running or not."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from alarmgw.cli.home import JOURNAL_NAME, open_reader
from alarmgw.cli.options import home_option
from alarmgw.cli.progress import progress_shown
from alarmgw.cli.sentence import size_text
from alarmgw.cli.speech import Failed
from alarmgw.cli.verify import faults_text, jobs_option, say_fault
from alarmgw.model import utc_now
from alarmgw.store.backup import back_up
from alarmgw.store.safefile import Files
from alarmgw.store.verification import Listener


@click.command()
@click.argument("to", type=click.Path(path_type=Path))
@jobs_option
@home_option
def backup(to: Path, jobs: int, home: Path) -> None:
    """Back a gateway up into the folder TO; a backup there is brought up to date.

    The backup holds everything, keys and mails included: keep it as safe as the home.
    """
    home, to = home.absolute(), to.absolute()
    with closing(open_reader(home)) as reader:
        reader.bounds()  # a home without a journal makes no folder
    with progress_shown() as tell:
        listener = Listener(fault=say_fault, progress=tell)
        made = back_up(
            home, JOURNAL_NAME, to, Files(), now=utc_now(), threads=jobs, listener=listener
        )
    click.echo(
        f"{to} is whole: up to entry {made.label.head}, {made.alarms} alarms;"
        f" {size_text(made.octets)} copied, {made.kept} files were there"
    )
    if made.faults:
        count = faults_text(len(made.faults))
        raise Failed(f"backed up as it is, but the home has {count}: see `alarmgw verify`")
