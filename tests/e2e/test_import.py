"""An import beside a running gateway: mails go on, and a kill leaves all of it or nothing."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from alarmgw.cli.home import ask, control_connection
from alarmgw.store.hidden import left
from alarmgw.store.journal import JournalReader
from tests.live import LiveGateway, run
from tests.proposals import NAME, propose, thousands

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

SOURCES = 2000


class Killed(Exception):
    """The gateway was killed, as the test wished."""


def counted(home: Path, where: str, event: str) -> tuple[int, int]:
    """How many sources are so, and how many changes of that kind the journal tells of."""
    reader = JournalReader(home / "journal.sqlite3")
    with reader.reading() as connection:
        [sources] = connection.execute(f"SELECT count(*) FROM sources WHERE {where}").fetchone()
        [told] = connection.execute(
            "SELECT count(*) FROM entry, json_each(CAST(body AS TEXT), '$.changes') AS change"
            " WHERE entry.type = 'config' AND change.value ->> 'event' = ?",
            (event,),
        ).fetchone()
    reader.close()
    return sources, told


def known(home: Path) -> tuple[int, int]:
    """How many sources there are, and how many additions the journal tells of."""
    return counted(home, "true", "source_added")


def connection_to(home: Path) -> socket.socket:
    """The control socket of a gateway that runs."""
    connection = control_connection(home)
    assert connection is not None
    return connection


def killed_after(lines: int, gateway: LiveGateway) -> list[tuple[int, int]]:
    """Import the proposal, and kill the gateway after so many signs of progress; those signs."""
    heard = list[tuple[int, int]]()

    def tell(done: int, total: int) -> None:
        heard.append((done, total))
        if len(heard) == lines:
            gateway.kill()
            raise Killed

    with pytest.raises(Killed):
        ask(connection_to(gateway.home), "import", {"proposal": NAME}, tell)
    return heard


@pytest.mark.parametrize("lines", [1, 11, 21, 22, 23, 24])
def test_a_kill_in_the_middle_leaves_all_or_nothing(lines: int) -> None:
    """After so many signs of progress; the same import may then be made, and is whole."""
    with LiveGateway() as gateway:
        journal = gateway.home / "journal.sqlite3"
        propose(journal, "source", thousands(SOURCES))
        heard = killed_after(lines, gateway)
        found = known(gateway.home)
        assert found in ((0, 0), (SOURCES, SOURCES)), heard
        gateway.start()
        assert known(gateway.home) == found
        assert [path.name for path in (gateway.home / "run").glob("proposal-*")] == []
        if found == (0, 0):
            propose(journal, "source", thousands(SOURCES))
            assert ask(connection_to(gateway.home), "import", {"proposal": NAME})["kept"] is True
        assert known(gateway.home) == (SOURCES, SOURCES)
        assert "verified" in run("verify", "--home", gateway.home, "--json").stdout


def renamed(home: Path) -> tuple[int, int]:
    """How many sources have their new name, and how many changes the journal tells of."""
    return counted(home, "name = 'Hof'", "source_changed")


@pytest.mark.parametrize("lines", [12, 22, 23, 24, 30, 44])
def test_a_kill_in_the_middle_of_a_change_leaves_all_or_nothing(lines: int) -> None:
    """Before it, in it, and while what was true before is thrown away."""
    changed = [{**row, "values": {**row["values"], "name": "Hof"}} for row in thousands(SOURCES)]
    with LiveGateway() as gateway:
        journal = gateway.home / "journal.sqlite3"
        propose(journal, "source", thousands(SOURCES))
        assert ask(connection_to(gateway.home), "import", {"proposal": NAME})["kept"] is True
        propose(journal, "source", changed)
        heard = killed_after(lines, gateway)
        found = renamed(gateway.home)
        assert found in ((0, 0), (SOURCES, SOURCES)), heard
        gateway.start()
        assert renamed(gateway.home) == found and known(gateway.home) == (SOURCES, SOURCES)
        run("verify", "--home", gateway.home)
        reader = JournalReader(journal)
        with reader.reading() as connection:
            assert left(connection) == []
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        reader.close()
