"""The registry: who is known now, held in memory, and changed while the gateway runs.

Looking up a source, a login or a workstation never waits for a disk.  A
change is a job in the journal's writer; when it is committed, what is held
here is read anew as a whole, and only then is the change answered.  With
thousands of sources that takes a tenth of a second, so it gives way to mails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve
from twisted.internet.defer import DeferredLock
from twisted.logger import Logger
from twisted.python.failure import Failure

from alarmgw.administration import prepared
from alarmgw.commands import By, Context
from alarmgw.decisions import Around
from alarmgw.directory import Directory
from alarmgw.errors import Cause, TryLater
from alarmgw.keeping import COMMAND as IMPORT
from alarmgw.keeping import Keeping, Step
from alarmgw.slices import let_pass
from alarmgw.store import accounts
from alarmgw.store.journal import Ledger
from alarmgw.workplace import Workplace


class Registry:
    """The accounts of a running gateway.  Lives in the reactor's thread."""

    _log = Logger()

    def __init__(self, place: Workplace) -> None:
        """Read everything: make it where blocking is allowed."""
        self._place = place
        self._context = Context(node=place.node, now=place.now, randomness=place.randomness)
        self._importing = False
        self._reading = DeferredLock()
        self._directory, self._workstations = self._read()
        self.on_revoked: Callable[[str], None] = _nobody_listens

    @property
    def directory(self) -> Directory:
        """Sources and logins at this moment."""
        return self._directory

    def registered(self, fingerprint: str) -> str | None:
        """The name of the workstation with that certificate, unless it was revoked."""
        return self._workstations.get(fingerprint)

    async def perform(
        self,
        command: str,
        arguments: dict[str, Any],
        tell: Callable[[int, int], None] = lambda done, total: None,
    ) -> Any:
        """Carry out a command of `alarmgw.administration`, or an import.  Raises `Refusal`.

        ``tell`` hears how many rows of an import are done, and of how many.
        """
        result: object
        if command == IMPORT:
            result = await self._import(arguments, tell)
        else:
            result = await self._done(command, arguments, _alone, self._context)
        await self._refresh()
        return result

    async def within(self, command: str, arguments: dict[str, Any], around: Around, by: By) -> Any:
        """Carry out an operator's command with more in the same transaction.  Raises `Refusal`.

        ``around`` gets the ledger and the command's job, and its answer is the answer.
        """
        result = await self._done(command, arguments, around, evolve(self._context, by=by))
        await self._refresh()
        return result

    async def _done(
        self, command: str, arguments: dict[str, Any], around: Around, context: Context
    ) -> Any:
        place = self._place
        job = await place.in_pool(lambda: prepared(command, arguments, context))
        done = place.journal.submit(lambda ledger: around(ledger, job), urgent=False)
        return await place.awaited(done)

    async def _refresh(self) -> None:
        """Read all anew, one after the other: an older picture never replaces a newer one."""
        await self._reading.acquire()
        try:
            before, old = self._workstations, [self._directory]
            self._directory, self._workstations = await self._place.in_pool(self._read)
            self._place.in_pool(lambda: self._let_go(old)).addErrback(self._not_let_go)
        finally:
            self._reading.release()
        for fingerprint in before.keys() - self._workstations.keys():
            self.on_revoked(fingerprint)

    async def _import(
        self, arguments: dict[str, Any], tell: Callable[[int, int], None]
    ) -> dict[str, Any]:
        if self._importing:
            raise TryLater(Cause.BUSY, "another import is under way: wait for its end")
        self._importing = True
        try:
            return await self._kept(arguments, tell)
        finally:
            self._importing = False

    async def _kept(
        self, arguments: dict[str, Any], tell: Callable[[int, int], None]
    ) -> dict[str, Any]:
        place, kept = self._place, False
        keeping = await place.in_pool(
            lambda: Keeping(place.home, arguments, self._context, place.giving_way)
        )
        try:
            while (step := await place.in_pool(lambda: self._next(keeping))) is not None:
                made_true = await place.awaited(place.journal.submit(step, urgent=False))
                kept = kept or made_true is True
                tell(keeping.done, keeping.total)
        except Exception:
            if not kept:
                raise
            # It is true: who asked must hear so, and the gateway must know it.
            self._log.failure("what an import replaced is not thrown away yet: the next one does")
        finally:
            keeping.close()
        return {"kept": kept}

    def _next(self, keeping: Keeping) -> Step | None:
        let_pass(self._place.mails)
        return keeping.next()

    def _read(self) -> tuple[Directory, Mapping[str, str]]:
        with self._place.journal.reading() as connection:
            workstations = {
                row.fingerprint: row.name
                for row in accounts.workstations(connection)
                if row.revoked is None
            }
            return accounts.directory(connection, self._place.giving_way), workstations

    def _not_let_go(self, failure: Failure) -> None:
        self._log.failure("what was known before was not let go", failure)

    def _let_go(self, old: list[Directory]) -> None:
        """Thousands of values end one after the other, in slices, and not in the reactor."""
        directory = old.pop()
        held: list[object] = [*directory.by_address.values(), *directory.logins.values()]
        del directory
        for _ in self._place.giving_way(range(len(held))):
            held.pop()


def _alone(ledger: Ledger, job: Callable[[Ledger], Any]) -> Any:
    return job(ledger)


def _nobody_listens(fingerprint: str) -> None:
    """What `Registry.on_revoked` does until the broker says otherwise."""
