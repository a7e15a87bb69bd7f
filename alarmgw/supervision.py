"""Supervision: what is wrong with the gateway now, told to everybody, and mended when it can be.

A *condition* is something that is wrong: it has a name, one plain sentence
and a beginning and an end, each a ``system`` entry.  What cannot be journalled
travels in every heartbeat and is journalled afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from typing import Any

from attrs import define, frozen
from twisted.internet.interfaces import IReactorFromThreads
from twisted.logger import Logger
from twisted.python.failure import Failure

from alarmgw.entries import Record, record, system_entry
from alarmgw.errors import Cause, Refusal, TryLater
from alarmgw.intake import Session
from alarmgw.model import Now, Randomness, utc_text
from alarmgw.store.journal import Journal, Ledger

#: The conditions, each with the sentence that operators read.
CONDITIONS = {
    "journal_failed": "The journal cannot be written: no mail is accepted",
    "spool_failed": "Mail cannot be stored: no mail is accepted",
    "no_space": "The disk is full: no mail is accepted",
    "space_low": "The disk is getting full",
    "unpublished": "A stored alarm could not be moved into the archive yet; its mail is safe",
    "settling_failed": "Pictures cannot be written to disk safely; mails are safe",
    "evidence_damaged": "A stored mail is missing or damaged",
    "workstation_stalled": "A workstation does not answer",
    "connections_full": "Devices are turned away",
    "control_lost": "Commands cannot reach the gateway: its control socket is gone",
    "upkeep_failed": "The gateway fails at a task of its own; its log says where",
}

#: Which condition a refusal by a store makes known, and so closes the door.
_CLOSING = {
    Cause.JOURNAL_FAILED: "journal_failed",
    Cause.STORE_FAILED: "spool_failed",
    Cause.NO_SPACE: "no_space",
}
_CAUSE = {name: cause for cause, name in _CLOSING.items()}

#: Whose mail cannot come in: everybody's, or that of some devices.  Such a night is not quiet.
_SHUT = {**dict.fromkeys(_CLOSING.values(), "all"), "connections_full": "some"}


@frozen(kw_only=True)
class Condition:
    """Something that is wrong: since when, and about what."""

    name: str
    subject: str
    text: str
    since: datetime
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form in heartbeats and in ``alarmgw status``."""
        return {
            "name": self.name,
            "subject": self.subject,
            "detail": self.detail,
            "text": self.text,
            "since": utc_text(self.since),
            "shut": _SHUT.get(self.name),
        }


class Conditions:
    """What is wrong now.  Lives in the reactor's thread."""

    _log = Logger()

    #: More waiting entries than this are not kept while the journal is down, only counted.
    UNWRITTEN = 1000

    def __init__(
        self,
        journal: Journal,
        node: str,
        now: Now,
        randomness: Randomness,
        reactor: IReactorFromThreads,
    ) -> None:
        self._journal = journal
        self._reactor = reactor
        self._node = node
        self._now = now
        self._randomness = randomness
        self._active: dict[tuple[str, str], Condition] = {}
        self._improved: set[tuple[str, str]] = set()
        self._unwritten: list[Record] = []
        self._dropped = 0
        #: Called when something begins or ends to be wrong; workstations are told at once.
        self.on_change: Callable[[], object] = _nobody_listens

    @property
    def active(self) -> list[Condition]:
        """All that is wrong, oldest first."""
        return list(self._active.values())

    def has(self, name: str) -> bool:
        """Whether something of that name is wrong, whatever about."""
        return any(key[0] == name for key in self._active)

    def begin(self, name: str, subject: str = "", detail: str = "") -> None:
        """Something is wrong (once for each ``subject``, such as a workstation's name)."""
        self._improved.discard((name, subject))
        if (name, subject) in self._active:
            return
        text = ": ".join(filter(None, (CONDITIONS[name], subject, detail)))
        condition = Condition(
            name=name, subject=subject, text=text, since=self._now(), detail=detail
        )
        self._active[name, subject] = condition
        self._log.warn("{text}", text=text, condition=name)
        self.tell(name, text, state="start", subject=subject)
        self.on_change()

    def end(self, name: str, subject: str = "") -> None:
        """It is right again; nothing happens if it was not wrong."""
        self._improved.discard((name, subject))
        condition = self._active.pop((name, subject), None)
        if condition is not None:
            self._log.info("Over: {text}", text=condition.text, condition=name)
            self.tell(name, f"Over: {condition.text}", state="end", subject=subject)
            self.on_change()
        if name == "journal_failed" and self._dropped:
            lost, self._dropped = self._dropped, 0
            self.tell("entries_dropped", f"{lost} system entries were not kept", count=lost)

    def improve(self, name: str, subject: str = "") -> None:
        """It looks right: over when it has looked so twice running.

        For what comes and goes with each look; operators shall not hear every swing of it.
        """
        if (name, subject) in self._improved:
            self.end(name, subject)
        elif (name, subject) in self._active:
            self._improved.add((name, subject))

    def tell(self, event: str, text: str, **facts: Any) -> None:
        """Journal a ``system`` entry; kept in memory while the journal fails."""
        entry = system_entry(time=self._now(), node=self._node, event=event, text=text, **facts)
        self._keep(record(entry, self._randomness))
        if not self.has("journal_failed"):  # else `Upkeep` tries, and nobody else need wait for it
            self.write()

    def write(self) -> list[Future[int]]:
        """Try to journal what has not been journalled yet; the outcome of each entry."""
        waiting, self._unwritten = self._unwritten, []
        futures = []
        for line in waiting:
            future = self._journal.submit(partial(_append, line))
            future.add_done_callback(partial(self._written, line))
            futures.append(future)
        return futures

    def _written(self, line: Record, future: Future[int]) -> None:
        """In any thread: what the journal cannot take now waits, what it never will is logged."""
        error = future.exception()
        if isinstance(error, Refusal):
            self._reactor.callFromThread(self._keep, line)
        elif error is not None:
            self._log.failure("Not journalled: {line}", Failure(error), line=line.body.decode())

    def _keep(self, line: Record) -> None:
        if len(self._unwritten) < self.UNWRITTEN:
            self._unwritten.append(line)
        else:
            self._dropped += 1

    @property
    def unwritten(self) -> int:
        """How many entries wait for the journal to work again."""
        return len(self._unwritten)


