"""A home as it is after some quiet days, and ways to damage it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from alarmgw.store.database import open_writer
from alarmgw.store.journal import Journal, JournalReader
from alarmgw.store.safefile import Files
from alarmgw.store.verification import Listener, Verified, verify
from tests.journals import closed_record
from tests.store.lives import facts_of, journal_at, mail_of, picture, received, settled

PICTURE = "01-bild1.jpg"


def mail_id(number: int) -> str:
    """The id of the ``number``-th mail."""
    return f"gw1-20261121-204502-{number:010x}"


class Kept:
    """A home with three mails for two sources each, settled; one alarm is closed."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.journal: Journal = journal_at(self.home)
        for number in (1, 2, 3):
            mail = mail_of(picture(fill=number), text=f"Zaun Süd {number}\r\n")
            received(self.home, self.journal, Files(), mail, mail_id(number))
        record = closed_record(f"{mail_id(1)}-1")
        self.journal.submit(lambda ledger: ledger.append(record)).result()
        settled(self.home, self.journal, Files())

    def path(self, entry: int, name: str = "") -> Path:
        """The folder of the ``entry``-th alarm, or a file in it."""
        return self.home / facts_of(self.journal)[entry - 1].path / name

    def place(self, entry: int, name: str = "") -> str:
        """The same as a fault names it."""
        return self.path(entry, name).relative_to(self.home).as_posix()

    def flip(self, path: Path) -> None:
        """Change one bit in the middle of a file; only of this name, not of its links."""
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.unlink()
        path.write_bytes(data)

    def tamper(self, *statements: str) -> None:
        """Change the journal behind its back."""
        with closing(open_writer(self.journal.path)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            for statement in statements:
                connection.execute(statement)

    def verified(self, listener: Listener | None = None) -> Verified:
        """What verification finds."""
        reader = JournalReader(self.journal.path)
        with closing(reader):
            return verify(self.home, reader, threads=2, listener=listener)

    def faults(self) -> list[tuple[str, str]]:
        """Places and texts of the faults."""
        return [(fault.place, fault.text) for fault in self.verified().faults]


class Alongside:
    """Runs ``work`` in a thread while the block runs, and raises what it raised."""

    def __init__(self, work: Callable[[], None], stop: threading.Event) -> None:
        self._errors: list[BaseException] = []
        self._stop = stop
        self._thread = threading.Thread(target=self._run, args=(work,))

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self._errors.append(error)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        assert self._errors == []
