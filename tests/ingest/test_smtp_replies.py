"""The table of replies: complete, in the form that devices need, and as documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alarmgw.errors import Cause, Refused
from alarmgw.ingest.smtp_replies import WORDINGS, Reply, answer_to, reply

DOCUMENT = Path(__file__).parents[2] / "docs" / "smtp-replies.rst"


def test_every_cause_has_its_reply() -> None:
    """Whatever is refused has a 4xx or 5xx of its own."""
    for cause in Cause:
        assert 400 <= answer_to(Refused(cause, "")).code < 600


@pytest.mark.parametrize("cause", WORDINGS)
def test_reply_has_the_form_that_devices_need(cause: str) -> None:
    """One line, a text after the code, ASCII, and an enhanced code of the same class."""
    wording = WORDINGS[cause]
    assert re.fullmatch(rb"\d{3} [ -~]{2,200}\r\n", reply(cause).encoded())
    assert wording.enhanced is None or wording.enhanced[0] == str(wording.code)[0]


def test_several_lines_are_one_reply() -> None:
    """All lines but the last have a hyphen."""
    assert Reply(250, ("gw1", "SIZE 1")).encoded() == b"250-gw1\r\n250 SIZE 1\r\n"


def test_stored_names_the_mail() -> None:
    """The 250 names the mail's id."""
    named = reply("stored", mail="gw1-20261121-204502-0123456789").encoded()
    assert named == b"250 2.0.0 Ok: stored as gw1-20261121-204502-0123456789\r\n"


def test_document_shows_this_table() -> None:
    """docs/smtp-replies.rst lists exactly the replies of the code."""
    rows = re.findall(r"^(\w+) +(\d{3}) +(\S+) +(.+?)  +\S.*$", DOCUMENT.read_text(), re.MULTILINE)
    documented = {row[0]: row[1:] for row in rows}
    assert documented == {
        cause: (str(wording.code), wording.enhanced or "-", wording.text)
        for cause, wording in WORDINGS.items()
    }
