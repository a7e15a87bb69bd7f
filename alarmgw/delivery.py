"""A delivery: one mail on its way to disk, as its edge holds it.

The reactor only hands over bytes.  A delivery collects about 64 KB into one
job of the pool (write, hash, decode); its jobs never overlap.  What waits is
bounded for each delivery and for all together, by pausing sockets.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from alarmgw.errors import Cause, Refusal
from alarmgw.store.spool import Draft
from alarmgw.workplace import Workplace

#: A pool job's size: a thread hop for each 16 KB TLS record would cost 1 ms per 200 KB mail.
JOB_BYTES = 64 * 1024
#: What one delivery may have waiting before its socket is paused.
DELIVERY_BYTES = 256 * 1024
#: What all deliveries together may have waiting before every socket in DATA is paused.
ALL_BYTES = 32 * 1024 * 1024


@frozen
class Receipt:
    """A kept promise: the mail's id, the alarms it became, and what an installer asks for."""

    mail_id: str
    alarms: tuple[str, ...]
    sources: tuple[str, ...] = ()
    kind: str | None = None
    notes: tuple[str, ...] = ()
    clock_offset_s: float | None = None
    #: The cameras that no source has as a key, by name and channel.
    unknown_cameras: tuple[tuple[str | None, str | None], ...] = ()


Promise = Callable[[Draft, datetime, Sequence[str]], "Future[Receipt]"]
"""In the pool: make a complete draft durable and hand its entries to the journal."""


class Delivery:
    """Takes one mail's octets; its edge calls `write`, then `commit` or `abort`.

    ``on_room`` is called when it may write on, ``on_closed`` once: its files are closed.
    """

    _log = Logger()

    def __init__(
        self,
        place: Workplace,
        load: Load,
        draft: Draft,
        promise: Promise,
        on_refusal: Callable[[Refusal], None],
    ) -> None:
        self._place = place
        self._load = load
        self._draft = draft
        self._promise = promise
        self._on_refusal = on_refusal
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._writing_bytes = 0
        self._failure: Failure | None = None
        self._job: Deferred[None] | None = None
        self._over = False
        self.on_room: Callable[[], None] = _nothing
        self.on_closed: Callable[[], None] = _nothing
        self._run(self._draft.sync_names)

    @property
    def paused(self) -> bool:
        """Whether its edge must stop reading until `on_room` is called."""
        return self._waiting_bytes + self._writing_bytes > DELIVERY_BYTES or self._load.full

    def write(self, data: bytes) -> None:
        """Take octets of the mail; never blocks.  After a failure they are let go."""
        if self._failure is not None or self._over:
            return
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        self._load.add(len(data))
        self._write_on()
        if self.paused:
            self._load.paused.add(self)

    async def commit(self, eom: datetime, notes: Sequence[str] = ()) -> Receipt:
        """Keep the mail; when this returns its promise holds.

        ``eom`` is when the final dot was read, ``notes`` what was odd before
        it.  Raises `TryLater`; anything else is a bug and nothing was promised.
        """
        self._over = True
        with self._place.mails:
            return await self._keep(eom, notes)

    async def _keep(self, eom: datetime, notes: Sequence[str]) -> Receipt:
        await self._quiet()
        if self._failure is not None:
            self._give_up()
            self._failure.raiseException()
        rest = self._take()
        try:
            receipt = await self._place.promised(lambda: self._last_job(rest, eom, notes))
        except Refusal as refusal:
            self._on_refusal(refusal)
            # A commit that failed may yet be on disk: the next start judges what it left.
            self._give_up(keep=refusal.cause is Cause.JOURNAL_FAILED)
            raise
        except Exception:
            self._give_up()
            raise
        finally:
            self._load.add(-len(rest))
            self._load.relieve()
        self.on_closed()
        return receipt

    def abort(self, reason: str) -> None:
        """Forget the mail: its sender is gone or it was refused.  Nothing had been promised."""
        if self._over:
            return
        self._over = True
        self._load.paused.discard(self)
        self._log.debug("mail {mail} aborted: {reason}", mail=self._draft.mail_id, reason=reason)
        self._by_itself(self._abort())

    async def _abort(self) -> None:
        await self._quiet()
        self._load.add(-len(self._take()))
        self._load.relieve()
        self._give_up()

    def _last_job(self, rest: bytes, eom: datetime, notes: Sequence[str]) -> Future[Receipt]:
        self._draft.write(rest)
        return self._promise(self._draft, eom, notes)

    def _give_up(self, keep: bool = False) -> None:
        letting_go = self._place.in_pool(self._draft.leave if keep else self._draft.abort)
        self._by_itself(letting_go.addBoth(self._closed))

    def _closed(self, result: Any) -> Any:
        self.on_closed()
        return result

    def _take(self) -> bytes:
        data = b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        return data

    def _write_on(self) -> None:
        # Above the bound in all, less than a job is written as well: where everybody is
        # paused with less, nobody would ever make room.
        enough = 1 if self._load.full else JOB_BYTES
        if self._waiting_bytes >= enough and self._job is None:
            data = self._take()
            self._writing_bytes = len(data)
            self._run(lambda: self._draft.write(data))

    def _run(self, job: Callable[[], None]) -> None:
        """Run one job of this draft in the pool; the next begins when it has ended."""
        self._job = Deferred()
        self._place.in_pool(job).addBoth(self._ran)

    def _ran(self, result: Any) -> None:
        self._load.add(-self._writing_bytes)
        self._writing_bytes = 0
        if isinstance(result, Failure):
            self._fail(result)
        job, self._job = self._job, None
        if not self._over:
            self._write_on()
        self._load.relieve()
        if job is not None:
            job.callback(None)

    def _fail(self, failure: Failure) -> None:
        self._failure = failure
        self._load.add(-len(self._take()))
        if isinstance(failure.value, Refusal):
            self._on_refusal(failure.value)

    async def _quiet(self) -> None:
        """Wait until no job of this draft runs."""
        if self._job is not None:
            ended: Deferred[None] = Deferred()
            self._job.addCallback(ended.callback)
            await ended

    def _by_itself(self, work: Deferred[None] | Coroutine[Deferred[Any], Any, None]) -> None:
        running = work if isinstance(work, Deferred) else Deferred.fromCoroutine(work)
        running.addErrback(lambda failure: self._log.failure("a draft was not cleaned up", failure))


class Load:
    """What all deliveries have waiting, and who is paused because of it."""

    def __init__(self, limit: int = ALL_BYTES) -> None:
        self._limit = limit
        self.bytes = 0
        self.paused: set[Delivery] = set()

    @property
    def full(self) -> bool:
        """Whether every delivery must pause."""
        return self.bytes > self._limit

    def add(self, count: int) -> None:
        """So many octets more (or, negative, fewer) are waiting."""
        self.bytes += count

    def relieve(self) -> None:
        """Tell every paused delivery that now has room."""
        for delivery in [waiting for waiting in self.paused if not waiting.paused]:
            self.paused.discard(delivery)
            delivery.on_room()


def _nothing() -> None:
    """What `Delivery.on_room` and `on_closed` do until somebody says otherwise."""
