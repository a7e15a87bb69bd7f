"""The journal's database file: made whole or not at all, upgraded in numbered steps, opened.

One connection in one process writes; it syncs each commit (WAL, synchronous
FULL) and never checkpoints by itself: that is done beside it, when the writer
says so (`alarmgw.store.checkpoints`).  All others are read-only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from pathlib import Path

from alarmgw.errors import BadConfig, Cause, Complaint, TryLater
from alarmgw.store.hidden import drop, left
from alarmgw.store.ledger import Ledger, rebuild_projections

#: What ``file`` shows for the journal: "algw".
APPLICATION_ID = 0x616C6777

#: Pages copied in one step; after each somebody may be told.
COPY_PAGES = 256

#: Primary result codes that say "the store fails", not "this statement is wrong".
_STORE_FAILURES = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    )
)

_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_store_failure(error: BaseException) -> bool:
    """Whether ``error`` says that the database cannot be used now, whatever is asked of it."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.Error) and code is not None and code & 0xFF in _STORE_FAILURES


def is_locked(error: BaseException) -> bool:
    """Whether another process holds the database, and holds it still after the time to wait."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.Error) and code is not None and code & 0xFF in _LOCKED


class Standing:
    """Whether a journal's files are still those that were opened, and its log not shorter.

    SQLite goes on writing to a file that somebody has removed or replaced, and behind the end
    of a log that somebody has cut: it would be a promise that no restart can keep.
    """

    def __init__(self, path: Path) -> None:
        """The first `check` looks at what is open; from then on some connection stays open."""
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._files: list[tuple[int, int]] = []
        self._length = 0

    def check(self) -> None:
        """Raises `OSError` if one is gone or another one, or the log was cut."""
        length = self._log_length()
        if length < self._length:
            raise OSError(errno.ESTALE, "the journal's log was cut while it was in use")
        self._length = length

    def renew(self, connection: sqlite3.Connection) -> None:
        """`check` for a fresh connection: a log that was cut will do if nothing of it is missing.

        Another program may have moved all of it into the database, as `sqlite3` itself does.
        Raises `sqlite3.Error` as well.
        """
        length = self._log_length()
        if length < self._length:
            # It reads all that is in the log and nowhere else.
            [busy, *_] = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if busy:
                raise OSError(errno.EBUSY, "the journal's log was cut while it was in use")
        self._length = length

    def _log_length(self) -> int:
        files = self._identities()
        self._files = self._files or files
        if self._files != files:
            raise OSError(errno.ESTALE, "the journal's files were replaced while it was in use")
        return self._log.stat().st_size

    def _identities(self) -> list[tuple[int, int]]:
        facts = [path.stat() for path in (self._path, self._log)]
        return [(one.st_dev, one.st_ino) for one in facts]


def journal_failed(error: BaseException) -> TryLater:
    """The answer "later" for a journal that could not be used because of ``error``."""
    failure = TryLater(Cause.JOURNAL_FAILED, f"the journal cannot be used: {error}")
    failure.__cause__ = error
    return failure


def schema_steps() -> dict[int, str]:
    """Every step of the schema by its number: the files ``schema/NNNN.sql``."""
    folder = resources.files("alarmgw.store") / "schema"
    return {
        int(file.name.removesuffix(".sql")): file.read_text("utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }


def prepare(path: Path, *, identity: str, node: str, created: str) -> None:
    """Make the journal's file where there is none, else bring its schema up to date.

    Raises `BadConfig` for a file that is no journal, is newer than this program, or cannot
    be used where it stands.
    """
    with _complaining(path):
        if not path.exists():
            _create(path, {"identity": identity, "node": node, "created": created, "settled": "0"})
        with contextlib.closing(open_writer(path)) as connection:
            _sweep(connection)
            upgrade(connection, path, schema_steps())


def _sweep(connection: sqlite3.Connection) -> None:
    """Remove what an import had laid out when its gateway ended."""
    if left(connection):
        connection.execute("BEGIN IMMEDIATE")
        drop(connection)
        connection.execute("COMMIT")


def upgrade(connection: sqlite3.Connection, path: Path, steps: Mapping[int, str]) -> None:
    """Run the ``steps`` that the journal has not seen, each in a transaction of its own.

    Before the first of them the journal is copied to ``<its name>.schema-<N>.bak``, as the
    program that knows schema N has left it.  The last one makes the projections anew: what is
    current by today's rules, of entries that an older program wrote.
    """
    row = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    version, newest = int(row[0]), max(steps)
    if version > newest:
        raise BadConfig([_complaint(path, _TOO_NEW.format(version=version, newest=newest))])
    if version < newest:
        copy_journal(connection, path.with_name(f"{path.name}.schema-{version}.bak"))
    for number in range(version + 1, newest + 1):
        last = number == newest
        _run_step(connection, number, steps[number], then=rebuild_projections if last else None)


def copy_journal(
    source: sqlite3.Connection,
    target: Path,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Copy the journal as it is at this moment to ``target``, whole and synced, or not at all.

    The copy is one file that needs no log beside it.  ``told`` hears the pages done and the
    pages in all.
    """
    unfinished = _unfinished(target)
    with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = OFF").fetchall()
        copy.execute("PRAGMA synchronous = OFF")
        # One transaction around all steps: it stops no writer and no passive checkpoint, only
        # the log grows meanwhile.  Without it every commit would begin the copy anew.
        source.execute("BEGIN")
        try:
            source.execute("SELECT count(*) FROM meta").fetchall()
            source.backup(
                copy, pages=COPY_PAGES, progress=lambda _, left, total: told(total - left, total)
            )
        finally:
            source.execute("COMMIT")
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()
    _sync(unfinished)
    unfinished.rename(target)
    _sync(target.parent)


