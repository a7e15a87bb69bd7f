"""The intake: the one door by which mails enter, whatever protocol carried them.

Five words, the same for every protocol: *admit* a recipient, *start* a
delivery, *write* what arrives, then *commit* or *abort*.  A commit that
returns is the promise of rule 1: the mail's bytes, its name and its journal
line are on disk.

The way of a promise: after the final dot one pool job writes the rest, syncs
the mail and seals its folders, then hands the entries to the journal's writer
thread, which commits them, publishes the folders and only then wakes the
reactor.  Between the dot and the 250 there is one way out of the reactor and
one way back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timezone, tzinfo
from typing import Any, Protocol

from twisted.logger import Logger
from twisted.python.failure import Failure

from alarmgw.arrival import Arrival, Session
from alarmgw.clockwatch import ClockWatch
from alarmgw.delivery import Delivery, Load, Receipt
from alarmgw.descriptors import MAIL_FILES, Descriptors
from alarmgw.directory import Directory
from alarmgw.errors import Cause, Refusal, Refused, TryLater
from alarmgw.followers import Followers
from alarmgw.model import Envelope, Times, new_mail_id
from alarmgw.namedcameras import unknown_cameras
from alarmgw.planning import Planning
from alarmgw.store.archive import publish
from alarmgw.store.journal import Ledger
from alarmgw.store.spool import Draft, Finished, Sealed, folder_in_spool, put_entry
from alarmgw.suppressions import Suppressions
from alarmgw.workplace import Workplace

__all__ = ["Delivery", "Intake", "Receipt", "Session", "Watchman"]


class Watchman(Protocol):
    """What the intake tells about its own troubles (see `alarmgw.supervision`)."""

    def closed(self) -> TryLater | None:
        """Why no mail is taken just now, or None."""

    def failed(self, refusal: Refusal) -> None:
        """A store refused; from any thread."""

    def unpublished(self, alarm: str, reason: str) -> None:
        """A folder could not be renamed into the archive after its commit; from any thread."""

    def refused(self, session: Session, refusal: Refusal, size: int) -> None:
        """A mail was refused after MAIL."""


class Intake:
    """Admits recipients and starts deliveries.  One for each gateway."""

    _log = Logger()

    def __init__(
        self,
        place: Workplace,
        directory: Callable[[], Directory],
        watchman: Watchman,
        message_bytes: int,
        time_zone: tzinfo = timezone.utc,
        descriptors: Descriptors | None = None,
    ) -> None:
        """``time_zone``: that of devices whose site has none of its own.

        ``descriptors``: what all devices together may have open.
        """
        self.message_bytes = message_bytes
        self.time_zone = time_zone
        self._place = place
        self._directory = directory
        self._watchman = watchman
        self._load = Load()
        self._descriptors = descriptors or Descriptors()
        self._followers = Followers(place.journal, place.now())
        self._clocks = ClockWatch(place.node, place.now, place.randomness)
        self.suppressions = Suppressions(place.journal, place.now)
        self._planning = Planning(
            place.node,
            place.randomness,
            directory,
            self._followers.placed,
            lambda: self.time_zone,
            self.suppressions.held,
        )

    def new_mail_id(self) -> str:
        """An id for a mail that begins now; it stands in the 250."""
        return new_mail_id(self._place.node, self._place.now(), self._place.randomness)

    def check_space(self, declared_size: int) -> None:
        """Whether a mail of that size (0: not declared) may begin.

        Raises `Refused` (too large, ever) or `TryLater` (no space, stores failing, no files left).
        """
        if declared_size > self.message_bytes:
            raise Refused(Cause.TOO_LARGE, f"The limit for one mail is {self.message_bytes} octets")
        closed = self._watchman.closed()
        if closed is not None:
            raise closed
        if not self._descriptors.has(MAIL_FILES):
            raise TryLater(Cause.BUSY, "Other mails and connections hold all files for devices")

    def admit(self, session: Session, envelope: Envelope, recipient: str) -> None:
        """Whether mail for ``recipient`` is taken; ``envelope`` is what is known so far.

        Raises `Refused` for an empty address, and for one that names no source
        where nothing else says whose the mail is and unknown ones are refused.
        """
        if not recipient:
            raise Refused(Cause.BAD_ADDRESS, "An empty recipient names no source")
        if session.capture or envelope.login is not None:
            return
        owner = self._directory().owner([recipient], None, envelope.sender, session.peer)
        if not owner.sources:
            raise Refused(Cause.UNKNOWN_SOURCE, "No source of that address is known here")

    async def start(self, session: Session, mail_id: str, envelope: Envelope) -> Delivery:
        """A delivery whose folder exists.  Raises `TryLater` if the spool cannot take it."""
        self.check_space(0)
        self._descriptors.take(MAIL_FILES)
        try:
            draft = await self._place.in_pool(lambda: self._place.spool.create(mail_id))
        except Exception as error:
            self._given_back()
            if isinstance(error, TryLater):
                self._watchman.failed(error)
            raise
        arrival = Arrival(session, envelope, self._place.now())

        def promise(complete: Draft, eom: datetime, notes: Sequence[str]) -> Future[Receipt]:
            return self._promise(complete, arrival, eom, notes)

        delivery = Delivery(self._place, self._load, draft, promise, self._watchman.failed)
        delivery.on_closed = self._given_back
        return delivery

    def _given_back(self) -> None:
        self._descriptors.give_back(MAIL_FILES)

    def refused(self, session: Session, refusal: Refusal, size: int) -> None:
        """Tell that a mail was refused after MAIL: devices do not retry, so it is news."""
        self._watchman.refused(session, refusal, size)

    def _promise(
        self, draft: Draft, arrival: Arrival, eom: datetime, notes: Sequence[str]
    ) -> Future[Receipt]:
        """In the pool: make the mail durable, seal its folders, hand its entries to the journal."""
        finished = draft.finish()
        times = Times(
            connected=arrival.session.connected,
            data=arrival.begun,
            eom=eom,
            synced=self._place.now(),
        )
        plans = self._planning.plans(finished, arrival, times, notes)
        alarms = [plan.sealed for plan in plans]
        self._report(finished, draft.seal(alarms))
        receipt = _receipt(finished.mail.id, [plan.entry for plan in plans])
        written: list[bytes] = []

        def append(ledger: Ledger) -> Receipt:
            for plan in plans:
                written.append(ledger.public(ledger.append(plan.line)))
                self._clocks.look(ledger, plan.entry)
            return receipt

        def kept(_: Receipt) -> None:
            self._publish(alarms, written)  # first: nothing else may leave the mail in the spool
            self._followers.remember(plan.entry for plan in plans)

        return self._place.journal.submit(append, after=kept)

    def _publish(self, alarms: Sequence[Sealed], written: Sequence[bytes]) -> None:
        """Right after the commit, in the writer's thread: the folders appear, each at once.

        Their entries as they were ``written``, with their incidents, are put into them before.
        The 250 goes out even if this fails: settling or the next start finishes it.
        """
        home, files = self._place.home, self._place.files
        for sealed, public in zip(alarms, written, strict=True):
            try:
                put_entry(home, files, sealed.alarm, public)
            except OSError as fault:
                self._missing(sealed.alarm, fault)
            try:
                publish(home, files, folder_in_spool(home, sealed.alarm), sealed.path)
            except (OSError, ValueError) as error:
                self._watchman.unpublished(sealed.alarm, str(error))

    def _report(self, finished: Finished, faults: Sequence[OSError]) -> None:
        """Faults in what is derived cost understanding, never the mail; each is logged."""
        if isinstance(finished.fault, OSError):
            faults = (finished.fault, *faults)
        elif finished.fault is not None:
            failure = Failure(finished.fault)
            self._log.failure("mail {mail} could not be read", failure, mail=finished.mail.id)
        for fault in faults:
            self._missing(finished.mail.id, fault)

    def _missing(self, mail: str, fault: OSError) -> None:
        self._log.error(
            "mail {mail}: a derived file is missing until it is made again: {fault}",
            mail=mail,
            fault=str(fault),
        )


def _receipt(mail_id: str, entries: Sequence[dict[str, Any]]) -> Receipt:
    return Receipt(
        mail_id,
        tuple(entry["alarm"] for entry in entries),
        sources=tuple(entry["source"] for entry in entries if entry["source"]),
        kind=entries[0]["kind"],
        notes=tuple(entries[0]["notes"]),
        clock_offset_s=entries[0]["times"]["clock_offset_s"],
        unknown_cameras=unknown_cameras(entries),
    )
