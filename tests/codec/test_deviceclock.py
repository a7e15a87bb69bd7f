"""`alarmgw.codec.deviceclock`: how far a device's clock is off, wherever it stands."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alarmgw.codec.deviceclock import clock_offset, is_off, is_wrong
from alarmgw.model import Event, Meaning

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
CAME = datetime(2026, 11, 21, 20, 45, 2, tzinfo=timezone.utc)  # 21:45:02 in Berlin

#: Zones of every kind: whole and odd hours, both hemispheres, changes by half an hour, none.
ZONES = (
    *("Europe/Berlin", "Europe/London", "America/New_York", "America/St_Johns", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Shanghai", "UTC"),
)


def offset(*times: str | None, kind: str = "alarm", came: datetime = CAME) -> float | None:
    """The offset of a device in Berlin whose mail tells these times."""
    events = tuple(Event(event="motion", device_time=time) for time in times)
    return clock_offset(Meaning(kind=kind, events=events), came, BERLIN)


def test_a_device_writes_the_time_of_its_place() -> None:
    """Ahead is above zero, behind is below."""
    assert offset("2026-11-21T21:45:02") == 0
    assert offset("2026-11-21T21:52:02") == 420
    assert offset("2026-11-21T21:38:02.500") == -419.5


def test_a_zone_that_the_device_names_counts() -> None:
    """It is no matter then where it stands."""
    assert offset("2026-11-21T20:45:12Z") == 10
    assert offset("2026-11-22T04:45:12+08:00") == 10


def test_a_wrong_zone_is_told_as_it_is() -> None:
    """A device that writes UTC in Berlin is an hour behind: that is what stands in its pictures."""
    assert offset("2026-11-21T20:45:02") == -3600


def test_the_newest_of_several_times_counts() -> None:
    """Earlier events of the same mail are older for good reasons."""
    assert offset("2026-11-21T21:30:00", None, "2026-11-21T21:45:00", "2026-11-20T21:45:00") == -2


def test_without_a_time_nothing_is_known() -> None:
    """No time, none that exists, and none that could be a moment in UTC."""
    assert offset(None) is None
    assert offset("2026-11-21T25:00:00", "soon", "0001-01-01T00:00:00") is None
    assert offset("9999-12-31T23:59:59-14:00") is None


def test_a_report_tells_of_the_past() -> None:
    """Its times say nothing about the clock."""
    assert offset("2026-11-21T00:00:00", kind="report") is None
    assert offset("2026-11-21T21:45:02", kind="test") == 0


@pytest.mark.parametrize(
    ("written", "came", "expected"),
    [
        ("2026-10-25T02:30:00", "2026-10-25T00:30:05+00:00", -5),  # the first time
        ("2026-10-25T02:30:00", "2026-10-25T01:30:05+00:00", -5),  # and the second time
        ("2026-03-29T02:30:00", "2026-03-29T01:30:05+00:00", -5),  # a clock not put forward yet
        ("2026-03-29T03:30:00", "2026-03-29T01:30:05+00:00", -5),
    ],
)
def test_the_nights_when_the_clocks_change(written: str, came: str, expected: float) -> None:
    """An hour that comes twice or never is taken as the one that is nearer."""
    assert offset(written, came=datetime.fromisoformat(came)) == expected


@given(
    zone=st.sampled_from(ZONES).map(zoneinfo.ZoneInfo),
    came=st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)),
    ahead=st.integers(-800, 800),
)
@example(zone=BERLIN, came=datetime(2026, 10, 25, 0, 59, 59), ahead=800)
@example(zone=BERLIN, came=datetime(2026, 3, 29, 0, 59, 59), ahead=2)
def test_local_time_gives_the_offset_within_a_second(
    zone: zoneinfo.ZoneInfo, came: datetime, ahead: int
) -> None:
    """In any zone and on any night; devices write whole seconds."""
    came = came.replace(tzinfo=timezone.utc)
    local = (came + timedelta(seconds=ahead)).astimezone(zone).replace(tzinfo=None)
    written = local.isoformat(timespec="seconds")
    meaning = Meaning(kind="alarm", events=(Event(event="motion", device_time=written),))
    found = clock_offset(meaning, came, zone)
    assert found is not None and abs(found - ahead) <= 1


@given(written=st.text() | st.datetimes().map(datetime.isoformat), zone=st.sampled_from(ZONES))
def test_whatever_a_device_writes_is_a_number_or_nothing(written: str, zone: str) -> None:
    """No time, however odd, is an exception."""
    meaning = Meaning(kind="alarm", events=(Event(event="motion", device_time=written),))
    found = clock_offset(meaning, CAME, zoneinfo.ZoneInfo(zone))
    assert found is None or isinstance(found, float)


def test_limits_of_hint_and_fault() -> None:
    """Over 2 minutes, over 10; a fault is over below 9."""
    assert [is_off(value) for value in (None, 120.0, -120.0, 120.1, -121.0)] == [
        *(False, False, False, True, True)
    ]
    assert [is_wrong(value, False) for value in (600.0, -600.0, 600.1, -601.0)] == [
        *(False, False, True, True)
    ]
    assert [is_wrong(value, True) for value in (541.0, -541.0, 540.0, 0.0)] == [
        *(True, True, False, False)
    ]