def open_writer(
    path: Path, factory: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    """The connection that writes.  A commit is on disk when it returns."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=5,
        isolation_level=None,
        check_same_thread=False,
        factory=factory,
    )
    try:
        for pragma in _WRITER_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


#: ``secure_delete``: what a deletion period erases is overwritten, not only unlinked.
_WRITER_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "wal_autocheckpoint = 0",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
)


def open_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection, for one thread at a time; also from another process."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=5,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


def _create(path: Path, meta: Mapping[str, str]) -> None:
    """Make the file under another name and rename it: a crash leaves a whole journal or none."""
    unfinished = _unfinished(path)
    with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for number, script in sorted(schema_steps().items()):
            _run_step(connection, number, script, meta)
        connection.execute("PRAGMA journal_mode = WAL")
    _sync(unfinished)
    unfinished.rename(path)
    _sync(path.parent)


def _unfinished(path: Path) -> Path:
    """An empty file, for its owner only, that is renamed to ``path`` when it is whole."""
    unfinished = path.with_name(path.name + ".new")
    for suffix in ("", "-journal", "-wal", "-shm"):
        unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return unfinished


def _run_step(
    connection: sqlite3.Connection,
    number: int,
    script: str,
    meta: Mapping[str, str] | None = None,
    then: Callable[[Ledger], None] | None = None,
) -> None:
    """One step of the schema, its number with it, in one transaction."""
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}")
        connection.executemany(
            "INSERT INTO meta (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [("schema", str(number)), *(meta or {}).items()],
        )
        if then is not None:
            then(Ledger(connection))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_TOO_NEW = (
    "was written by a newer alarmgw (schema {version}, this one knows {newest}): "
    "install that version again"
)
_NO_JOURNAL = "is not a journal of alarmgw ({error}): put it aside and restore the last good copy"
_UNUSABLE = (
    "cannot be used ({error}): see that its volume is there and has room,"
    " and that folder and file belong to the gateway's user"
)

#: Codes of a file that can be read but is no (whole) database.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _complaint(path: Path, text: str) -> Complaint:
    return Complaint(str(path), "schema", text)


@contextlib.contextmanager
def _complaining(path: Path) -> Iterator[None]:
    """Turn "no journal here" into a complaint that names the file and the remedy."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
        unusable = isinstance(error, OSError) or (is_store_failure(error) and not damaged)
        text = _UNUSABLE if unusable else _NO_JOURNAL
        raise BadConfig([_complaint(path, text.format(error=error))]) from error
