"""Every written dialog plays to its end, in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialog import Player

TESTS = Path(__file__).parents[1]
DIALOGS = sorted((TESTS / "dialogs" / "smtp").glob("*.txt"))
SAMPLES = TESTS / "samples"

#: What each field conversation leaves: the file that is stored octet for octet, or the octets.
LEFT: dict[str, str | bytes | None] = {
    "smtp-address-forms": b"Subject: Motion\r\nFrom: cam@site.example\r\n\r\nEVENT TYPE: "
    b"Motion Detected\r\n",
    "smtp-auth-login-initial-response": b"Subject: Motion\r\nFrom: cam@site.example\r\n\r\n"
    b"EVENT TYPE: Motion Detected\r\n",
    "smtp-bare-lf-commands-and-data": b"Subject: Zone 4 alarm\n\nZone 4\n",
    "smtp-dot-stuffing-missing": b"Subject: dots\r\n\r\n.stuffed\r\nnot stuffed by client\r\n"
    b"..three\r\n",
    "smtp-drop-in-the-middle-of-data": None,
    "smtp-empty-helo": b"Subject: Motion\r\nFrom: cam@site.example\r\n\r\nEVENT TYPE: "
    b"Motion Detected\r\n",
    "smtp-hik-lts-rst-after-dot": "hikvision-dvr-motion-3jpg.eml",
    "smtp-juan-trailing-spaces": "juan-ipc-one-line-base64-over-16k.eml",
    "smtp-qsee-null-sender-no-auth": "qsee-dvr-alert-inline-longlines.eml",
    "smtp-reolink-ehlo-rejected-falls-back": "reolink-person.eml",
    "smtp-rt-ipc-talks-before-greeting": b"Subject: Motion\r\nFrom: cam@site.example\r\n\r\n"
    b"EVENT TYPE: Motion Detected\r\n",
    "smtp-tvt-csmtp-auth-plain-empty": None,
    "smtp-tvt-rcpt-refused-then-data": "tvt-dvr-two-events-folded-date.eml",
}


@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: path.stem)
def test_dialog(path: Path) -> None:
    """The dialog ends as its first line says."""
    Player(path).play()


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.smtp")))
def test_field_conversation(name: str) -> None:
    """Each conversation of the field plays to its end and leaves its mail, octet for octet."""
    player = Player(SAMPLES / f"{name}.smtp")
    player.play()
    left = LEFT[name]
    wanted = (SAMPLES / left).read_bytes() if isinstance(left, str) else left
    found = [bytes(mail.data) for mail in player.intake.mails]
    if wanted is not None and found and found[0] == wanted + b"\r\n":
        wanted += b"\r\n"  # a file without a last line end, and a device that adds one
    assert found == ([] if wanted is None else [wanted])
