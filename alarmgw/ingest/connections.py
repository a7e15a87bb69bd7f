"""How many connections the gateway holds: in all, and from one address.

One object for all listeners.  The limit for each address does not bind in
trusted networks: there a router may stand in front of a hundred cameras.
"""

from __future__ import annotations

from collections import Counter

#: Files that the gateway needs besides its connections.
OTHER_FILES = 256


def affordable(wanted: int, files: int) -> int:
    """How many of the ``wanted`` connections there can be where ``files`` may be open.

    What idle connections take, the mail of whoever is served cannot be stored with.
    """
    return min(wanted, max(files - OTHER_FILES, files // 2))


class Connections:
    """Counts who is connected; asked before anything is said."""

    def __init__(self, total: int = 10000, per_address: int = 100) -> None:
        self._total = total
        self._per_address = per_address
        self._from: Counter[str] = Counter()
        self._open = 0

    @property
    def open(self) -> int:
        """How many connections there are."""
        return self._open

    @property
    def full(self) -> bool:
        """Whether the next one is turned away."""
        return self._open >= self._total

    def enter(self) -> bool:
        """One more connection; whether it may stay.  Each is followed by one `leave`."""
        self._open += 1
        return self._open <= self._total

    def enter_from(self, host: str) -> bool:
        """It comes from ``host``, which is not trusted; whether it may stay."""
        self._from[host] += 1
        return self._from[host] <= self._per_address

    def leave(self, host: str | None) -> None:
        """It has ended; ``host`` as told to `enter_from`, or None."""
        self._open -= 1
        if host is not None:
            self._from[host] -= 1
            if not self._from[host]:
                del self._from[host]
