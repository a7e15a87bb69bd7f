"""The words: what the data says, docs/events.rst says too."""

from __future__ import annotations

from itertools import pairwise

import pytest

from alarmgw.codec.eventwords import lexicon, mentions_word, read_words, vocabulary
from alarmgw.model import KINDS
from tests.sources import ROOT


@pytest.mark.parametrize(
    ("raw", "word", "state"),
    [
        ("Motion Detected", "motion", None),
        ("MOTIONDETECTED", "motion", None),
        ("Human DetectStart", "person", "start"),
        ("HDDError", "storage_failure", None),
        ("Storage device not exist", "storage_failure", None),
        ("Speichermedium fehlt", "storage_failure", None),
        ("IPConflict", "network", None),
        ("line-crossing", "line_crossing", None),
        ("Störung", "fault", None),
        ("Bewegungserkennung Ende", "motion", "end"),
        ("video loss restored", "video_loss", "end"),
        ("Emotion", None, None),
        ("restart", "restart", None),
        ("", None, None),
    ],
)
def test_words(raw: str, word: str | None, state: str | None) -> None:
    """A device's own words are one of ours, whatever their case, accents and gaps."""
    reading = read_words(raw)
    assert (reading.word.word if reading.word else None, reading.state) == (word, state)


def test_mentions() -> None:
    """The cheap look finds what the dear one would."""
    assert mentions_word("there was motion") and not mentions_word("nothing at all")


def test_kinds_and_classes() -> None:
    """Faults are faults, routine calls routine; every class is one of the five."""
    words = vocabulary().words
    assert {word.word for word in words.values() if word.kind == "fault"} == {
        "storage_failure",
        "network",
        "fault",
    }
    assert words["heartbeat"].kind == "routine"
    assert words["tamper"].kind == words["video_loss"].kind == "alarm"
    assert all(word.kind in KINDS and 1 <= word.priority <= 5 for word in words.values())
    assert all(word.english and word.german for word in words.values())


def test_document_shows_the_data() -> None:
    """docs/events.rst has each word, in order, with its kind, class and names."""
    lines = (ROOT / "docs" / "events.rst").read_text("utf-8").splitlines()
    rules = [number for number, line in enumerate(lines) if line.startswith("====")][1:]
    starts = [at for at, mark in enumerate("  " + lines[rules[0]]) if mark == "="]
    columns = [at for at in starts if ("  " + lines[rules[0]])[at - 1] == " "]
    edges = [at - 2 for at in columns] + [10000]
    rows = [
        tuple(line[left:right].strip() for left, right in pairwise(edges))
        for line in lines[rules[1] + 1 : rules[2]]
    ]
    assert rows == [
        (word.word, word.kind, str(word.priority), word.english, word.german)
        for word in vocabulary().words.values()
    ]


def test_a_beginning_may_be_short() -> None:
    """A format's "40*" is found as any longer beginning is."""
    found = lexicon({0: ["40*"], 1: ["x*"], 2: ["abcd*"]})
    ranks = [[rank for rank, _, _ in found.hits([token])] for token in ("401", "xy", "abcde", "4")]
    assert ranks == [[0], [1], [2], []]
