"""Who has left although the gateway may not know it: kept until it does, also over a restart.

One session in a small file of the bundle's folder.  A file that cannot be written is
told in the log alone: he has left for as long as this process runs, all the same.
"""

from __future__ import annotations

import re
from pathlib import Path

from twisted.logger import Logger

from alarmgw.workstation.console_service import write_private

NAME = "signed-off"

_SESSION = re.compile(r"[0-9a-f]{1,100}\n?\Z")

log = Logger()


class Departed:
    """The session whose person left."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is the bundle's."""
        self._file = folder / NAME

    def read(self) -> str | None:
        """The session that was kept; None: none, or nothing that can be one."""
        try:
            text = self._file.read_text("ascii")
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            log.failure("{file} cannot be read", file=str(self._file))
            return None
        return text.strip() if _SESSION.match(text) else None

    def keep(self, session: str) -> None:
        """It is this one."""
        try:
            write_private(self._file, session + "\n")
        except (OSError, ValueError):
            log.failure("{file} cannot be written", file=str(self._file))

    def forget(self) -> None:
        """The gateway knows it."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError:
            log.failure("{file} cannot be removed", file=str(self._file))
