"""Reading the journal: the same entries in any batches, and one moment in a snapshot."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarmgw.entries import Record, adopted_entry, record
from alarmgw.errors import Cause, TryLater
from alarmgw.model import Source, Unpacked
from alarmgw.store.journal import Journal, JournalReader, Ledger
from tests.journals import (
    MOMENT,
    alarm_record,
    appending,
    closed_record,
    done,
    filled,
    joining_record,
    mail_id,
    randomness,
    resend_record,
    started,
    system_record,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal with its writer running."""
    journal = started(tmp_path / "journal.sqlite3")
    yield journal
    journal.close()


def numbers(rows: tuple[tuple[int, bytes], ...] | list[tuple[int, bytes]]) -> list[int]:
    """The numbers of ``rows``, which stand in their JSON, too."""
    assert [json.loads(public)["seq"] for _, public in rows] == [seq for seq, _ in rows]
    return [seq for seq, _ in rows]


@pytest.fixture(scope="module")
def long_journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Journal, list[bytes]]]:
    """A journal of 60 entries of very different size, and their public forms."""
    journal = started(tmp_path_factory.mktemp("long") / "journal.sqlite3")
    lines = [
        alarm_record(n, unpacked=Unpacked(text="ä" * n * 37)) if n % 3 else system_record("s" * n)
        for n in range(1, 61)
    ]
    yield journal, done(journal.submit(lambda ledger: [written(ledger, line) for line in lines]))
    journal.close()


def written(ledger: Ledger, line: Record) -> bytes:
    """Append an entry; its public form, with its incident if it is an alarm."""
    return ledger.public(ledger.append(line))


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20_000)), min_size=1))
def test_any_batches_give_the_same_entries(
    long_journal: tuple[Journal, list[bytes]], sizes: list[tuple[int, int]]
) -> None:
    """However a reader cuts its batches, it gets every entry once, in order, as it was written."""
    journal, publics = long_journal
    found: list[bytes] = []
    while rows := journal.read(len(found), *sizes[len(found) % len(sizes)]):
        assert numbers(rows) == list(range(len(found) + 1, len(found) + len(rows) + 1))
        found += [public for _, public in rows]
    assert [b"{" + public.split(b",", 1)[1] for public in found] == publics


@given(limit=st.integers(1, 20), max_bytes=st.integers(1, 30_000))
def test_a_batch_keeps_its_bounds(
    long_journal: tuple[Journal, list[bytes]], limit: int, max_bytes: int
) -> None:
    """A batch is within both bounds, or a single entry that alone is larger."""
    rows = long_journal[0].read(20, limit, max_bytes)
    assert 1 <= len(rows) <= limit
    assert len(rows) == 1 or sum(len(public) for _, public in rows) <= max_bytes


def test_an_empty_journal_has_no_bounds(journal: Journal) -> None:
    """First and head are 0, and there is nothing to read."""
    assert (journal.bounds(), journal.read(0)) == ((0, 0), [])


def test_bounds_are_the_first_and_the_last_number(journal: Journal) -> None:
    """They follow each commit."""
    filled(journal, 3)
    assert journal.bounds() == (1, 3)


def test_a_snapshot_has_the_newest_open_alarms_in_order(journal: Journal) -> None:
    """Older ones are counted, closed ones are not."""
    filled(journal, 6)
    done(journal.submit(appending(closed_record(f"{mail_id(5)}-1"))))
    snapshot = journal.snapshot(limit=3)
    assert (snapshot.head, snapshot.open_total) == (7, 5)
    assert numbers(snapshot.entries) == [3, 4, 6]


def test_a_snapshot_says_whose_adopted_alarms_are(journal: Journal) -> None:
    """Once, after the alarms; adoptions of what is not open are left out."""
    done(journal.submit(appending(*(alarm_record(number, source=None) for number in (1, 2, 3)))))
    owner = Source(address="gate@x")
    for alarms in ([2, 3], [1]):
        entry = adopted_entry(
            time=MOMENT, node="gw1", source=owner, alarms=[f"{mail_id(n)}-1" for n in alarms]
        )
        done(journal.submit(appending(record(entry, randomness))))
    done(journal.submit(appending(closed_record(f"{mail_id(1)}-1"))))
    assert numbers(journal.snapshot().entries) == [2, 3, 4]


