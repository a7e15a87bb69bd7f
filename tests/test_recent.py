"""What each source raised in the last minutes, in memory and again after a start."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alarmgw.entries import record, resend_entry
from alarmgw.model import Event, MailFacts, Meaning, Source, Times, Unpacked
from alarmgw.recent import RecentAlarms, content_hash
from alarmgw.store.journal import Journal
from tests.journals import (
    MOMENT,
    alarm,
    appending,
    done,
    mail_id,
    part,
    randomness,
    started,
    system_record,
)

BQ3, BQ4 = "bq3@ebues.internal", "bq4@ebues.internal"
MINUTE = timedelta(minutes=1)
TIMED = Meaning(kind="alarm", events=(Event(event="motion", device_time="2026-11-21T21:45:01"),))


def entry(number: int, after: timedelta = timedelta(0), **changes: Any) -> dict[str, Any]:
    """The ``number``-th alarm, which came so long after the first one; every mail is another."""
    moment = MOMENT + after
    mail = MailFacts(id=mail_id(number), size=9, sha256=f"{number:064x}")
    times = Times(connected=moment, data=moment, eom=moment, synced=moment)
    return alarm(number, **{"time": moment, "mail": mail, "times": times, **changes})


def ids(recent: RecentAlarms, moment: datetime = MOMENT, source: str = BQ3) -> list[str]:
    """The alarms of a source that are known at that moment."""
    return [one.alarm for one in recent.of(source, moment)]


def numbered(*numbers: int) -> list[str]:
    """Alarms' ids by their mails' numbers."""
    return [f"{mail_id(number)}-1" for number in numbers]


def test_the_newest_comes_first() -> None:
    """What was raised last is what comes late or again most likely."""
    recent = RecentAlarms()
    for number in (1, 2, 3):
        recent.add(entry(number, number * MINUTE))
    assert ids(recent, MOMENT + 3 * MINUTE) == numbered(3, 2, 1)


def test_each_source_has_its_own() -> None:
    """Another source's alarm is never repeated."""
    recent = RecentAlarms()
    recent.add(entry(1))
    recent.add(entry(2, source=Source(address=BQ4)))
    assert (ids(recent), ids(recent, source=BQ4)) == (numbered(1), numbered(2))


def test_ten_minutes_are_remembered() -> None:
    """To the second, and no longer; a clock that was set back changes nothing."""
    recent = RecentAlarms()
    recent.add(entry(1))
    assert ids(recent, MOMENT + 10 * MINUTE) == ids(recent, MOMENT - 10 * MINUTE) == numbered(1)
    assert ids(recent, MOMENT + 10.1 * MINUTE) == ids(recent, MOMENT - 10.1 * MINUTE) == []


def test_only_a_sources_alarms_are_remembered() -> None:
    """A resend repeats the first one; what is nobody's is repeated by nobody."""
    recent = RecentAlarms()
    recent.add(resend_entry(entry(2), f"{mail_id(1)}-1"))
    recent.add(entry(3, source=None))
    recent.add({"type": "closed", "alarm": f"{mail_id(1)}-1"})
    assert len(recent) == 0


def test_a_source_that_floods_forgets_its_own() -> None:
    """The oldest of that source go, and nobody else's."""
    recent = RecentAlarms(most_of_source=2)
    recent.add(entry(9, source=Source(address=BQ4)))
    for number in (1, 2, 3):
        recent.add(entry(number))
    assert (ids(recent), ids(recent, source=BQ4)) == (numbered(3, 2), numbered(9))
    assert len(recent) == 3


def test_memory_is_bounded() -> None:
    """With too many in all, the source that has been silent longest is forgotten."""
    recent = RecentAlarms(most=3)
    for number in range(1, 6):
        recent.add(entry(number, source=Source(address=f"bq{number}@ebues.internal")))
    assert len(recent) == 3
    assert ids(recent, source="bq2@ebues.internal") == []
    assert ids(recent, source="bq3@ebues.internal") == numbered(3)


