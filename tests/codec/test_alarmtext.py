"""Understanding: the samples in every field, and what no maker's format knows."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest

from alarmgw.codec.alarmtext import priority_of, understand
from alarmgw.model import Event, Meaning
from tests.codec.mails import every, read
from tests.codec.test_samples import EXPECTED, sample, samples

FIELDS = {
    "event_type": "event",
    "event_raw": "event_raw",
    "state": "state",
    "channel": "channel",
    "camera": "camera",
    "device": "device",
    "event_time": "device_time",
}


def joined(values: Iterable[str | None]) -> str | None:
    """Each value once, in order, as expected.json has them."""
    return ";".join(dict.fromkeys(value for value in values if value is not None)) or None


def meaning_of(raw: bytes, cuts: Iterable[int] = ()) -> Meaning:
    """What a mail means that arrives in these pieces."""
    mail = read(raw, cuts).mail
    return understand(mail.subject, mail.text, mail.labels)


def row(meaning: Meaning) -> dict[str, str | None]:
    """A meaning as a row of expected.json."""
    fields = {
        name: joined(getattr(event, attribute) for event in meaning.events)
        for name, attribute in FIELDS.items()
    }
    return {"kind": meaning.kind, **fields}


def event_of(subject: str | None, text: str | None = None, *labels: str) -> Event:
    """The one event of a mail."""
    [event] = understand(subject, text, labels).events
    return event


@samples
def test_samples(expected: dict[str, Any]) -> None:
    """Every field of every sample is right."""
    wanted = {name: expected[name] for name in ("kind", *FIELDS)}
    assert row(meaning_of(sample(expected))) == wanted


@samples
def test_samples_in_pieces(expected: dict[str, Any]) -> None:
    """How a mail is cut on its way does not change what it means."""
    raw, randomness = sample(expected), random.Random(expected["file"])
    whole = meaning_of(raw)
    assert meaning_of(raw, every(1, raw)) == whole
    assert meaning_of(raw, randomness.sample(range(len(raw)), min(30, len(raw)))) == whole


@pytest.mark.slow
@samples
def test_samples_broken_off(expected: dict[str, Any]) -> None:
    """A mail that ends anywhere raises an event all the same."""
    raw = sample(expected)
    step = max(1, len(raw) // 400)
    for end in range(0, min(len(raw), 6000), step):
        assert meaning_of(raw[:end]).events


def test_sample_of_each_kind() -> None:
    """The samples show alarms, faults, ends, tests, routine calls and reports."""
    kinds = {meaning_of(sample(expected)).kind for expected in EXPECTED}
    assert kinds == {"alarm", "fault", "restore", "test", "routine", "report"}


def test_unknown_is_an_alarm() -> None:
    """A mail of which nothing is understood is an unknown alarm; its subject is the entry's."""
    meaning = understand("Vorkommnis 7", "irgendetwas", ())
    assert (meaning.kind, meaning.events[0].event) == ("alarm", "unknown_alarm")
    assert priority_of(meaning) == 3


def test_unknown_alarm_keeps_the_devices_word() -> None:
    """Where the subject at least says alarm, that is the device's own word."""
    event = event_of("Alarmmeldung: Halle 3")
    assert (event.event, event.event_raw) == ("unknown_alarm", "Alarmmeldung")


def test_silent_mail_is_an_alarm() -> None:
    """A mail without any words is still an alarm."""
    meaning = understand(None, None, ())
    assert meaning.kind == "alarm" and meaning.events[0].event_raw is None


def test_text_stands_in_for_a_subject() -> None:
    """Without a subject the text tells."""
    assert event_of(None, "\n  \nAlarm 7\nmore").event_raw == "Alarm"
    assert event_of(None, "Bewegung erkannt").event == "motion"


def test_long_words_are_cut() -> None:
    """What the device says is cut at 256 characters."""
    event = event_of("x", "EVENT TYPE: Motion " + "ü" * 300)
    assert event.event_raw is not None and len(event.event_raw) == 256