def test_a_snapshot_has_the_late_pictures_of_what_is_open(journal: Journal) -> None:
    """They are not counted; resends and what joined a closed alarm are left out."""
    filled(journal, 2)
    following = [joining_record(3, first=1), joining_record(4, first=2), resend_record(5, first=2)]
    done(journal.submit(appending(*following, closed_record(f"{mail_id(1)}-1"))))
    snapshot = journal.snapshot()
    assert (snapshot.open_total, numbers(snapshot.entries)) == (1, [2, 4])


def test_an_alarms_followers_are_found(journal: Journal) -> None:
    """Whether they came again or late; each of them has its own history."""
    filled(journal, 2)
    done(journal.submit(appending(joining_record(3, first=1), resend_record(4, first=1))))
    assert numbers(journal.followers(f"{mail_id(1)}-1")) == [3, 4]
    assert numbers(journal.of_alarm(f"{mail_id(1)}-1")) == [1]
    assert numbers(journal.of_alarm(f"{mail_id(4)}-1")) == [4]
    assert journal.followers(f"{mail_id(2)}-1") == []


def test_an_alarm_is_open_until_it_is_closed(journal: Journal) -> None:
    """What nobody knows is not open."""
    filled(journal, 1)
    assert journal.is_open(f"{mail_id(1)}-1")
    done(journal.submit(appending(closed_record(f"{mail_id(1)}-1"))))
    assert not journal.is_open(f"{mail_id(1)}-1")


def test_an_alarm_is_found_with_all_that_happened_to_it(journal: Journal) -> None:
    """Every entry about it, in order, and none about others."""
    alarm = f"{mail_id(1)}-1"
    done(journal.submit(appending(alarm_record(1), alarm_record(2), closed_record(alarm))))
    assert numbers(journal.of_alarm(alarm)) == [1, 3]
    assert journal.of_alarm("gw1-20200101-000000-0000000000-1") == []


def test_erased_words_read_as_null(journal: Journal) -> None:
    """The entry keeps its shape: ids, times and hashes stay, words are null."""
    done(journal.submit(appending(alarm_record(1))))
    done(journal.submit(lambda ledger: ledger.erase(1)))
    [(_, public)] = journal.read(0)
    entry = json.loads(public)
    assert (entry["subject"], entry["text"], entry["pictures"][0]["name"]) == (None, None, None)
    assert entry["pictures"][0]["sha256"] == "b" * 64


def test_another_process_reads_beside_the_gateway(journal: Journal) -> None:
    """A reader of its own sees each commit at once."""
    beside = JournalReader(journal.path)
    filled(journal, 2)
    assert beside.bounds() == (1, 2)
    filled_more = done(journal.submit(appending(system_record("more"))))
    assert beside.read(2)[0][0] == filled_more[0] == 3
    beside.close()


def test_threads_read_at_the_same_time(journal: Journal) -> None:
    """Two threads inside a transaction each have a connection of their own."""
    filled(journal, 1)
    both = threading.Barrier(2, timeout=20)
    found: list[tuple[int, int]] = []

    def read() -> None:
        with journal.reading() as connection:
            both.wait()
            found.append(connection.execute("SELECT count(*), max(seq) FROM entry").fetchone())
            both.wait()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(1, 1), (1, 1)]


def test_a_reader_keeps_its_moment(journal: Journal) -> None:
    """What is committed while a transaction reads is not seen in it, and does not wait for it."""
    filled(journal, 1)
    with journal.reading() as connection:
        assert connection.execute("SELECT max(seq) FROM entry").fetchone() == (1,)
        done(journal.submit(appending(system_record("meanwhile"))))
        assert connection.execute("SELECT max(seq) FROM entry").fetchone() == (1,)
    assert journal.bounds() == (1, 2)


def test_a_journal_that_cannot_be_opened_is_a_matter_of_later(tmp_path: Path) -> None:
    """A missing volume is answered "later", not with a trace."""
    with pytest.raises(TryLater) as caught:
        JournalReader(tmp_path / "nowhere" / "journal.sqlite3").bounds()
    assert caught.value.cause is Cause.JOURNAL_FAILED


def test_a_wrong_question_is_a_bug(journal: Journal) -> None:
    """Only the store's failures are answered "later"."""
    with pytest.raises(Exception, match="no such table"), journal.reading() as connection:
        connection.execute("SELECT * FROM nonsense")
    assert journal.bounds() == (0, 0)
