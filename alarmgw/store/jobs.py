"""The jobs of the journal's writer, and the line in which they wait: mails go first.

The urgent ones that wait are one batch.  Those that are not urgent, such as
the slices of an import, come one at a time when no urgent one waits.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from attrs import define

from alarmgw.store.database import is_store_failure
from alarmgw.store.ledger import Ledger

T = TypeVar("T")

#: A batch is bounded, so that nobody's answer waits for a thousand others.
BATCH_JOBS = 500

#: So many batches may pass a job that is not urgent.
PATIENCE = 8


@define(eq=False)
class Job(Generic[T]):
    """One piece of work, what it led to, and who waits for that."""

    work: Callable[[Ledger], T]
    after: Callable[[T], None] | None
    future: Future[T]
    result: T | None = None
    error: BaseException | None = None

    def run(self, ledger: Ledger) -> None:
        """Do the work in a savepoint.  Raises only what concerns the whole batch."""
        try:
            with ledger.savepoint():
                self.result = self.work(ledger)
        except BaseException as error:
            if is_store_failure(error) or not ledger.connection.in_transaction:
                raise
            self.error = error

    def follow(self) -> None:
        """What comes after COMMIT and before anybody is told."""
        if self.error is None and self.after is not None:
            self.after(self.result)  # type: ignore[arg-type]

    def tell(self) -> None:
        """Tell whoever waits."""
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


class Line:
    """The jobs that wait: urgent ones first, the others one by one when no urgent one waits.

    Where urgent ones never cease, one of the others joins a batch of theirs now and then.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._urgent: deque[Job[Any]] = deque()
        self._patient: deque[Job[Any]] = deque()
        self._passed = 0
        self._open = True

    def put(self, job: Job[Any], urgent: bool) -> bool:
        """Queue a job; False when the line is closed."""
        with self._changed:
            if self._open:
                (self._urgent if urgent else self._patient).append(job)
                self._changed.notify()
            return self._open

    def take(self, seconds: float | None) -> list[Job[Any]] | None:
        """The next batch; an empty one after ``seconds`` without any; None at the end."""
        with self._changed:
            self._changed.wait_for(self._anything, seconds)
            batch = [self._urgent.popleft() for _ in range(min(len(self._urgent), BATCH_JOBS))]
            if self._patient and (not batch or self._passed >= PATIENCE):
                batch.append(self._patient.popleft())
                self._passed = 0
            elif self._patient:
                self._passed += 1
            return batch if batch or self._open else None

    @property
    def closed(self) -> bool:
        """Whether no more jobs are taken."""
        return not self._open

    def close(self) -> None:
        """Take no more jobs."""
        with self._changed:
            self._open = False
            self._changed.notify()

    def _anything(self) -> bool:
        return bool(self._urgent or self._patient or not self._open)