@define
class _Refusals:
    """One kind of refusal from one peer in one minute."""

    minute: str
    first: dict[str, Any]
    count: int = 1


class RefusalLog:
    """Mails refused after MAIL, told at once, then counted for each peer, cause and minute.

    A 4xx is usually a lost alarm, because devices do not try again.
    """

    #: More peers than this in one minute are counted together: memory stays bounded.
    PEERS = 1000

    def __init__(self, conditions: Conditions, now: Now) -> None:
        self._conditions = conditions
        self._now = now
        self._minutes: dict[tuple[str, str], _Refusals] = {}

    def add(self, session: Session, refusal: Refusal, size: int) -> None:
        """Tell of one refused mail, or count it if its like was told this minute."""
        minute = self._now().strftime("%Y-%m-%dT%H:%MZ")
        peer = session.peer if len(self._minutes) < self.PEERS else "*"
        key = (peer, refusal.cause.value)
        known = self._minutes.get(key)
        if known is not None and known.minute == minute:
            known.count += 1
            return
        if known is not None:
            self._tell_rest(known)
        facts = {"peer": peer, "reason": refusal.cause.value, "size": size}
        facts["listener"] = session.listener
        self._minutes[key] = _Refusals(minute, facts)
        text = f"A mail from {peer} was not taken: {refusal.text}"
        self._conditions.tell("mail_refused", text, **facts, count=1)

    def flush(self) -> None:
        """Tell the counts of minutes that are over."""
        minute = self._now().strftime("%Y-%m-%dT%H:%MZ")
        for key in [key for key, row in self._minutes.items() if row.minute != minute]:
            self._tell_rest(self._minutes.pop(key))

    def _tell_rest(self, row: _Refusals) -> None:
        if row.count > 1:
            text = f"{row.count - 1} more mails from {row.first['peer']} were not taken"
            facts = {**row.first, "count": row.count - 1, "minute": row.minute}
            self._conditions.tell("mail_refused", text, **facts)


class Watch:
    """The intake's watchman: turns its troubles into conditions and closes the door meanwhile."""

    _log = Logger()

    def __init__(
        self, conditions: Conditions, refusals: RefusalLog, reactor: IReactorFromThreads
    ) -> None:
        self._conditions = conditions
        self._refusals = refusals
        self._reactor = reactor
        self._stopping = False

    def stop(self) -> None:
        """From now on no mail begins: the gateway is shutting down."""
        self._stopping = True

    def closed(self) -> TryLater | None:
        """Why no mail is taken just now, or None."""
        if self._stopping:
            return TryLater(Cause.SHUTTING_DOWN, "The gateway is shutting down")
        for condition in self._conditions.active:
            if condition.name in _CAUSE:
                return TryLater(_CAUSE[condition.name], CONDITIONS[condition.name])
        return None

    def failed(self, refusal: Refusal) -> None:
        """A store refused: known to everybody until `Upkeep` has seen it work again."""
        name = _CLOSING.get(refusal.cause)
        if name is not None:
            self._soon(self._conditions.begin, name, "", refusal.text)

    def unpublished(self, alarm: str, reason: str) -> None:
        """A folder stayed in the spool after its commit."""
        self._soon(self._conditions.begin, "unpublished", alarm, reason)

    def refused(self, session: Session, refusal: Refusal, size: int) -> None:
        """A mail was refused after MAIL."""
        self._refusals.add(session, refusal, size)

    def _soon(self, call: Callable[..., None], *arguments: str) -> None:
        self._reactor.callFromThread(call, *arguments)


#: Below this share of free space operators are warned (control_room: 20 %).
LOW_SHARE = 0.2


@frozen(kw_only=True)
class Volume:
    """How full the archive's file system is, in octets."""

    free: int
    total: int


def judge_volume(conditions: Conditions, volume: Volume, floor: int) -> None:
    """Begin and end what a volume's free space says; ``floor`` in octets.

    It does not end "no_space": space that is free may be none that can be used (a quota, or
    no more names), so a file has to be written first.
    """
    percent = 100 * volume.free // max(volume.total, 1)
    if volume.free < floor:
        conditions.begin("no_space", "", f"{percent} % free")
    if volume.free < max(floor, int(volume.total * LOW_SHARE)):
        conditions.begin("space_low", "", f"{percent} % free")
    else:
        conditions.end("space_low")


def _nobody_listens() -> None:
    """What `Conditions.on_change` does until the broker is there."""


def _append(line: Record, ledger: Ledger) -> int:
    return ledger.append(line)
