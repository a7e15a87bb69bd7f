"""Every recorded conversation plays to its end and leaves what its ``expect:`` says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.live import SAMPLES, LiveGateway
from tests.samples.player import Player

Entries = list[dict[str, Any]]

EXPECTED = {row["file"]: row for row in json.loads((SAMPLES / "expected.json").read_bytes())["eml"]}


def pictures(sample: str) -> Callable[[LiveGateway, Entries], None]:
    """The conversation leaves one mail with that sample's pictures, bit for bit."""

    def check(_: LiveGateway, entries: Entries) -> None:
        wanted = [image["sha256"] for image in EXPECTED[sample]["images"]]
        assert [[part["sha256"] for part in entry["pictures"]] for entry in entries] == [wanted]

    return check


def one_mail(_: LiveGateway, entries: Entries) -> None:
    """The conversation leaves one mail."""
    assert len(entries) == 1


def no_mail(_: LiveGateway, entries: Entries) -> None:
    """The conversation leaves no mail."""
    assert entries == []


def no_half_mail(live: LiveGateway, entries: Entries) -> None:
    """The conversation leaves neither a mail nor a draft."""
    assert entries == []
    wait_until(lambda: not list((live.home / "spool").iterdir()))


def case_kept(live: LiveGateway, entries: Entries) -> None:
    """The recipient's upper case is kept, and the picture is there."""
    pictures("reolink-person.eml")(live, entries)
    assert entries[0]["envelope"]["rcpt"] == ["cam-9527000HZ56U1ORU@gw.example"]


def dots(live: LiveGateway, entries: Entries) -> None:
    """One dot is lost where the client does not stuff, as it must be."""
    one_mail(live, entries)
    mail = (live.home / entries[0]["path"] / "message.eml").read_bytes()
    assert mail.endswith(b"\r\n\r\n.stuffed\r\nnot stuffed by client\r\n..three\r\n")


def bare_lf(live: LiveGateway, entries: Entries) -> None:
    """The mail is taken, ended by its own line ends, and the leniency is noted."""
    one_mail(live, entries)
    assert "bare_lf_session" in entries[0]["notes"]


LEFT: dict[str, Callable[[LiveGateway, Entries], None]] = {
    "smtp-rt-ipc-talks-before-greeting.smtp": one_mail,
    "smtp-reolink-ehlo-rejected-falls-back.smtp": case_kept,
    "smtp-juan-trailing-spaces.smtp": pictures("juan-ipc-one-line-base64-over-16k.eml"),
    "smtp-tvt-rcpt-refused-then-data.smtp": pictures("tvt-dvr-two-events-folded-date.eml"),
    "smtp-tvt-csmtp-auth-plain-empty.smtp": no_mail,
    "smtp-empty-helo.smtp": one_mail,
    "smtp-qsee-null-sender-no-auth.smtp": pictures("qsee-dvr-alert-inline-longlines.eml"),
    "smtp-hik-lts-rst-after-dot.smtp": pictures("hikvision-dvr-motion-3jpg.eml"),
    "smtp-dot-stuffing-missing.smtp": dots,
    "smtp-drop-in-the-middle-of-data.smtp": no_half_mail,
    "smtp-bare-lf-commands-and-data.smtp": bare_lf,
    "smtp-address-forms.smtp": one_mail,
    "smtp-auth-login-initial-response.smtp": one_mail,
}


def wait_until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something that another process does soon; fail if it does not."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_every_conversation_has_an_expectation() -> None:
    """A new conversation in the samples needs a line in `LEFT`."""
    assert set(LEFT) == {path.name for path in SAMPLES.glob("*.smtp")}


@pytest.mark.parametrize("name", sorted(LEFT))
def test_conversation_plays_to_its_end(gateway: LiveGateway, name: str) -> None:
    """The device hears what it needs, and the journal has what it sent."""
    before = len(gateway.journal())
    Player("127.0.0.1", gateway.port).play(str(SAMPLES / name))
    entries = [e for e in gateway.journal(before) if e["type"] == "alarm"]
    LEFT[name](gateway, entries)
    assert "Traceback" not in gateway.log


@pytest.mark.parametrize("sample", sorted(EXPECTED))
def test_mail_arrives_whole(gateway: LiveGateway, sample: str) -> None:
    """message.eml is the mail octet for octet, and pictures and files lie beside it."""
    mail = (SAMPLES / sample).read_bytes()
    sent = gateway.send(mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    entry = next(e for e in reversed(gateway.alarms()) if e["mail"]["id"] == sent)
    folder = gateway.home / entry["path"]
    wanted = EXPECTED[sample]
    assert entry["subject"] == wanted["subject"]
    for part, image in zip(entry["pictures"], wanted["images"], strict=True):
        assert (part["sha256"], part["size"]) == (image["sha256"], image["bytes"])
        assert (folder / part["name"]).stat().st_size == image["bytes"]
    assert [part["sha256"] for part in entry["files"]] == [row["sha256"] for row in wanted["other"]]
    assert json.loads((folder / "alarm.json").read_bytes())["alarm"] == entry["alarm"]


def test_folder_names_are_the_contract(gateway: LiveGateway) -> None:
    """archive/<address>/<YYYY>/<MM>/<DD>/<HHMMSS>-<alarm>/ with message.eml and text.txt."""
    sent = gateway.send(b"Subject: x\r\n\r\nhello\r\n")
    entry = next(e for e in reversed(gateway.alarms()) if e["mail"]["id"] == sent)
    parts = Path(entry["path"]).parts
    assert parts[:2] == ("archive", "_unassigned")
    assert parts[5] == f"{entry['times']['eom'][11:19].replace(':', '')}-{entry['alarm']}"
    assert (gateway.home / entry["path"] / "text.txt").read_text() == "hello"
