"""The same mail sent twice to a real gateway, as a device does that missed the 250."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alarmgw.entries import KEEPING
from tests.kills.home import Promises, faults
from tests.live import LiveGateway, picture_mail, run, watching
from tests.powercut.senders import SOURCES, deliver

pytestmark = [pytest.mark.sockets]


@pytest.fixture
def gateway() -> Iterator[LiveGateway]:
    """A gateway with two sources, the second of which may have late pictures."""
    with LiveGateway() as live:
        for address in SOURCES:
            run("source", "add", address, "--home", live.home)
        run("source", "change", SOURCES[1], "--late-pictures-seconds", "60", "--home", live.home)
        yield live


def heard(watch: subprocess.Popen[str], count: int) -> list[dict[str, Any]]:
    """The next so many mails that a workstation is told of."""
    assert watch.stdout is not None
    lines = (json.loads(line) for line in watch.stdout)
    kept = (entry for entry in lines if entry["type"] in KEEPING)
    return [next(kept) for _ in range(count)]


def test_a_mail_sent_twice_is_raised_once(gateway: LiveGateway, tmp_path: Path) -> None:
    """Kept twice, told as an alarm and a resend; restarts and a kill between them change nothing.

    The home verifies, and the first alarm is shown with what repeats it.
    """
    promised: Promises = {}
    message = picture_mail(20_000)
    with watching(gateway) as watch:
        deliver(gateway.port, message, promised)
        deliver(gateway.port, message, promised)
        first, other, again, again_other = heard(watch, 4)
    assert [entry["type"] for entry in (first, other)] == ["alarm"] * 2
    assert [again["type"], again["first"]] == ["resend", first["alarm"]]
    assert again_other["first"] == other["alarm"] != first["alarm"]
    gateway.stop()
    gateway.start()
    deliver(gateway.port, message, promised)
    gateway.kill()
    gateway.start()
    deliver(gateway.port, message, promised)
    assert len(promised) == 4 and faults(gateway, promised) == []
    shown = json.loads(run("show", first["alarm"], "--json", "--home", gateway.home).stdout)
    assert [entry["type"] for entry in shown["entries"]] == ["alarm", *["resend"] * 3]
    assert len(gateway.alarms()) == 2
    assert run("verify", "--home", gateway.home).returncode == 0
    picture = again["pictures"][0]["name"]
    to = tmp_path / "again.jpg"
    run("picture", again["alarm"], picture, "--bundle", gateway.bundle, "--to", to)
    assert to.stat().st_size == again["pictures"][0]["size"]


def test_late_pictures_join_where_a_source_is_set_up_for_it(gateway: LiveGateway) -> None:
    """For the other source of the same mails each is an alarm; the record says so for ever."""
    promised: Promises = {}
    deliver(gateway.port, picture_mail(500, 1), promised)
    gateway.stop()
    gateway.start()
    deliver(gateway.port, picture_mail(500, 2), promised)
    plain, joined, plain_later, late = gateway.alarms()
    assert [plain["joins"], joined["joins"], plain_later["joins"]] == [None] * 3
    assert late["joins"] == joined["alarm"]
    status = json.loads(run("status", "--json", "--home", gateway.home).stdout)
    assert status["open"] == 3
    assert faults(gateway, promised) == []
