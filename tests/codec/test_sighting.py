"""Sighting: what a mail says, gathered from all its places."""

from __future__ import annotations

from alarmgw.codec.formats import shipped_formats
from alarmgw.codec.mailtext import read_mail
from alarmgw.codec.recognition import recognised
from alarmgw.codec.sighting import Sighting, sighted


def sighting(subject: str, text: str) -> Sighting:
    """What a mail says."""
    known = shipped_formats()
    mail = read_mail(subject, text, (), known.known_keys)
    return sighted(mail, recognised(mail, known), known.generic)


def test_subject_fills_gaps() -> None:
    """What the text leaves open the subject's wording fills."""
    [group] = sighting("N: Motion Detected On Channel A1", "EVENT TIME: x\nDVR S/N: 1").groups
    assert group.values["event"] == "Motion Detected"
    assert (group.values["device"], group.values["channel"]) == ("N", "A1")


def test_device_is_shared() -> None:
    """A device that is named once is every event's."""
    text = "Device Name: D\nChannel ID: 1\nAlarm Type: a\nChannel ID: 2\nAlarm Type: b"
    assert [group.values["device"] for group in sighting("x", text).groups] == ["D", "D"]


def test_event_is_lent() -> None:
    """A camera without an event of its own has the mail's."""
    text = "Alarm Type: a\nChannel ID: 1\nChannel ID: 2"
    assert [group.values["event"] for group in sighting("x", text).groups] == ["a", "a"]


def test_always_a_group() -> None:
    """A mail that says nothing still has one event."""
    assert len(sighting("", "").groups) == 1
