"""``alarmgw verify``: is everything as it was written?"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import click
from attrs import asdict

from alarmgw.cli.home import JOURNAL_NAME, open_reader
from alarmgw.cli.options import home_option, json_option
from alarmgw.cli.progress import progress_shown
from alarmgw.cli.sentence import size_text
from alarmgw.cli.speech import Failed, printable, say_json
from alarmgw.config import CONFIG_NAME
from alarmgw.store.backup import LABEL
from alarmgw.store.inspection import Fault
from alarmgw.store.restoring import Names, verify_backup
from alarmgw.store.verification import Listener, Verified
from alarmgw.store.verification import verify as verify_home

NAMES = Names(journal=JOURNAL_NAME, config=CONFIG_NAME)

jobs_option = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=min(os.cpu_count() or 1, 4),
    metavar="N",
    help="Files read at once  [default: the processors, at most 4]",
)


@click.command()
@jobs_option
@json_option
@home_option
def verify(jobs: int, as_json: bool, home: Path) -> None:
    """Verify the journal, every file and every folder; beside a running gateway, too.

    Nothing is changed.  HOME may be a backup.
    """
    home = home.absolute()
    say = _say_as_json if as_json else say_fault
    with progress_shown() as tell:
        found = _verified(home, jobs, Listener(fault=say, progress=tell))
    if as_json:
        say_json({"type": "verified", **asdict(found), "faults": len(found.faults)})
    else:
        click.echo(_summary(found))
    if found.faults:
        raise Failed(faults_text(len(found.faults)))


def faults_text(count: int) -> str:
    """So many faults, in words."""
    return f"{count} fault{'s' * (count != 1)}"


def say_fault(fault: Fault) -> None:
    """Place, fault and remedy in one line."""
    click.echo(printable(str(fault)))


def _verified(home: Path, jobs: int, listener: Listener) -> Verified:
    if (home / LABEL).exists():
        return verify_backup(home, NAMES, threads=jobs, listener=listener)
    with closing(open_reader(home)) as reader:
        return verify_home(home, reader, threads=jobs, listener=listener)


def _say_as_json(fault: Fault) -> None:
    say_json({"type": "fault", **asdict(fault)})


def _summary(found: Verified) -> str:
    parts = [
        f"{found.entries} entries ({found.erased} erased)",
        f"{found.alarms} alarms",
        f"{found.files} files, {size_text(found.octets)}",
    ]
    if found.unsettled:
        parts.append(f"{found.unsettled} not settled yet")
    if found.drafts:
        parts.append(f"{found.drafts} drafts")
    return (
        f"{', '.join(parts)}: {faults_text(len(found.faults)) if found.faults else 'all is well'}"
    )
