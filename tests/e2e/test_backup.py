"""A running gateway is verified, backed up, lost and restored; its workstation notices."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.live import LiveGateway, picture_mail, run, watching


def lines_until(process: subprocess.Popen[str], state: str) -> Iterator[dict[str, Any]]:
    """What a watch prints, up to a state of its link."""
    assert process.stdout is not None
    for line in process.stdout:
        entry = json.loads(line)
        yield entry
        if entry["type"] == "state" and entry["state"] == state:
            return


def sending(gateway: LiveGateway, stop: threading.Event, sent: list[str]) -> None:
    """Send mails until told to stop."""
    while not stop.is_set():
        sent.append(gateway.send(picture_mail(20_000, len(sent))))


def test_a_busy_gateway_is_verified_and_backed_up_whole(tmp_path: Path) -> None:
    """While mails arrive: no fault, in the home or in the backup, again and again."""
    with LiveGateway() as gateway:
        stop, sent = threading.Event(), list[str]()
        sender = threading.Thread(target=sending, args=(gateway, stop, sent))
        sender.start()
        try:
            for _ in range(3):
                run("verify", "--home", gateway.home)
                before = len(sent)
                run("backup", tmp_path / "to", "--home", gateway.home)
                run("verify", "--home", tmp_path / "to")
                kept = {path.parent.name for path in tmp_path.rglob("message.eml")}
                assert {f"{mail}-1" for mail in sent[:before]} <= {name[7:] for name in kept}
        finally:
            stop.set()
            sender.join()
        assert len(sent) > 3


def test_a_restored_gateway_is_another_journal_for_its_workstations(tmp_path: Path) -> None:
    """An old link does not resume by number: it gets a snapshot, then what is new."""
    with LiveGateway() as gateway, watching(gateway) as watch:
        old = gateway.send(picture_mail())
        run("backup", tmp_path / "to", "--home", gateway.home)
        gateway.send(picture_mail(seed=2))  # lost with the home; its number comes again
        for entry in lines_until(watch, "lost"):
            if entry["type"] == "alarm" and entry["mail"]["id"] != old:
                assert gateway.stop() == 0
        gateway.home.rename(tmp_path / "lost")
        run("restore", tmp_path / "to", "--home", gateway.home)
        gateway.start()
        *_, snapshot = lines_until(watch, "snapshot")
        *shown, current = lines_until(watch, "current")
        assert snapshot["journal"] == current["journal"] != journal_of(tmp_path / "lost")
        alarms = [entry["mail"]["id"] for entry in shown if entry["type"] == "alarm"]
        assert alarms == [old]
        events = [entry["event"] for entry in gateway.journal() if entry["type"] == "system"]
        assert events.index("restored") == len(events) - 2 and events[-1] == "started"
        new = gateway.send(picture_mail(seed=3))
        heard = (json.loads(line) for line in watch.stdout or ())
        assert next(entry for entry in heard if entry["type"] == "alarm")["mail"]["id"] == new
        run("verify", "--home", gateway.home)
    shutil.rmtree(tmp_path / "lost")


def journal_of(home: Path) -> str:
    """The identity of a home's journal."""
    return str(json.loads(run("status", "--json", "--home", home).stdout)["journal"])
