"""Keeping: an import that was tried elsewhere becomes true in the gateway, mails going first.

The proposal (`alarmgw.store.staging`) was written by whoever may open the
control socket, and so could write the journal itself; it is checked all the
same, for what would hinder the next start must not come in.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from alarmgw.arguments import Arguments, bad_value
from alarmgw.commands import Context
from alarmgw.entries import Record, config_entry, record
from alarmgw.model import Pace, at_once
from alarmgw.store import staging
from alarmgw.store.journal import Ledger
from alarmgw.store.staging import Proposal

#: The command that the control socket knows it by, and its arguments.
COMMAND = "import"
ARGUMENTS = ("proposal",)

#: What the journal says of it.
EVENT = "imported"

#: One of the jobs that an import is cut into.
Step = Callable[[Ledger], Any]


class Keeping:
    """The import of one proposal, job by job.  Close it."""

    def __init__(
        self, home: Path, given: dict[str, Any], context: Context, pace: Pace = at_once
    ) -> None:
        """Open the proposal; it is read at this ``pace``.  Raises `Refused`."""
        name = Arguments(COMMAND, given, ARGUMENTS).needed_word("proposal")
        self._proposal = Proposal(home, name)
        self._context = context
        self._pace = pace
        self._steps = self._in_order()
        self.total = self._proposal.total
        self.done = 0

    def next(self) -> Step | None:
        """The next job for the journal's writer; None at the end.  Raises `Refused`.

        May take some milliseconds: call it in a pool thread.  When the job before it is on disk,
        and not earlier.
        """
        return next(self._steps, None)

    def close(self) -> None:
        """Read no more."""
        self._proposal.close()

    def _in_order(self) -> Iterator[Step]:
        # What is wrong is refused before anything is laid out.
        self._check_networks()
        records = self._records()
        yield staging.begin
        for part in self._proposal.slices():
            yield staging.lay_out(part)
            self.done += len(part.rows)
        yield staging.make_true(self._proposal.head, records)
        yield from staging.clearing()

    def _check_networks(self) -> None:
        """Whether the gateway can read them; all else the tables themselves refuse."""
        for network in self._pace(self._proposal.networks()):
            try:
                ipaddress.ip_network(network)
            except ValueError as error:
                raise bad_value(f"the proposal has a wrong network: {error}") from error

    def _records(self) -> list[Record]:
        changes = list(self._proposal.changes())
        return [
            self._record(body, part, len(changes))
            for part, body in enumerate(self._pace(changes), start=1)
        ]

    def _record(self, body: bytes, part: int, parts: int) -> Record:
        context = self._context
        entry = config_entry(
            time=context.now(),
            node=context.node,
            event=EVENT,
            part=part,
            parts=parts,
            changes=_changes(body),
        )
        return record(entry, context.randomness)


def _changes(body: bytes) -> list[dict[str, Any]]:
    try:
        changes = json.loads(body)
    except ValueError as error:
        raise bad_value(f"the proposal's changes cannot be read: {error}") from error
    if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
        raise bad_value("the proposal's changes are not a list of changes")
    return changes
