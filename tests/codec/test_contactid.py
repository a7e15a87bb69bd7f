"""Contact ID in text."""

from __future__ import annotations

import pytest

from alarmgw.codec.contactid import checked, reports_in


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
    [report] = reports_in(line)
    assert (report.account, report.qualifier, report.code) == ("1234", "1", "130")
    assert (report.group, report.zone) == ("01", "003")


@pytest.mark.parametrize(
    "line", ["20061231173020500", "call 1234181130010030 now", "192.168.18.113", "1234"]
)
def test_other_digits(line: str) -> None:
    """Digits that only look alike are no report: a run inside a text needs its checksum."""
    assert reports_in(line) == []


def test_zone_nought_is_no_channel() -> None:
    """Zone 000 names no zone."""
    [report] = reports_in("1234 18 1602 00 000")
    assert "contact id zone" not in dict(report.pairs())


def test_checksum() -> None:
    """One digit changed is noticed."""
    assert checked("1234181130010037") and not checked("1234181130010038")
