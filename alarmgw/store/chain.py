"""The hash chain: proof that no line of the journal was changed, removed or put in later."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from attrs import frozen

#: What stands before the first entry.
FIRST_HASH = bytes(32)

#: Lines read in one transaction: nobody reads for long.
SLICE = 500


class Line(NamedTuple):
    """One line of the journal as it is stored."""

    seq: int
    type: str
    alarm: str | None
    mail: str | None
    body: bytes
    hash: bytes
    salt: bytes | None
    content: bytes | None

    @property
    def erased(self) -> bool:
        """Whether it had a content that a deletion period has emptied."""
        return self.content is None and b'"content_sha256":"' in self.body


@frozen(kw_only=True)
class Verification:
    """What `verify_chain` found: how much it read, and each fault in one sentence."""

    entries: int
    erased: int
    faults: tuple[str, ...]


def chained(previous: bytes, body: bytes) -> bytes:
    """The hash of an entry with this ``body`` after one with the hash ``previous``."""
    return hashlib.sha256(previous + body).digest()


def lines_after(
    connection: sqlite3.Connection, after: int, upto: int | None = None, limit: int = SLICE
) -> list[Line]:
    """The next lines of the journal, at most ``limit`` and none above ``upto``."""
    rows = connection.execute(_SELECT, (after, 1 << 62 if upto is None else upto, limit))
    return [Line._make(row) for row in rows]


def parsed(body: bytes) -> dict[str, Any] | None:
    """The immutable part of an entry as an object; None where it is damaged."""
    try:
        entry = json.loads(body)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def verify_chain(connection: sqlite3.Connection, max_faults: int = 100) -> Verification:
    """Read the whole journal and check every hash; stops after ``max_faults`` faults.

    Erased content is counted, not complained about: the entries stay provable.
    """
    check = ChainCheck()
    faults: list[str] = []
    for line in _lines(connection):
        faults += check.faults_of(line, parsed(line.body))
        if len(faults) >= max_faults:
            break
    return Verification(
        entries=check.entries, erased=check.erased, faults=tuple(faults[:max_faults])
    )


class ChainCheck:
    """Takes the journal's lines in order and says of each what is wrong with it."""

    def __init__(self) -> None:
        self.entries = 0
        self.erased = 0
        self._previous = FIRST_HASH
        self._expected = 1

    def faults_of(self, line: Line, entry: Mapping[str, Any] | None) -> list[str]:
        """What is wrong with the next line, a sentence each; ``entry`` is its body, parsed."""
        faults = [*self._faults_in_order(line), *_faults_inside(line, entry)]
        self.entries += 1
        self.erased += line.erased
        self._previous, self._expected = line.hash, line.seq + 1
        return faults

    def _faults_in_order(self, line: Line) -> Iterator[str]:
        """A line that follows a gap has nothing that its hash could be compared with."""
        if line.seq != self._expected:
            yield f"{_named(self._expected, line.seq - 1)} missing"
        elif chained(self._previous, line.body) != line.hash:
            yield f"entry {line.seq} is not what was written: its hash does not fit"


def _named(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


def _faults_inside(line: Line, entry: Mapping[str, Any] | None) -> Iterator[str]:
    """What does not fit the body: the columns that it is looked up by, and the content."""
    if entry is None:
        yield f"entry {line.seq} is no entry: it cannot be read"
        return
    mail = entry.get("mail")
    found = (entry.get("type"), entry.get("alarm"), mail["id"] if isinstance(mail, dict) else mail)
    if found != (line.type, line.alarm, line.mail):
        yield f"entry {line.seq} is filed under another type, alarm or mail than it is about"
    if line.content is not None:
        digest = hashlib.sha256((line.salt or b"") + line.content).hexdigest()
        if entry.get("content_sha256") != digest:
            yield f"the content of entry {line.seq} is not what was written: its hash does not fit"


def _lines(connection: sqlite3.Connection) -> Iterator[Line]:
    """All entries in order, in slices: no transaction stays open for long."""
    after = 0
    while lines := lines_after(connection, after):
        yield from lines
        after = lines[-1].seq


_SELECT = """
    SELECT entry.seq, type, alarm, mail, entry.body, entry.hash, content.salt, content.body
    FROM entry LEFT JOIN content USING (seq)
    WHERE entry.seq > ? AND entry.seq <= ? ORDER BY entry.seq LIMIT ?
"""
