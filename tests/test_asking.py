"""Questions: what is given with them is checked, and no answer is too long to be sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmgw.asking import arguments, moment, within, words
from alarmgw.errors import Cause, Refused
from alarmgw.fitting import encode


def asked(**given: Any) -> Any:
    """The arguments of a question."""
    return arguments("history", given, ("from", "sites", "limit", "text"))


def refusal(call: Any, *given: Any) -> str:
    """The sentence by which it is refused."""
    with pytest.raises(Refused) as caught:
        call(*given)
    assert caught.value.cause is Cause.BAD_VALUE
    return caught.value.text


def test_a_number_may_come_as_a_text() -> None:
    """A page has its arguments from an address, a program from JSON."""
    assert asked(limit=7).number("limit", 1, 9) == asked(limit="7").number("limit", 1, 9) == 7


@pytest.mark.parametrize("value", [1.5, True, ["x"], {"a": 1}])
def test_what_is_no_text_and_no_number_is_refused(value: Any) -> None:
    """With the name of what was given."""
    assert "text" in refusal(asked(text=value).word, "text")


def test_an_argument_that_it_does_not_take_is_refused() -> None:
    """The sentence says what it takes."""
    said = refusal(lambda: asked(wherever="x"))
    assert "wherever" in said and "sites" in said


@pytest.mark.parametrize("text", ["2026-11-21T20:45:02Z", "2026-11-21T21:45:02.000+01:00"])
def test_a_time_is_told_as_entries_have_it(text: str) -> None:
    """In UTC, whatever zone it was given in."""
    assert moment(asked(**{"from": text}), "from") == "2026-11-21T20:45:02.000Z"


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-11-21T20:45:02", "2026-11-21", "0001-01-01T00:00:00+23:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    """A time without its zone could be either of two."""
    assert "time zone" in refusal(moment, asked(**{"from": text}), "from")


def test_words_stand_between_commas() -> None:
    """Each once; blanks around them and empty ones do not count."""
    assert words(asked(sites=" 1, 2,,1 "), "sites", 2, 99) == ("1", "2")
    assert words(asked(), "sites", 2, 99) == ()
    assert "too many" in refusal(words, asked(sites="1,2,3"), "sites", 2, 99)
    assert "too long" in refusal(words, asked(sites="1" * 100), "sites", 2, 99)


@given(
    lengths=st.dictionaries(st.sampled_from("abc"), st.integers(0, 60), min_size=1),
    limit=st.integers(60, 2000),
)
def test_a_long_answer_is_cut_and_says_by_how_much(lengths: dict[str, int], limit: int) -> None:
    """What is left of each list is its beginning."""
    answer = {name: [f"row {at}" for at in range(count)] for name, count in lengths.items()}
    told = within(answer, limit)
    assert len(encode(told)) <= limit or not any(told[name] for name in lengths)
    for name, rows in answer.items():
        left_out = told.get("cut", {}).get(name, 0)
        assert told[name] == rows[: len(rows) - left_out]


def test_a_short_answer_stays_as_it_is() -> None:
    """And the one that was given is not touched."""
    answer = {"rows": [1, 2, 3]}
    assert within(answer) == {"rows": [1, 2, 3]}
    within(answer, 30)
    assert json.dumps(answer) == '{"rows": [1, 2, 3]}'
