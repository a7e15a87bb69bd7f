"""Contact ID in text."""

from __future__ import annotations

import pytest

from alarmgw.codec.alarmtext import understand
from alarmgw.codec.contactid import checked, may_have_reports, reports_in


@pytest.mark.parametrize(
    "line",
    [
        "1234181130010037",
        "1234 18 1130 01 003 7",
        "1234 18 1 130 01 003",
        "1234 98 1130 01 003",
        "Report: 1234181130010037.",
        "[#1234|1130 01 003]",
    ],
)
def test_reports(line: str) -> None:
    """Run together, with blanks or as ADM-CID, a report is the same."""
    assert may_have_reports(f"Dear Sir\n{line}\n")
    [report] = reports_in(line)
    assert (report.account, report.qualifier, report.code) == ("1234", "1", "130")
    assert (report.group, report.zone) == ("01", "003")


@pytest.mark.parametrize(
    "line", ["20061231173020500", "call 1234181130010030 now", "192.168.18.113", "1234"]
)
def test_other_digits(line: str) -> None:
    """Digits that only look alike are no report: a run inside a text needs its checksum."""
    assert reports_in(line) == []


def test_qualifiers_may_be_letters() -> None:
    """Receivers write E for a new event and R for its end."""
    [new], [over] = reports_in("1234 18 E130 01 003"), reports_in("1234 r130 01 003")
    assert ("contact id event", "", "E130") in new.pairs()
    assert ("contact id state", "", "restored") in over.pairs()


@pytest.mark.parametrize(
    ("report", "kind", "event"),
    [
        ("1161 01 003", "fault", "fault"),
        ("1351 00 000", "fault", "network"),
        ("1374 01 003", "fault", "fault"),
        ("1401 01 001", "info", "arming"),
        ("3401 01 001", "info", "arming"),
        ("1441 01 001", "info", "arming"),
        ("1461 01 001", "alarm", "illegal_login"),
        ("1421 01 001", "alarm", "access"),
        ("1602 00 000", "test", "test"),
        ("1628 00 000", "report", "report"),
        ("3130 01 003", "restore", "burglary"),
        ("E120 01 003", "alarm", "panic"),
        ("3570 01 003", "restore", "unknown_alarm"),
    ],
)
def test_codes_mean_events(report: str, kind: str, event: str) -> None:
    """The code alone says what it is, whatever digits the qualifier makes of it."""
    found = understand("Alarm report", f"1234 18 {report}")
    assert (found.kind, found.events[0].event) == (kind, event)


def test_most_mails_have_no_reports() -> None:
    """A cheap look at a whole text shows that nobody need look at each of its lines."""
    assert not may_have_reports("Zone 12: motion at 10:11:12 on 2024-05-06 from 192.168.2.11")


def test_several_reports() -> None:
    """A line may hold several reports; small letters are as good as capitals."""
    reports = reports_in("1234 18 1130 01 003, 1234 18 r13a 02 004 and 5 more")
    assert [report.code for report in reports] == ["130", "13A"]


def test_zone_nought_is_no_channel() -> None:
    """Zone 000 names no zone."""
    [report] = reports_in("1234 18 1602 00 000")
    assert "contact id zone" not in [key for key, _, _ in report.pairs()]


def test_checksum() -> None:
    """One digit changed is noticed."""
    assert checked("1234181130010037") and not checked("1234181130010038")
