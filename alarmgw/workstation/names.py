"""Names of sites and sources, asked of the gateway when they are shown first, then kept a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from alarmgw.errors import Refusal

#: So many names of each kind are asked for at once.
AT_ONCE = 100

#: Names that come together are asked for together.
WAIT_SECONDS = 0.1

#: After a question that was not answered.
AGAIN_SECONDS = 15.0

#: A name may be changed at the gateway: after so long it is asked for again.
OLD_SECONDS = 600.0

#: Names kept; beyond that all are forgotten and asked for again.
MOST = 20_000

#: The kinds of things that have names, as the question calls them.
SITES, SOURCES = "sites", "sources"

Name = tuple[str, str | None]
"""Its kind, and the site's number or the source's address."""

Ask = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


class Names:
    """The names that are known; ``on_change`` gets the (kind, key) of those that came new."""

    log = Logger()

    def __init__(self, ask: Ask, clock: IReactorTime) -> None:
        self.on_change: Callable[[set[tuple[str, str]]], None] = _nobody
        self._ask, self._clock = ask, clock
        self._known: dict[tuple[str, str], tuple[str | None, float]] = {}
        self._wanted: dict[tuple[str, str], None] = {}
        self._next: IDelayedCall | None = None

    def name(self, kind: str, key: str | None) -> str | None:
        """The name of a site or source; None while it is not known, or if it has none."""
        if not key or "," in key:
            return None
        name, until = self._known.get((kind, key), (None, 0.0))
        if until <= self._clock.seconds():
            self._wanted[kind, key] = None
            self._soon(WAIT_SECONDS)
        return name

    def stop(self) -> None:
        """Ask no more."""
        if self._next is not None and self._next.active():
            self._next.cancel()

    def _soon(self, seconds: float) -> None:
        if self._next is None:
            self._next = self._clock.callLater(seconds, self._begin)

    def _begin(self) -> None:
        asking = Deferred.fromCoroutine(self._fetch())
        asking.addErrback(self._broken)

    async def _fetch(self) -> None:
        wanted = {
            kind: [key for known, key in self._wanted if known == kind][:AT_ONCE]
            for kind in (SITES, SOURCES)
        }
        pause = WAIT_SECONDS
        try:
            given = {kind: ",".join(keys) for kind, keys in wanted.items() if keys}
            answer = await self._ask("names", given)
            if answer.get("ok") is False:
                raise LookupError(answer.get("error"))
            self._learn(wanted, answer)
        except (Refusal, LookupError):
            pause = AGAIN_SECONDS
        self._next = None
        if self._wanted:
            self._soon(pause)

    def _learn(self, wanted: dict[str, list[str]], answer: dict[str, Any]) -> None:
        if len(self._known) > MOST:
            self._known.clear()
        until = self._clock.seconds() + OLD_SECONDS
        new = set()
        for kind, keys in wanted.items():
            told = answer.get(kind)
            for key in keys:
                name = told.get(key) if isinstance(told, dict) else None
                name = name if isinstance(name, str) else None
                if self._known.get((kind, key), (None, 0.0))[0] != name:
                    new.add((kind, key))
                self._known[kind, key] = (name, until)
                self._wanted.pop((kind, key), None)
        if new:
            self.on_change(new)

    def _broken(self, failure: Failure) -> None:
        self.log.failure("names could not be asked for", failure)
        self._next = None


class Bearers:
    """Which incidents, or alarms in none, were told with which names: new ones are told again."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[Name, ...]] = {}
        self._bearers: dict[Name, set[str]] = {}

    def clear(self) -> None:
        """None was told."""
        self._names.clear()
        self._bearers.clear()

    def put(self, incident: str, *names: Name) -> None:
        """It was told with these."""
        if self._names.get(incident) == names:
            return
        self.drop(incident)
        self._names[incident] = names
        for name in names:
            self._bearers.setdefault(name, set()).add(incident)

    def drop(self, incident: str) -> None:
        """It is told no more."""
        for name in self._names.pop(incident, ()):
            same = self._bearers[name]
            same.discard(incident)
            if not same:
                del self._bearers[name]

    def of(self, names: Iterable[Name]) -> list[str]:
        """Those that have one of these names, each once."""
        found = (self._bearers.get(name, ()) for name in names)
        return list(dict.fromkeys(id_ for ids in found for id_ in sorted(ids)))


def _nobody(_: set[tuple[str, str]]) -> None:
    """Nobody asked to hear of new names."""
