"""What a home must be after a power cut and a start; every fault is one sentence."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from alarmgw.entries import KEEPING
from alarmgw.store.chain import verify_chain
from alarmgw.store.database import open_reader
from alarmgw.store.spool import text_bytes
from tests.kills import home
from tests.live import LiveGateway
from tests.powercut.workstation import Workstation


def faults(gateway: LiveGateway, promised: dict[str, str], workstation: Workstation) -> list[str]:
    """Everything that breaks a promise in a home whose gateway has just greeted."""
    heard = len(workstation.told)
    journal = gateway.journal()
    found = home.faults(gateway, promised)
    found += [fault for entry in journal for fault in _entry_faults(gateway.home, entry)]
    with contextlib.closing(open_reader(gateway.home / "journal.sqlite3")) as connection:
        found += verify_chain(connection).faults
    return found + workstation.faults(heard, journal)


def _entry_faults(folder: Path, entry: dict[str, Any]) -> list[str]:
    """What is told of damage, and derived files that are not what the entry says."""
    if entry.get("event") == "evidence_damaged":
        return [f"the journal says: {entry['text']}"]
    if entry["type"] == "rebuilt":
        return [f"{entry['path']} was rebuilt otherwise than it was"]
    return _derived_faults(folder / entry["path"], entry) if entry["type"] in KEEPING else []


def _derived_faults(folder: Path, entry: dict[str, Any]) -> list[str]:
    wanted = {key: value for key, value in entry.items() if key != "seq"}
    found = []
    try:
        if json.loads((folder / "alarm.json").read_bytes()) != wanted:
            found.append(f"{folder}/alarm.json is another entry")
        text = (folder / "text.txt").read_bytes()
        if not entry.get("text_cut") and text != text_bytes(entry["text"]):
            found.append(f"{folder}/text.txt is another text")
        known = {"alarm.json", "text.txt", "message.eml"}
        known |= {part["name"] for part in entry["pictures"] + entry["files"]}
        found += [
            f"{path} is no part of its alarm" for path in folder.iterdir() if path.name not in known
        ]
    except (OSError, ValueError) as error:
        found.append(f"{folder}: {error}")
    return found
