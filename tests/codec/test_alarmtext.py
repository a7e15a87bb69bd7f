"""Understanding, as long as it is generic."""

from __future__ import annotations

from alarmgw.codec.alarmtext import understand


def test_subject_is_the_event() -> None:
    """The subject is what the device says has happened."""
    meaning = understand("  Motion Detected ", "text", ("a.jpg",))
    assert meaning.kind == "alarm"
    [event] = meaning.events
    assert (event.event, event.event_raw) == ("unknown_alarm", "Motion Detected")


def test_first_line_stands_in_for_a_subject() -> None:
    """Without a subject the first line with words in it is the event."""
    assert understand(None, "\n  \nAlarm 7\nmore", ()).events[0].event_raw == "Alarm 7"


def test_long_subject_is_cut() -> None:
    """What the device says is cut at 256 characters."""
    assert understand("ü" * 300, None, ()).events[0].event_raw == "ü" * 256


def test_silent_mail_is_an_alarm() -> None:
    """A mail without any words is still an alarm."""
    meaning = understand(None, None, ())
    assert meaning.kind == "alarm" and meaning.events[0].event_raw is None
