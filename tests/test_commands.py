"""What a command of administration is given: the time, the node, a way to tell."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from tests.commanding import CONTEXT
from tests.journals import done, started


def test_a_change_is_told_with_time_and_node(tmp_path: Path) -> None:
    """As a `config` entry, with the facts as they were given."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        done(journal.submit(lambda ledger: CONTEXT.tell(ledger, "tested", source="a@x")))
        [(_, line)] = journal.read(0)
    entry = json.loads(line)
    assert (entry["type"], entry["event"], entry["source"]) == ("config", "tested", "a@x")
    assert (entry["node"], entry["time"]) == ("gw1", CONTEXT.time())
