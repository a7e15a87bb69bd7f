"""Outcomes are data: complete in both languages, and checked like a configuration."""

from __future__ import annotations

import pytest

from alarmgw.codec.outcomes import DEFAULT, LISTS, read_outcomes
from alarmgw.errors import BadConfig

GOOD = """
[[outcome]]
code = "done"
key = 1
lists = ["alarm", "fault"]
false = false
english = "Done"
german = "Erledigt"
"""


def wrong(text: str) -> list[str]:
    """Everything that is said of a file."""
    with pytest.raises(BadConfig) as caught:
        read_outcomes(text, "outcomes.toml")
    return [str(complaint) for complaint in caught.value.complaints]


def test_a_control_room_may_have_its_own_list() -> None:
    """One outcome is enough, if it ends alarms and faults."""
    [only] = read_outcomes(GOOD, "outcomes.toml").all
    assert (only.code, only.english, only.german) == ("done", "Done", "Erledigt")


@pytest.mark.parametrize("list_", LISTS)
def test_each_list_can_be_ended(list_: str) -> None:
    """By a digit of its own for each outcome."""
    keys = [outcome.key for outcome in DEFAULT.of(list_)]
    assert keys and len(set(keys)) == len(keys)


def test_the_trades_outcomes_are_there() -> None:
    """As the control room's defaults name them."""
    german = {outcome.german for outcome in DEFAULT.of("alarm")}
    assert {"Echtalarm", "Täuschungsalarm", "Technischer Alarm", "Bedienfehler"} <= german


def test_what_is_no_real_alarm_and_no_test_counts_as_false() -> None:
    """The number by which sources are mended."""
    assert DEFAULT.false_codes == {"deceptive", "technical", "operating_error"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('code = "done"', 'code = "Done!"', "outcome[1].code: must be a word"),
        ("key = 1", "key = 0", "outcome[1].key: must be a digit"),
        ('["alarm", "fault"]', '["alarms"]', "outcome[1].lists: must be a list"),
        ("false = false", "", "outcome[1].false: is missing"),
        ('english = "Done"', 'english = ""', "outcome[1].english: must be a text"),
        ('german = "Erledigt"', "", "outcome[1].german: is missing"),
        ("key = 1", 'key = 1\ncauses = [["x"]]', "outcome[1].causes: must be a list"),
        ("key = 1", "key = 1\nkeys = 2", "outcome[1].keys: is not known here"),
        ('["alarm", "fault"]', '["alarm"]', "nothing ends what is in the list fault"),
        ("[[outcome]]", "[[outcomes]]", "outcome: has no [[outcome]]"),
        ("key = 1", "key = ", "file: is no TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, complaint: str) -> None:
    """File, number and key."""
    [said] = wrong(GOOD.replace(old, new))
    assert said.startswith("outcomes.toml: ") and complaint in said


def test_two_outcomes_cannot_share_code_or_key() -> None:
    """Both are found in the record and on the keyboard."""
    assert wrong(GOOD + GOOD) == [
        "outcomes.toml: outcome: done is there twice",
        "outcomes.toml: outcome: key 1 stands for two outcomes of the list alarm",
        "outcomes.toml: outcome: key 1 stands for two outcomes of the list fault",
    ]
