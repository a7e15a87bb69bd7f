"""A gateway for the page to look at: alarms made up, pictures from memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Any

from twisted.internet.defer import Deferred

from alarmgw.errors import Cause, Refused
from alarmgw.model import utc_text

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=timezone.utc)


def seeded(size: int) -> bytes:
    """So many bytes, never the same twice in one run: instead of randomness."""
    seeded.calls += 1  # type: ignore[attr-defined]
    return bytes([seeded.calls % 256]) * size  # type: ignore[attr-defined]


seeded.calls = 0  # type: ignore[attr-defined]


class Forgotten:
    """Instead of `Departed`, where no process begins anew."""

    def read(self) -> None:
        """Nobody has left."""

    def keep(self, session: str) -> None:
        """It is not kept."""

    def forget(self) -> None:
        """There is nothing to forget."""


def picture_part(name: str, picture: bytes, media_type: str = "image/jpeg") -> dict[str, Any]:
    """One row of an entry's ``pictures`` or ``files``."""
    return {
        "name": name,
        "label": name,
        "media_type": media_type,
        "size": len(picture),
        "sha256": "0" * 64,
    }


def alarm_of(seq: int, *, at: datetime = NOON, **fields: Any) -> dict[str, Any]:
    """An alarm entry as the link brings it; ``fields`` override what it says."""
    alarm = f"gw1-20261121-120000-{seq:010x}-1"
    moment = at + timedelta(seconds=seq)
    event = dict.fromkeys(("event_raw", "state", "channel", "camera", "device", "device_time"))
    steps = {"connected": -420, "data": -310, "eom": 0, "synced": 2}
    entry = {
        "seq": seq,
        "time": utc_text(moment),
        "type": "alarm",
        "node": "gw1",
        "alarm": alarm,
        "mail": {"id": alarm[:-2], "size": 48213, "sha256": "5e" * 32},
        "path": f"archive/bq3@ebues.internal/2026/11/21/{moment:%H%M%S}-{alarm}",
        "source": "bq3@ebues.internal",
        "site": "4711",
        "tenant": None,
        "incident": None,
        "kind": "alarm",
        "events": [{"event": "unknown_alarm", **event}],
        "subject": f"Motion Detected {seq}",
        "text": "Alarm Event: Motion Detection\nAlarm Input Channel: 3",
        "text_cut": False,
        "pictures": [],
        "files": [],
        "priority": 3,
        "handling": "queue",
        "rule": "generic",
        "envelope": {
            "peer": "10.8.0.23",
            "helo": "IPC",
            "from": "cam@local",
            "rcpt": ["bq3@ebues.internal"],
            "login": "bq3",
            "tls": "TLSv1.3",
        },
        "times": {
            name: utc_text(moment + timedelta(milliseconds=step), 6) for name, step in steps.items()
        }
        | {"clock_offset_s": None},
        "notes": [],
        "origin": "device",
    }
    return {**entry, **fields}


class PictureGateway:
    """Fetches as the link does: from ``files``, and no faster than a test lets it."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = files or {}
        self.fetched: list[tuple[str, str]] = []
        self.held: list[Deferred[None]] | None = None

    def hold(self) -> list[Deferred[None]]:
        """From now on every piece waits for its Deferred in this list."""
        self.held = []
        return self.held

    async def fetch(self, alarm: str, name: str) -> AsyncIterator[bytes]:
        """The file in pieces of 64 KB; `Refused` if there is none of that name."""
        self.fetched.append((alarm, name))
        if name not in self.files:
            raise Refused(Cause.NOT_FOUND, "no such alarm or file")
        data = self.files[name]
        for start in range(0, len(data), 65536):
            if self.held is not None:
                self.held.append(Deferred())
                await self.held[-1]
            yield data[start : start + 65536]
