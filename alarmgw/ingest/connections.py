"""How many connections the gateway holds: in all, and from one address.

One object for all listeners.  The limit for each address does not bind in
trusted networks: there a router may stand in front of a hundred cameras.

Who is turned away is connected until the answer is out.  So few are that at
one time, and beyond them nobody is answered, that the files of whoever stays
are never touched (see `alarmgw.descriptors`).
"""

from __future__ import annotations

from collections import Counter

from alarmgw.descriptors import CONNECTION_FILES, MAIL_FILES, Descriptors


class Connections:
    """Counts who is connected; asked before anything is said."""

    def __init__(
        self,
        total: int = 10000,
        per_address: int = 100,
        descriptors: Descriptors | None = None,
        away: int = 32,
    ) -> None:
        """``away``: how many may be there that are only being turned away."""
        self._total = total
        self._per_address = per_address
        self._descriptors = descriptors or Descriptors()
        self._most_away = away
        self._from: Counter[str] = Counter()
        self._open = 0
        self._away = 0

    @property
    def open(self) -> int:
        """How many connections there are, but for those that are being turned away."""
        return self._open

    def full(self) -> bool:
        """Whether the next one is turned away: it could not stay, or not send."""
        return self._open >= self._total or not self._descriptors.has(CONNECTION_FILES + MAIL_FILES)

    def crowded(self, host: str) -> bool:
        """Whether one more from ``host`` cannot even be told that it is turned away.

        Whoever may stay is let in, whatever crowd comes from elsewhere.
        """
        unwelcome = self.full() or self._from[host] >= self._per_address
        return unwelcome and self._away >= self._most_away

    def enter(self, welcome: bool = True) -> bool:
        """One more connection; whether it stays: if it is ``welcome``, and there is room.

        Each is followed by one `leave`.
        """
        if not welcome or self.full():
            self._away += 1
            return False
        self._open += 1
        self._descriptors.take(CONNECTION_FILES)
        return True

    def enter_from(self, host: str) -> bool:
        """It comes from ``host``, which is not trusted; whether it may stay."""
        self._from[host] += 1
        return self._from[host] <= self._per_address

    def leave(self, host: str | None, stayed: bool = True) -> None:
        """It has ended; ``host`` as told to `enter_from`, or None; ``stayed`` as `enter` said."""
        if stayed:
            self._open -= 1
            self._descriptors.give_back(CONNECTION_FILES)
        else:
            self._away -= 1
        if host is not None:
            self._from[host] -= 1
            if not self._from[host]:
                del self._from[host]
