"""Makers' formats: mails built from them mean what they should, and wrong files are refused."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alarmgw.codec.alarmtext import understand
from alarmgw.codec.formats import read_formats, shipped_formats
from alarmgw.codec.mailtext import read_mail
from alarmgw.codec.recognition import recognised
from alarmgw.errors import BadConfig
from alarmgw.model import Meaning
from tests.codec.makers import Mail
from tests.codec.makers_other import MAKERS

makers = pytest.mark.parametrize("maker", sorted(MAKERS))
GENERIC = 'name = "generic"\n[keys]\nevent = ["Event"]\n'


def meaning_of(mail: Mail) -> Meaning:
    """What we make of it."""
    return understand(mail.subject, mail.text, mail.labels)


@makers
@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_mails_of_each_maker(maker: str, data: st.DataObject) -> None:
    """Whatever names and times a maker's mail has, every field is right."""
    mail = data.draw(MAKERS[maker])
    meaning = meaning_of(mail)
    assert [event.as_json() for event in meaning.events] == list(mail.events)
    assert meaning.kind == mail.kind
    assert (meaning.coordinates, meaning.link) == (mail.coordinates, mail.link)


def test_each_format_has_mails() -> None:
    """A new maker is a file and a test: each file is tried with mails that are built from it."""
    known = shipped_formats()
    seen: set[str] = set()

    @settings(max_examples=20, deadline=None, database=None, derandomize=True)
    @given(st.fixed_dictionaries(MAKERS))
    def look(mails: dict[str, Mail]) -> None:
        for mail in mails.values():
            text = read_mail(mail.subject, mail.text, mail.labels, known.known_keys)
            seen.add(recognised(text, known).file)

    look()
    assert seen == {form.file for form in (*known.makers, known.generic)}


