"""What a home must be after a kill and a start; every fault is one sentence."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from alarmgw.entries import KEEPING
from tests.live import LiveGateway

#: Mails by the hash of what was sent, under the ids that their 250s named.
Promises = dict[str, str]


def digest(message: bytes) -> str:
    """The hash of a mail as smtplib sends it: it ends in CRLF."""
    return hashlib.sha256(message.removesuffix(b"\r\n") + b"\r\n").hexdigest()


def faults(gateway: LiveGateway, promised: Promises) -> list[str]:
    """Everything in the home that breaks the promise, in words."""
    return Inspection(gateway).faults(promised)


class Inspection:
    """Looks at one home again and again; folders that it has seen twice only at the end."""

    def __init__(self, gateway: LiveGateway) -> None:
        self._gateway = gateway
        #: Every entry that was read so far.
        self.journal: list[dict[str, Any]] = []
        self._looked_at = [0, 0]

    def read(self) -> list[dict[str, Any]]:
        """Every entry up to now."""
        self.journal += self._gateway.journal(len(self.journal))
        return self.journal

    def faults(self, promised: Promises, *, everything: bool = True) -> list[str]:
        """What is wrong now, in a home to which nobody sends at this moment."""
        home = self._gateway.home
        self.read()
        alarms = [entry for entry in self.journal if entry["type"] in KEEPING]
        begun = 0 if everything else self._looked_at.pop(0)
        if not everything:
            self._looked_at.append(len(self.journal))
        found = journal_faults(alarms, promised) + resend_faults(alarms)
        for entry in alarms:
            if entry["seq"] > begun:
                found += folder_faults(home / entry["path"], entry)
        return found + stray_folders(home, {entry["path"] for entry in alarms})


def journal_faults(alarms: list[dict[str, Any]], promised: Promises) -> list[str]:
    """Mails that are not journalled as they were promised: once for each source, and theirs."""
    found = []
    by_mail: dict[str, list[dict[str, Any]]] = {}
    for entry in alarms:
        by_mail.setdefault(entry["mail"]["id"], []).append(entry)
    for mail, wanted in promised.items():
        entries = by_mail.get(mail, [])
        if len(entries) != 2:
            found.append(f"{mail}: {len(entries)} alarms instead of 2")
        found += [f"{mail}: another mail" for entry in entries if entry["mail"]["sha256"] != wanted]
    if len({entry["alarm"] for entry in alarms}) != len(alarms):
        found.append("an alarm stands twice in the journal")
    return found


def resend_faults(alarms: list[dict[str, Any]]) -> list[str]:
    """Resends that repeat nothing: no alarm before them is the same mail of the same source."""
    raised, found = dict[str, tuple[str, str]](), []
    for entry in alarms:
        known_by = entry["source"], entry["mail"]["sha256"]
        if entry["type"] == "alarm":
            raised[entry["alarm"]] = known_by
        elif raised.get(entry["first"]) != known_by:
            found.append(f"{entry['alarm']} repeats {entry['first']}, which is no such alarm")
    return found


def folder_faults(folder: Path, entry: dict[str, Any]) -> list[str]:
    """What in one alarm's folder is not as its entry says."""
    wanted = {"message.eml": entry["mail"]["sha256"]}
    wanted |= {part["name"]: part["sha256"] for part in entry["pictures"] + entry["files"]}
    found = []
    for name, hashed in wanted.items():
        try:
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != hashed:
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
