"""Workstations as they are: fresh, stopped, revoked; the gateway keeps its time and its memory."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alarmgw.entries import alarm_entry, record
from alarmgw.model import (
    Envelope,
    Event,
    Handling,
    MailFacts,
    Meaning,
    Times,
    Unpacked,
    alarm_id,
    new_mail_id,
    utc_now,
)
from alarmgw.store.journal import Journal, Ledger
from tests.e2e.test_memory import peak
from tests.live import BIN, LiveGateway, picture_mail, run, watching


def lines(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What a watch prints, parsed."""
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def alarms_until(process: subprocess.Popen[str], last: int) -> list[int]:
    """The numbers of the journal entries that a watch prints, up to ``last``."""
    seen = []
    for entry in lines(process):
        if "seq" in entry:
            seen.append(entry["seq"])
            if entry["seq"] >= last:
                break
    return seen


def timed_sends(gateway: LiveGateway, count: int) -> float:
    """Send small mails on one connection; the median seconds to the 250."""
    times = []
    with gateway.smtp() as client:
        client.ehlo("cam")
        for number in range(count):
            begun = time.perf_counter()
            client.mail("cam@site.example")
            client.rcpt("arc@gw.example")
            code, _ = client.data(picture_mail(3000, number))
            times.append(time.perf_counter() - begun)
            assert code == 250
    return statistics.median(times)


def test_a_stopped_workstation_costs_nobody_anything_and_resumes_exactly() -> None:
    """Neither the time to 250 nor memory beyond its window; no gap, no repeat."""
    with LiveGateway() as gateway, watching(gateway) as watch:
        assert gateway.process is not None
        undisturbed = timed_sends(gateway, 200)
        first = gateway.journal()[-1]["seq"]
        alarms_until(watch, first)
        os.kill(watch.pid, signal.SIGSTOP)
        before = peak(gateway.process.pid)
        disturbed = timed_sends(gateway, 600)
        grown = peak(gateway.process.pid) - before
        os.kill(watch.pid, signal.SIGCONT)
        # An entry that a workstation's return causes may stand behind the last alarm.
        last = max(entry["seq"] for entry in gateway.alarms())
        assert alarms_until(watch, last) == list(range(first + 1, last + 1))
        assert disturbed < 2 * undisturbed + 0.005
        assert grown < 8 * 1024 * 1024, f"{grown / 1e6:.1f} MB"


def fill(journal: Path, count: int) -> None:
    """A journal with so many open alarms."""
    store = Journal(journal, node="gw1", now=utc_now, randomness=os.urandom)
    store.start(lambda _: None, lambda _: None)
    for begun in range(0, count, 5000):
        records = [old_alarm(number) for number in range(begun, min(begun + 5000, count))]

        def append(ledger: Ledger, records: list[Any] = records) -> None:
            for line in records:
                ledger.append(line)

        store.submit(append).result(60)
    store.close()


def old_alarm(number: int) -> Any:
    """A stored alarm as a record; nobody who only reads the journal looks at its files."""
    now = utc_now()
    mail = new_mail_id("gw1", now, os.urandom)
    entry = alarm_entry(
        time=now,
        node="gw1",
        alarm=alarm_id(mail, 1),
        mail=MailFacts(id=mail, size=1000, sha256="0" * 64),
        path=f"archive/_unassigned/2026/01/01/000000-{mail}-1",
        source=None,
        meaning=Meaning(kind="alarm", events=(Event(event="unknown_alarm"),)),
        unpacked=Unpacked(subject=f"Motion {number}", text="x" * 300),
        handling=Handling(priority=3, handling="queue", rule="default"),
        envelope=Envelope(peer="10.0.0.1", helo="cam", sender="a@b", recipients=("c@d",)),
        times=Times(connected=now, data=now, eom=now, synced=now),
    )
    return record(entry, os.urandom)


def test_a_fresh_workstation_is_current_in_under_2_s_at_100_000_entries() -> None:
    """The snapshot has the 500 newest open alarms; nobody replays a year to begin a shift."""
    with_journal = LiveGateway()
    fill(with_journal.home / "journal.sqlite3", 100_000)
    settle_all(with_journal.home / "journal.sqlite3")
    with with_journal as gateway:
        begun = time.monotonic()
        process = subprocess.Popen(
            [BIN / "alarmgw", "watch", "--bundle", gateway.bundle, "--json"],
            stdout=subprocess.PIPE,
            text=True,
        )
        shown = 0
        for entry in lines(process):
            shown += entry["type"] == "alarm"
            if entry["type"] == "state" and entry["state"] == "current":
                break
        taken = time.monotonic() - begun
        process.kill()
        process.wait()
        assert shown == 500
        assert taken < 2.0, f"{taken:.2f} s"


def settle_all(journal: Path) -> None:
    """Say that every entry's files are on disk: they are none of this test's business."""
    store = Journal(journal, node="gw1", now=utc_now, randomness=os.urandom)
    store.start(lambda _: None, lambda _: None)
    head = store.bounds()[1]
    store.submit(lambda ledger: ledger.set_settled(head)).result(10)
    store.close()


def test_revoking_a_workstation_cuts_its_live_link() -> None:
    """A revoked workstation hears nothing from that moment on."""
    with LiveGateway() as gateway, watching(gateway) as watch:
        run("workstation", "revoke", "console", "--home", gateway.home)
        states = (entry["state"] for entry in lines(watch) if entry["type"] == "state")
        assert next(states) in ("lost", "refused")
        gateway.send(b"Subject: secret\r\n\r\nx\r\n")
        assert next(states) != "current"


def test_a_picture_is_fetched_bit_for_bit(tmp_path: Path) -> None:
    """`alarmgw picture` brings what lies in the archive."""
    with LiveGateway() as gateway:
        gateway.send(picture_mail(300_000))
        entry = gateway.alarms()[-1]
        name = entry["pictures"][0]["name"]
        run("picture", entry["alarm"], name, "--bundle", gateway.bundle, "--to", tmp_path / "p.jpg")
        stored = gateway.home / entry["path"] / name
        assert (tmp_path / "p.jpg").read_bytes() == stored.read_bytes()


@pytest.mark.parametrize("name", ["../../../../../../tls/ca.key", "alarm.json", "nothing.jpg"])
def test_only_listed_pictures_are_fetched(tmp_path: Path, name: str) -> None:
    """A name that the alarm does not list fetches nothing: one line, exit 1."""
    with LiveGateway() as gateway:
        gateway.send(picture_mail(1000))
        alarm = gateway.alarms()[-1]["alarm"]
        done = run(
            "picture", alarm, name, "--bundle", gateway.bundle, "--to", tmp_path / "p", check=False
        )
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert not (tmp_path / "p").exists()
