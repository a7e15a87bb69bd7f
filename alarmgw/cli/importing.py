"""What ``import`` does for every kind of record: it tries all rows, then has them made true.

The trying happens here, on a copy of the records, and costs a running gateway
nothing; a dry run ends with it.  The gateway gets a file with what is
different (`alarmgw.keeping`); without a gateway the home's own files do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alarmgw import keeping
from alarmgw.cli.home import (
    JOURNAL_NAME,
    ask,
    context_of,
    control_connection,
    offline_journal,
    open_reader,
    whole_home,
)
from alarmgw.cli.progress import progress_shown
from alarmgw.cli.speech import Failed
from alarmgw.importing import Outcome, packed, rehearsed
from alarmgw.keeping import Keeping
from alarmgw.store.lock import HomeLock
from alarmgw.store.rehearsal import rehearsing
from alarmgw.store.staging import FOLDER
from alarmgw.store.verification import Progress

#: So often an import is tried anew because somebody has changed a record meanwhile.
TRIES = 5

#: Rows between two signs of progress.
STRIDE = 100

Tell = Callable[[Progress], None]


def imported(
    home: Path,
    kind: str,
    rows: list[dict[str, Any]],
    *,
    dry_run: bool,
    quiet: bool,
    bring_back: bool = False,
) -> dict[str, Any]:
    """Import ``rows`` of this kind, all or none; what became of them.

    Retired ones are in use again with ``bring_back``, and wrong without it.

    Raises `Refusal`, `BadConfig` or `Failed`.
    """
    home = whole_home(home)
    _make_journal(home)
    with nullcontext(_nobody_listens) if quiet else progress_shown() as tell:
        for _ in range(TRIES):
            with _proposed(home, kind, rows, tell, bring_back) as (outcome, name):
                if dry_run or outcome.complaints:
                    return outcome.as_json(applied=False)
                if not outcome.told or _made_true(home, name, tell):
                    return outcome.as_json(applied=True)
    raise Failed("others change records all the time; nothing was imported: try again")


def _nobody_listens(step: Progress) -> None:
    """Programs that read the result want no bar."""


def _make_journal(home: Path) -> None:
    """Without a gateway there may be no journal yet, or one of an older version."""
    connection = control_connection(home)
    if connection is not None:
        connection.close()
        return
    with HomeLock(home), offline_journal(home):
        pass


@contextmanager
def _proposed(
    home: Path, kind: str, rows: list[dict[str, Any]], tell: Tell, bring_back: bool
) -> Iterator[tuple[Outcome, str]]:
    """What the rows would do, and the name of the proposal, which lives while the block runs."""

    def tell_stage(stage: str, done: int) -> None:
        if done % STRIDE == 0 or done == len(rows):
            tell(Progress(stage=stage, done=done, total=len(rows)))

    open_reader(home).close()
    name = f"proposal-{os.urandom(16).hex()}.sqlite3"
    path = home / FOLDER / name
    with rehearsing(home / JOURNAL_NAME) as rehearsal:
        outcome = rehearsed(
            rehearsal.ledger, kind, rows, context_of(home), tell_stage, bring_back=bring_back
        )
        if outcome.told and not outcome.complaints:
            rehearsal.write(path, packed(outcome.told))
    try:
        yield outcome, name
    finally:
        path.unlink(missing_ok=True)


def _made_true(home: Path, name: str, tell: Tell) -> bool:
    """Have the proposal made true; False if somebody has changed a record meanwhile."""

    def tell_rows(done: int, total: int) -> None:
        tell(Progress(stage="kept", done=done, total=total))

    given = {"proposal": name}
    connection = control_connection(home)
    if connection is not None:
        return bool(ask(connection, keeping.COMMAND, given, tell_rows)["kept"])
    kept = False
    with (
        HomeLock(home),
        offline_journal(home) as journal,
        closing(Keeping(home, given, context_of(home))) as steps,
    ):
        while (step := steps.next()) is not None:
            kept = journal.submit(step).result() is True or kept
            tell_rows(steps.done, steps.total)
    return kept
