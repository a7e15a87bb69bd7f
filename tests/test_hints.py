"""`alarmgw.hints`: what should be mended although the mails arrive."""

from __future__ import annotations

import re

import pytest

from alarmgw.conversation import Conversation
from alarmgw.hints import HINTS, hints, phone_text
from alarmgw.plainwords import LANGUAGES
from tests.sources import ROOT
from tests.talks import BQ3, conversation, delivered, mail


def told(*offsets: float | None, tls: str | None = "TLSv1.3 X") -> Conversation:
    """A conversation with a mail for each offset of the clock."""
    mails = tuple(mail(BQ3, clock_offset_s=offset) for offset in offsets)
    return delivered(BQ3, mails=mails, tls=tls)


def test_what_is_right_needs_no_hint() -> None:
    """A clock within two minutes, no time at all, a TLS of today or none, no mail."""
    right = (told(119.0), told(None), told(5.0, tls=None), conversation())
    assert [hints(one, "en") for one in right] == [()] * 4


@pytest.mark.parametrize(
    ("offset", "german"),
    [
        (-425.0, "Die Uhr der Kamera geht 7 min nach: Stellen Sie Datum und Uhrzeit richtig, am"),
        (720.0, "Die Uhr der Kamera geht 12 min vor: Stellen Sie Datum und Uhrzeit richtig, am"),
        (3603.0, "Die Uhr der Kamera geht 1 h vor: Stellen Sie Zeitzone und Sommerzeit richtig"),
    ],
)
def test_a_clock_is_said_with_what_to_set(offset: float, german: str) -> None:
    """Whole hours are the zone or summer time."""
    [hint] = hints(told(offset), "de")
    assert hint.startswith(german)


def test_the_last_time_that_was_told_counts() -> None:
    """An installer sets the clock in the middle of a conversation."""
    assert hints(told(900.0, 3.0, None), "en") == ()
    assert len(hints(told(3.0, 900.0), "en")) == 1


def test_a_camera_that_is_no_sources_is_named() -> None:
    """What has to be entered as a key is what the recorder writes."""
    strange = mail(BQ3, unknown_cameras=(("Tor 7", "D4"),))
    found = delivered(BQ3, mails=(strange,))
    assert Conversation.from_json(found.as_json()) == found
    assert phone_text(found, "de").endswith(
        "Der Rekorder nannte Kamera Tor 7 (Kanal D4), das ist bei keiner Bildquelle als"
        " Schlüssel eingetragen: Sagen Sie der Leitstelle, welche Kamera das ist."
    )
    [hint] = hints(found, "en")
    assert hint.startswith("The recorder named camera Tor 7 (channel D4), which is no source's")
    assert hints(delivered(BQ3, mails=(strange, mail(BQ3))), "en") == ()


@pytest.mark.parametrize("version", ["TLSv1 A-B", "TLSv1.1 A-B", "SSLv3 A"])
def test_old_tls_is_a_hint_whatever_became_of_the_mail(version: str) -> None:
    """It is named."""
    for one in (told(None, tls=version), conversation(tls=version)):
        [hint] = hints(one, "en")
        assert f"with {version.split()[0]}, which is out of date" in hint


@pytest.mark.parametrize("code", HINTS)
def test_hints_are_one_sentence_in_each_language(code: str) -> None:
    """Of a phone's length, with the same facts, and documented."""
    document = (ROOT / "docs" / "installer.rst").read_text(encoding="utf-8")
    assert HINTS[code].keys() == set(LANGUAGES)
    for sentence in HINTS[code].values():
        assert sentence.endswith(".") and len(sentence) < 200 and sentence.count(". ") == 0
        assert sentence in document
    named = [re.findall(r"\{(\w+)\}", sentence) for sentence in HINTS[code].values()]
    assert named[0] == named[1]
