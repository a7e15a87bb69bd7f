"""Fitting: an entry as JSON of at most 64 KB, whatever a mail says.

`fitted` shortens long words, then the text, then lists, and says so in
``text_cut`` and in the notes ``shortened``, ``more_recipients``, ``more_events`` and
``more_parts``.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

ENTRY_BYTES = 64 * 1024


def encode(value: Any) -> bytes:
    """``value`` as compact UTF-8 JSON.  A lone surrogate becomes U+FFFD: no store takes it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


@frozen
class _Measure:
    """How much an entry that is too large keeps: bytes of each word and of the text, and rows."""

    word: int
    text: int
    recipients: int
    events: int
    parts: int


#: Tried in this order until the entry fits.  Words go before the text, which an operator reads;
#: the last measure fits whatever the entry says.
_MEASURES = (
    _Measure(word=1024, text=32 * 1024, recipients=100, events=100, parts=100),
    _Measure(word=256, text=32 * 1024, recipients=50, events=100, parts=100),
    _Measure(word=128, text=16 * 1024, recipients=20, events=50, parts=100),
    _Measure(word=64, text=8 * 1024, recipients=20, events=50, parts=50),
    _Measure(word=64, text=4 * 1024, recipients=10, events=20, parts=25),
    _Measure(word=64, text=2 * 1024, recipients=5, events=10, parts=10),
)

#: The words in an entry's lists.  All else in them is ours: ids, names on disk, hashes, numbers.
_EVENT_WORDS = ("event", "event_raw", "channel", "camera", "device", "device_time")
_ENVELOPE_WORDS = ("helo", "from", "login")

#: Other entries: bytes of each text in them, and rows of each list.
_FACT_MEASURES = ((4096, 200), (1024, 100), (512, 20), (256, 5))

#: Room for ``seq``, ``content_sha256`` and a note or two.
_ROOM = ENTRY_BYTES - 512


def fitted(entry: Mapping[str, Any]) -> dict[str, Any]:
    """``entry``, shortened as little as it takes to be at most 64 KB."""
    whole = dict(entry)
    if len(encode(whole)) <= _ROOM:
        return whole
    if "pictures" in entry:
        attempts = (_measured(whole, measure) for measure in _MEASURES)
    else:
        attempts = (_shorter(whole, limit, rows) for limit, rows in _FACT_MEASURES)
    for attempt in attempts:
        if len(encode(attempt)) <= _ROOM:
            return attempt
    raise ValueError(f"an entry of type {entry['type']} does not fit: what is ours is too long")


def _measured(entry: dict[str, Any], measure: _Measure) -> dict[str, Any]:
    """An alarm's entry, or one of its kind, within ``measure``; its notes say what is missing."""
    short = dict(entry)
    if "text" in entry:
        short["text"] = _beginning(entry["text"], measure.text)
        short["text_cut"] = entry["text_cut"] or short["text"] != entry["text"]
    if "envelope" in entry:
        short["subject"] = _beginning(entry["subject"], measure.word)
        short["events"] = _rows(entry["events"][: measure.events], _EVENT_WORDS, measure.word)
        short["envelope"] = _short_envelope(entry["envelope"], measure)
    pictures = entry["pictures"][: measure.parts]
    files = entry["files"][: measure.parts - len(pictures)]
    short["pictures"] = _rows(pictures, ("label",), measure.word)
    short["files"] = _rows(files, ("label",), measure.word)
    short["notes"] = _notes_of_cuts(entry, short)
    return short


def _short_envelope(envelope: Mapping[str, Any], measure: _Measure) -> dict[str, Any]:
    [short] = _rows([envelope], _ENVELOPE_WORDS, measure.word)
    recipients = envelope["rcpt"][: measure.recipients]
    return {**short, "rcpt": [_beginning(address, measure.word) for address in recipients]}


def _notes_of_cuts(entry: Mapping[str, Any], short: Mapping[str, Any]) -> list[str]:
    notes = [*entry["notes"]]
    lost = {
        "more_recipients": _count(entry, "envelope", "rcpt") > _count(short, "envelope", "rcpt"),
        "more_events": _count(entry, "events") > _count(short, "events"),
        "more_parts": _count(entry, "pictures") + _count(entry, "files")
        > _count(short, "pictures") + _count(short, "files"),
    }
    return list(dict.fromkeys((*notes, "shortened", *(note for note in lost if lost[note]))))


def _count(entry: Mapping[str, Any], *keys: str) -> int:
    value: Any = entry
    for key in keys:
        value = value.get(key, {})
    return len(value)


def _rows(
    rows: Sequence[Mapping[str, Any]], words: Sequence[str], limit: int
) -> list[dict[str, Any]]:
    """``rows`` with the ``words`` in each of them at most ``limit`` bytes long."""
    return [{**row, **{word: _beginning(row[word], limit) for word in words}} for row in rows]


def _beginning(word: str | None, limit: int) -> str | None:
    """As much of ``word`` as takes ``limit`` bytes in JSON, where a NUL takes six."""
    if word is None or len(encode(word)) - 2 <= limit:
        return word
    lengths = range(min(len(word), limit) + 1)
    fitting = bisect_right(lengths, limit, key=lambda length: len(encode(word[:length])) - 2)
    return word[: fitting - 1]


def _shorter(value: Any, limit: int, rows: int) -> Any:
    """``value`` with every text in it at most ``limit`` bytes and every list ``rows`` long."""
    if isinstance(value, str):
        return _beginning(value, limit)
    if isinstance(value, list | tuple):
        return [_shorter(item, limit, rows) for item in value[:rows]]
    if isinstance(value, dict):
        return {key: _shorter(item, limit, rows) for key, item in value.items()}
    return value
