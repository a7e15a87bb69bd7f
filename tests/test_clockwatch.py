"""`alarmgw.clockwatch`: a wrong clock is told once, and once that it is right again."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from alarmgw.clockwatch import ClockWatch, clocked
from alarmgw.entries import joining_entry, record, resend_entry
from alarmgw.model import Event, Handling, Meaning, Source
from alarmgw.store.clocks import clock
from alarmgw.store.journal import Journal, Ledger
from tests.journals import MOMENT, alarm, done, now, randomness, started, timed
from tests.places import entries_of

SOURCE = "bq3@ebues.internal"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal in which nothing stands."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        yield journal


class Mails:
    """Mails that come in one after the other."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._count = journal, 0

    def come(self, *offsets: float | None, resend: bool = False, **changes: Any) -> list[Any]:
        """A mail for each offset of the clock; what was told of it: state, offset and sentence."""
        watch = ClockWatch("gw1", now, randomness)
        for offset in offsets:
            self._count += 1
            entry = alarm(self._count, times=timed(offset), **changes)
            if resend:
                entry = resend_entry(entry, "gw1-1")

            def job(ledger: Ledger, entry: dict[str, Any] = entry) -> None:
                ledger.append(record(entry, randomness))
                watch.look(ledger, entry)

            done(self._journal.submit(job))
        told = [one for one in entries_of(self._journal) if one["type"] == "system"]
        return [(one["state"], one["clock_offset_s"], one["text"]) for one in told]


@pytest.fixture
def mails(journal: Journal) -> Mails:
    """A source that sends."""
    return Mails(journal)


def test_a_wrong_clock_is_told_once_and_once_when_it_is_mended(mails: Mails) -> None:
    """Not with each mail, and not again while it swings about the limit."""
    assert mails.come(-425.0) == []
    assert mails.come(-720.0, -725.0, -590.0, -610.0) == [
        ("start", -720.0, f"The clock of {SOURCE} is 12 min behind")
    ]
    [_, over] = mails.come(-3.0, 2.0)
    assert over == ("end", -3.0, f"Over: The clock of {SOURCE} is right")
    assert mails.come(7200.0)[2:] == [("start", 7200.0, f"The clock of {SOURCE} is 2 h ahead")]


def test_a_fault_that_becomes_a_hint_is_over(mails: Mails) -> None:
    """What is left of it is said."""
    [_, over] = mails.come(720.0, 420.0)
    assert over == ("end", 420.0, f"Over: The clock of {SOURCE} is 7 min ahead")


def test_each_source_has_its_own_clock(mails: Mails) -> None:
    """One fault for each, with whose it is."""
    other = Source(address="bq4@ebues.internal", site="4712", tenant="North")
    assert len(mails.come(900.0)) == 1
    assert len(mails.come(900.0, source=other)) == 2


def test_a_mail_that_tells_no_time_changes_nothing(mails: Mails) -> None:
    """The fault goes on."""
    assert len(mails.come(900.0, None)) == 1


def test_what_is_nobodys_has_no_clock(mails: Mails) -> None:
    """There is nobody whose fault it could be."""
    assert mails.come(900.0, source=None) == []


def test_a_mail_that_is_sent_again_says_nothing_of_the_clock(mails: Mails) -> None:
    """Its time is older because it comes for the second time."""
    assert mails.come(900.0, resend=True) == []


def test_a_source_out_of_use_is_a_fault_to_nobody(mails: Mails) -> None:
    """When it is in use again, its next mail tells it."""
    unused = Handling(priority=5, handling="suppressed", rule="source_disabled")
    assert mails.come(900.0, handling=unused) == []
    assert len(mails.come(900.0)) == 1


def test_a_source_that_is_suppressed_is_watched(mails: Mails) -> None:
    """Suppressing its alarms never stops the watch over it."""
    held = Handling(priority=3, handling="suppressed", rule="suppression:0123456789abcdef")
    assert len(mails.come(900.0, handling=held)) == 1


def test_a_restart_tells_nothing_again(journal: Journal, mails: Mails) -> None:
    """What was told stands in the journal, and is what the next start begins with."""
    mails.come(900.0)
    with journal.reading() as connection:
        known = clock(connection, SOURCE)
    assert known is not None and known.wrong_since is not None
    assert len(mails.come(910.0)) == 1


def test_an_entry_says_what_its_mail_shows() -> None:
    """The offset among its times, and a note where it is off."""
    right, wrong, silent = (shown(alarm(1), time) for time in ("21:45:00", "21:38:02", None))
    assert (right["times"]["clock_offset_s"], right["notes"]) == (-2.1, [])
    assert (wrong["times"]["clock_offset_s"], wrong["notes"]) == (-420.1, ["clock_off"])
    assert (silent["times"]["clock_offset_s"], silent["notes"]) == (None, [])


def test_what_comes_again_or_late_shows_nothing() -> None:
    """Its time is older for a reason that is known."""
    first = "gw1-20261121-204502-0000000001-1"
    for entry in (resend_entry(alarm(2), first), joining_entry(alarm(2), first)):
        assert shown(entry, "21:38:02") == entry


def shown(entry: dict[str, Any], time: str | None) -> dict[str, Any]:
    """The entry of a mail that came at 21:45:02 in Berlin and tells this time of the same day."""
    written = f"2026-11-21T{time}" if time else None
    meaning = Meaning(kind="alarm", events=(Event(event="motion", device_time=written),))
    return clocked(entry, meaning, MOMENT, zoneinfo.ZoneInfo("Europe/Berlin"))
