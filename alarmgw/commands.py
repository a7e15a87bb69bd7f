"""What a command of administration is: checked arguments, and a job for the journal's writer."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from alarmgw.entries import config_entry, record
from alarmgw.model import Now, Randomness, utc_text
from alarmgw.store.journal import Ledger

Result = dict[str, object]
Job = Callable[[Ledger], "Result | list[Result]"]


@frozen(kw_only=True)
class Context:
    """Where a command is carried out: what it needs besides its arguments."""

    now: Now
    node: str
    randomness: Randomness

    def time(self) -> str:
        """The time as records keep it."""
        return utc_text(self.now())

    def tell(self, ledger: Ledger, event: str, **facts: object) -> None:
        """Append the `config` entry of a change.  Never give it a password."""
        entry = config_entry(time=self.now(), node=self.node, event=event, **facts)
        ledger.append(record(entry, self.randomness))
