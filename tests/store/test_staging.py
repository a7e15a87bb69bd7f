"""Staging: rows that nobody sees until one job makes all of them true."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.errors import Refused, TryLater
from alarmgw.model import Login, Source
from alarmgw.store import accounts, staging
from alarmgw.store.hidden import left
from alarmgw.store.journal import Journal, Ledger
from alarmgw.store.rehearsal import rehearsing
from alarmgw.store.staging import FOLDER, SLICE, Proposal
from tests.journals import Faults, appending, config_record, done, started, system_record

NAME = f"proposal-{'a' * 32}.sqlite3"


@pytest.fixture
def faults() -> Faults:
    """COMMITs that fail when a test says so."""
    return Faults()


@pytest.fixture
def journal(tmp_path: Path, faults: Faults) -> Iterator[Journal]:
    """A journal with a source that has a login, a network and an alias."""
    with closing(started(tmp_path / "journal.sqlite3", connect=faults.connect)) as journal:
        login = Login(name="cam", salt=b"s", digest=b"d")
        old = Source(address="old@x", login="cam", networks=("10.0.0.0/8",), aliases=("tor",))
        done(journal.submit(lambda ledger: accounts.add_login(ledger.connection, login, "2026")))
        keep(journal, old)
        yield journal


def keep(journal: Journal, source: Source) -> None:
    """Keep a source as commands do."""
    done(journal.submit(lambda ledger: accounts.put_source(ledger.connection, source, "2026")))


def propose(journal: Journal, *sources: Source, removed_login: str | None = None) -> Proposal:
    """A proposal of these sources."""
    folder = journal.path.parent / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / NAME).unlink(missing_ok=True)
    with rehearsing(journal.path) as rehearsal:
        connection = rehearsal.ledger.connection
        for source in sources:
            accounts.put_source(connection, source, "2027")
        if removed_login:
            accounts.remove_unused_login(connection, removed_login)
        rehearsal.write(folder / NAME, [b"[1]", b"[2]"])
    return Proposal(journal.path.parent, NAME)


def lay_out(journal: Journal, proposal: Proposal) -> None:
    """Everything but the last job."""
    done(journal.submit(staging.begin))
    for part in proposal.slices():
        done(journal.submit(staging.lay_out(part)))


def sources(journal: Journal) -> list[Source]:
    """What readers see."""
    with journal.reading() as connection:
        return accounts.sources(connection)


def many(count: int) -> list[Source]:
    """So many new sources."""
    return [
        Source(address=f"bq{n:05}@x", networks=(f"10.1.{n // 250}.{n % 250}",))
        for n in range(count)
    ]


def test_all_rows_become_true_in_one_job(journal: Journal) -> None:
    """Until then nobody sees one of them; what is told comes with them."""
    new = many(2 * SLICE + 7)
    with closing(propose(journal, *new)) as proposal:
        assert proposal.total == 2 * len(new) + 4  # there was a source already
        assert list(proposal.changes()) == [b"[1]", b"[2]"]
        lay_out(journal, proposal)
        assert [one.address for one in sources(journal)] == ["old@x"]
        told = [config_record(number=1), config_record(number=2)]
        assert done(journal.submit(staging.make_true(proposal.head, told))) is True
    assert sources(journal)[:-1] == new and journal.bounds()[1] == 2


def test_what_is_gone_goes(journal: Journal) -> None:
    """Networks, aliases and the login that a changed source does not have any more."""
    changed = Source(address="old@x", name="Tor", aliases=("zaun",))
    with closing(propose(journal, changed, removed_login="cam")) as proposal:
        lay_out(journal, proposal)
        assert done(journal.submit(staging.make_true(proposal.head, []))) is True
    assert sources(journal) == [changed] and journal.directory().logins == {}


def test_a_name_is_handed_on(journal: Journal) -> None:
    """An alias that one source loses may be another one's in the same import."""
    lost = Source(address="old@x", login="cam", networks=("10.0.0.0/8",))
    heir = Source(address="new@x", aliases=("tor",))
    with closing(propose(journal, lost, heir)) as proposal:
        lay_out(journal, proposal)
        assert done(journal.submit(staging.make_true(proposal.head, []))) is True
    assert sources(journal) == [heir, lost]


def test_a_change_meanwhile_is_noticed(journal: Journal) -> None:
    """A mail is none; a command is, and then nothing is done."""
    with closing(propose(journal, *many(2))) as proposal:
        lay_out(journal, proposal)
        done(journal.submit(appending(system_record("no change"), config_record())))
        assert done(journal.submit(staging.make_true(proposal.head, [config_record()]))) is False
        assert done(journal.submit(staging.make_true(proposal.head + 2, []))) is True
    assert len(sources(journal)) == 3 and journal.bounds()[1] == 2


def test_a_journal_that_failed_keeps_what_is_laid_out(journal: Journal, faults: Faults) -> None:
    """Only the batch that failed did not happen; the import goes on."""
    with closing(propose(journal, *many(2))) as proposal:
        lay_out(journal, proposal)
        faults.left = 1
        with pytest.raises(TryLater):
            done(journal.submit(staging.make_true(proposal.head, [config_record()])))
        assert len(sources(journal)) == 1 and journal.bounds() == (0, 0)
        assert done(journal.submit(staging.make_true(proposal.head, []))) is True
    assert len(sources(journal)) == 3


