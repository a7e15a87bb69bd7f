"""SIGKILL at random moments under load: nothing that got its 250 may be missing, half or twice.

    python -m tests.kill [--kills 300] [--seed N]

Every kill ends with a start, after which the home is compared with what the
senders know: each 250's mail is in journal and archive, whole, once; nothing
else is visible.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import smtplib
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.live import LiveGateway, picture_mail, stored_as

SENDERS = 4
#: Whoever is sent to; each mail makes an alarm for each.
SOURCES = ("a@gw.example", "b@gw.example")


class Sender(threading.Thread):
    """Delivers mails as fast as it can and remembers what was promised."""

    def __init__(
        self, port: int, number: int, promised: dict[str, str], stop: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._random = random.Random(number)
        self._promised = promised
        self._stop_event = stop

    def run(self) -> None:
        """Connect and deliver until told to stop; a lost gateway is no failure."""
        while not self._stop_event.is_set():
            try:
                self._deliver()
            except (OSError, smtplib.SMTPException):
                time.sleep(0.01)

    def _deliver(self) -> None:
        with smtplib.SMTP("127.0.0.1", self._port, timeout=10) as client:
            client.ehlo("cam")
            while not self._stop_event.is_set():
                size = self._random.choice((500, 20_000, 200_000))
                message = picture_mail(size, self._random.getrandbits(32))
                client.mail("cam@site.example")
                client.rcpt("a@gw.example")
                client.rcpt("b@gw.example")
                code, text = client.data(message)
                if code == 250:
                    # smtplib ends the mail with CRLF of its own where it has none.
                    digest = hashlib.sha256(message.removesuffix(b"\r\n") + b"\r\n").hexdigest()
                    self._promised[stored_as(text)] = digest


def digest(message: bytes) -> str:
    """The hash of a mail as smtplib sends it: it ends in CRLF."""
    return hashlib.sha256(message.removesuffix(b"\r\n") + b"\r\n").hexdigest()


def faults(gateway: LiveGateway, promised: dict[str, str]) -> list[str]:
    """Everything in the home that breaks the promise, in words."""
    found = []
    alarms = gateway.alarms()
    by_mail: dict[str, list[dict[str, Any]]] = {}
    for entry in alarms:
        by_mail.setdefault(entry["mail"]["id"], []).append(entry)
    for mail, digest in promised.items():
        entries = by_mail.get(mail, [])
        if len(entries) != 2:
            found.append(f"{mail}: {len(entries)} alarms instead of 2")
        found += [f"{mail}: another mail" for entry in entries if entry["mail"]["sha256"] != digest]
    if len({entry["alarm"] for entry in alarms}) != len(alarms):
        found.append("an alarm stands twice in the journal")
    for entry in alarms:
        found += folder_faults(gateway.home / entry["path"], entry)
    return found + stray_folders(gateway.home, {entry["path"] for entry in alarms})


def folder_faults(folder: Path, entry: dict[str, Any]) -> list[str]:
    """What in one alarm's folder is not as its entry says."""
    wanted = {"message.eml": entry["mail"]["sha256"]}
    wanted |= {part["name"]: part["sha256"] for part in entry["pictures"] + entry["files"]}
    found = []
    for name, digest in wanted.items():
        try:
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                found.append(f"{folder / name}: other octets than journalled")
        except OSError as error:
            found.append(f"{folder / name}: {error.strerror}")
    found += [
        f"{folder / name} is missing"
        for name in ("alarm.json", "text.txt")
        if not (folder / name).exists()
    ]
    return found


def stray_folders(home: Path, known: set[str]) -> list[str]:
    """Folders in the archive that no entry names."""
    seen = {str(mail.parent.relative_to(home)) for mail in (home / "archive").rglob("message.eml")}
    leaves = {
        str(folder.relative_to(home))
        for folder in (home / "archive").glob("*/*/*/*/*")
        if folder.is_dir()
    }
    return [f"{path} is not in the journal" for path in (seen | leaves) - known]


def kill_once(gateway: LiveGateway, rng: random.Random, promised: dict[str, str]) -> list[str]:
    """Load, one kill at a random moment, a start, and what is wrong then."""
    stop = threading.Event()
    senders = [Sender(gateway.port, rng.getrandbits(32), promised, stop) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    time.sleep(rng.uniform(0.05, 0.6))
    gateway.kill()
    stop.set()
    for sender in senders:
        sender.join(30)
    gateway.start()
    return faults(gateway, promised)


def kills(count: int, seed: int, progress: bool = False) -> tuple[int, list[str]]:
    """``count`` kills, a fresh home for every 25; mails promised, and all that broke a promise."""
    rng = random.Random(seed)
    total, found = 0, []
    for begun in range(0, count, 25):
        promised: dict[str, str] = {}
        with LiveGateway() as gateway:
            sources = ("a@gw.example", "b@gw.example")
            add_sources(gateway, sources)
            for number in range(begun, min(begun + 25, count)):
                found += kill_once(gateway, rng, promised)
                if progress:
                    show(number + 1, count, total + len(promised), len(found))
            total += len(promised)
    return total, found


def show(kill: int, count: int, mails: int, found: int) -> None:
    """One line that is written over."""
    sys.stdout.write(f"\rkill {kill} of {count}, {mails} mails promised, {found} faults ")
    sys.stdout.flush()


def add_sources(gateway: LiveGateway, addresses: tuple[str, ...]) -> None:
    """Make sources of these addresses in a running gateway."""
    from tests.live import run

    for address in addresses:
        run("source", "add", address, "--home", gateway.home)


def main() -> int:
    """Kill, compare, say so; exit 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    total, found = kills(options.kills, options.seed, progress=True)
    summary = f"{total} mails promised, {len(found)} faults"
    sys.stdout.write(f"\n{options.kills} kills (seed {options.seed}), {summary}\n")
    sys.stdout.writelines(f"  {fault}\n" for fault in found[:50])
    return 1 if found or not total else 0


if __name__ == "__main__":
    sys.exit(main())
