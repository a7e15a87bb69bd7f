"""`alarmgw rule test`: what a rule would have made of the last mails."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from alarmgw.model import Unpacked, utc_now
from tests import journals
from tests.cli.conftest import Run, keep

VMS = ("--subject", r"Zone (\d)", "--event", "burglary", "--channel", "{1}")


@pytest.fixture(autouse=True)
def mails(home: Path) -> None:
    """Two mails of today that match and one that does not; and an old one."""
    subjects = ("Zone 1 Einbruch", "Zone 4 Einbruch", "Bewegung", "Zone 5 Einbruch")
    ages = (timedelta(days=40), *[timedelta(hours=1)] * 3)
    keep(
        home,
        *(
            journals.alarm_record(number, time=utc_now() - age, unpacked=Unpacked(subject=subject))
            for number, (subject, age) in enumerate(zip(subjects, ages, strict=True), 1)
        ),
    )


def test_each_mail_that_would_change_has_a_line(run: Run) -> None:
    """From what to what; then the summary, and what to do next."""
    run("rule", "add", "vms", *VMS)
    headings, first, second, summary, state = run("rule", "test", "vms").stdout.splitlines()
    assert headings.split()[:4] == ["ENTRY", "TIME", "SOURCE", "SUBJECT"]
    assert first.startswith("2 ") and second.startswith("4 ")
    assert first.endswith(
        "bq3@ebues.internal  Zone 4 Einbruch"
        "  event unknown_alarm → burglary, channel - → 4, class 3 → 2"
    )
    assert summary == "of 3 mails in the last 30 days 2 match; 2 would change"
    assert state == "vms is off: `alarmgw rule enable vms` switches it on"


def test_nothing_is_changed(run: Run) -> None:
    """The journal is as it was, and so is the rule."""
    run("rule", "add", "vms", *VMS)
    before = run("journal", "--json").stdout, run("rule", "list").stdout
    run("rule", "test", "vms", "--class", "1")
    assert (run("journal", "--json").stdout, run("rule", "list").stdout) == before


def test_how_far_back_is_for_the_one_who_asks(run: Run) -> None:
    """By days, by entry, by number of mails; what was left out is said."""
    run("rule", "add", "vms", *VMS)
    assert (
        "of 4 mails in the last 60 days 3 match" in run("rule", "test", "vms", "--days", 60).stdout
    )
    assert "of 1 mails" in run("rule", "test", "vms", "--since", "3").stdout
    limited = run("rule", "test", "vms", "--limit", "2").stdout
    assert "of 2 mails" in limited
    assert "there are older ones that were not tried: --limit 2 was reached" in limited


def test_a_rule_that_is_asked_before_is_named(run: Run) -> None:
    """Else nobody would understand why nothing changes."""
    run("rule", "add", "vms", *VMS)
    run("rule", "add", "first", "--subject", "Zone 4", "--event", "fire", "--position", "1")
    run("rule", "enable", "first")
    said = run("rule", "test", "vms").stdout
    assert "2 match; 1 would change\n" in said
    assert "rule first decides 1 of the matching ones: it is asked before vms\n" in said


def test_an_enabled_rule_shows_what_it_does(run: Run) -> None:
    """And with other options what it would do then."""
    run("rule", "add", "vms", *VMS)
    run("rule", "enable", "vms")
    assert "vms is on: this is what it changes" in run("rule", "test", "vms").stdout
    other = run("rule", "test", "vms", "--class", "1").stdout
    assert "class 3 → 1" in other
    assert "this is vms with other fields" in other


def test_a_rule_need_not_be_kept_to_be_tried(run: Run) -> None:
    """Its options are enough; wrong ones are refused."""
    said = run("rule", "test", "new", *VMS, "--site", "4711").stdout
    assert "of 3 mails of site 4711 in the last 30 days 2 match; 2 would change" in said
    assert "new is not kept: `alarmgw rule add new …` keeps it, switched off" in said
    assert run("rule", "test", "new", "--subject", "(", "--class", "1").stderr == (
        "rule new: --subject: a ( is not closed\n"
    )
    assert run("rule", "test", "new").stderr.startswith("there is no rule new")


def test_a_rule_without_a_match_has_no_empty_table(run: Run) -> None:
    """Two lines are enough."""
    said = run("rule", "test", "new", "--subject", "nothing", "--class", "1").stdout
    assert said.startswith("of 3 mails in the last 30 days 0 match; 0 would change\n")


def test_json_has_a_line_for_each_match_and_the_counts(run: Run) -> None:
    """The counts come last."""
    said = run("rule", "test", "new", "--subject", "Zone 4", "--kind", "alarm", "--json").stdout
    [mail, counts] = map(json.loads, said.splitlines())
    assert (mail["seq"], mail["changes"], mail["decided_by"]) == (2, False, "new")
    assert counts == {"mails": 3, "match": 1, "change": 0, "more": False}
