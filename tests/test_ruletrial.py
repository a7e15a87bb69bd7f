"""A rule tried on entries of the past."""

from __future__ import annotations

from typing import Any

from alarmgw.model import Event, Handling, Meaning, Source, Unpacked
from alarmgw.rules import Rule
from alarmgw.ruletrial import RuleTrial, Trial
from tests import journals
from tests.test_rules import BQ3, rule

VMS = rule("vms", subject=r"Zone (\d)", channel="{1}", enabled=False)


def entry(subject: str = "Zone 4 Einbruch", **facts: Any) -> dict[str, Any]:
    """An alarm entry as it is read."""
    unpacked = Unpacked(subject=subject, pictures=(journals.part("01-a.jpg", "ch7.jpg"),))
    return {**journals.alarm(1, **{"source": BQ3, "unpacked": unpacked, **facts}), "seq": 17}


def trial(wanted: Rule = VMS, *others: Rule, sources: tuple[Source, ...] = (BQ3,)) -> RuleTrial:
    """The trial of one rule among others."""
    return RuleTrial(wanted, [*others, wanted], {source.address: source for source in sources})


def tried(asked: RuleTrial, mail: dict[str, Any]) -> Trial:
    """What becomes of a mail that matches."""
    found = asked.tried(mail)
    assert found is not None
    return found


def test_it_shows_what_a_mail_is_without_and_with_the_rule() -> None:
    """Although the rule is off."""
    found = tried(trial(), entry())
    assert (found.seq, found.source, found.decided_by) == (17, BQ3.address, "vms")
    usual = {"kind": "alarm", "handling": "queue"}
    assert found.was == {**usual, "event": ["unknown_alarm"], "channel": [], "class": 3}
    assert found.would_be == {**usual, "event": ["burglary"], "channel": ["4"], "class": 2}
    assert found.changes and found.as_json()["changes"]


def test_what_does_not_match_is_left_out() -> None:
    """It would be what it is."""
    assert trial().tried(entry("Bewegung")) is None


def test_sender_and_file_names_are_those_of_the_entry() -> None:
    """Nothing else of the mail is read."""
    wanted = rule("vms", sender="c@d", file=r"ch(\d)", channel="{1}")
    assert tried(trial(wanted), entry()).would_be["channel"] == ["7"]


def test_a_rule_that_is_asked_before_decides() -> None:
    """Then this one changes nothing."""
    found = tried(trial(VMS, rule("first", position=1, event="fire")), entry())
    assert (found.decided_by, found.changes) == ("first", False)
    off = rule("first", position=1, event="fire", enabled=False)
    assert tried(trial(VMS, off), entry()).decided_by == "vms"


def test_a_mail_that_a_rule_changed_is_understood_again() -> None:
    """What it was without the rule is what its words say."""
    handling = Handling(priority=2, handling="queue", rule="rule:vms")
    meaning = Meaning(kind="alarm", events=(Event(event="burglary", channel="4"),))
    mail = entry("Zone 4 motion", handling=handling, meaning=meaning)
    assert tried(trial(), mail).was["event"] == ["motion"]


def test_only_mails_of_its_source_or_site_concern_it() -> None:
    """As they are now; a source that is gone is what the entry says of it."""
    for_site = trial(rule("vms", site="4711"))
    assert for_site.concerns(entry())
    assert trial(rule("vms", site="4711"), sources=()).concerns(entry())
    moved = Source(address=BQ3.address, site="1")
    assert not trial(rule("vms", site="4711"), sources=(moved,)).concerns(entry())
    assert not for_site.concerns(entry(source=None))
    assert trial().concerns(entry(source=None))


def test_a_disabled_sources_mails_stay_what_they_are() -> None:
    """No rule is asked for them."""
    off = Source(address=BQ3.address, disabled="2026-11-21T20:45:02.123Z")
    found = tried(trial(sources=(off,)), entry())
    assert (found.decided_by, found.changes) == (None, False)
