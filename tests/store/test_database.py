"""The journal's file: whole or not there, upgraded step by step, refused when it is strange."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw.errors import BadConfig
from alarmgw.store import database, incidents
from alarmgw.store.chain import Verification, verify_chain
from tests.journals import appending, done, filled, made, started, system_record

#: One small journal for each schema ever released, as the program of that time has left it: a
#: source, an operator, a workstation, three alarms (one erased, one closed) and a system entry.
#: Never changed; who adds schema/NNNN.sql adds schema-NNNN.sqlite3 made by that version.
RELEASED = sorted((Path(__file__).parent / "journals").glob("schema-*.sqlite3"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is made."""
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    """The writing connection of a fresh journal."""
    made(path).close()
    with closing(database.open_writer(path)) as connection:
        yield connection


#: What a fresh journal has.
NEWEST = max(database.schema_steps())


def steps(*scripts: str) -> dict[int, str]:
    """The newest step, which was done, and one for each of ``scripts`` after it."""
    return dict(enumerate(("", *scripts), NEWEST))


def version(connection: sqlite3.Connection) -> str:
    """The schema's number as the journal knows it."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    return str(row[0])


def test_a_new_journal_is_readable_by_its_owner_only(path: Path) -> None:
    """Digests and people's words stand in it."""
    made(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_new_journal_leaves_nothing_beside_itself(path: Path) -> None:
    """The name it was made under is gone."""
    made(path).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_crash_while_the_journal_is_made_leaves_none(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stops before the rename, the next start makes the journal as if nothing was."""
    with monkeypatch.context() as patched, pytest.raises(BadConfig, match="power cut"):
        patched.setattr(Path, "rename", _power_cut)
        made(path)
    assert not path.exists()
    journal = started(path)
    assert done(journal.submit(appending(system_record("whole")))) == [1]
    journal.close()


def _power_cut(*arguments: object) -> None:
    raise OSError("power cut")


def test_a_commit_is_synced_and_the_log_is_checkpointed_by_nobody_else(
    writer: sqlite3.Connection,
) -> None:
    """WAL with synchronous FULL (2), and no automatic checkpoint inside a commit."""
    values = [
        writer.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "wal_autocheckpoint", "secure_delete")
    ]
    assert values == ["wal", 2, 0, 1]


def test_a_journal_of_a_newer_program_is_refused(path: Path) -> None:
    """The complaint names the file and says what to install."""
    made(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema'")
    with pytest.raises(BadConfig, match=r"journal\.sqlite3: schema: .*newer.*install"):
        made(path)


def test_a_file_that_is_no_journal_is_refused(path: Path) -> None:
    """It is neither overwritten nor understood by force."""
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(BadConfig, match="is not a journal"):
        made(path)
    assert path.read_bytes().startswith(b"not a database")


def test_a_database_of_something_else_is_refused(path: Path) -> None:
    """It has no record of which journal it is."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE phones (number TEXT)")
    with pytest.raises(BadConfig, match="is not a journal"):
        made(path)


@pytest.mark.parametrize("place", ["missing/journal.sqlite3", "folder"])
def test_a_place_that_cannot_be_used_is_told_apart(tmp_path: Path, place: str) -> None:
    """A volume that is away or full is no reason to put a good journal aside."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadConfig, match=r"cannot be used .*volume"):
        made(tmp_path / place)


def test_upgrades_run_in_order_and_once(writer: sqlite3.Connection, path: Path) -> None:
    """A step that was done is not done again."""
    two = steps("CREATE TABLE two (x);", "ALTER TABLE two ADD COLUMN y;")
    database.upgrade(writer, path, two)
    database.upgrade(writer, path, two)
    assert version(writer) == str(NEWEST + 2)


def test_an_upgrade_that_fails_leaves_the_step_before(
    writer: sqlite3.Connection, path: Path
) -> None:
    """Each step is one transaction with its number."""
    two = steps("CREATE TABLE two (x);", "CREATE TABLE three (x); SELECT nonsense;")
    with pytest.raises(sqlite3.OperationalError):
        database.upgrade(writer, path, two)
    tables = {row[0] for row in writer.execute("SELECT name FROM sqlite_master")}
    assert (version(writer), {"two", "three"} & tables) == (str(NEWEST + 1), {"two"})


def test_an_upgrade_makes_projections_anew_or_does_not_happen(
    writer: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are part of the last step's transaction; a damaged entry stops nothing."""
    writer.execute(
        "INSERT INTO entry VALUES (1, 'alarm', 'x', NULL, CAST('{' AS BLOB), zeroblob(32))"
    )
    writer.execute("INSERT INTO open_alarm VALUES (1, 'nobody')")
    with monkeypatch.context() as patched, pytest.raises(OSError, match="power cut"):
        patched.setattr(database, "rebuild_projections", _power_cut)
        database.upgrade(writer, path, steps("CREATE TABLE two (x);"))
    assert version(writer) == str(NEWEST)
    database.upgrade(writer, path, steps("CREATE TABLE two (x);"))
    assert version(writer) == str(NEWEST + 1)
    assert writer.execute("SELECT count(*) FROM open_alarm").fetchone() == (0,)


def test_an_upgrade_copies_the_journal_first(writer: sqlite3.Connection, path: Path) -> None:
    """Before the first step the journal as it was is put beside itself, for its owner only."""
    database.upgrade(writer, path, steps("CREATE TABLE two (x);", "DROP TABLE content;"))
    copies = [file for file in path.parent.iterdir() if file.suffix == ".bak"]
    assert [file.name for file in copies] == [f"journal.sqlite3.schema-{NEWEST}.bak"]
    assert copies[0].stat().st_mode & 0o777 == 0o600
    with closing(database.open_reader(copies[0])) as reader:
        assert version(reader) == str(NEWEST)
        assert verify_chain(reader).faults == ()


def test_an_upgrade_without_its_copy_does_not_begin(
    writer: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A volume without room for the copy leaves the journal as it was."""
    monkeypatch.setattr(Path, "rename", _power_cut)
    with pytest.raises(OSError, match="power cut"):
        database.upgrade(writer, path, steps("CREATE TABLE two (x);"))
    assert version(writer) == str(NEWEST)


def test_nothing_is_copied_without_an_upgrade(path: Path) -> None:
    """A start with the same schema leaves no copies behind."""
    made(path).close()
    made(path).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_copy_is_of_one_moment_while_others_write(path: Path, tmp_path: Path) -> None:
    """What is committed between two steps of the copy is not in it, and does not stop it."""
    journal = started(path)
    filled(journal, 2000)
    told: list[tuple[int, int]] = []

    def write_on(done_pages: int, pages: int) -> None:
        told.append((done_pages, pages))
        assert len(told) < 50, "the copy begins anew with each commit"
        done(journal.submit(appending(system_record("meanwhile"))))

    with closing(database.open_reader(path)) as reader:
        database.copy_journal(reader, tmp_path / "copy.sqlite3", write_on)
    journal.close()
    with closing(database.open_reader(tmp_path / "copy.sqlite3")) as copy:
        assert verify_chain(copy) == Verification(entries=2000, erased=0, faults=())
    assert len(told) > 1 and told[-1][0] == told[-1][1]
    assert not list(tmp_path.glob("copy.sqlite3-*")) and not list(tmp_path.glob("*.new*"))


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_journals_of_every_released_schema_are_upgraded(released: Path, path: Path) -> None:
    """Each is opened, proved, read in full and written on; its words and its gaps are kept."""
    shutil.copyfile(released, path)
    journal = started(path)
    entries = [json.loads(line) for _, line in journal.read(0)]
    words = [(entry.get("subject"), entry.get("text")) for entry in entries]
    assert words.count(("Bewegung", "Zaun Süd")) == 2 and words.count((None, "Größe geändert")) == 1
    assert journal.snapshot().open_total == 2
    with journal.reading() as reader:
        [incident] = incidents.open_incidents(reader)
    assert (incident.key, incident.count) == ("site:4711", 3)
    source = journal.directory().named("bq3@ebues.internal")
    assert source is not None and source.name == "Zaun Süd"
    assert done(journal.submit(appending(system_record("heute")))) == [len(entries) + 1]
    with journal.reading() as reader:
        assert version(reader) == str(max(database.schema_steps()))
        count = len(entries) + 1
        assert verify_chain(reader) == Verification(entries=count, erased=1, faults=())
    journal.close()


def test_every_schema_has_a_journal_of_its_time() -> None:
    """Nobody adds a step and forgets what it has to upgrade later."""
    assert [int(path.stem[-4:]) for path in RELEASED] == sorted(database.schema_steps())


def test_readers_cannot_write(writer: sqlite3.Connection, path: Path) -> None:
    """A reader's connection refuses every change."""
    with (
        closing(database.open_reader(path)) as reader,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        reader.execute("DELETE FROM meta")


def test_every_column_says_what_it_is() -> None:
    """Each column of the schema has a comment."""
    lines = "\n".join(database.schema_steps().values()).splitlines()
    added = ("    ", "ALTER TABLE ")
    columns = [line for line in lines if line.startswith(added) and "PRIMARY KEY (" not in line]
    assert [line for line in columns if " -- " not in line and "--" not in line] == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_IOERR_FSYNC, True),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, False),
        (sqlite3.SQLITE_ERROR, False),
    ],
)
def test_a_failing_store_is_told_from_a_wrong_statement(code: int, expected: bool) -> None:
    """Only the store's own failures mean "later" for everybody."""
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    assert database.is_store_failure(error) is expected
