"""A plan for each source that owns a mail, made before anything is promised."""

from __future__ import annotations

import zoneinfo
from typing import Any
from unittest import mock

from alarmgw import planning
from alarmgw.arrival import Arrival
from alarmgw.directory import Directory
from alarmgw.model import MailFacts, Source, Times, Unpacked
from alarmgw.planning import Plan, Planning
from alarmgw.rules import Rule
from alarmgw.store.spool import Finished
from tests.journals import mail_id, randomness
from tests.places import MORNING, envelope, session

KNOWN = Directory.of([Source(address="bq3@ebues.internal"), Source(address="bq4@ebues.internal")])


#: A recorder of which two cameras are known by their names.
HALL = Directory.of(
    [
        Source(address="nvr@x", login="nvr"),
        Source(address="gate@x", login="nvr", keys=("camera=Tor",)),
        Source(address="yard@x", login="nvr", keys=("camera=Hof",)),
    ]
)

TWO_CAMERAS = """\
Alarm Event: Motion Detection
Alarm Input Channel Name: TOR
Alarm Start Time(D/M/Y H:M:S): 21/11/2026 20:45:01

Alarm Event: Video Loss
Alarm Input Channel Name: Hof
Alarm End Time(D/M/Y H:M:S): 21/11/2026 20:45:02
"""


def planned(
    *recipients: str,
    subject: str | None = "Motion detected",
    text: str | None = None,
    known: Directory = KNOWN,
    **judges: Any,
) -> list[Plan]:
    """The plans for a mail to these recipients."""
    finished = Finished(
        mail=MailFacts(id=mail_id(1), size=9, sha256="0" * 64),
        unpacked=Unpacked(subject=subject, text=text),
    )
    arrival = Arrival(session(), envelope(*recipients), MORNING)
    times = Times(connected=MORNING, data=MORNING, eom=MORNING, synced=MORNING)
    return Planning("gw1", randomness, lambda: known, **judges).plans(finished, arrival, times, ())


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


def test_a_bug_in_judging_costs_the_judgement_only() -> None:
    """What is to be found out beside the mail itself never keeps it from being taken."""
    with mock.patch.object(planning, "clocked", side_effect=ZeroDivisionError):
        [plan] = planned("bq3@ebues.internal", placed=mock.Mock(side_effect=KeyError))
    assert (plan.entry["type"], plan.entry["kind"]) == ("alarm", "alarm")


def test_a_bug_in_holding_back_holds_nothing_back() -> None:
    """The alarm is handled as ever."""
    [plan] = planned("bq3@ebues.internal", held=mock.Mock(side_effect=KeyError))
    assert (plan.entry["handling"], plan.entry["rule"]) == ("queue", "default")


def test_a_bug_in_understanding_costs_understanding_only() -> None:
    """The mail is an unknown alarm then."""
    with mock.patch.object(planning, "understand", side_effect=ZeroDivisionError):
        [plan] = planned("bq3@ebues.internal")
    assert plan.entry["kind"] == "alarm"
    assert [event["event"] for event in plan.entry["events"]] == ["unknown_alarm"]


def test_each_camera_of_a_recorder_has_its_own_events_and_kind() -> None:
    """One begins, the other is over: an alarm and a restore of one mail, each with all the text."""
    gate, yard = (
        plan.entry for plan in planned("nvr@x", subject=None, text=TWO_CAMERAS, known=HALL)
    )
    assert (gate["source"], gate["kind"], gate["priority"]) == ("gate@x", "alarm", 3)
    assert (yard["source"], yard["kind"], yard["priority"]) == ("yard@x", "restore", 5)
    assert [event["event"] for event in gate["events"]] == ["motion"]
    assert [event["event"] for event in yard["events"]] == ["video_loss"]
    assert gate["text"] == yard["text"] == TWO_CAMERAS


def test_an_unknown_camera_is_noted_at_the_recorder() -> None:
    """Its mail is the recorder's own, and says why."""
    [plan] = planned("nvr@x", text=TWO_CAMERAS[: TWO_CAMERAS.index("TOR")] + "Dach", known=HALL)
    assert (plan.entry["source"], plan.entry["notes"]) == ("nvr@x", ["key_unknown"])


def test_a_devices_time_is_that_of_its_site() -> None:
    """Without a zone of the site's, that of the control room counts; without a time, none."""
    sites = Directory.of(
        [Source(address="far@x", site="1"), Source(address="near@x", site="2")],
        zones={"1": zoneinfo.ZoneInfo("Asia/Tokyo")},
    )
    text = "EVENT TYPE: Motion Detected\nEVENT TIME: 2026-11-21,15:37:00\n"  # Tokyo: 06:37 UTC
    far, near = planned("far@x", "near@x", text=text, known=sites)
    offsets = [plan.entry["times"]["clock_offset_s"] for plan in (far, near)]
    assert offsets == [420.0, 9 * 3600 + 420.0]
    assert "clock_off" in far.entry["notes"]
    assert b'"clock_offset_s":420.0' in far.line.public
    [silent] = planned("far@x", known=sites)
    assert (silent.entry["times"]["clock_offset_s"], silent.entry["notes"]) == (None, [])


def test_an_own_rule_says_what_a_mail_means() -> None:
    """For the source that it is for; another source of the same mail keeps the usual meaning."""
    rule = Rule(
        name="eba",
        source="bq3@ebues.internal",
        subject=r"Linie (\d+) EBA",
        event="burglary",
        channel="{1}",
        enabled=True,
    )
    known = Directory.of(KNOWN.by_address.values(), rules=[rule])
    ruled, usual = (
        plan.entry
        for plan in planned(
            "bq3@ebues.internal", "bq4@ebues.internal", subject="LINIE 4 EBA", known=known
        )
    )
    assert (ruled["events"][0]["event"], ruled["events"][0]["channel"]) == ("burglary", "4")
    assert (ruled["kind"], ruled["priority"], ruled["rule"]) == ("alarm", 2, "rule:eba")
    assert (usual["events"][0]["event"], usual["rule"]) == ("unknown_alarm", "default")
