"""Planning: what becomes of a complete mail, before anything is promised.

What it means, whose it is, how it is handled, and the entry that says so: one
plan for each source that owns some of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timezone, tzinfo
from typing import Any

from attrs import frozen
from twisted.logger import Logger

from alarmgw.arrival import Arrival
from alarmgw.clockwatch import clocked
from alarmgw.codec.alarmtext import narrowed, understand
from alarmgw.codec.eventwords import UNKNOWN
from alarmgw.directory import Directory
from alarmgw.entries import Record, alarm_entry, record
from alarmgw.model import Event, Handling, Meaning, Randomness, Source, Times, alarm_id
from alarmgw.rules import Matter
from alarmgw.ruling import Rulings
from alarmgw.store.archive import folder_of
from alarmgw.store.spool import Finished, Sealed

Placed = Callable[[dict[str, Any], Source | None], dict[str, Any]]
"""An alarm's entry, as what it is beside those before it (`alarmgw.followers`)."""


Held = Callable[[Meaning, Handling, "Source | None"], Handling]
"""How an alarm is handled that may be held back (`alarmgw.suppressions`)."""


@frozen(kw_only=True)
class Plan:
    """One alarm to be: its folder, its line for the journal, and its entry as it is told."""

    sealed: Sealed
    line: Record
    entry: dict[str, Any]


class Planning:
    """Makes plans for complete mails, in the pool's threads."""

    _log = Logger()

    def __init__(
        self,
        node: str,
        randomness: Randomness,
        directory: Callable[[], Directory],
        placed: Placed = lambda entry, source: entry,
        own_zone: Callable[[], tzinfo] = lambda: timezone.utc,
        held: Held = lambda meaning, handling, source: handling,
    ) -> None:
        self._node, self._randomness, self._directory = node, randomness, directory
        self._rulings = Rulings()
        self._placed = placed
        self._own_zone = own_zone
        self._held = held

    def plans(
        self, finished: Finished, arrival: Arrival, times: Times, notes: Sequence[str]
    ) -> list[Plan]:
        """An alarm for each source that owns some of it; an unassigned one where nobody does."""
        envelope = arrival.envelope
        directory, unpacked = self._directory(), finished.unpacked
        meant = self._meaning(finished)
        matter = Matter(
            subject=unpacked.subject,
            text=unpacked.text,
            sender=envelope.sender,
            labels=unpacked.labels,
        )
        shares = directory.shares(
            envelope.recipients,
            envelope.login,
            envelope.sender,
            arrival.session.peer,
            meant.events,
        )
        plans = []
        for number, share in enumerate(shares, 1):
            source, meaning = share.source, narrowed(meant, share.events)
            ruling = self._rulings.ruling(meaning, source, matter, directory.rules)
            alarm = alarm_id(finished.mail.id, number)
            path = folder_of(source.address if source else None, times.eom, alarm)
            entry = alarm_entry(
                time=times.synced,
                node=self._node,
                alarm=alarm,
                mail=finished.mail,
                path=path,
                source=source,
                meaning=ruling.meaning,
                unpacked=finished.unpacked,
                handling=self._handling(ruling.meaning, ruling.handling, source),
                envelope=envelope,
                times=times,
                notes=(*notes, *share.notes),
            )
            zone = directory.zone_of(source) or self._own_zone()
            entry = self._judged(self._placed, entry, source)
            entry = self._judged(clocked, entry, ruling.meaning, times.data, zone)
            sealed, line = Sealed(alarm=alarm, path=path), record(entry, self._randomness)
            plans.append(Plan(sealed=sealed, line=line, entry=entry))
        return plans

    def _handling(self, meaning: Meaning, usual: Handling, source: Source | None) -> Handling:
        """How it is handled; a bug in holding back costs that, never the mail."""
        try:
            return self._held(meaning, usual, source)
        except Exception:
            self._log.failure("whether {source} is held back is not known", source=source)
            return usual

    def _judged(
        self, judge: Callable[..., dict[str, Any]], entry: dict[str, Any], *facts: Any
    ) -> dict[str, Any]:
        """An entry with what ``judge`` adds; a bug in it costs what it adds, never the mail."""
        try:
            return judge(entry, *facts)
        except Exception:
            self._log.failure("alarm {alarm} was not judged in full", alarm=entry["alarm"])
            return entry

    def _meaning(self, finished: Finished) -> Meaning:
        unpacked = finished.unpacked
        try:
            return understand(unpacked.subject, unpacked.text, unpacked.labels)
        except Exception:  # understanding may fail; receiving may not
            self._log.failure("mail {mail} could not be understood", mail=finished.mail.id)
            return Meaning(kind="alarm", events=(Event(event=UNKNOWN),))
