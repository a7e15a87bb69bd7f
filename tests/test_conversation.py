"""`alarmgw.conversation`: one conversation as a value."""

from __future__ import annotations

import json

import pytest

from alarmgw.conversation import LENIENCIES, Conversation
from alarmgw.fitting import encode
from tests.talks import BQ3, conversation, delivered


def test_json_and_back_is_the_same() -> None:
    """What was written to the traces is read as it was, tuples and times included."""
    one = delivered(BQ3, refusals=("auth_failed",), leniencies=("no_auth",), tls="TLSv1.3 x")
    assert Conversation.from_json(json.loads(encode(one.as_json()))) == one


def test_one_that_goes_on_has_no_end() -> None:
    """The end of an open conversation is null, and stays None."""
    one = conversation(ended=None, ending="open")
    assert Conversation.from_json(json.loads(encode(one.as_json()))) == one


def test_fields_of_a_later_version_are_let_go() -> None:
    """Traces that a newer gateway wrote can still be read after a step back."""
    row = {**delivered(BQ3).as_json(), "mood": "cheerful"}
    row["mails"][0]["colour"] = "blue"
    assert Conversation.from_json(row) == delivered(BQ3)


@pytest.mark.parametrize("row", [{}, {"began": "x"}, {"began": 1, "ended": None, "mails": []}])
def test_something_else_is_no_conversation(row: dict[str, object]) -> None:
    """What is no conversation raises, and never a surprise."""
    with pytest.raises((ValueError, TypeError, KeyError)):
        Conversation.from_json(row)


def test_it_is_found_by_everything_it_named() -> None:
    """Source, sender, recipient, login and peer, in lower case."""
    one = delivered(BQ3, senders=("Cam@X",), recipients=("ARC@y", ""), login="NVR7")
    assert one.names == {BQ3, "cam@x", "arc@y", "nvr7", "10.1.2.3"}


def test_every_leniency_has_its_sentence() -> None:
    """What `source show` prints of a leniency is a sentence."""
    assert all(text[0].isupper() and text.endswith(".") for text in LENIENCIES.values())
