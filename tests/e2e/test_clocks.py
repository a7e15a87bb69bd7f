"""Devices whose clocks are wrong, beside a running gateway: hints, one fault, and its end."""

from __future__ import annotations

import itertools
import json
import signal
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from tests.faults.house import until
from tests.live import LiveGateway, run

pytestmark = pytest.mark.sockets

BQ3 = "bq3@ebues.internal"
NUMBERS = itertools.count(1)
#: Where the site is, and where the control room is.
FAR, OWN = zoneinfo.ZoneInfo("Asia/Tokyo"), "Europe/Berlin"


@pytest.fixture
def gateway() -> Iterator[LiveGateway]:
    """A gateway with one source, far from the control room."""
    zone = [('time_zone = "local"', f'time_zone = "{OWN}"')]
    with LiveGateway(edit=zone) as live:
        run("source", "add", BQ3, "--site", "4711", "--home", live.home)
        run("site", "change", "4711", "--time-zone", str(FAR), "--home", live.home)
        yield live


def mail(minutes: float) -> bytes:
    """A mail of a device whose clock is so many minutes ahead; never the same one twice."""
    shown = datetime.now(FAR) + timedelta(minutes=minutes)
    message = EmailMessage()
    message["Subject"] = f"Motion Detected {next(NUMBERS)}"
    message.set_content(f"EVENT TYPE: Motion Detected\nEVENT TIME: {shown:%Y-%m-%d,%H:%M:%S}\n")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def sent(gateway: LiveGateway, *minutes: float) -> dict[str, Any]:
    """Send these mails; the last one's alarm."""
    for offset in minutes:
        gateway.send(mail(offset), rcpt=BQ3)
    return gateway.alarms()[-1]


def faults(gateway: LiveGateway) -> list[str]:
    """What the journal tells of wrong clocks."""
    return [row["state"] for row in gateway.journal() if row.get("event") == "clock_wrong"]


def said(gateway: LiveGateway, *words: str) -> str:
    """What a command prints."""
    return run(*words, "--home", gateway.home).stdout


def test_seven_minutes_are_a_hint(gateway: LiveGateway) -> None:
    """In the alarm, at the source, and for the installer; no fault."""
    alarm = sent(gateway, -7)
    assert abs(alarm["times"]["clock_offset_s"] + 420) < 5
    assert alarm["notes"] == ["clock_off"]
    assert "7 min behind" in said(gateway, "source", "show", BQ3)
    assert "clock_off 1" in said(gateway, "source", "list")
    text = said(gateway, "source", "log", BQ3, "--text", "--language", "de")
    assert "Die Uhr der Kamera geht 7 min nach: Stellen Sie Datum und Uhrzeit richtig" in text
    assert faults(gateway) == []


def test_twelve_minutes_are_one_fault_until_it_is_mended(gateway: LiveGateway) -> None:
    """Told once, over a restart as well; the gateway itself is well all the time."""
    sent(gateway, -12, -12.1, -12)
    assert faults(gateway) == ["start"]
    status = json.loads(said(gateway, "status", "--json"))
    assert (status["state"], status["wrong_clocks"]["count"]) == ("ok", 1)
    assert f"clocks       1 wrong by more than 10 min: {BQ3} 12 min behind" in said(
        gateway, "status"
    )
    assert gateway.stop() == 0
    assert "12 min behind" in said(gateway, "status")
    gateway.start()
    sent(gateway, -12)
    assert faults(gateway) == ["start"]
    assert sent(gateway, 0)["notes"] == []
    assert faults(gateway) == ["start", "end"]
    assert "clocks       none is wrong" in said(gateway, "status")
    run("verify", "--home", gateway.home)  # fails if a list is not what the entries say


def test_the_control_rooms_zone_counts_where_a_site_has_none(gateway: LiveGateway) -> None:
    """Another one counts from the reload on."""
    run("source", "add", "near@x", "--home", gateway.home)
    berlin = datetime.now(zoneinfo.ZoneInfo(OWN)).utcoffset() or timedelta()
    apart = (timedelta(hours=9) - berlin).total_seconds()
    gateway.send(mail(0), rcpt="near@x")
    assert abs(gateway.alarms()[-1]["times"]["clock_offset_s"] - apart) < 5
    config = gateway.home / "alarmgw.toml"
    config.write_text(config.read_text().replace(OWN, str(FAR)))
    gateway.process.send_signal(signal.SIGHUP)  # type: ignore[union-attr]
    until("it is reloaded", lambda: "The configuration was reloaded" in gateway.log)
    gateway.send(mail(0), rcpt="near@x")
    assert abs(gateway.alarms()[-1]["times"]["clock_offset_s"]) < 5
