"""Planning: what becomes of a complete mail, before anything is promised.

Whose it is, what it means, how it is handled, and the entry that says so: one
plan for each source that owns it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen
from twisted.logger import Logger

from alarmgw.arrival import Arrival
from alarmgw.codec.alarmtext import understand
from alarmgw.codec.eventwords import UNKNOWN
from alarmgw.directory import Directory
from alarmgw.entries import Record, alarm_entry, record
from alarmgw.handling import handling_of
from alarmgw.model import Event, Meaning, Randomness, Source, Times, alarm_id
from alarmgw.store.archive import folder_of
from alarmgw.store.spool import Finished, Sealed


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
        self, node: str, randomness: Randomness, directory: Callable[[], Directory]
    ) -> None:
        self._node, self._randomness, self._directory = node, randomness, directory

    def plans(
        self, finished: Finished, arrival: Arrival, times: Times, notes: Sequence[str]
    ) -> list[Plan]:
        """An alarm for each source that owns the mail; an unassigned one where nobody does."""
        envelope = arrival.envelope
        owner = self._directory().owner(
            envelope.recipients, envelope.login, envelope.sender, arrival.session.peer
        )
        meaning = self._meaning(finished)
        targets: Sequence[Source | None] = owner.sources or (None,)
        plans = []
        for number, source in enumerate(targets, 1):
            alarm = alarm_id(finished.mail.id, number)
            path = folder_of(source.address if source else None, times.eom, alarm)
            entry = alarm_entry(
                time=times.synced,
                node=self._node,
                alarm=alarm,
                mail=finished.mail,
                path=path,
                source=source,
                meaning=meaning,
                unpacked=finished.unpacked,
                handling=handling_of(meaning, source),
                envelope=envelope,
                times=times,
                notes=(*notes, *owner.notes),
            )
            line = record(entry, self._randomness)
            sealed = Sealed(alarm=alarm, path=path, public=line.public)
            plans.append(Plan(sealed=sealed, line=line, entry=entry))
        return plans

    def _meaning(self, finished: Finished) -> Meaning:
        unpacked = finished.unpacked
        try:
            return understand(unpacked.subject, unpacked.text, unpacked.labels)
        except Exception:  # understanding may fail; receiving may not
            self._log.failure("mail {mail} could not be understood", mail=finished.mail.id)
            return Meaning(kind="alarm", events=(Event(event=UNKNOWN),))