@makers
@given(st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_mails_broken_off(maker: str, data: st.DataObject) -> None:
    """A text that ends anywhere raises an event, and is no exception."""
    mail = data.draw(MAKERS[maker])
    for end in range(len(mail.text)):
        assert understand(mail.subject, mail.text[:end], mail.labels).events
    for end in range(len(mail.subject)):
        assert understand(mail.subject[:end], mail.text, mail.labels).events


@makers
@given(st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_lines_missing(maker: str, data: st.DataObject) -> None:
    """Without any one of its lines a mail is still an event and never a harmless one."""
    mail = data.draw(MAKERS[maker])
    lines = mail.text.splitlines()
    for left_out in range(len(lines)):
        text = "\n".join(lines[:left_out] + lines[left_out + 1 :])
        meaning = understand(mail.subject, text, mail.labels)
        if mail.kind == "alarm":
            assert meaning.kind in ("alarm", "fault", "restore")


def test_shipped_formats_load() -> None:
    """Every file that alarmgw ships is understood, and each has a name."""
    formats = shipped_formats()
    assert len(formats.makers) > 20
    assert all(form.name for form in formats.makers)


def test_new_maker_is_a_file() -> None:
    """A maker nobody has heard of is understood by a file alone."""
    source = """
name = "Neuwerk"
[marks]
keys = ["Vorgang"]
[keys]
event = ["Vorgang"]
camera = ["Auge"]
[words]
person = ["mannsbild"]
"""
    formats = read_formats({"generic.toml": GENERIC, "neuwerk.toml": source})
    [event] = understand("?", "Vorgang: Mannsbild\nAuge: Tor", (), formats).events
    assert (event.event, event.event_raw, event.camera) == ("person", "Mannsbild", "Tor")


@pytest.mark.parametrize(
    ("source", "place", "reason"),
    [
        ('name = "x"\n[keys]\nevnt = ["E"]', "keys.evnt", "did you mean event?"),
        ('name = "x"\ncolour = 1', "colour", "is not a key"),
        ('[keys]\nevent = ["E"]', "name", "is missing"),
        ('name = "x"\n[keys]\nevent = "E"', "keys.event", "is no list of texts"),
        ('name = "x"\n[marks]\nkeys = ["Q"]', "marks.keys", "stands in none of the lists"),
        ('name = "x"\n[marks]\nsubject = ["{evnt} on"]', "marks.subject", "is no place"),
        ('name = "x"\n[marks]\nsubject = ["{event on"]', "marks.subject", "brace"),
        ('name = "x"\n[marks]\nsubject = ["{event}{camera}"]', "marks.subject", "side by side"),
        ('name = "x"\n[words]\nmoton = ["m"]', "words.moton", "did you mean motion?"),
        ('name = "x"\ndate_order = "ymd"', "date_order", "is not one of dmy, mdy"),
        ('name = "x"\n[instead]\ndevice = "moon"', "instead.device", "is not one of"),
        ('name = "x"\n[mark]\nkeys = ["E"]', "mark", "is not a key"),
        ('name = "x"\n[marks]\nkey = ["E"]', "marks.key", "did you mean keys?"),
        ('name = "x"\n[also]\nkeys = ["E"]', "also.keys", "is not a key"),
        ('name = "x"\n[also]\nlines = ["{colour} on"]', "also.lines", "is no place"),
        ('name = "x"\n[keys]\nevent = [1]', "keys.event", "is no text"),
        ('name = "x"\n[words]\nmotion = "m"', "words.motion", "is no list of texts"),
        ('name = "x"\n[instead]\ncolour = "camera"', "instead.colour", "is not a key"),
        ('name = "x"\n[keys]\nevent 5', "-", "line 3"),
        ('name = "x', "-", "is no TOML"),
    ],
)
def test_wrong_files_are_refused(source: str, place: str, reason: str) -> None:
    """What is not understood in a format is refused with file, place and reason."""
    with pytest.raises(BadConfig) as refused:
        read_formats({"generic.toml": GENERIC, "x.toml": source})
    [complaint] = refused.value.complaints
    assert (complaint.file, complaint.key) == ("x.toml", place)
    assert reason in complaint.text


def test_all_complaints_at_once() -> None:
    """Two wrong files are two complaints, not one and then the other."""
    with pytest.raises(BadConfig) as refused:
        read_formats({"a.toml": 'name = ""', "b.toml": "nam = 1", "generic.toml": GENERIC})
    assert {complaint.file for complaint in refused.value.complaints} == {"a.toml", "b.toml"}


def test_generic_format_must_be_there() -> None:
    """Without the generic format most mails would be unread: that does not start."""
    with pytest.raises(BadConfig, match="every mail needs it"):
        read_formats({})


BAIT = ("a", "1", "1:", ": ", ",", ", a", "(", "(A1) ", "1.", "1-1-", " ", "<a>", "<", "&#1;", "\t")
BAIT += ("-1.234,", "http://", "person detected ", "Jan 1 ", "12:30 ", "2024-01-01 ", "1234 ", "移")
BAIT += (
    "client=1 ",
    ", Channel: 1",
    "İ",
    "MotionDetected",
    "Alarm Type: x\n",
    "K: v\n",
    "[",
    "ch1",
)


@pytest.mark.parametrize("bait", BAIT)
def test_hostile_texts_cost_little(bait: str) -> None:
    """A megabyte of anything, in one line or many, is read in milliseconds."""
    one_line = (bait * (1 << 20))[: 1 << 20]
    lines = "\n".join([one_line[:150]] * 7000)
    keys = f"EVENT TYPE: {one_line[:200000]}\nCAMERA NAME(NUM): {one_line[:200000]}"
    for subject, text in ((one_line, one_line), ("x", lines), ("x", keys)):
        assert cost_ms(subject, text) < 50


def test_ten_thousand_keys_cost_little() -> None:
    """Keys without end, known or not, are read in milliseconds."""
    assert cost_ms("x", "\n".join(f"Key{number}: {number}" for number in range(10000))) < 50
    known = "\n".join(f"Channel: {number}\nEvent: Motion {number}" for number in range(10000))
    assert cost_ms("x", known) < 50


def cost_ms(subject: str, text: str) -> float:
    """The least processor time of three readings, in milliseconds."""
    best = 1e9
    for _ in range(3):
        before = time.process_time()
        understand(subject, text, (subject[:100000],) * 3)
        best = min(best, (time.process_time() - before) * 1000)
    return best


def test_ordinary_texts_cost_next_to_nothing() -> None:
    """A mail of 5 KB is read in about a millisecond; three times that fails."""
    prose = "\n".join(f"A line of prose that tells nothing and goes on {n}" for n in range(100))
    assert cost_ms("Motion Detected", f"EVENT TYPE: Motion Detected\nDVR NAME: x\n{prose}") < 3
