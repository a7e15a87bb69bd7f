"""A recorder with four cameras, beside a running gateway: one login, told apart by keys."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.live import LiveGateway, run, stored_as

pytestmark = pytest.mark.sockets

PASSWORD = "Geheim-4711-lang"

#: As an installer's spreadsheet has them: the recorder itself, then its cameras.
SHEET = """\
Bildquelle;Bezeichnung;Objekt;Benutzer;Passwort;Schlüssel
nvr7@ebues.internal;Rekorder;4711;nvr7;{password};
bq71@ebues.internal;Tor;4711;nvr7;;Kanal=1
bq72@ebues.internal;Hof;4711;nvr7;;Kanal=2
bq73@ebues.internal;Halle;4711;nvr7;;Kanal=3
bq74@ebues.internal;Tür Süd;4711;nvr7;;Kanal=4 | Kamera=Tür Süd
"""

#: A small picture, as far as anybody looks.
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8 + b"\xff\xd9"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveGateway]:
    """A gateway that was running when the spreadsheet was imported."""
    sheet = tmp_path_factory.mktemp("sheet") / "quellen.csv"
    with LiveGateway() as live:
        sheet.write_text(SHEET.format(password=PASSWORD), encoding="windows-1252")
        run("source", "import", sheet, "--home", live.home)
        yield live


def mail(*cameras: tuple[str, str], event: str = "Motion Detection") -> bytes:
    """What the recorder says of these cameras (channel and name), with a picture."""
    message = EmailMessage()
    message["Subject"] = "Alarm Message From Device NVR Halle"
    lines = ["Device ID: 0, Device Name: NVR Halle", ""]
    for channel, name in cameras:
        lines.append(f"Channel ID: {channel}, Camera Name:{name}")
        lines += [f"Alarm Type:{event}", ""]
    if not cameras:
        lines.append(f"Alarm Type:{event}")
    message.set_content("\n".join(lines))
    message.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename="snap.jpg")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def alarms(
    gateway: LiveGateway, message: bytes, rcpt: str = "alarm@arc.example", login: bool = True
) -> list[dict[str, Any]]:
    """The alarms of one mail that the recorder sends."""
    with gateway.smtp() as client:
        client.ehlo("nvr")
        if login:
            client.login("nvr7", PASSWORD)
        client.mail("nvr@device.local")
        client.rcpt(rcpt)
        code, text = client.data(message)
    assert code == 250, text
    sent = stored_as(text)
    return [entry for entry in gateway.alarms() if entry["mail"]["id"] == sent]


@pytest.mark.parametrize("channel", ["1", "02", "3", "4"])
def test_each_channel_is_its_camera(gateway: LiveGateway, channel: str) -> None:
    """The login alone would not say which; the camera's folder has the whole mail."""
    [alarm] = alarms(gateway, mail((channel, "Kamera")))
    assert alarm["source"] == f"bq7{int(channel)}@ebues.internal"
    assert (alarm["site"], alarm["notes"]) == ("4711", [])
    assert Path(alarm["path"]).parts[1] == alarm["source"]
    folder = gateway.home / alarm["path"]
    assert (folder / alarm["pictures"][0]["name"]).read_bytes() == PICTURE


def test_a_mail_about_several_cameras_is_an_alarm_for_each(gateway: LiveGateway) -> None:
    """Each with its own event, with the whole text and all pictures."""
    tor, yard = alarms(gateway, mail(("1", "Tor"), ("2", "Hof")))
    assert (tor["source"], yard["source"]) == ("bq71@ebues.internal", "bq72@ebues.internal")
    assert [event["camera"] for event in tor["events"]] == ["Tor"]
    assert [event["camera"] for event in yard["events"]] == ["Hof"]
    assert tor["text"] == yard["text"] and tor["alarm"][:-2] == yard["alarm"][:-2]
    for alarm in (tor, yard):
        [picture] = alarm["pictures"]
        assert (gateway.home / alarm["path"] / picture["name"]).read_bytes() == PICTURE


def test_a_name_is_a_key_as_well(gateway: LiveGateway) -> None:
    """However the recorder writes it, and whatever channel it has now."""
    [alarm] = alarms(gateway, mail(("12", "TÜR  SÜD")))
    assert alarm["source"] == "bq74@ebues.internal"


def test_an_unknown_channel_is_the_recorders(gateway: LiveGateway) -> None:
    """With a note; a mail of the recorder's own has none."""
    [unknown] = alarms(gateway, mail(("9", "Dach")))
    assert (unknown["source"], unknown["notes"]) == ("nvr7@ebues.internal", ["key_unknown"])
    log = ("source", "log", "nvr7@ebues.internal", "--text", "--language", "de")
    assert "Der Rekorder nannte Kamera Dach (Kanal 9)" in run(*log, "--home", gateway.home).stdout
    [own] = alarms(gateway, mail(event="HDD Error"))
    assert (own["source"], own["notes"], own["kind"]) == ("nvr7@ebues.internal", [], "fault")


def test_without_a_login_the_recipient_says_which_recorder_it_is(gateway: LiveGateway) -> None:
    """In the VPN a recorder need not log in; a camera's own address is not overruled."""
    [alarm] = alarms(gateway, mail(("3", "Halle")), rcpt="NVR7@ebues.internal", login=False)
    assert alarm["source"] == "bq73@ebues.internal"
    [named] = alarms(gateway, mail(("3", "Halle")), rcpt="bq71@ebues.internal", login=False)
    assert named["source"] == "bq71@ebues.internal"


def test_a_changed_key_holds_for_the_next_mail(gateway: LiveGateway) -> None:
    """Without a restart; one that another camera has is refused, with a clear sentence."""
    change = ("source", "change", "bq71@ebues.internal", "--home", gateway.home, "--keys")
    refused = run(*change, "channel=2", check=False)
    assert refused.returncode == 1
    assert "channel=2 is a key of bq72@ebues.internal already" in refused.stderr
    run(*change, "channel=21")
    try:
        [alarm] = alarms(gateway, mail(("21", "Tor")))
        assert alarm["source"] == "bq71@ebues.internal"
    finally:
        run(*change, "channel=1")
