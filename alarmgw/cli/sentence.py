"""An entry as one line that a person reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from alarmgw.cli.deeds import deed
from alarmgw.cli.speech import printable
from alarmgw.entries import KEEPING

#: Said of every entry already, or of use to programs only.
_SILENT = frozenset(("seq", "time", "type", "node", "content_sha256", "event", "text"))


def sentence(entry: Mapping[str, Any]) -> str:
    """``    17  2026-11-21 20:45:02.123  alarm   bq3@ebues.internal: Motion  (2 pictures)``."""
    time = entry["time"].removesuffix("Z").replace("T", " ")
    said = _alarm(entry) if entry["type"] in KEEPING else deed(entry) or _other(entry)
    return f"{entry['seq']:>6}  {time}  {entry['type']:<10} {printable(said)}"


def size_text(size: int) -> str:
    """A size as a person says it."""
    if size < 1000:
        return f"{size} bytes"
    if size < 1_000_000:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"


def _alarm(entry: Mapping[str, Any]) -> str:
    who = entry["source"] or f"unassigned ({entry['envelope']['from']})"
    what = entry["subject"] or entry["events"][0]["event"]
    pictures = _counted(len(entry["pictures"]), "picture")
    files = _counted(len(entry["files"]), "file")
    attached = ", ".join(filter(None, (pictures, files))) or "no picture"
    handled = "" if entry["handling"] == "queue" else f", {entry['handling']}"
    return f"{who}: {what}  ({attached}{handled})  {entry['alarm']}{following(entry)}"


def following(entry: Mapping[str, Any]) -> str:
    """Which alarm a mail repeats, or its pictures join."""
    if entry["type"] == "resend":
        return f", again {entry['first']}"
    return f", joins {entry['joins']}" if entry.get("joins") else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}" if count else ""


def _other(entry: Mapping[str, Any]) -> str:
    """The event and its words, then every other field as ``key=value``."""
    head = ": ".join(str(entry[key]) for key in ("event", "text") if entry.get(key))
    facts = (
        f"{key}={_changes(value) if key == 'changes' else _plain(value)}"
        for key, value in entry.items()
        if key not in _SILENT and value not in (None, "", [], {})
    )
    return "  ".join(filter(None, (head, *facts)))


def _changes(changes: list[Mapping[str, Any]]) -> str:
    """How many of each kind: an import has thousands, and `--json` shows them all."""
    counted = Counter(str(one.get("event")) for one in changes)
    return ",".join(f"{event}:{count}" for event, count in counted.items())


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ",".join(f"{key}:{_plain(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ",".join(_plain(inner) for inner in value)
    return str(value)
