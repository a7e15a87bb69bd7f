"""Small gateways for tests: a journal in memory, the real hub and broker, real or no TLS."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from attrs import field, frozen
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IListeningPort

from alarmgw.codec.wire import Heartbeat
from alarmgw.entries import numbered
from alarmgw.errors import Cause, Refused
from alarmgw.fitting import encode
from alarmgw.hub import Entry, Hub
from alarmgw.outputs.broker import Broker, Concerns, server_options
from alarmgw.store.journal_reader import Snapshot
from alarmgw.workstation.link import Link
from alarmgw.workstation.mirror import LinkState
from tests.certificates import Authority


class MemoryJournal:
    """As much of a journal as a hub needs; every entry is an open alarm until it is closed."""

    def __init__(self, identity: str = "journal-1") -> None:
        self.identity = identity
        self.entries: list[Entry] = []
        self.reads = 0
        #: Open incidents that a snapshot has no room for.
        self.more = 0
        #: When its newest alarm came.
        self.last_alarm: str | None = None

    def append(self, count: int = 1, size: int = 0) -> list[Entry]:
        """So many more alarms, their text of ``size`` letters; answers what was committed."""
        new = []
        for seq in range(len(self.entries) + 1, len(self.entries) + 1 + count):
            entry = {
                "type": "alarm",
                "alarm": f"gw1-{seq}",
                "handling": "queue",
                "text": "x" * size,
            }
            new.append((seq, numbered(seq, encode(entry))))
        self.entries += new
        return new

    def bounds(self) -> tuple[int, int]:
        """The first and the last number."""
        return min(1, len(self.entries)), len(self.entries)

    def read(self, after: int, limit: int = 500, max_bytes: int = 256 * 1024) -> list[Entry]:
        """Entries after a number, as the real journal gives them."""
        self.reads += 1
        found: list[Entry] = []
        for entry in self.entries[after : after + limit]:
            max_bytes -= len(entry[1])
            if found and max_bytes < 0:
                break
            found.append(entry)
        return found

    def snapshot(self, limit: int = 500) -> Snapshot:
        """All of it is open."""
        newest = tuple(self.entries[-limit:])
        head = len(self.entries)
        last = self.last_alarm
        return Snapshot(head, head, newest, more_incidents=self.more, last_alarm=last)


def at_once(job: Callable[..., Any], *arguments: Any) -> Deferred[Any]:
    """A thread pool that has no threads."""
    return maybeDeferred(job, *arguments)


def some_time() -> datetime:
    """The gateway's time."""
    return datetime(2026, 11, 21, 20, 45, 2, tzinfo=timezone.utc)


PICTURE = bytes(range(256)) * 800


async def one_picture(alarm: str, name: str, offset: int) -> bytes:
    """Every alarm has one picture of 200 KB, called 01-a.jpg."""
    if name != "01-a.jpg":
        raise Refused(Cause.NOT_FOUND, f"{alarm} has no {name} in /secret/place")
    return PICTURE[offset : offset + 65536]


@frozen
class Told:
    """What a broker told the rest of the gateway."""

    stalled: list[str] = field(factory=list)
    answers: list[str] = field(factory=list)
    reasons: list[str] = field(factory=list)
    conditions: list[dict[str, Any]] = field(factory=list)
    registered: dict[str, str] = field(factory=dict)

    def concerns(self) -> Concerns:
        """These lists as what a broker asks for."""
        return Concerns(
            registered=self.registered.get,
            read_picture=one_picture,
            reasons=lambda: self.reasons,
            conditions=lambda: self.conditions,
            stalled=self.stalled.append,
            answers=self.answers.append,
        )


class Gateway:
    """A hub and a broker, listening with real TLS on loopback."""

    def __init__(self, reactor: Any, authority: Authority, journal: Any, told: Told) -> None:
        self.journal, self.told = journal, told
        self.hub = Hub(journal, at_once, node="gw1")
        self.broker = Broker(self.hub, told.concerns(), reactor, some_time)
        self._reactor, self._authority = reactor, authority
        self._port: IListeningPort | None = None
        self.port = 0

    def start(self) -> None:
        """Listen; again on the same port after a stop."""
        server = self._authority.server()
        options = server_options(server.key_pem, server.certificate_pem, self._authority.pem)
        factory = self.broker.over_tls(options)
        self._port = self._reactor.listenTCP(self.port, factory, interface="127.0.0.1")
        self.port = self._port.getHost().port
        self.broker.start()

    async def stop(self) -> None:
        """Cut every link and listen no more."""
        self.broker.stop()
        if self._port is not None:
            await maybeDeferred(self._port.stopListening)
        for session in list(self.broker.sessions):
            gone: Deferred[None] = Deferred()
            session.peer.notifyOnDisconnect(lambda gone=gone: gone.callback(None))
            await gone

    def commit(self, count: int = 1, size: int = 0) -> None:
        """So many more alarms, journalled and told."""
        self.hub.committed(self.journal.append(count, size))


class Listener:
    """Keeps what a link told, and answers those who wait for some of it."""

    def __init__(self) -> None:
        self.link: Any = None
        self.seqs: list[int] = []
        self.states: list[LinkState] = []
        self.beats: list[Heartbeat] = []
        self.up_to = 0
        self._waiting: list[tuple[Callable[[], bool], Deferred[None]]] = []

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """Their numbers are kept."""
        self.seqs += [entry["seq"] for entry in entries]
        self.up_to = up_to
        self._look()

    def state(self, state: LinkState) -> None:
        """All are kept."""
        self.states.append(state)
        self._look()

    def heartbeat(self, heartbeat: Heartbeat) -> int | None:
        """Everything heard was drawn."""
        self.beats.append(heartbeat)
        self._look()
        return self.up_to

    @property
    def words(self) -> list[str]:
        """The states by name."""
        return [state.state for state in self.states]

    def until(self, true: Callable[[], bool]) -> Deferred[None]:
        """Fires once ``true()`` is."""
        waiter: Deferred[None] = Deferred()
        self._waiting.append((true, waiter))
        self._look()
        return waiter

    def until_state(self, word: str) -> Deferred[None]:
        """Fires once the newest state is ``word``."""
        return self.until(lambda: bool(self.states) and self.states[-1].state == word)

    def until_up_to(self, number: int) -> Deferred[None]:
        """Fires once everything up to ``number`` is here."""
        return self.until(lambda: self.up_to >= number)

    def _look(self) -> None:
        for true, waiter in [one for one in self._waiting if one[0]()]:
            self._waiting.remove((true, waiter))
            waiter.callback(None)


def no_jitter() -> float:
    """Reconnect without chance."""
    return 0.0


def link_of(reactor: Any, bundle: Any, listener: Any, **facts: Any) -> Link:
    """A link that reconnects quickly enough for a test."""
    return Link(bundle, reactor, listener, jitter=no_jitter, **facts)
