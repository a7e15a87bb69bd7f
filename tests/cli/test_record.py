"""`alarmgw journal` and `alarmgw show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alarmgw.cli.home import JOURNAL_NAME
from alarmgw.cli.record import entries_after
from alarmgw.model import Event, Meaning
from alarmgw.store.journal import JournalReader
from tests import desk, journals
from tests.cli.conftest import Run, keep

ALARM = f"{journals.mail_id(1)}-1"


@pytest.fixture
def kept(home: Path) -> Path:
    """A home with an alarm, its end, and something else."""
    closed = journals.closed_record(ALARM)
    keep(home, journals.alarm_record(1), closed, journals.system_record("tested"))
    return home


def test_journal_prints_what_follows_a_number(run: Run, kept: Path) -> None:
    """--since leaves out, --limit ends, and each line is the entry itself."""
    lines = run("journal", "--json", "--since", 1, "--limit", 1).stdout.splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["closed"]
    assert len(run("journal", "--json").stdout.splitlines()) == 3


def test_journal_for_people_is_a_line_for_each_entry(run: Run, kept: Path) -> None:
    """Without --json each entry is one sentence."""
    lines = run("journal").stdout.splitlines()
    assert len(lines) == 3 and "bq3@ebues.internal: Bewegung" in lines[0]


def test_journal_without_limit_has_no_end_but_its_own(home: Path) -> None:
    """More entries than fit a page come all, in order, once."""
    journal = journals.started(home / JOURNAL_NAME)
    journals.filled(journal, 1100)
    journal.close()
    reader = JournalReader(home / JOURNAL_NAME)
    assert [number for number, _ in entries_after(reader, 0, None)] == list(range(1, 1101))
    assert [number for number, _ in entries_after(reader, 90, 600)] == list(range(91, 691))


def test_show_tells_entries_files_and_times(run: Run, kept: Path) -> None:
    """In JSON an alarm is its id, its folder and everything that was journalled about it."""
    shown = json.loads(run("show", ALARM, "--json").stdout)
    assert shown["alarm"] == ALARM and shown["path"].startswith("archive/bq3@ebues.internal/")
    assert [entry["type"] for entry in shown["entries"]] == ["alarm", "closed"]


def test_show_for_people_has_the_same_facts(run: Run, kept: Path) -> None:
    """Source, rule, subject, picture, times and history can be read."""
    text = run("show", ALARM).stdout
    for word in (
        "bq3@ebues.internal",
        "by rule   default",
        "Bewegung",
        "01-a.jpg  image/jpeg",
        "eom",
        "closed",
        "Zaun Süd",
    ):
        assert word in text


def test_show_says_what_the_device_told(run: Run, home: Path) -> None:
    """Each event on a line, then its clock, the place and the link, where it told them."""
    gate = Event(event="person", event_raw="Human", state="start", channel="2", camera="Tor (Süd)")
    disk = Event(event="storage_failure", device="NVR", device_time="2026-11-21T20:38:00")
    meaning = Meaning(kind="alarm", events=(gate, disk), coordinates="48.4,9.9", link="https://x/1")
    keep(home, journals.alarm_record(1, meaning=meaning, times=journals.timed(-425.0)))
    shown = run("show", ALARM).stdout
    assert "  person, state start, channel 2, camera Tor (Süd), event raw Human\n" in shown
    assert "  storage_failure, device NVR, device time 2026-11-21T20:38:00\n" in shown
    for told in ("clock     7 min behind", "place     48.4,9.9", "link      https://x/1"):
        assert told in shown


def test_show_says_which_camera_is_no_sources(run: Run, home: Path) -> None:
    """So that its key can be typed."""
    meaning = Meaning(kind="alarm", events=(Event(event="motion", camera="Tor 7", channel="D4"),))
    keep(home, journals.alarm_record(1, meaning=meaning, notes=["key_unknown"]))
    said = "the recorder named camera Tor 7 (channel D4), which is no source's key"
    assert f"key       {said}\n" in run("show", ALARM).stdout


def test_show_lists_what_follows_the_alarm(run: Run, kept: Path) -> None:
    """Its mail again, and late pictures; each of them can be shown by its own id."""
    again = journals.resend_record(2, first=1)
    keep(kept, again, journals.joining_record(3, first=1))
    shown = json.loads(run("show", ALARM, "--json").stdout)
    assert [entry["type"] for entry in shown["entries"]] == ["alarm", "closed", "resend", "alarm"]
    text = run("show", ALARM).stdout
    assert f"again {ALARM}" in text and f"joins {ALARM}" in text
    assert text.count("text\n") == 1
    own = json.loads(run("show", again.alarm, "--json").stdout)
    assert own["path"].endswith(again.alarm) and len(own["entries"]) == 1


def test_journal_that_is_not_there_is_a_failure(run: Run, home: Path) -> None:
    """A home whose journal was lost says so."""
    (home / JOURNAL_NAME).unlink()
    assert "does not exist" in run("journal").stderr


def test_show_says_what_is_to_be_done(run: Run, home: Path) -> None:
    """By the records as they are now; after an adoption by those of the source that it is now."""
    keep(home, journals.alarm_record(1, source=None), journals.alarm_record(2))
    assert "to do" not in run("show", ALARM).stdout
    run("source", "adopt", ALARM, "--as", "bq3@ebues.internal", "--site", "4711")
    run("site", "change", "4711", "--action-text", "Wache rufen")
    for alarm in (ALARM, f"{journals.mail_id(2)}-1"):
        assert "to do\n  Wache rufen\n" in run("show", alarm).stdout
    text = "unknown_alarm: Hinsehen"
    assert run("source", "change", "bq3@ebues.internal", "--action-texts", text).exit_code == 0
    assert "to do\n  Hinsehen\n" in run("show", ALARM).stdout


def test_show_tells_the_course_of_the_incident(run: Run, home: Path) -> None:
    """Of an alarm that is not its first, too; what was on screens is the alarm's history."""
    journal = journals.started(home / JOURNAL_NAME)

    def night(ledger: journals.Ledger) -> None:
        desk.ring(ledger, 1)
        desk.ring(ledger, 2, 5)
        desk.do(ledger, desk.alarm_id(1), "displayed", alarm=desk.alarm_id(2), what="alarm")
        desk.do(ledger, desk.alarm_id(1), "accept", seconds=10)
        desk.do(ledger, desk.alarm_id(1), "close", seconds=20, outcome="test", note="Wartung")

    journals.done(journal.submit(night))
    journal.close()
    text = run("show", desk.alarm_id(2)).stdout
    history, _, course = text.partition("\nincident  ")
    first = desk.alarm_id(1)
    standing, accepted, closed = course.splitlines()
    assert standing == f"{first}   closed by anna at platz-1, 2 alarms"
    assert accepted.endswith(f"accepted   anna at platz-1 accepted {first}")
    assert closed.endswith(f"anna at platz-1 closed {first} as test (2 alarms): Wartung")
    assert f"{desk.alarm_id(2)} was on the screen of platz-1" in history
    shown = json.loads(run("show", desk.alarm_id(2), "--json").stdout)
    assert (shown["incident"]["id"], shown["incident"]["outcome"]) == (first, "test")
    assert [entry["type"] for entry in shown["course"]] == ["accepted", "closed"]
