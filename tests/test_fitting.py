"""An entry is at most 64 KB, whatever a mail says, and tells what was shortened."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarmgw import entries
from alarmgw.fitting import ENTRY_BYTES, encode, fitted
from alarmgw.model import Envelope, Event, Meaning, Unpacked
from tests.journals import MOMENT, alarm, part, randomness


def unpacked(**facts: Any) -> dict[str, Any]:
    """An alarm entry of a mail with these contents."""
    return alarm(1, unpacked=Unpacked(**facts))


def envelope(**facts: Any) -> dict[str, Any]:
    """An alarm entry of a mail with this envelope."""
    whole = {"peer": "10.1.2.3", "helo": "cam", "sender": "a@b", "recipients": ("c@d",), **facts}
    return alarm(1, envelope=Envelope(**whole))


def size(entry: dict[str, Any]) -> int:
    """The octets that go over a link: with hash and number."""
    return len(entries.numbered(2**63, entries.record(entry, randomness).public))


def test_a_lone_surrogate_becomes_a_replacement() -> None:
    """No store and no link is given one."""
    assert json.loads(encode(["a\ud800b"])) == ["a\ufffdb"]


def test_a_short_entry_is_left_alone() -> None:
    """Nothing is cut that fits."""
    entry = unpacked(subject="s" * 5000, text="t" * 20_000)
    assert (entry["subject"], entry["text"], entry["text_cut"]) == ("s" * 5000, "t" * 20_000, False)
    assert entry["notes"] == []


def test_long_words_are_shortened_before_the_text() -> None:
    """An operator reads the text; a label of 60 KB nobody."""
    entry = unpacked(text="t" * 30_000, pictures=(part("01-x.jpg", "l" * 60_000),))
    assert (entry["text"], entry["text_cut"], entry["notes"]) == (
        "t" * 30_000,
        False,
        ["shortened"],
    )
    assert entry["pictures"][0]["label"] == "l" * 1024


def test_a_word_is_as_long_as_json_writes_it() -> None:
    """A NUL takes six octets, an umlaut two; no character is cut in halves."""
    labels = ("\0" * 9000, "ä" * 9000)
    rows = tuple(part(f"{n}.jpg", label) for n, label in enumerate(labels))
    entry = unpacked(pictures=rows)
    assert [len(row["label"]) for row in entry["pictures"]] == [1024 // 6, 1024 // 2]


def test_a_thousand_recipients_fit() -> None:
    """The first ones are told, with a note for the rest; the text stays."""
    entry = envelope(recipients=tuple(f"{n:04d}" + "r" * 2000 for n in range(1000)))
    assert size(entry) <= ENTRY_BYTES and entry["text"] == "Zaun Süd"
    assert entry["envelope"]["rcpt"][0].startswith("0000r")
    assert entry["notes"] == ["shortened", "more_recipients"]


def test_five_hundred_events_fit() -> None:
    """The first ones are told, with a note for the rest."""
    events = tuple(Event(event="motion", event_raw=f"{n}" + "e" * 2000) for n in range(500))
    entry = alarm(1, meaning=Meaning(kind="alarm", events=events))
    assert size(entry) <= ENTRY_BYTES and len(entry["events"]) == 100
    assert entry["notes"] == ["shortened", "more_events"]


def test_ids_paths_and_names_on_disk_are_never_cut() -> None:
    """They are how everything else is found."""
    rows = tuple(part(f"{n:03d}-" + "n" * 76, "\0" * 500) for n in range(100))
    path = "archive/" + "p" * 700
    entry = alarm(1, path=path, unpacked=Unpacked(text="\0" * 9000, pictures=rows))
    assert size(entry) <= ENTRY_BYTES and entry["path"] == path
    assert all(len(row["name"]) == 80 for row in entry["pictures"])


@settings(max_examples=40, deadline=None)
@pytest.mark.slow
@given(
    word=st.sampled_from(["a", "ä", "\0", '"', "\ud800", "\U0001f6a8"]),
    length=st.integers(0, 3000),
    rows=st.integers(1, 1000),
    text=st.integers(0, 100_000),
)
def test_every_alarm_fits(word: str, length: int, rows: int, text: int) -> None:
    """Whatever a mail says, and however often, its entry is at most 64 KB."""
    long = word * length
    entry = alarm(
        1,
        unpacked=Unpacked(
            subject=long,
            text=word * text,
            pictures=tuple(part(f"{n}-x.jpg", long) for n in range(rows)),
            files=tuple(part(f"{n}-x.bin", long) for n in range(rows)),
        ),
        meaning=Meaning(
            kind="alarm", events=(Event(event=long, event_raw=long, camera=long),) * rows
        ),
        envelope=Envelope(
            peer="::1", helo=long, sender=long, recipients=(long,) * rows, login=long
        ),
    )
    assert size(entry) <= ENTRY_BYTES


@pytest.mark.parametrize("make", [entries.system_entry, entries.config_entry])
def test_every_other_entry_fits(make: Any) -> None:
    """Its texts and lists are shortened, too."""
    facts = {"text": "t" * 90_000, "rows": [{"word": "\0" * 5000}] * 500}
    entry = make(time=MOMENT, node="gw1", event="tested", **facts)
    assert size(entry) <= ENTRY_BYTES
    assert fitted(entry)["text"].startswith("ttt")


def test_a_rebuilt_entry_fits() -> None:
    """It lists parts as an alarm does, and has no text to give up."""
    rows = [part(f"{n:03d}-x.jpg", "l" * 3000).as_json() for n in range(100)]
    entry = {
        "time": "2026-11-21T20:45:02.123Z", "type": "rebuilt", "node": "gw1", "alarm": "x-1",
        "pictures": rows, "files": [], "notes": [],
    }  # fmt: skip
    assert size(entry) <= ENTRY_BYTES and len(fitted(entry)["pictures"]) == 100


def test_an_entry_that_is_ours_and_too_long_is_a_bug() -> None:
    """A path of 70 KB is nothing to be shortened silently."""
    with pytest.raises(ValueError, match="does not fit"):
        alarm(1, path="p" * 70_000)
