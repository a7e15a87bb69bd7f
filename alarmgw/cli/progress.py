"""Progress on stderr: a bar on a terminal, else a line every some seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from alarmgw.cli.sentence import size_text
from alarmgw.store.verification import Progress

#: Between two lines where there is no terminal.
LINE_SECONDS = 10.0

Tell = Callable[[Progress], None]


@contextmanager
def progress_shown() -> Iterator[Tell]:
    """Shows what it is told while the block runs; stdout stays for the result."""
    if not sys.stderr.isatty():
        yield lines_told(time.monotonic)
        return
    console = Console(stderr=True, markup=False, emoji=False)
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}  {task.fields[octets]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, octets="")

        def tell(step: Progress) -> None:
            bar.update(
                task,
                description=step.stage,
                completed=step.done,
                total=step.total,
                octets=size_text(step.octets) if step.octets else "",
            )

        yield tell


def lines_told(clock: Callable[[], float]) -> Tell:
    """A line on stderr, at most every `LINE_SECONDS`; short work stays silent."""
    last = clock()

    def tell(step: Progress) -> None:
        nonlocal last
        if clock() - last < LINE_SECONDS:
            return
        last = clock()
        read = f", {size_text(step.octets)}" if step.octets else ""
        click.echo(f"{step.stage} {step.done} of {step.total}{read}", err=True)

    return tell
