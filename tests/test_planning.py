"""A plan for each source that owns a mail, made before anything is promised."""

from __future__ import annotations

from unittest import mock

from alarmgw import planning
from alarmgw.arrival import Arrival
from alarmgw.directory import Directory
from alarmgw.model import MailFacts, Source, Times, Unpacked
from alarmgw.planning import Plan, Planning
from alarmgw.store.spool import Finished
from tests.journals import mail_id, randomness
from tests.places import MORNING, envelope, session

KNOWN = Directory.of([Source(address="bq3@ebues.internal"), Source(address="bq4@ebues.internal")])


def planned(*recipients: str, subject: str = "Motion detected") -> list[Plan]:
    """The plans for a mail to these recipients."""
    finished = Finished(
        mail=MailFacts(id=mail_id(1), size=9, sha256="0" * 64), unpacked=Unpacked(subject=subject)
    )
    arrival = Arrival(session(), envelope(*recipients), MORNING)
    times = Times(connected=MORNING, data=MORNING, eom=MORNING, synced=MORNING)
    return Planning("gw1", randomness, lambda: KNOWN).plans(finished, arrival, times, ())


def test_each_source_has_a_plan_of_its_own() -> None:
    """Ids count from 1; each folder is the source's."""
    first, second = planned("bq3@ebues.internal", "bq4@ebues.internal")
    assert [first.entry["source"], second.entry["source"]] == [
        "bq3@ebues.internal",
        "bq4@ebues.internal",
    ]
    assert [first.sealed.alarm, second.sealed.alarm] == [f"{mail_id(1)}-1", f"{mail_id(1)}-2"]
    assert first.sealed.path.startswith("archive/bq3@ebues.internal/2026/11/21/")


def test_nobodys_mail_has_one_plan() -> None:
    """It is unassigned, and as complete as any other."""
    [plan] = planned("who@ebues.internal")
    assert plan.entry["source"] is None
    assert plan.sealed.path.startswith("archive/_unassigned/")


def test_the_line_for_the_journal_is_what_the_folder_gets() -> None:
    """``alarm.json`` and the entry are one text."""
    [plan] = planned("bq3@ebues.internal")
    assert plan.line.public == plan.sealed.public


def test_a_bug_in_understanding_costs_understanding_only() -> None:
    """The mail is an unknown alarm then."""
    with mock.patch.object(planning, "understand", side_effect=ZeroDivisionError):
        [plan] = planned("bq3@ebues.internal")
    assert plan.entry["kind"] == "alarm"
    assert [event["event"] for event in plan.entry["events"]] == ["unknown_alarm"]
