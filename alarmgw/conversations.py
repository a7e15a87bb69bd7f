"""The last conversations of devices: by source, and by peers that nobody knows.

What is asked for at once, by ``source log --follow`` and by tests, is held in
memory: the conversations that go on now, and rings of the last ones, sources
and unknown peers apart, so that no flood from outside displaces what a source
said.  All that have ended also go to the traces on disk (`alarmgw.store.traces`),
about once a second and in the pool: a conversation never waits for that.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from attrs import evolve, field, frozen

from alarmgw.conversation import Conversation
from alarmgw.directory import Directory
from alarmgw.model import Now, normal_address, utc_text

#: Ended conversations that are held in memory.
OF_SOURCES = 4000
OF_UNKNOWN = 1000
#: Unknown peers that are counted, and for how long.
UNKNOWN_PEERS = 1000
HOUR = timedelta(hours=1)
#: What waits for the disk; more is let go, the oldest first.
WAITING = 10_000
#: A conversation has at most so many sources: a recorder's login may own hundreds.
SOURCES = 100
#: So many conversations are told of one name.
TOLD = 20


class Talk(Protocol):
    """A connection that is being talked on."""

    def conversation(self) -> Conversation:
        """What it was up to now."""


@frozen
class Numbered:
    """An ended conversation and its number, by which ``--follow`` goes on."""

    number: int
    conversation: Conversation
    names: frozenset[str] = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """What the control socket tells of it."""
        return {"number": self.number, **self.conversation.as_json()}


class Conversations:
    """Holds what devices said last.  Lives in the reactor's thread; one for all listeners."""

    def __init__(self, directory: Callable[[], Directory], now: Now) -> None:
        self._directory = directory
        self._now = now
        self._open: set[Talk] = set()
        self._of_sources: deque[Numbered] = deque(maxlen=OF_SOURCES)
        self._of_unknown: deque[Numbered] = deque(maxlen=OF_UNKNOWN)
        self._unknown: OrderedDict[str, datetime] = OrderedDict()
        self._waiting: deque[Conversation] = deque(maxlen=WAITING)
        self._leniencies: dict[str, dict[str, tuple[int, datetime]]] = {}
        # Numbers go on growing over a restart, so that whoever follows needs no second word.
        self._number = int(now().timestamp() * 1000)
        #: Called when something waits for the disk.
        self.on_waiting: Callable[[], None] = _nobody_writes

    def begun(self, talk: Talk) -> None:
        """Somebody has connected."""
        self._open.add(talk)

    def ended(self, talk: Talk, conversation: Conversation) -> None:
        """The conversation is over, and was ``conversation``."""
        self._open.discard(talk)
        kept = self._owned(conversation)
        self._number += 1
        ring = self._of_sources if kept.sources else self._of_unknown
        ring.append(Numbered(self._number, kept, kept.names))
        if not kept.sources:
            self._count_unknown(kept.peer)
        self._count_leniencies(kept)
        self._waiting.append(kept)
        self.on_waiting()

    def take(self) -> list[Conversation]:
        """What waits for the disk; from now on it is the caller's."""
        taken = list(self._waiting)
        self._waiting.clear()
        return taken

    def told(self, name: str | None, after: int | None = None, limit: int = TOLD) -> dict[str, Any]:
        """The last conversations of ``name`` (None: of anybody), and those that go on.

        ``after`` is the ``number`` of an earlier answer: only what is newer is told.
        """
        wanted = normal_address(name) if name is not None else None
        rings = (self._of_sources, self._of_unknown)
        newest = (one for ring in rings for one in self._newest(ring, wanted, after, limit))
        found = sorted(newest, key=lambda one: one.number)
        return {
            "number": self._number,
            "conversations": [one.as_json() for one in found[-limit:]],
            "open": [one.as_json() for one in self._going_on(wanted, limit)],
        }

    def leniencies(self) -> dict[str, dict[str, dict[str, Any]]]:
        """For each source what was tolerated: how often, and when last."""
        return {
            address: {
                code: {"count": count, "last": utc_text(last)}
                for code, (count, last) in sorted(counted.items())
            }
            for address, counted in self._leniencies.items()
        }

    def counts(self) -> dict[str, dict[str, tuple[int, datetime]]]:
        """The same as it is kept over a restart; the caller's own."""
        return {address: dict(counted) for address, counted in self._leniencies.items()}

    def remember(self, counts: Mapping[str, Mapping[str, tuple[int, datetime]]]) -> None:
        """Add what was counted before a restart."""
        for address, codes in counts.items():
            counted = self._leniencies.setdefault(address, {})
            for code, (before, then) in codes.items():
                count, last = counted.get(code, (0, then))
                counted[code] = (count + before, max(last, then))

    def lenient(self) -> frozenset[str]:
        """The sources from which something was tolerated."""
        return frozenset(address for address, counted in self._leniencies.items() if counted)

    def tolerated(self, address: str) -> dict[str, int]:
        """What was tolerated from one source, and how often."""
        counted = self._leniencies.get(address, {})
        return {code: count for code, (count, _) in sorted(counted.items())}

    def unknown_peers(self) -> int:
        """How many peers that no source is known of have come in the last hour."""
        since = self._now() - HOUR
        return sum(last >= since for last in self._unknown.values())

    def last(self) -> Conversation | None:
        """The conversation that ended last."""
        ends = [ring[-1] for ring in (self._of_sources, self._of_unknown) if ring]
        return max(ends, key=lambda one: one.number).conversation if ends else None

    def _newest(
        self, ring: deque[Numbered], wanted: str | None, after: int | None, limit: int
    ) -> Iterable[Numbered]:
        for one in reversed(ring):
            if limit <= 0 or (after is not None and one.number <= after):
                return
            if wanted is None or wanted in one.names:
                limit -= 1
                yield one

    def _going_on(self, wanted: str | None, limit: int) -> list[Conversation]:
        talks = (self._owned(talk.conversation()) for talk in list(self._open))
        found = [one for one in talks if wanted is None or wanted in one.names]
        return sorted(found, key=lambda one: one.began)[-limit:]

    def _owned(self, found: Conversation) -> Conversation:
        """``found`` with its sources: whose mails it sent, and whom it named."""
        directory = self._directory()
        sources = dict.fromkeys(found.sources)
        for address in (*found.recipients, *found.senders):
            if named := directory.named(address):
                sources[named.address] = None
        if found.login is not None:
            mine = directory.by_login.get(normal_address(found.login), ())
            sources.update({source.address: None for source in mine[:SOURCES]})
        if not sources:
            at = directory.owner((), None, "", found.peer).sources
            sources = {source.address: None for source in at}
        owned = tuple(sources)[:SOURCES]
        return evolve(found, sources=owned) if owned != found.sources else found

    def _count_unknown(self, peer: str) -> None:
        self._unknown[peer] = self._now()
        self._unknown.move_to_end(peer)
        if len(self._unknown) > UNKNOWN_PEERS:
            self._unknown.popitem(last=False)

    def _count_leniencies(self, kept: Conversation) -> None:
        """Count at each mail's sources; what the whole conversation needed, once for each."""
        moment = kept.ended or kept.began
        for mail in kept.mails:
            for address in mail.sources:
                self._count(address, (*kept.leniencies, *mail.notes), moment)

    def _count(self, address: str, codes: Iterable[str], moment: datetime) -> None:
        counted = self._leniencies.setdefault(address, {})
        for code in dict.fromkeys(codes):
            count, _ = counted.get(code, (0, moment))
            counted[code] = (count + 1, moment)


def _nobody_writes() -> None:
    """What `Conversations.on_waiting` does where no traces are kept."""
