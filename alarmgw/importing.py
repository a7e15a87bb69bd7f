"""Importing: a spreadsheet's rows become records, all of them or none.

The rows are checked one by one before the journal's writer sees them; there
they are kept in one transaction.  A dry run does the same and takes it all
back, so that it tells exactly what an import would do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from attrs import frozen

from alarmgw.arguments import Arguments
from alarmgw.commands import Context, Job, Result
from alarmgw.errors import Refused
from alarmgw.fields import FIELDS, key_of
from alarmgw.records import BOOKS, Prepare, existing, facts, faults, keep, values
from alarmgw.store.journal import Ledger

ARGUMENTS = ("rows", "dry_run")

#: More complaints help nobody.
COMPLAINTS = 1000


@frozen
class _Row:
    """One line of the file, checked by itself."""

    line: int
    key: str
    values: Mapping[str, Any]
    password: str | None


class _TakenBack(Exception):
    """Everything was tried, and nothing of it stays."""


def importing(kind: str) -> Prepare:
    """The command that imports ``rows``: [{"line": 2, "values": {"address": "…", …}}, …]."""

    def prepare(arguments: Arguments, context: Context) -> Job:
        dry = arguments.flag("dry_run")
        rows, complaints = checked(kind, arguments.rows("rows"))

        def job(ledger: Ledger) -> Result:
            result: dict[str, Any] = {"added": 0, "changed": 0, "unchanged": 0}
            found, changes, secrets = list(complaints), [], []
            try:
                with ledger.savepoint():
                    for told in _kept(ledger, kind, rows, found, context):
                        result[told["what"]] += 1
                        secrets += told.pop("secrets")
                        if told["what"] != "unchanged":
                            changes.append(told)
                    if dry or found:
                        raise _TakenBack
            except _TakenBack:
                secrets = []
            found.sort(key=lambda one: int(one["line"]))
            result["complaints"] = found[:COMPLAINTS]
            applied = not dry and not found
            return {**result, "applied": applied, "changes": changes, "passwords": secrets}

        return job

    return prepare


def checked(kind: str, rows: list[Mapping[str, Any]]) -> tuple[list[_Row], list[dict[str, Any]]]:
    """The rows that are right by themselves, and a complaint for each value that is not."""
    good, complaints, lines = [], [], dict[str, int]()
    for row in rows:
        line, given = int(row["line"]), dict(row["values"])
        secret = Arguments(f"{kind} import", {"password": given.pop("password", None) or None},
                           ("password",))  # fmt: skip
        read, wrong = _read(kind, line, given)
        try:
            password = secret.password("password")
        except Refused as refused:
            wrong.append(_complaint(line, "password", refused.text))
        key = read.get(key_of(kind))
        if key is not None and lines.setdefault(key, line) != line:
            said = f"{key} stands in line {lines[key]} already"
            wrong.append(_complaint(line, key_of(kind), said))
        complaints += wrong
        if not wrong and key is not None:
            good.append(_Row(line, key, read, password))
    return good, complaints


def _read(
    kind: str, line: int, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    arguments = Arguments(f"{kind} import", given, FIELDS[kind])
    read: dict[str, Any] = {}
    wrong = []
    for name in {key_of(kind): None, **given}:
        try:
            read |= values(kind, arguments, [name])
        except Refused as refused:
            wrong.append(_complaint(line, name, refused.text))
    return read, wrong


def _kept(
    ledger: Ledger, kind: str, rows: list[_Row], found: list[dict[str, Any]], context: Context
) -> Iterator[dict[str, Any]]:
    """Keep row after row; what became of each.  Complaints go to ``found``."""
    known = existing(ledger, kind)
    for row in rows:
        before = known.get(row.key)
        after = (
            BOOKS[kind].make(**row.values) if before is None else attrs.evolve(before, **row.values)
        )
        if after == before:
            yield {"line": row.line, "key": row.key, "what": "unchanged", "secrets": []}
            continue
        wrong = [
            _complaint(row.line, column, reason)
            for column, reason in faults(ledger, kind, before, after, row.password)
        ]
        found += wrong
        if wrong:
            continue
        invented = keep(ledger, kind, before, after, row.password, context)
        secrets = [{"login": after.login, "password": invented}] if invented else []
        yield {**_told(row, before, after), "secrets": secrets}


def _told(row: _Row, before: Any, after: Any) -> dict[str, Any]:
    if before is None:
        return {"line": row.line, "key": row.key, "what": "added"}
    old, new = facts(before), facts(after)
    now = {name: value for name, value in new.items() if value != old[name]}
    was = {name: old[name] for name in now}
    return {"line": row.line, "key": row.key, "what": "changed", "now": now, "was": was}


def _complaint(line: int, column: str, reason: str) -> dict[str, Any]:
    return {"line": line, "column": column, "reason": reason}
