"""The workshop: one folder under ``spool`` where files are made before they go to their places.

It is on the volume that they go to, so that a rename puts them there, and it
is one folder for all alarms, because making and removing one for each costs
more than most repairs.
"""

from __future__ import annotations

from pathlib import Path

from alarmgw.store.safefile import Files
from alarmgw.store.spool import SPOOL

#: The workshop's name under ``spool``; no mail and no alarm can bear it.
WORKSHOP = "workshop"


class Workshop:
    """One home's workshop, for one thread at a time."""

    def __init__(self, home: Path, files: Files) -> None:
        self._folder = home / SPOOL / WORKSHOP
        self._files = files

    def emptied(self) -> Path:
        """The folder, with nothing in it, whatever a stopped repair has left.  Raises `OSError`."""
        if self._folder.is_dir():
            for left in self._folder.iterdir():
                self._files.unlink(left)
        else:
            self._files.mkdir(self._folder)
        return self._folder

    def close(self) -> None:
        """Remove the folder, if there is one.  Raises `OSError`."""
        if self._folder.is_dir():
            self._files.remove_tree(self._folder)
