"""Hints: what an installer should mend although his device's mails arrive, in one sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from alarmgw.clockwords import clock_text, looks_like_a_zone
from alarmgw.codec.deviceclock import is_off
from alarmgw.conversation import Conversation
from alarmgw.diagnosis import HARMLESS, diagnosis
from alarmgw.namedcameras import cameras_text
from alarmgw.plainwords import words

#: Each hint in English and German; in braces what was found.
HINTS: Mapping[str, Mapping[str, str]] = {
    "clock": {
        "en": "The camera's clock is {clock}: set its date and time,"
        " or let it take them from a time server (NTP).",
        "de": "Die Uhr der Kamera geht {clock}: Stellen Sie Datum und Uhrzeit richtig,"
        " am besten über einen Zeitserver (NTP).",
    },
    "time_zone": {
        "en": "The camera's clock is {clock}: set its time zone and its summer time.",
        "de": "Die Uhr der Kamera geht {clock}: Stellen Sie Zeitzone und Sommerzeit richtig ein.",
    },
    "key": {
        "en": "The recorder named {cameras}, which is no source's key:"
        " tell the control room which camera that is.",
        "de": "Der Rekorder nannte {cameras}, das ist bei keiner Bildquelle als Schlüssel"
        " eingetragen: Sagen Sie der Leitstelle, welche Kamera das ist.",
    },
    "old_tls": {
        "en": "The camera encrypts with {tls}, which is out of date and not safe:"
        " update its firmware, or choose TLS 1.2 in its mail settings.",
        "de": "Die Kamera verschlüsselt mit {tls}, das ist veraltet und nicht sicher:"
        " Aktualisieren Sie die Firmware, oder wählen Sie in den Mail-Einstellungen TLS 1.2.",
    },
}


def hints(found: Conversation, language: str) -> tuple[str, ...]:
    """What should be mended although it works; the clock comes first."""
    return tuple(HINTS[code][language].format(**facts) for code, facts in _codes(found, language))


def phone_text(found: Conversation, language: str) -> str:
    """Two sentences for an installer: what happened, and what to change."""
    said, told = words(found, language), hints(found, language)
    # Where nothing else is to be changed there is room for what should be mended all the same.
    change = told[0] if told and diagnosis(found) in HARMLESS else said.change
    return f"{said.happened} {change}"


def _codes(found: Conversation, language: str) -> Iterator[tuple[str, dict[str, str]]]:
    told = [mail.clock_offset_s for mail in found.mails if mail.clock_offset_s is not None]
    if told and is_off(told[-1]):
        code = "time_zone" if looks_like_a_zone(told[-1]) else "clock"
        yield code, {"clock": clock_text(told[-1], language)}
    if found.mails and found.mails[-1].unknown_cameras:
        yield "key", {"cameras": cameras_text(found.mails[-1].unknown_cameras, language)}
    if found.tls and found.has_old_tls:
        yield "old_tls", {"tls": found.tls.partition(" ")[0]}
