"""A gateway into which faults are put by command: the services of `alarmgw.tap`, a real process.

    python -m tests.faults.gateway COMMANDS --home HOME

``COMMANDS`` is a folder.  A link in it is a fault that lasts until it is removed: its name is
the place, its target the exception, or for ``clock`` the seconds by which the time of day is
off.  Links, because reading one needs no descriptor.
"""

from __future__ import annotations

import builtins
import os
import sqlite3
import sys
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

#: The upkeep's rounds follow one another faster here, so that tests are short.
ROUND_SECONDS = 0.3

_time = time.time


class Commands:
    """The faults that are commanded now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def strike(self, place: str) -> None:
        """Raise what is commanded for this place, if anything is."""
        name = self._said(place)
        if name:
            raise getattr(builtins, name)(f"commanded for {place}")

    def seconds(self) -> float:
        """The time of day in seconds, as the clock shows it."""
        return _time() + float(self._said("clock") or 0)

    def _said(self, place: str) -> str:
        try:
            return os.readlink(self._folder / place)
        except FileNotFoundError:
            return ""


def put_faults(commands: Commands) -> None:
    """Replace what the root makes by what fails on command."""
    from alarmgw import intake, model, tap, upkeep
    from alarmgw.codec.smtp import SmtpReader
    from alarmgw.ingest import smtp
    from alarmgw.store.database import open_writer
    from tests.fakes_files import WatchedFiles

    class FaultyFiles(WatchedFiles):
        def step(self, operation: str, path: Path) -> None:
            commands.strike(operation)

    class FaultyIntake(intake.Intake):
        def admit(self, *given: Any) -> None:
            commands.strike("admit")
            super().admit(*given)

    class FaultyReader(SmtpReader):
        def next_event(self) -> Any:
            commands.strike("reader")
            return super().next_event()

    class FaultyConnection(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            if sql == "BEGIN IMMEDIATE":
                commands.strike("writer")
            return super().execute(sql, *given)

    def now() -> datetime:
        return real_now() + timedelta(seconds=commands.seconds() - _time())

    real_now = model.utc_now
    connect = partial(open_writer, factory=FaultyConnection)
    replaced: dict[Any, dict[str, Any]] = {
        tap: {
            "Files": FaultyFiles,
            "Intake": FaultyIntake,
            "Journal": partial(tap.Journal, connect=connect),
            "utc_now": now,
        },
        smtp: {"SmtpReader": FaultyReader},
        upkeep: {"ROUND_SECONDS": ROUND_SECONDS},
    }
    for module, names in replaced.items():
        for name, value in names.items():
            setattr(module, name, value)


def main() -> None:
    """Be ``twistd -n --pidfile= alarmgw`` with faults in it."""
    commands = Commands(Path(sys.argv.pop(1)))
    time.time = commands.seconds  # before Twisted takes it
    from twisted.scripts.twistd import run

    put_faults(commands)
    sys.argv[1:1] = ["-n", "--pidfile=", "alarmgw"]
    run()


if __name__ == "__main__":
    main()
