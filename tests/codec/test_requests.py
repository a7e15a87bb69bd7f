"""`alarmgw.codec.requests`: what a workstation says, believed only in its form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmgw.codec.requests import MOST, REQUEST_BYTES, Command, Question, SignOn
from alarmgw.codec.wire import unpack
from alarmgw.errors import Refused

ID = "0" * 31 + "a"


def command(**changes: Any) -> Command:
    """The command that this JSON is.  Raises `Refused`."""
    said = {"id": ID, "action": {"do": "accept"}, **changes}
    return unpack(Command, json.dumps(said).encode(), REQUEST_BYTES)


def test_what_is_left_out_is_nothing() -> None:
    """A command has an id and an action; the rest may be missing, and more is left out."""
    said = command(later="x")
    assert (said.incident, said.session, said.seen, said.incidents) == (None, None, 0, ())


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": "x" * 32},
        {"id": "A" * 32},
        {"id": "a" * 31},
        {"id": ID + "\n"},
        {"incident": 7},
        {"incident": "x" * 101},
        {"incident": "a\u0000b"},
        {"session": ["x"]},
        {"session": "\ud800"},
        {"seen": -1},
        {"seen": True},
        {"seen": 2**63},
        {"seen": "1"},
        {"action": None},
        {"action": ["do"]},
        {"action": {"do": "note", "text": "\ud800"}},
        {"action": {"do": "note", "\udfff": 1}},
        {"incidents": 5},
        {"incidents": ["ab", "cd"]},
        {"incidents": [["x", -1]]},
        {"incidents": [["x", 2**63]]},
        {"incidents": [["x", True]]},
        {"incidents": [["\ud800", 1]]},
        {"incidents": [["x" * 101, 1]]},
        {"incidents": [["x", 1, 2]]},
        {"incidents": [["x", 1]] * (MOST + 1)},
        {"action": {"x": "y" * REQUEST_BYTES}},
    ],
)
def test_what_is_no_command_is_refused(changes: dict[str, Any]) -> None:
    """Whatever is wrong about it."""
    with pytest.raises(Refused):
        command(**changes)


def test_nesting_without_end_is_refused() -> None:
    """Within the size that is allowed."""
    said = b'{"id":"%s","action":{"do":%s}}' % (ID.encode(), b"[" * 20_000 + b"]" * 10_000)
    with pytest.raises(Refused):
        unpack(Command, said, REQUEST_BYTES)


@pytest.mark.parametrize("depth", [4, 100, 600, 950])
def test_nesting_that_can_be_read_is_refused(depth: int) -> None:
    """It would fell whoever walks through it later, in the journal's writer."""
    text = '"text":' + "[" * depth + "]" * depth
    said = f'{{"id":"{ID}","action":{{"do":"note",{text}}}}}'
    with pytest.raises(Refused):
        unpack(Command, said.encode(), REQUEST_BYTES)


def test_most_incidents_are_taken() -> None:
    """Two hundred at once."""
    assert len(command(incidents=[["x", 1]] * MOST).incidents) == MOST


def test_a_repeat_is_known_by_what_it_says() -> None:
    """In whatever order its words come; another word makes it another command."""
    one = command(action={"do": "park", "minutes": 5})
    assert one.digest() == command(action={"minutes": 5, "do": "park"}).digest()
    others = [
        command(action={"do": "park", "minutes": 6}),
        command(action={"do": "park", "minutes": 5}, seen=1),
        command(action={"do": "park", "minutes": 5}, session="s"),
        command(action={"do": "park", "minutes": 5}, incident="i"),
        command(action={"do": "park", "minutes": 5}, incidents=[["i", 0]]),
    ]
    assert len({one.digest(), *(other.digest() for other in others)}) == 6


def test_a_password_is_not_shown() -> None:
    """Not even where a request is logged."""
    said = unpack(SignOn, b'{"name":"anna","password":"s3cret"}', REQUEST_BYTES)
    assert said.password == "s3cret" and "s3cret" not in repr(said)
    with pytest.raises(Refused):
        unpack(SignOn, b'{"name":"","password":"x"}', REQUEST_BYTES)


def test_a_question_has_a_name() -> None:
    """What is given with it may be missing."""
    assert unpack(Question, b'{"name":"people"}', REQUEST_BYTES).given == {}
    for said in (b'{"name":7}', b'{"name":"x","given":[]}', b"{}"):
        with pytest.raises(Refused):
            unpack(Question, said, REQUEST_BYTES)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists))
def test_anything_is_a_command_or_refused(value: Any) -> None:
    """Never any other exception, and what is taken has a digest."""
    for said in ({"action": {"do": value}}, {"incidents": value}, {"seen": value}):
        try:
            command(**said).digest()
        except Refused:
            continue
