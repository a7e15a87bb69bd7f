"""`alarmgw rule`: own rules as they are typed and read."""

from __future__ import annotations

import json

from tests.cli.conftest import Run

VMS = ("vms", "--subject", r"Zone (?P<zone>\d+)", "--event", "burglary", "--channel", "{zone}")


def test_a_new_rule_says_what_to_do_next(run: Run) -> None:
    """It is off: it is to be tried first."""
    assert run("rule", "add", *VMS).stdout == (
        "vms added, and off: `alarmgw rule test vms` tries it on the last mails,\n"
        "`alarmgw rule enable vms` switches it on\n"
    )


def test_rules_are_listed_as_they_are_asked(run: Run) -> None:
    """In words: for whom, if what, then what."""
    run("source", "add", "a@x")
    run("rule", "add", *VMS)
    run("rule", "add", "near", "--source", "a@x", "--text", "Tor", "--class", "1")
    run("rule", "enable", "near")
    headings, near, vms = run("rule", "list").stdout.splitlines()
    assert headings.split() == ["NAME", "STATE", "FOR", "POSITION", "IF", "THEN"]
    assert " ".join(near.split()) == "near on source a@x 100 text ~ Tor class 1"
    assert r"vms   off    all         100       subject ~ Zone (?P<zone>\d+)  event" in vms
    listed = [json.loads(line) for line in run("rule", "list", "--json").stdout.splitlines()]
    assert [(row["name"], row["priority"]) for row in listed] == [("near", 1), ("vms", None)]


def test_a_rule_is_shown(run: Run) -> None:
    """Field by field, or as JSON."""
    run("rule", "add", *VMS)
    assert "channel   {zone}\n" in run("rule", "show", "vms").stdout
    assert json.loads(run("rule", "show", "VMS", "--json").stdout)["event"] == "burglary"
    assert run("rule", "show", "no").exit_code == 1


def test_a_change_says_from_when_it_counts(run: Run) -> None:
    """A rule that is on counts at once."""
    run("rule", "add", *VMS)
    assert run("rule", "change", "vms", "--class", "1").stdout == "vms changed; it is off\n"
    assert run("rule", "enable", "vms").stdout == "vms is on: it counts from the next mail\n"
    assert run("rule", "change", "vms", "--all", "--class", "").stdout == (
        "vms changed; it is on: this counts from the next mail\n"
    )
    assert run("rule", "disable", "vms").stdout.startswith("vms is off")
    assert run("rule", "remove", "vms").stdout == "vms removed\n"
    assert run("rule", "list", "--json").stdout == ""


def test_a_change_of_nothing_is_wrong_use(run: Run) -> None:
    """Whoever types it forgot something."""
    assert run("rule", "change", "vms").exit_code == 2


def test_a_pattern_that_does_not_compile_is_refused(run: Run) -> None:
    """With place and reason in one line, and nothing is kept."""
    result = run("rule", "add", "vms", "--subject", "Zone (", "--event", "fire")
    assert (result.exit_code, result.stderr) == (1, "rule vms: --subject: a ( is not closed\n")
    assert run("rule", "list", "--json").stdout == ""
