"""What sentences tell."""

from __future__ import annotations

import pytest

from alarmgw.codec.mailtext import read_mail
from alarmgw.codec.told import Told, time_told

NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("subject", "text", "raw"),
    [
        ("Motion", "Sabotage erkannt", "Motion"),
        ("Status", "Sabotage erkannt", "Sabotage erkannt"),
        ("Test", "Sabotage erkannt", "Sabotage erkannt"),
        ("Test", "Sabotage", "Test"),
        ("Alarm 5", "nothing", "Alarm"),
        ("", "Alarm 5", "Alarm"),
    ],
)
def test_clause(subject: str, text: str, raw: str) -> None:
    """The subject goes first, unless it is silent or only says test."""
    clause = Told(read_mail(subject, text, (), NONE)).clause
    assert clause is not None and clause.raw == raw


def test_channel() -> None:
    """A channel is looked for in the subject, then in the text."""
    assert Told(read_mail("Motion ch2", "channel 3", (), NONE)).channel == "2"
    assert Told(read_mail("Motion", "channel 3", (), NONE)).channel == "3"


def test_time() -> None:
    """The text's time goes before the subject's, and that before the first name's."""
    times = [f"{year}-01-01 10:00:00" for year in (2001, 2002, 2003)]
    labels = ("2003-01-01 10-00-00.jpg",)
    for text, subject, year in ((*times[:2], 2001), ("", times[1], 2002), ("", "", 2003)):
        mail = read_mail(subject, text, labels, NONE)
        assert time_told(mail, None) == f"{year}-01-01T10:00:00"


def test_picture_settles_the_order() -> None:
    """A date that could be two is the one in the picture's name."""
    mail = read_mail("", "05/06/2024 10:00:00", ("20240605_100000.jpg",), NONE)
    assert time_told(mail, None) == "2024-06-05T10:00:00"
    assert time_told(read_mail("", "05/06/2024 10:00:00", (), NONE), None) is None