@pytest.mark.parametrize(
    ("subject", "text", "camera", "event"),
    [
        ("Motion Detected from Person at 2024/01/01 00:00:05", "", "Person", "motion"),
        ("Motion Detected from Doorbell at 2024/01/01 00:00:05", "", "Doorbell", "motion"),
        ("Alarm", "Alarm Event: Motion Detection\nAlarm Camera Name: Person", "Person", "motion"),
        ("Alarm", "Camera Name: Fire\nEvent: Motion Detected", "Fire", "motion"),
        ("Alarm from Person", "", None, "unknown_alarm"),
        ("Alarm Starts: Person", "", "Person", "unknown_alarm"),
        ("Alarm", "Kamera: Vehicle\nEreignis: Bewegung", "Vehicle", "motion"),
    ],
)
def test_a_cameras_name_is_no_event(
    subject: str, text: str, camera: str | None, event: str
) -> None:
    """A camera called Person, Doorbell or Fire does not make an event."""
    found = event_of(subject, text)
    assert (found.camera, found.event) == (camera, event)


def test_subject_tells_what_a_key_does_not() -> None:
    """An event that only the device understands is explained by the subject, never by a name."""
    found = event_of("Bewegung erkannt an Kamera Tor", "Alarm Type: 77x")
    assert (found.event, found.event_raw, found.camera) == ("motion", "77x", "Tor")
    found = event_of("Blue Iris: Person Triggered")
    assert (found.event, found.event_raw, found.camera) == ("unknown_alarm", "Triggered", "Person")


@pytest.mark.parametrize(
    ("subject", "event", "kind"),
    [
        ("Bewegung erkannt", "motion", "alarm"),
        ("Sabotage Kamera 3", "tamper", "alarm"),
        ("Videoverlust Kanal 2", "video_loss", "alarm"),
        ("Einbruch", "burglary", "alarm"),
        ("Überfall", "panic", "alarm"),
        ("Störung Netzteil", "fault", "fault"),
        ("Festplattenfehler", "storage_failure", "fault"),
        ("Störung behoben", "fault", "restore"),
        ("Routineruf", "heartbeat", "routine"),
        ("Testmeldung", "test", "test"),
        ("Tagesbericht", "report", "report"),
        ("IP Conflict", "network", "fault"),
        ("Illegal Login", "illegal_login", "alarm"),
        ("Détection de mouvement", "motion", "alarm"),
        ("Detección de movimiento", "motion", "alarm"),
        ("Hareket alg\u0131land\u0131", "motion", "alarm"),
        ("Wykryto ruch", "motion", "alarm"),
        ("Обнаружено движение", "motion", "alarm"),
        ("视频丢失", "video_loss", "alarm"),
    ],
)
def test_subjects_in_many_languages(subject: str, event: str, kind: str) -> None:
    """A subject tells what has happened in the languages that devices are set to."""
    meaning = understand(subject, "x")
    assert (meaning.events[0].event, meaning.kind) == (event, kind)


def test_several_events_have_the_most_serious_kind() -> None:
    """Of several events in a mail the most serious one makes its kind."""
    text = "Event: Daily report\nChannel: 1\nEvent: Motion Detected\nChannel: 2"
    meaning = understand("x", text)
    assert [event.event for event in meaning.events] == ["report", "motion"]
    assert meaning.kind == "alarm"


def test_test_in_the_subject_does_not_silence_a_detection() -> None:
    """Installers leave "test" in subjects; what the text says was detected counts."""
    assert event_of("Test", "Bewegung erkannt").event == "motion"
    assert event_of("Test", "Everything is well").event == "test"


@pytest.mark.parametrize(
    ("subject", "priority"),
    [
        ("Fire", 1),
        ("Panic", 1),
        ("Burglary", 2),
        ("Person detected", 2),
        ("Video Loss", 2),
        ("Motion", 3),
        ("Vehicle", 3),
        ("?", 3),
        ("HDD Error", 4),
        ("Test", 5),
        ("Motion end", 5),
    ],
)
def test_class_by_word(subject: str, priority: int) -> None:
    """The default class is the word's, as the control room has it."""
    assert priority_of(understand(subject, None)) == priority


def test_most_urgent_event_makes_the_class() -> None:
    """Of several events the most urgent one makes the mail's class."""
    text = "Event: Motion\nChannel: 1\nEvent: Fire\nChannel: 2"
    assert priority_of(understand("x", text)) == 1


def test_coordinates_and_link() -> None:
    """Coordinates and a link to pictures are found."""
    meaning = understand("Motion", "48.137154, 11.576124\nVideo URL: https://x.example/v?a=1.")
    assert meaning.coordinates == "48.137154,11.576124"
    assert meaning.link == "https://x.example/v?a=1"
