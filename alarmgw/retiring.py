"""Retiring: sites and customers that are not used any more.

The record stays, because the journal names it, and so its number is not
given to another one unless somebody brings it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen

from alarmgw.arguments import Arguments, bad_value
from alarmgw.commands import Context, Job, Result
from alarmgw.errors import Cause, Refused
from alarmgw.records import EVENTS, Prepare, existing, facts
from alarmgw.store import sites
from alarmgw.store.journal import Ledger

#: So many of what still uses a record are named; the rest is counted.
NAMED = 3


@frozen
class _Use:
    """What may still use a record: how it is called, and which ones do."""

    one: str
    several: str
    users: Callable[[Any, str], list[str]]

    def sentence(self, connection: Any, number: str) -> str | None:
        """Which ones use it; None if none does."""
        found = self.users(connection, number)
        if not found:
            return None
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        word = self.one if len(found) == 1 else self.several
        return f"{word} {', '.join(found[:NAMED])}{more}"


_USES: Mapping[str, tuple[_Use, ...]] = {
    "site": (
        _Use("source", "sources", sites.sources_of),
        _Use("rule", "rules", sites.rules_of),
    ),
    "customer": (_Use("site", "sites", sites.sites_of),),
}

_RETIRE: Mapping[str, Callable[[Any, str, str], None]] = {
    "site": sites.retire_site,
    "customer": sites.retire_customer,
}


def removing(kind: str) -> Prepare:
    """The command that takes a site or customer out of use, unless something still uses it."""

    def prepare(arguments: Arguments, context: Context) -> Job:
        number = arguments.needed_word("number")

        def job(ledger: Ledger) -> Result:
            record = existing(ledger, kind).get(number)
            if record is None:
                raise Refused(
                    Cause.NOT_FOUND,
                    f"there is no {kind} {number}: `alarmgw {kind} list` shows all",
                )
            used = list(_used_by(ledger, kind, number))
            if used:
                raise bad_value(
                    f"{kind} {number} still has {', and '.join(used)}:"
                    f" give them another {kind} or remove them first"
                )
            _RETIRE[kind](ledger.connection, number, context.time())
            told = facts(record)
            told.pop("number")
            context.tell(ledger, EVENTS[kind][2], **{kind: number}, **told)
            return facts(record)

        return job

    return prepare


def _used_by(ledger: Ledger, kind: str, number: str) -> Iterator[str]:
    for use in _USES[kind]:
        sentence = use.sentence(ledger.connection, number)
        if sentence is not None:
            yield sentence
