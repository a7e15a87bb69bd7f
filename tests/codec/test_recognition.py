"""Recognition: whose mail it is."""

from __future__ import annotations

import pytest

from alarmgw.codec.formats import shipped_formats
from alarmgw.codec.mailtext import read_mail
from alarmgw.codec.recognition import recognised


@pytest.mark.parametrize(
    ("subject", "text", "file"),
    [
        ("x", "EVENT TYPE: a\nDVR NAME: b", "hikvision"),
        ("N: Motion Detected On Channel A1", "", "hikvision"),
        ("x", "Alarm Event: a\nAlarm Device Name: b", "dahua"),
        ("x", "Alarm Event: a\nAlarm Camera Name: b\nAlarm Device Name: c", "reolink"),
        ("x", "Device Name: a\nAlarmType: Human\nTime: b", "swann"),
        ("Alarm Message From Device A.", "", "tvt"),
        ("x", "<Alarm><EventType>a</EventType></Alarm>", "immix"),
        ("x", "client=1", "patriot"),
        ("x", "1234181130010037", "contact_id"),
        ("x", "Time: 12:00", "generic"),
        ("N: Nothing On Channel A1", "", "generic"),
        ("", "", "generic"),
    ],
)
def test_formats(subject: str, text: str, file: str) -> None:
    """The format of which a mail shows most is taken; without a mark the generic one."""
    known = shipped_formats()
    assert recognised(read_mail(subject, text, (), known.known_keys), known).file == f"{file}.toml"
