"""The switch: counts the moments at which a cut is worth looking at, and cuts at one of them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

#: The kinds of sync that a disk may lie about.
LIES = ("all", "journal", "mails", "folders", "derived")


class Power:
    """On until it is cut; then every operation fails until it is restored."""

    def __init__(self, told: Callable[[int, str], None]) -> None:
        """``told`` hears of the cut: after how many moments, and what happened last."""
        self._told = told
        self._cut_at: int | None = None
        self.moments = 0
        self.off = False

    def arm(self, moments: int | None) -> None:
        """Count from here, and cut after so many moments; None: only count."""
        self.moments, self._cut_at = 0, moments

    def cut(self, what: str = "at a random moment") -> None:
        """Nothing works any more."""
        if not self.off:
            self.off = True
            self._told(self.moments, what)

    def restore(self) -> None:
        """Everything works again."""
        self.off, self._cut_at = False, None

    def moment(self, what: str, path: str) -> None:
        """Something has happened that one more cut has to come after."""
        if self.off:
            return
        self.moments += 1
        if self.moments == self._cut_at:
            self.cut(f"{what} {path}")

    def needed(self) -> None:
        """Raises `OSError` when there is no power."""
        if self.off:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
