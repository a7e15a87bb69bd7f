"""Importing: a spreadsheet's rows become records, all of them or none.

First the rows are tried on a copy of all records (`alarmgw.store.rehearsal`),
in the process of whoever imports; a dry run ends there, so that it tells
exactly what an import would do.  Then the gateway makes true what that has
proposed (`alarmgw.keeping`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs
from attrs import field, frozen

from alarmgw.arguments import Arguments
from alarmgw.commands import Context
from alarmgw.errors import Refused
from alarmgw.fields import FIELDS, key_of
from alarmgw.fitting import encode
from alarmgw.records import BOOKS, existing, facts, faults, free_names, hints, keep, values
from alarmgw.store.journal import Ledger

#: More complaints help nobody.
COMPLAINTS = 1000

#: One entry tells of so many bytes of changes: well below what an entry may have.
TOLD_BYTES = 32 * 1024

Tell = Callable[[str, int], None]
"""Takes a stage and how many rows have come so far."""


def nobody_listens(stage: str, done: int) -> None:
    """What becomes of progress that nobody has asked for."""


@frozen
class _Row:
    """One line of the file, checked by itself."""

    line: int
    key: str
    values: Mapping[str, Any]
    password: str | None
    #: Columns whose values are wrong and so not among ``values``.
    wrong: frozenset[str] = frozenset()


@frozen
class Outcome:
    """What an import of these rows does: ``counts`` of added, changed and unchanged ones.

    ``told`` is what single commands would tell of it, ``passwords`` are invented ones,
    ``hints`` what is right but hardly meant, as complaints have it.
    """

    counts: Mapping[str, int]
    complaints: list[dict[str, Any]]
    hints: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    passwords: list[dict[str, Any]] = field(repr=False)
    told: list[dict[str, Any]] = field(repr=False)

    def as_json(self, applied: bool) -> dict[str, Any]:
        """The result that the command answers; passwords only if they are anybody's."""
        return {
            **self.counts,
            "complaints": self.complaints[:COMPLAINTS],
            "hints": self.hints[:COMPLAINTS],
            "applied": applied,
            "changes": self.changes,
            "passwords": self.passwords if applied else [],
        }


@frozen(kw_only=True)
class _Noting(Context):
    """A context that notes what is told, for one entry of many changes."""

    told: list[dict[str, Any]] = field(factory=list)

    def tell(self, ledger: Ledger, event: str, **facts: object) -> None:
        """Note a change; what is null or empty need not be said."""
        said = {name: value for name, value in facts.items() if _says(value)}
        self.told.append({"event": event, **said})


def rehearsed(
    ledger: Ledger,
    kind: str,
    rows: list[dict[str, Any]],
    context: Context,
    tell: Tell = nobody_listens,
    *,
    bring_back: bool = False,
) -> Outcome:
    """Try ``rows``, [{"line": 2, "values": {"address": "…", …}}, …], on a copy of the records."""
    noting = _Noting(now=context.now, node=context.node, randomness=context.randomness)
    checked_rows, complaints = checked(kind, rows, tell)
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    hinted, changes, passwords = [], [], []
    trial = _Trial(ledger, kind, noting, bring_back, complaints)
    for done, one in enumerate(trial.kept(checked_rows), 1):
        counts[one["what"]] += 1
        passwords += one.pop("secrets")
        hinted += one.pop("hints")
        if one["what"] != "unchanged":
            changes.append(one)
        tell("tried", done)
    complaints.sort(key=lambda one: int(one["line"]))
    return Outcome(counts, complaints, hinted, changes, passwords, noting.told)


