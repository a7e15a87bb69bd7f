"""What a command of administration is: checked arguments, and a job for the journal's writer."""

from __future__ import annotations

from collections.abc import Callable

from attrs import field, frozen

from alarmgw.entries import config_entry, record
from alarmgw.model import Now, Randomness, utc_text
from alarmgw.store.journal import Ledger
from alarmgw.workflow_entries import Who

Result = dict[str, object]
Job = Callable[[Ledger], "Result | list[Result]"]

By = Callable[[Ledger], "Who | None"]


@frozen(kw_only=True)
class Context:
    """Where a command is carried out: what it needs besides its arguments."""

    now: Now
    node: str
    randomness: Randomness
    #: In the writer: the operator whose doing it is; None: it is administration's.
    by: By = field(default=lambda ledger: None)

    def time(self) -> str:
        """The time as records keep it."""
        return utc_text(self.now())

    def tell(self, ledger: Ledger, event: str, **facts: object) -> None:
        """Append the `config` entry of a change.  Never give it a password."""
        doer = self.by(ledger)
        entry = config_entry(time=self.now(), node=self.node, event=event, doer=doer, **facts)
        ledger.append(record(entry, self.randomness))
