"""An import beside a running gateway: mails go on, and a kill leaves all of it or nothing."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from alarmgw.cli.home import ask, control_connection
from alarmgw.store.journal import JournalReader
from tests.live import LiveGateway, run
from tests.proposals import NAME, propose, thousands

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

SOURCES = 2000


class Killed(Exception):
    """The gateway was killed, as the test wished."""


def known(home: Path) -> tuple[int, int]:
    """How many sources there are, and how many additions the journal tells of."""
    reader = JournalReader(home / "journal.sqlite3")
    with reader.reading() as connection:
        [sources] = connection.execute("SELECT count(*) FROM sources").fetchone()
        [told] = connection.execute(
            "SELECT count(*) FROM entry, json_each(CAST(body AS TEXT), '$.changes') AS change"
            " WHERE entry.type = 'config' AND change.value ->> 'event' = 'source_added'"
        ).fetchone()
    reader.close()
    return sources, told


def connection_to(home: Path) -> socket.socket:
    """The control socket of a gateway that runs."""
    connection = control_connection(home)
    assert connection is not None
    return connection


@pytest.mark.parametrize("lines", [1, 11, 21, 22, 23, 24])
def test_a_kill_in_the_middle_leaves_all_or_nothing(lines: int) -> None:
    """After so many signs of progress; the same import may then be made, and is whole."""
    with LiveGateway() as gateway:
        journal = gateway.home / "journal.sqlite3"
        propose(journal, "source", thousands(SOURCES))
        heard = list[tuple[int, int]]()

        def tell(done: int, total: int) -> None:
            heard.append((done, total))
            if len(heard) == lines:
                gateway.kill()
                raise Killed

        with pytest.raises(Killed):
            ask(connection_to(gateway.home), "import", {"proposal": NAME}, tell)
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