def test_what_is_out_of_time_takes_no_room() -> None:
    """Whoever speaks makes the gateway forget those who have been silent for long."""
    recent = RecentAlarms()
    recent.add(entry(1))
    recent.add(entry(2, 5 * MINUTE, source=Source(address=BQ4)))
    recent.add(entry(3, 14 * MINUTE, source=Source(address=BQ4)))
    assert len(recent) == 2
    recent.add(entry(4, 16 * MINUTE, source=Source(address=BQ4)))
    assert len(recent) == 2


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        yield journal


def test_a_start_remembers_the_last_ten_minutes(journal: Journal) -> None:
    """Alarms alone, in their order, and none that are older."""
    lines = [entry(n, n * MINUTE) for n in range(12)]
    lines += [resend_entry(entry(20, 11 * MINUTE), f"{mail_id(11)}-1")]
    done(journal.submit(appending(*(record(one, randomness) for one in lines))))
    recent = RecentAlarms()
    recent.fill(journal, MOMENT + 12 * MINUTE)
    assert ids(recent, MOMENT + 12 * MINUTE) == numbered(*range(11, 1, -1))
    assert len(recent) == 10


def test_a_start_reads_as_far_back_as_it_takes(journal: Journal) -> None:
    """Several pages of the journal, if ten minutes had so many entries."""
    said = [system_record("busy")] * 1200
    done(journal.submit(appending(record(entry(1), randomness), *said)))
    recent = RecentAlarms()
    recent.fill(journal, MOMENT + MINUTE)
    assert ids(recent) == numbered(1)


def test_what_was_filled_is_what_was_added(journal: Journal) -> None:
    """A mail is known after a restart by all that it was known by before."""
    one = entry(1, meaning=TIMED, unpacked=Unpacked(subject="B\ud800", text="Zaun"))
    done(journal.submit(appending(record(one, randomness))))
    added, filled = RecentAlarms(), RecentAlarms()
    added.add(one)
    filled.fill(journal, MOMENT)
    [before], [after] = added.of(BQ3, MOMENT), filled.of(BQ3, MOMENT)
    assert before.said == after.said is not None
    assert (before.octets, before.moment, before.events) == (
        after.octets, after.moment, after.events,
    )  # fmt: skip


def said(device_time: str | None = "2026-11-21T21:45:01", **facts: Any) -> str | None:
    """The content's hash of a mail with these contents."""
    meaning = Meaning(kind="alarm", events=(Event(event="motion", device_time=device_time),))
    unpacked = Unpacked(**{"subject": "a", "text": "b", "pictures": (part("01-a.jpg"),), **facts})
    return content_hash(entry(1, meaning=meaning, unpacked=unpacked))


def test_what_a_mail_says_is_its_subject_its_text_and_its_files() -> None:
    """Each of them counts, and the names on disk do not."""
    other = part("01-a.jpg", "b.jpg")
    hashes = {said(), said(subject="c"), said(text="c"), said(pictures=()), said(pictures=(other,))}
    assert len(hashes) == 5
    assert said(pictures=(part("07-x.jpg"),)) == said()


@pytest.mark.parametrize(
    "device_time", [None, "2026-11-21", "2026-11-21T21:45:00", "2026-11-21T21:45:00Z", "21:45"]
)
def test_without_seconds_equal_words_may_be_two_events(device_time: str | None) -> None:
    """A full minute may be all that the device tells."""
    assert said(device_time) is None


@pytest.mark.parametrize("time", ["2026-11-21T21:45:00.5", "2026-11-21T21:45:07+01:00"])
def test_seconds_may_have_a_fraction_or_a_zone(time: str) -> None:
    """Either is a time to the second."""
    assert said(time) is not None


@pytest.mark.parametrize(
    "facts", [{"notes": ("part_budget",)}, {"text_cut": True}, {"text": "b" * 40_000}]
)
def test_a_mail_that_says_more_is_not_known_by_its_words(facts: dict[str, Any]) -> None:
    """What the entry leaves out may be what is different."""
    assert said(**facts) is None


def test_an_entry_of_an_older_version_is_understood() -> None:
    """It has no ``joins``."""
    recent = RecentAlarms()
    recent.add({key: value for key, value in json.loads(json.dumps(entry(1))).items()
                if key != "joins"})  # fmt: skip
    assert [one.joins for one in recent.of(BQ3, MOMENT)] == [None]
