"""Followers: mails that belong to an alarm which their source has raised already.

A mail that came again is a `resend`, late pictures are an alarm that joins.
Each alarm of a mail is judged for itself, while the mail is planned; it is
remembered, for those that come after it, when its commit is on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from alarmgw.entries import joining_entry, resend_entry
from alarmgw.errors import TryLater
from alarmgw.model import Source
from alarmgw.recent import RecentAlarm, RecentAlarms, Record
from alarmgw.resends import first_of
from alarmgw.stragglers import joined_by


class OpenRecord(Record, Protocol):
    """A journal that knows which alarms are open."""

    def is_open(self, alarm: str) -> bool:
        """Whether this alarm waits for somebody."""


class Followers:
    """Finds what a mail follows; its methods may be called in any thread."""

    def __init__(self, journal: OpenRecord, moment: datetime) -> None:
        """Reads the last minutes of the journal: make it where blocking is allowed."""
        self._journal = journal
        self._recent = RecentAlarms()
        self._recent.fill(journal, moment)

    def placed(self, entry: dict[str, Any], source: Source | None) -> dict[str, Any]:
        """An alarm's entry, as what it is beside those that were raised before it.

        What belongs to nobody follows nothing: two unknown devices behind one router may well
        say the same.
        """
        if source is None:
            return entry
        this = RecentAlarm.of(entry)
        earlier = self._recent.of(source.address, this.moment)
        first = first_of(this, earlier, self._is_open)
        if first is not None:
            return resend_entry(entry, first.alarm)
        first = joined_by(entry, source.late_pictures_seconds, earlier, self._is_open)
        return entry if first is None else joining_entry(entry, first.alarm)

    def remember(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """These are committed: what comes from now on may follow them."""
        for entry in entries:
            self._recent.add(entry)

    def _is_open(self, alarm: str) -> bool:
        """A journal that cannot be read makes no mail follow another: in doubt it is an alarm."""
        try:
            return self._journal.is_open(alarm)
        except TryLater:
            return False
