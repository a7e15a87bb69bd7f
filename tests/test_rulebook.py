"""The commands of own rules: refused whole, told in the journal, off until they are switched on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alarmgw import rulebook
from alarmgw.errors import Cause
from alarmgw.rules import Rule
from alarmgw.store.journal import Journal, Ledger
from alarmgw.store.rules import put_rule
from tests import journals
from tests.commanding import Do, doing, refusal, told

VMS = {"name": "vms", "subject": r"Zone (?P<zone>\d+)", "event": "burglary", "channel": "{zone}"}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal without rules."""
    journal = journals.started(tmp_path / "journal.sqlite3")
    yield journal
    journal.close()


@pytest.fixture
def do(journal: Journal) -> Do:
    """What carries out one command."""
    return doing(journal)


def test_a_new_rule_is_off(do: Do, journal: Journal) -> None:
    """And told with what it says."""
    made = do("rule add", **VMS)
    assert (made["enabled"], made["position"], made["broken"]) == (False, 100, None)
    assert not journal.directory().rules
    [entry] = told(journal)
    assert (entry["event"], entry["rule"]) == ("rule_added", "vms")
    assert entry["now"] == {
        "position": 100,
        "enabled": False,
        **{name: value for name, value in VMS.items() if name != "name"},
    }


def test_a_rule_is_switched_on_and_off(do: Do, journal: Journal) -> None:
    """Each time it is told; twice the same is refused."""
    do("rule add", **VMS)
    assert do("rule enable", name="VMS")["enabled"]
    assert [one.rule.name for one in journal.directory().rules.for_all] == ["vms"]
    assert refusal(do, "rule enable", name="vms").text == "the rule vms is on already"
    do("rule disable", name="vms")
    assert refusal(do, "rule disable", name="vms").text == "the rule vms is off already"
    assert [(entry["event"], entry.get("now")) for entry in told(journal)[1:]] == [
        ("rule_changed", {"enabled": True}),
        ("rule_changed", {"enabled": False}),
    ]


def test_a_rule_is_changed_field_by_field(do: Do, journal: Journal) -> None:
    """An empty one is cleared; what is as it was is not told."""
    do("rule add", **VMS)
    do("rule change", name="vms", channel="", priority="1", event="burglary")
    entry = told(journal)[-1]
    assert entry["now"] == {"channel": None, "priority": 1}
    assert entry["was"] == {"channel": "{zone}", "priority": None}
    do("rule change", name="vms", priority="1")
    assert told(journal)[-1]["seq"] == entry["seq"]


def test_for_whom_a_rule_is(do: Do) -> None:
    """One source, one site or all; a new choice takes the place of the old one."""
    do("source add", address="a@x", site="4711")
    scopes = []
    for scope in ({"source": "A@x"}, {"site": "4711"}, {"all": True}):
        command = "rule change" if scopes else "rule add"
        made = do(command, **{**VMS, **scope})
        scopes.append((made["source"], made["site"]))
    assert scopes == [("a@x", None), (None, "4711"), (None, None)]
    assert "give only one" in refusal(do, "rule add", **VMS, source="a@x", all=True).text


def test_blanks_in_a_pattern_stay(do: Do) -> None:
    """They mean something there."""
    assert do("rule add", **{**VMS, "text": " Ende "})["text"] == " Ende "


def test_a_removed_rule_is_told_with_what_it_was(do: Do, journal: Journal) -> None:
    """Nobody else keeps it."""
    do("rule add", **VMS)
    do("rule remove", name="vms")
    assert do("rule list") == []
    entry = told(journal)[-1]
    assert (entry["event"], entry["was"]["subject"]) == ("rule_removed", r"Zone (?P<zone>\d+)")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"name": "my rule"}, "'my rule' is no name of a rule: write up to 32 small letters"),
        ({"subject": "Zone ("}, "rule vms: --subject: a ( is not closed"),
        ({"text": "((a{1,30}){1,30})b"}, "rule vms: --text: it takes "),
        ({"file": "x" * 501}, "rule vms: --file: it has 501 characters, 500 are allowed"),
        ({"channel": "{2}"}, "rule vms: --channel: {2} is no group of its patterns"),
        ({"event": "motoin"}, "the event 'motoin' is unknown: do you mean motion?"),
        ({"event": "Einbruch"}, "the event 'Einbruch' is unknown: do you mean burglary?"),
        ({"event": "xyz"}, "the event 'xyz' is unknown: it is one of panic, "),
        ({"kind": "loud"}, "kind 'loud' is unknown: it is one of alarm, "),
        ({"priority": "6"}, "the priority '6' is no number from 1 to 5"),
        ({"position": "0"}, "the position '0' is no number from 1 to 9999"),
        ({"subject": ""}, "rule vms: it looks at nothing"),
        ({"event": "", "channel": ""}, "rule vms: it says nothing"),
        ({"source": "a@x"}, "a@x is no source"),
        ({"site": "9"}, "there is no site 9"),
    ],
)
def test_a_wrong_rule_is_refused_and_nothing_is_done(
    do: Do, journal: Journal, facts: dict[str, Any], reason: str
) -> None:
    """With place and reason: neither added, nor changed into."""
    assert refusal(do, "rule add", **{**VMS, **facts}).text.startswith(reason)
    assert do("rule list") == []
    assert told(journal) == []


def test_a_wrong_change_leaves_the_rule_as_it_is(do: Do) -> None:
    """The channel needs the group that would go."""
    made = do("rule add", **VMS)
    wrong = refusal(do, "rule change", name="vms", subject="Zone")
    assert wrong.text.startswith("rule vms: --channel: {zone} is no group")
    assert do("rule list") == [made]


def test_unknown_and_double_names_are_refused(do: Do) -> None:
    """With what to type instead."""
    do("rule add", **VMS)
    assert "there is a rule vms already" in refusal(do, "rule add", **VMS).text
    for command in ("change", "enable", "disable", "remove"):
        assert refusal(do, f"rule {command}", name="no").cause is Cause.NOT_FOUND


def test_rules_are_counted(do: Do, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are not more than anybody can look over."""
    monkeypatch.setattr(rulebook, "RULES_MOST", 1)
    do("rule add", **VMS)
    assert "there are 1 rules" in refusal(do, "rule add", **{**VMS, "name": "b"}).text


def test_a_broken_rule_is_shown_and_cannot_be_switched_on(do: Do, journal: Journal) -> None:
    """It can be switched off, and removed."""

    def job(ledger: Ledger) -> None:
        broken = Rule(name="old", subject="(", event="fire", enabled=True)
        put_rule(ledger.connection, broken, "then")

    journals.done(journal.submit(job))
    assert do("rule list")[0]["broken"] == "rule old: --subject: a ( is not closed"
    do("rule disable", name="old")
    assert "is not closed" in refusal(do, "rule enable", name="old").text
    do("rule remove", name="old")
