"""The hash chain: proof that no line of the journal was changed, removed or put in later."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator

from attrs import frozen

#: What stands before the first entry.
FIRST_HASH = bytes(32)

_SLICE = 1000


@frozen(kw_only=True)
class Verification:
    """What `verify_chain` found: how much it read, and each fault in one sentence."""

    entries: int
    erased: int
    faults: tuple[str, ...]


def chained(previous: bytes, body: bytes) -> bytes:
    """The hash of an entry with this ``body`` after one with the hash ``previous``."""
    return hashlib.sha256(previous + body).digest()


def verify_chain(connection: sqlite3.Connection, max_faults: int = 100) -> Verification:
    """Read the whole journal and check every hash; stops after ``max_faults`` faults.

    Erased content is counted, not complained about: the entries stay provable.
    """
    entries = erased = 0
    faults: list[str] = []
    previous, expected = FIRST_HASH, 1
    for seq, body, digest, salt, content in _rows(connection):
        faults += _faults_in_order(seq, expected, chained(previous, body) == digest)
        faults += _faults_in_content(seq, body, salt, content)
        entries += 1
        erased += content is None and b'"content_sha256"' in body
        previous, expected = digest, seq + 1
        if len(faults) >= max_faults:
            break
    return Verification(entries=entries, erased=erased, faults=tuple(faults[:max_faults]))


def _faults_in_order(seq: int, expected: int, hash_fits: bool) -> list[str]:
    if seq != expected:
        return [f"entries {expected} to {seq - 1} are missing"]
    return [] if hash_fits else [f"entry {seq} is not what was written: its hash does not fit"]


def _faults_in_content(
    seq: int, body: bytes, salt: bytes | None, content: bytes | None
) -> list[str]:
    if content is None:
        return []
    digest = hashlib.sha256((salt or b"") + content).hexdigest()
    if json.loads(body).get("content_sha256") == digest:
        return []
    return [f"the content of entry {seq} is not what was written: its hash does not fit"]


_Row = tuple[int, bytes, bytes, "bytes | None", "bytes | None"]


def _rows(connection: sqlite3.Connection) -> Iterator[_Row]:
    """All entries in order, in slices: no transaction stays open for long."""
    after = 0
    while rows := connection.execute(_SELECT, (after, _SLICE)).fetchall():
        yield from rows
        after = rows[-1][0]


_SELECT = """
    SELECT entry.seq, entry.body, entry.hash, content.salt, content.body
    FROM entry LEFT JOIN content USING (seq)
    WHERE entry.seq > ? ORDER BY entry.seq LIMIT ?
"""
