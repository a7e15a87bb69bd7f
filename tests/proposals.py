"""Imports in tests: rows are tried on a copy of the records, then made true in a real journal."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from alarmgw.importing import Outcome, packed, rehearsed
from alarmgw.keeping import Keeping
from alarmgw.store.journal import Journal
from alarmgw.store.rehearsal import rehearsing
from tests.commanding import CONTEXT
from tests.journals import done

NAME = f"proposal-{'0' * 32}.sqlite3"


def rows(*values: dict[str, str]) -> list[dict[str, Any]]:
    """The lines of a file whose first one has the headings."""
    return [{"line": line, "values": given} for line, given in enumerate(values, 2)]


def thousands(count: int) -> list[dict[str, Any]]:
    """So many new sources, each with a login of its own, twenty at a site."""
    return rows(
        *(
            {"address": f"bq{n}@x", "name": f"Tor {n}", "site": str(n // 20), "login": f"cam{n}"}
            for n in range(count)
        )
    )


def proposed(
    journal: Journal, kind: str, file: list[dict[str, Any]], bring_back: bool = False
) -> Outcome:
    """Try the rows of a file, and write what they would change beside the journal."""
    return propose(journal.path, kind, file, bring_back)


def propose(
    journal: Path, kind: str, file: list[dict[str, Any]], bring_back: bool = False
) -> Outcome:
    """`proposed` beside a journal that another process may have open."""
    path = journal.parent / "run" / NAME
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    with rehearsing(journal) as rehearsal:
        outcome = rehearsed(rehearsal.ledger, kind, file, CONTEXT, bring_back=bring_back)
        rehearsal.write(path, packed(outcome.told))
    return outcome


def made_true(journal: Journal, home: Path | None = None) -> bool:
    """Have the journal's writer make the proposal true; whether it did."""
    kept = False
    home = home or journal.path.parent
    with closing(Keeping(home, {"proposal": NAME}, CONTEXT)) as keeping:
        while (step := keeping.next()) is not None:
            kept = done(journal.submit(step, urgent=False)) is True or kept
    return kept


def imported(
    journal: Journal,
    kind: str,
    file: list[dict[str, Any]],
    dry_run: bool = False,
    bring_back: bool = False,
) -> dict[str, Any]:
    """Import the rows of a file; what became of them."""
    outcome = proposed(journal, kind, file, bring_back)
    if dry_run or outcome.complaints:
        return outcome.as_json(applied=False)
    return outcome.as_json(applied=made_true(journal))
