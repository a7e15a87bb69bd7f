"""Times as devices write them."""

from __future__ import annotations

import pytest

from alarmgw.codec.devicetime import order_of, time_in_name, times_in


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("2025-07-27,11:41:29", "2025-07-27T11:41:29"),
        ("2022/02/17 10:11:12", "2022-02-17T10:11:12"),
        ("2025-02-26T16:27:54Z", "2025-02-26T16:27:54Z"),
        ("2025-02-26T16:27:54.123+0100", "2025-02-26T16:27:54.123+01:00"),
        ("2025-02-26 16:27:54.123 UTC", "2025-02-26T16:27:54.123Z"),
        ("2025-02-26 4:27:54 PM GMT", "2025-02-26T16:27:54Z"),
        ("2025-02-26 16:27:54 GMT+02:00", "2025-02-26T16:27:54+02:00"),
        ("05.03.2024 02:11", "2024-03-05T02:11:00"),
        ("5.3.2024, 2:11:09", "2024-03-05T02:11:09"),
        ("27/12/2021 17:42:19", "2021-12-27T17:42:19"),
        ("12/27/2021 5:42:19 PM", "2021-12-27T17:42:19"),
        ("Mon Feb  8 06:33:16 2016", "2016-02-08T06:33:16"),
        ("at 03:2:10 On 27-July-2025.", "2025-07-27T03:02:10"),
        ("12 Feb  8 06:33:16 2016", "2016-02-08T06:33:16"),
        ("no 4 12 Jan 4, 2024 11:12", "2024-01-04T11:12:00"),
        ("10.0.0.17 2024-03-05 11:12:13", "2024-03-05T11:12:13"),
        ("2024年3月5日11:12:13", "2024-03-05T11:12:13"),
        ("28 Jul 2014 9:5:3", "2014-07-28T09:05:03"),
        ("5. März 2024 um 12:00:01 Uhr", "2024-03-05T12:00:01"),
        ("July 4, 2024 12:00:01 AM", "2024-07-04T00:00:01"),
        ("2024年3月5日 11:12:13", "2024-03-05T11:12:13"),
        ("20240305_111213", "2024-03-05T11:12:13"),
        ("20240305111213456", "2024-03-05T11:12:13.456"),
        ("2014-07-28 12:33:01:Alarm", "2014-07-28T12:33:01"),
    ],
)
def test_forms(written: str, text: str) -> None:
    """Every form that devices use is the same time in ISO 8601."""
    [stamp] = times_in(f"x {written} y")
    assert stamp.text() == text


@pytest.mark.parametrize(
    "written",
    [
        "192.168.2.111",
        "10.1.12.34",
        "1234181130010037",
        "11:22:33:44:55:66",
        "2024-13-45 10:00:00",
        "13:22:05",
        "2024-01-01",
        "05/06/2024 10:00:00",
    ],
)
def test_no_times(written: str) -> None:
    """Addresses and halves of times are none, nor is a date whose order nobody states."""
    assert all(stamp.text() is None for stamp in times_in(written))


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("2024-03-05 11:12:13 Alarm", ["2024-03-05T11:12:13"]),
        ("2024-03-05 11:12:13 - Tor", ["2024-03-05T11:12:13"]),
        ("2024-03-05 11:12:13 PM", ["2024-03-05T23:12:13"]),
        ("2024-03-05 11:12:13p.m.", ["2024-03-05T23:12:13"]),
        ("2024-03-05T11:12:13z", ["2024-03-05T11:12:13Z"]),
        ("2024-03-05 11:12:13 gmt", ["2024-03-05T11:12:13Z"]),
        ("2024-03-05 11:12:13 -0200", ["2024-03-05T11:12:13-02:00"]),
        ("05.03.2024 11:12:13,5", ["2024-03-05T11:12:13.5"]),
        ("05.03.2024 11:12:13:14", [None]),
        ("v2024-03-05 11:12:13", [None]),
        ("11:12 | 2024-03-05 11:12:13", [None, "2024-03-05T11:12:13"]),
        ("11:12:13 05.03.2024", ["2024-03-05T11:12:13"]),
        ("1:11:12", [None]),
    ],
)
def test_what_stands_beside(text: str, times: list[str | None]) -> None:
    """What belongs to a time is part of it, and a plain one is found as any other is."""
    assert [stamp.text() for stamp in times_in(text)] == times


def test_order_comes_from_the_label() -> None:
    """The same digits are two dates by two labels."""
    [stamp] = times_in("06/05/2018 15:28:40")
    assert stamp.text(order_of("D/M/Y H:M:S")) == "2018-05-06T15:28:40"
    assert stamp.text(order_of("M/D/Y H:M:S")) == "2018-06-05T15:28:40"
    assert order_of("TT.MM.JJJJ") == "dmy" and order_of("IP-CH1") is None


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("20180506152840423ch01.jpg", "2018-05-06T15:28:40.423"),
        ("ch02_20141127_065413_E.jpg", "2014-11-27T06:54:13"),
        ("CH01_130517120101_1.jpg", "2013-05-17T12:01:01"),
        ("/mnt/2014-07-28 12:33:01.jpg", "2014-07-28T12:33:01"),
        ("frame.jpg", None),
        ("vin2_640x320.jpg", None),
    ],
)
def test_names(label: str, text: str | None) -> None:
    """A picture's name tells the time, or nothing."""
    assert time_in_name(label) == text