def test_what_fails_is_undone_as_a_whole(journal: Journal) -> None:
    """Rows that the records' own rules refuse are never laid out, nor made true without."""
    with closing(propose(journal, *many(2))) as proposal:
        lay_out(journal, proposal)
    wrong = staging.Slice("source_networks", [("10.9.0.0/16", "nobody@x")])
    with pytest.raises(sqlite3.IntegrityError):
        done(journal.submit(staging.lay_out(wrong)))
    rule = "INSERT INTO rules (name, site, position, enabled, created) VALUES ('r', '1', 1, 1, '')"
    done(journal.submit(lambda ledger: put_site_and(ledger, rule)))
    with pytest.raises(sqlite3.IntegrityError, match="rules refers to none of sites"):
        done(journal.submit(staging.make_true(0, [config_record()])))
    assert len(sources(journal)) == 1 and journal.bounds() == (0, 0)


def put_site_and(ledger: Ledger, statement: str) -> None:
    """Make a site that is told by nobody, and something that refers to it."""
    ledger.connection.execute("INSERT INTO sites (number, created) VALUES ('1', '2026')")
    ledger.connection.execute(statement)


def test_no_job_touches_more_rows_than_a_slice(journal: Journal) -> None:
    """However many there are, before and after: a mail waits for one job of an import at most."""
    keep_all(journal, many(3 * SLICE))
    touched = list[int]()

    def counted(job: staging.Job) -> None:
        def work(ledger: Ledger) -> object:
            before = ledger.connection.total_changes
            result = job(ledger)
            touched.append(ledger.connection.total_changes - before)
            return result

        done(journal.submit(work))

    with closing(propose(journal, *many(4 * SLICE))) as proposal:
        for job in (staging.begin, *map(staging.lay_out, proposal.slices())):
            counted(job)
        laid_out = sum(touched)
        counted(staging.make_true(proposal.head, []))
        for job in staging.clearing():
            counted(job)
    assert max(touched) == SLICE and len(sources(journal)) == 4 * SLICE + 1
    # The one that makes it true writes where each table and each index begins, and no row.
    assert laid_out == 8 * SLICE + 4 and sum(touched) < 2 * laid_out


def keep_all(journal: Journal, new: Sequence[Source]) -> None:
    """Keep sources in one job."""

    def job(ledger: Ledger) -> None:
        for one in new:
            accounts.put_source(ledger.connection, one, "2026")

    done(journal.submit(job))


@pytest.mark.parametrize("true", [True, False])
def test_the_end_leaves_nothing(journal: Journal, true: bool) -> None:
    """What was laid out, or was true before, takes no room any more; the database is sound."""
    with closing(propose(journal, *many(2 * SLICE))) as proposal:
        lay_out(journal, proposal)
        if true:
            done(journal.submit(staging.make_true(proposal.head, [])))
    for job in staging.clearing():
        done(journal.submit(job))
    assert_sound(journal)
    assert len(sources(journal)) == (2 * SLICE + 1 if true else 1)


def assert_sound(journal: Journal) -> None:
    """Nothing is hidden, and each table and index is what the schema says."""
    with journal.reading() as connection:
        assert left(connection) == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_start_removes_what_was_laid_out(tmp_path: Path) -> None:
    """Of an import that was cut off; the records are as they were."""
    path = tmp_path / "journal.sqlite3"
    with closing(started(path)) as journal, closing(propose(journal, *many(300))) as proposal:
        lay_out(journal, proposal)
    with closing(started(path)) as journal:
        assert_sound(journal)
        assert sources(journal) == []


def test_an_import_after_one_that_was_cut_off(journal: Journal) -> None:
    """What the first one has laid out is not the second one's."""
    with closing(propose(journal, *many(SLICE))) as proposal:
        lay_out(journal, proposal)
    with closing(propose(journal, *many(2))) as proposal:
        lay_out(journal, proposal)
        done(journal.submit(staging.make_true(proposal.head, [])))
    assert len(sources(journal)) == 3


@pytest.mark.parametrize("name", ["../journal.sqlite3", "journal.sqlite3", NAME])
def test_only_proposals_are_opened(tmp_path: Path, name: str) -> None:
    """No other file of the home, and none that is not there."""
    with pytest.raises(Refused, match="there is no proposal"):
        Proposal(tmp_path, name)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE fact SET value = '2' WHERE name = 'schema'",
        "DELETE FROM fact WHERE name = 'form'",  # as one that had only what changes
    ],
)
def test_another_versions_proposal_is_refused(journal: Journal, change: str) -> None:
    """A gateway that was not started anew since the update says so."""
    path = propose(journal, *many(1))
    path.close()
    file = journal.path.parent / FOLDER / NAME
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(change)
    with pytest.raises(Refused, match="another version"):
        Proposal(journal.path.parent, NAME)
    file.write_bytes(b"garbage" * 1000)
    with pytest.raises(Refused, match="is no proposal"):
        Proposal(journal.path.parent, NAME)


def test_proposals_of_the_dead_are_swept(tmp_path: Path) -> None:
    """Nothing else is."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    for name in (NAME, "lock", "proposal-mine"):
        (folder / name).touch()
    staging.sweep(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "proposal-mine"]
