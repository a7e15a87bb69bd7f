"""Fakes that keep the contracts of what they stand for, named by their role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

from attrs import define, field
from twisted.internet.defer import Deferred

from alarmgw.errors import Cause, Refusal, Refused
from alarmgw.intake import Receipt, Session
from alarmgw.model import Envelope

MIDNIGHT = datetime(2026, 11, 21, tzinfo=timezone.utc)


def moments() -> Callable[[], datetime]:
    """A clock's `Now` that moves on by a millisecond each time it is asked."""
    asked = iter(range(10**9))
    return lambda: MIDNIGHT + timedelta(milliseconds=next(asked))


@define
class MemoryDelivery:
    """A mail in memory: kept when committed, gone when aborted."""

    intake: MemoryIntake
    mail_id: str
    session: Session
    envelope: Envelope
    data: bytearray = field(factory=bytearray)
    aborted: str | None = None
    eom: datetime | None = None
    notes: tuple[str, ...] = ()
    paused: bool = False
    on_room: Callable[[], None] = lambda: None

    def write(self, data: bytes) -> None:
        """Take octets; never blocks."""
        self.intake.at_write()
        if self.aborted is None:
            self.data += data
            self.paused = self.intake.fills_up

    def drain(self) -> None:
        """Make room, as a pool does that has written what waited."""
        self.paused = False
        self.on_room()

    async def commit(self, eom: datetime, notes: Sequence[str] = ()) -> Receipt:
        """Keep the mail."""
        self.eom, self.notes = eom, tuple(notes)
        await self.intake.before_commit(self)
        self.intake.mails.append(self)
        return Receipt(self.mail_id, (f"{self.mail_id}-1",), self.envelope.recipients)

    def abort(self, reason: str) -> None:
        """Forget the mail."""
        if self.aborted is None and self.eom is None:
            self.aborted = reason
            self.intake.aborted.append(self)


class MemoryIntake:
    """Takes every mail, in memory, at once."""

    fills_up = False

    def __init__(self) -> None:
        self.mails: list[MemoryDelivery] = []
        self.begun: list[MemoryDelivery] = []
        self.aborted: list[MemoryDelivery] = []
        self.refusals: list[tuple[Session, Refusal, int]] = []
        self.unknown: set[str] = set()
        self._made = 0

    def new_mail_id(self) -> str:
        """Ids in a row."""
        self._made += 1
        return f"gw1-20261121-000000-{self._made:010x}"

    def check_space(self, declared_size: int) -> None:
        """There is always space."""

    def admit(self, session: Session, envelope: Envelope, recipient: str) -> None:
        """Everybody is known but the ``unknown`` ones."""
        if recipient in self.unknown:
            raise Refused(Cause.UNKNOWN_SOURCE, "unknown here")

    async def start(self, session: Session, mail_id: str, envelope: Envelope) -> MemoryDelivery:
        """A delivery."""
        await self.before_start()
        delivery = MemoryDelivery(self, mail_id, session, envelope)
        self.begun.append(delivery)
        return delivery

    def refused(self, session: Session, refusal: Refusal, size: int) -> None:
        """Keep what is told."""
        self.refusals.append((session, refusal, size))

    def at_write(self) -> None:
        """What happens when a mail's octets come: nothing."""

    async def before_start(self) -> None:
        """What a start waits for: nothing."""

    async def before_commit(self, delivery: MemoryDelivery) -> None:
        """What a commit waits for: nothing."""


class SlowIntake(MemoryIntake):
    """Starts and commits only when told to; can be full."""

    def __init__(self) -> None:
        super().__init__()
        self.slow_start = False
        self.slow_commit = False
        self._waiting: list[Deferred[None]] = []

    @property
    def waiting(self) -> int:
        """How many starts and commits wait."""
        return len(self._waiting)

    def go_on(self) -> None:
        """Let the oldest start or commit end."""
        self._waiting.pop(0).callback(None)

    async def before_start(self) -> None:
        """Wait to be told, if starts are slow."""
        if self.slow_start:
            await self._wait()

    async def before_commit(self, delivery: MemoryDelivery) -> None:
        """Wait to be told, if commits are slow."""
        if self.slow_commit:
            await self._wait()

    async def _wait(self) -> None:
        told: Deferred[None] = Deferred()
        self._waiting.append(told)
        await told


class FailingIntake(SlowIntake):
    """Raises ``errors[step]`` at that step: check_space, admit, start, write or commit."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: dict[str, Exception] = {}

    def _fail(self, step: str) -> None:
        if step in self.errors:
            raise self.errors[step]

    def check_space(self, declared_size: int) -> None:
        """Fail if told to."""
        self._fail("check_space")

    def admit(self, session: Session, envelope: Envelope, recipient: str) -> None:
        """Fail if told to."""
        self._fail("admit")
        super().admit(session, envelope, recipient)

    async def before_start(self) -> None:
        """Fail if told to."""
        await super().before_start()
        self._fail("start")

    async def before_commit(self, delivery: MemoryDelivery) -> None:
        """Fail if told to."""
        await super().before_commit(delivery)
        self._fail("commit")

    def at_write(self) -> None:
        """Fail if told to."""
        self._fail("write")
