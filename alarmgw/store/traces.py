"""Traces: ended conversations on disk, one JSON object a line, in files by day.

``HOME/traces/2026-11-21.sources.1.jsonl``: the day (UTC), whose (``sources``, or
``unknown`` peers), and a number, because a file ends at some size.  Files are
not synced: a trace is help, not evidence.  Each kind has its own room, so
that a flood from outside displaces neither a source's traces nor a mail.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from attrs import frozen

from alarmgw.conversation import Conversation
from alarmgw.diagnosis import diagnosis
from alarmgw.fitting import encode
from alarmgw.model import utc_moment, utc_text

FOLDER = "traces"
#: The retention period of traces (control room's defaults).
DAYS = 14
#: A file's size, and the room of each kind; the oldest file goes first.
FILE_BYTES = 32 * 1024 * 1024
ROOM = {"sources": 1024 * 1024 * 1024, "unknown": 128 * 1024 * 1024}

#: What was tolerated of each source: counted in memory, kept over a restart.
COUNTS_NAME = "leniencies.json"

Counts = Mapping[str, Mapping[str, tuple[int, datetime]]]
"""For each source, by the code of what was tolerated, how often and when last."""

_NAME = re.compile(r"(\d{4}-\d\d-\d\d)\.(sources|unknown)\.(\d+)\.jsonl\Z")
_BLOCK = 1024 * 1024


@frozen(order=True)
class TraceFile:
    """One file of traces, in the order of time."""

    day: str
    number: int
    kind: str
    path: Path


class Traces:
    """The folder of traces of one home.  Every method blocks: call it in the pool."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def append(self, conversations: Iterable[Conversation], now: datetime) -> None:
        """Write ended conversations.  Raises `OSError`."""
        lines: dict[str, list[bytes]] = {}
        for one in conversations:
            row = encode({**one.as_json(), "names": sorted(one.names), "diagnosis": diagnosis(one)})
            lines.setdefault("sources" if one.sources else "unknown", []).append(row + b"\n")
        for kind, rows in lines.items():
            self._append(kind, b"".join(rows), now)

    def latest(self, name: str | None, limit: int) -> list[Conversation]:
        """The last conversations of ``name`` (in lower case; None: of anybody), oldest first."""
        found: list[Conversation] = []
        needle = b"{" if name is None else encode(name)
        for day in sorted({file.day for file in self.files()}, reverse=True):
            for kind in ROOM:
                found += reversed(_latest_of(self._of(day, kind), needle, name, limit))
            if len(found) >= limit:
                break
        return sorted(found, key=lambda one: one.ended or one.began)[-limit:]

    def sweep(self, now: datetime) -> None:
        """Delete what is older than 14 days, and the oldest above each kind's room."""
        oldest = f"{now - timedelta(days=DAYS):%Y-%m-%d}"
        room = dict(ROOM)
        for file in reversed(self.files()):
            room[file.kind] -= file.path.stat().st_size
            if file.day < oldest or room[file.kind] < 0:
                file.path.unlink()

    def keep_counts(self, counts: Counts) -> None:
        """Write what was tolerated up to now.  Raises `OSError`."""
        said = {
            address: {code: (count, utc_text(last)) for code, (count, last) in counted.items()}
            for address, counted in counts.items()
        }
        self._folder.mkdir(mode=0o700, exist_ok=True)
        unfinished = self._folder / f"{COUNTS_NAME}.new"
        fd = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(encode(said))
        unfinished.replace(self._folder / COUNTS_NAME)

    def counts(self, now: datetime) -> Counts:
        """What `keep_counts` wrote and was seen in the last 14 days; nothing if that is broken."""
        since = now - timedelta(days=DAYS)
        try:
            said = json.loads((self._folder / COUNTS_NAME).read_bytes())
            return {
                address: {
                    code: (int(count), moment)
                    for code, (count, last) in counted.items()
                    if (moment := utc_moment(last)) >= since
                }
                for address, counted in said.items()
            }
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError):  # a power cut, or a later version
            return {}

    def files(self) -> list[TraceFile]:
        """All files of traces, the oldest first."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return []
        found = [match for name in names if (match := _NAME.match(name))]
        return sorted(
            TraceFile(match[1], int(match[3]), match[2], self._folder / match[0]) for match in found
        )

    def _of(self, day: str, kind: str) -> list[TraceFile]:
        return [file for file in self.files() if (file.day, file.kind) == (day, kind)]

    def _append(self, kind: str, data: bytes, now: datetime) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        day = f"{now:%Y-%m-%d}"
        files = self._of(day, kind)
        number = files[-1].number if files else 1
        if files and files[-1].path.stat().st_size >= FILE_BYTES:
            number += 1
        path = self._folder / f"{day}.{kind}.{number}.jsonl"
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "ab") as file:
            file.write(data)


def _latest_of(
    files: list[TraceFile], needle: bytes, name: str | None, limit: int
) -> list[Conversation]:
    """The last ``limit`` in one day's files of one kind."""
    found: list[Conversation] = []
    for file in reversed(files):
        for line in _lines_backwards(file.path):
            if len(found) >= limit:
                return found
            if needle in line and (one := _read(line, name)) is not None:
                found.append(one)
    return found


def _read(line: bytes, name: str | None) -> Conversation | None:
    """The conversation on a line, if it is of ``name``; a line that was cut off is none."""
    try:
        row: dict[str, Any] = json.loads(line)
        if name is None or name in row["names"]:
            return Conversation.from_json(row)
    except (ValueError, KeyError, TypeError):
        return None
    return None


def _lines_backwards(path: Path) -> Iterator[bytes]:
    """The lines of a file, the last first, with bounded memory."""
    try:
        file = path.open("rb")
    except FileNotFoundError:  # swept meanwhile
        return
    with file:
        end, rest = file.seek(0, os.SEEK_END), b""
        while end:
            begin = max(0, end - _BLOCK)
            file.seek(begin)
            rest, *lines = (file.read(end - begin) + rest).split(b"\n")
            yield from reversed(lines)
            end = begin
        yield rest
