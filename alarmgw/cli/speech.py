"""How commands speak: failures in one line on stderr, JSON one object a line, plain tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Any

import click
from rich.console import Console
from rich.table import Table

from alarmgw.fitting import encode

#: A frame about more rows takes seconds to draw, and nobody sees its top.
FRAMED = 500


class Failed(click.ClickException):
    """The command failed: exit code 1 and one line on stderr."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))

    def show(self, file: IO[Any] | None = None) -> None:
        """The sentence alone; whoever reads it at night needs no prefix."""
        click.echo(self.message, err=True)


def say_json(value: Any) -> None:
    """One object as one line of UTF-8, flushed at once."""
    say_line(encode(value))


def say_line(line: bytes) -> None:
    """One finished line, flushed at once: whoever reads the pipe is waiting for it."""
    click.echo(line)


def say_table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Aligned columns; framed on a terminal, plain in a pipe or file and where there are many."""
    texts = [["-" if cell in (None, "") else printable(str(cell)) for cell in row] for row in rows]
    if sys.stdout.isatty() and len(texts) <= FRAMED:
        table = Table()
        for number, heading in enumerate(headings):
            # The first one is typed into the next command: whole, and in one line.
            table.add_column(heading, overflow="fold", no_wrap=number == 0)
        for row in texts:
            table.add_row(*row)
        Console(markup=False, emoji=False).print(table)
        return
    lines = [list(headings), *texts]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def printable(text: str) -> str:
    """``text`` on one line and without control characters: a device wrote it, not the operator."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def parsed(numbered: Iterable[tuple[int, bytes]]) -> list[dict[str, Any]]:
    """Journal lines as objects."""
    return [json.loads(line) for _, line in numbered]
