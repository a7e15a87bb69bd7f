"""Lines and pairs."""

from __future__ import annotations

import pytest

from alarmgw.codec.lines import Marked, key_of, pairs_in, wording_of

KNOWN = frozenset(
    ("event", "camera name", "alarm start time", "client", "zone", "type", "event type")
)


@pytest.mark.parametrize(
    ("line", "pairs"),
    [
        ("Event: Motion", [("event", "", "Motion")]),
        ("\t EVENT :  Motion ", [("event", "", "Motion")]),
        ("Channel ID: 1, Camera Name:CAM", [("camera name", "", "CAM")]),
        ("Camera Name:Tor=West", [("camera name", "", "Tor=West")]),
        ("Camera Name: Tor, West: hinten", [("camera name", "", "Tor, West: hinten")]),
        ("client=1-01 zone=12", [("client", "", "1-01"), ("zone", "", "12")]),
        ("client=1-01 type=a b", [("client", "", "1-01"), ("type", "", "a b")]),
        ("Alarm Start Time(D/M/Y H:M:S): x", [("alarm start time", "D/M/Y H:M:S", "x")]),
        ("Event\uff1a\u79fb\u52a8", [("event", "", "\u79fb\u52a8")]),
        ("Event\tMotion", [("event", "", "Motion")]),
        ("Nothing: here", []),
        ("event://x", []),
    ],
)  # fmt: skip
def test_pairs(line: str, pairs: list[tuple[str, str, str]]) -> None:
    """Known keys are found at a line's beginning and behind commas, with their brackets."""
    assert pairs_in(Marked().line(line), KNOWN) == pairs


def test_times_are_marked_and_come_back() -> None:
    """A time is one character in a line, and what was written when it is asked for."""
    marked = Marked()
    line = marked.line("at 2024-03-05 11:41:29: Event")
    assert wording_of(line) == "at \ue000: event"
    assert marked.written(line) == "at 2024-03-05 11:41:29: Event"
    assert len(marked.stamps(line)) == 1


def test_marks_in_a_mail_are_not_ours() -> None:
    """The private characters that stand for times are taken out of what a device sends."""
    assert Marked().line("a\ue000b") == "a b"


def test_keys_are_compared_folded() -> None:
    """Case, accents, hyphens and dots make no difference to a key."""
    assert key_of(" Événement-Type. ") == "evenement type"