def packed(told: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Changes as JSON lists, each small enough for one entry unless a single change is not."""
    pack, size = list[bytes](), 0
    for one in map(encode, told):
        if pack and size + len(one) > TOLD_BYTES:
            yield b"[" + b",".join(pack) + b"]"
            pack, size = [], 0
        pack.append(one)
        size += len(one) + 1
    if pack:
        yield b"[" + b",".join(pack) + b"]"


def _says(value: object) -> bool:
    return value is not None and value is not False and value not in ([], ())


def checked(
    kind: str, rows: list[dict[str, Any]], tell: Tell = nobody_listens
) -> tuple[list[_Row], list[dict[str, Any]]]:
    """The rows with what is right in them, and a complaint for each value that is not.

    A row whose key is wrong or another row's is no row.
    """
    good, complaints, lines = [], [], dict[str, int]()
    for done, row in enumerate(rows, 1):
        tell("checked", done)
        line, given = int(row["line"]), dict(row["values"])
        secret = Arguments(f"{kind} import", {"password": given.pop("password", None) or None},
                           ("password",))  # fmt: skip
        read, wrong = _read(kind, line, given)
        password = None
        try:
            password = secret.password("password")
        except Refused as refused:
            wrong.append(_complaint(line, "password", refused.text))
        key = read.get(key_of(kind))
        if key is not None and lines.setdefault(key, line) != line:
            said = f"{key} stands in line {lines[key]} already"
            wrong.append(_complaint(line, key_of(kind), said))
        complaints += wrong
        columns = frozenset(one["column"] for one in wrong)
        if key is not None and key_of(kind) not in columns:
            good.append(_Row(line, key, read, password, columns))
    return good, complaints


def _read(
    kind: str, line: int, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    headed = {name: value for name, value in given.items() if name in FIELDS[kind]}
    arguments = Arguments(f"{kind} import", headed, FIELDS[kind])
    read: dict[str, Any] = {}
    wrong = [_complaint(line, name, "it has no heading") for name in given.keys() - headed.keys()]
    for name in {key_of(kind): None, **headed}:
        try:
            read |= values(kind, arguments, [name])
        except Refused as refused:
            wrong.append(_complaint(line, name, refused.text))
    return read, wrong


@frozen
class _Trial:
    """Rows are kept one after the other; ``complaints`` grow.

    Of a row with something wrong the rest is kept, so that one trial finds everything:
    where there is a complaint, nothing of it becomes true.
    """

    ledger: Ledger
    kind: str
    context: Context
    bring_back: bool
    complaints: list[dict[str, Any]]

    def kept(self, rows: list[_Row]) -> Iterator[dict[str, Any]]:
        """Keep row after row; what became of each that is right."""
        known = existing(self.ledger, self.kind)
        wanted = {row.key: _wanted(self.kind, known.get(row.key), row) for row in rows}
        for key, after in wanted.items():
            # What one line gives up another one may take, whichever comes first.
            free_names(self.ledger, known.get(key), after)
        for row in rows:
            before, after = known.get(row.key), wanted[row.key]
            if after == before and not row.wrong:
                unchanged = {"line": row.line, "key": row.key, "what": "unchanged"}
                yield {**unchanged, "secrets": [], "hints": []}
            elif wrong := self._wrong(row, before, after):
                self._keep_rest(before, after, wrong)
            else:
                yield self._keep(row, before, after)

    def _wrong(self, row: _Row, before: Any, after: Any) -> frozenset[str]:
        """The columns with something wrong; a complaint for each that has none yet."""
        found = self._faults(before, after, row.password)
        doubtful = row.wrong | ({"keys", "password"} if "login" in row.wrong else frozenset())
        self.complaints.extend(
            _complaint(row.line, column, reason)
            for column, reason in found
            if column not in doubtful
        )
        return row.wrong | {column for column, _ in found}

    def _faults(self, before: Any, after: Any, password: str | None) -> list[tuple[str, str]]:
        found = faults(self.ledger, self.kind, before, after, password, bring_back=self.bring_back)
        return [*found]

    def _keep_rest(self, before: Any, after: Any, wrong: frozenset[str]) -> None:
        empty = {one.name: one.default for one in attrs.fields(type(after))}
        left_out = {name: empty[name] for name in wrong if name in empty}
        if key_of(self.kind) in wrong:
            return
        rest = attrs.evolve(after, **left_out)
        if not self._faults(before, rest, None):
            keep(self.ledger, self.kind, before, rest, None, self.context)

    def _keep(self, row: _Row, before: Any, after: Any) -> dict[str, Any]:
        invented = keep(self.ledger, self.kind, before, after, row.password, self.context)
        hinted = hints(self.ledger, self.kind, before, after)
        return {
            **_told(row, before, after),
            "secrets": [{"login": after.login, "password": invented}] if invented else [],
            "hints": [_complaint(row.line, column, said) for column, said in hinted],
        }


def _wanted(kind: str, before: Any, row: _Row) -> Any:
    """The record that a row asks for."""
    return BOOKS[kind].make(**row.values) if before is None else attrs.evolve(before, **row.values)


def _told(row: _Row, before: Any, after: Any) -> dict[str, Any]:
    if before is None:
        return {"line": row.line, "key": row.key, "what": "added"}
    old, new = facts(before), facts(after)
    now = {name: value for name, value in new.items() if value != old[name]}
    was = {name: old[name] for name in now}
    return {"line": row.line, "key": row.key, "what": "changed", "now": now, "was": was}


def _complaint(line: int, column: str, reason: str) -> dict[str, Any]:
    return {"line": line, "column": column, "reason": reason}
