"""Turns: long work of which there is one at a time in a process, so that short work gets through.

The interpreter runs one thread at a time.  Ten mails that are read at once take
as long as one after the other; but whoever else needs the interpreter for a
moment, such as the reactor for a greeting, waits behind ten threads then, and
behind one here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Nobody waits longer for his turn: work that does not end, because of a bug, stops nobody else.
PATIENCE_SECONDS = 2.0


class Turns:
    """Who takes a turn waits until nobody else has it."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._one = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """A turn, while this lasts; False is none, after all the patience."""
        mine = self._one.acquire(timeout=self._patience)
        try:
            yield mine
        finally:
            if mine:
                self._one.release()
