"""Two thousand open incidents, and twenty alarms a second on top of them.

The page notes how long it was ever busy at a stretch; its heap is read after a collection.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from alarmgw import cli
from tests.benches.figures import Figure
from tests.browser.mails import Sent, Steady, alarm_mail, flood
from tests.browser.timed_room import ControlRoom, Seat

#: Incidents that are open before anything is measured: each has a row.
OPEN = 2000

#: Connections that fill the list.
FILLING = 4

PACE = 0.05

#: Nobody notices that the page was busy for so long.
TASK_MS = 200.0

#: What may be chance of the collection: a leak of 1 KB for each alarm of a minute is more.
HEAP_MB = 1.0
PROCESS_MB = 8.0

PHOTO = (Path(cli.__file__).parent / "gate.jpg").read_bytes()


@frozen
class Memory:
    """What a console holds at a moment, in MB: the page's heap, and the process behind it."""

    heap: float
    process: float

    @classmethod
    def of(cls, seat: Seat) -> Memory:
        """The memory after a collection."""
        seat.chrome.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
        usage = seat.chrome.execute_cdp_cmd("Runtime.getHeapUsage", {})
        return cls(usage["usedSize"] / 1e6, seat.resident / 1e6)


def crowded(seconds: int) -> Iterator[Figure]:
    """So many seconds of alarms, half of them of known sites and half of new ones."""
    count = round(seconds / PACE)
    with ControlRoom(OPEN + count) as room:
        [seat] = room.seats
        fill(room.gateway.port)
        seat.has_rows(OPEN)
        memories = list(_memories(seat, room.gateway.port, count))
        tasks = seat.chrome.execute_script("return eyewitness.tasks.map(([, ms]) => ms)")
    settled, last = memories[len(memories) // 3], memories[-1]
    yield Figure(
        f"{OPEN} open, longest task ({len(tasks)} over 50)", max(tasks, default=0), "ms", TASK_MS
    )
    yield Figure(
        f"  heap of the page ({last.heap:.1f}), grown by", last.heap - settled.heap, "MB", HEAP_MB
    )
    name = f"  process ({last.process:.0f}), grown by"
    yield Figure(name, last.process - settled.process, "MB", PROCESS_MB)


def fill(port: int) -> None:
    """As many incidents as have rows, each at a site of its own."""
    threads = [
        threading.Thread(target=flood, args=(port, _mails(range(first, OPEN, FILLING))))
        for first in range(FILLING)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _mails(sites: range) -> list[Sent]:
    return [Sent(site=n, content=alarm_mail(n, photo=PHOTO)) for n in sites]


def _memories(seat: Seat, port: int, count: int) -> Iterator[Memory]:
    """What the console holds, again and again while so many alarms come."""
    seat.chrome.execute_script("eyewitness.tasks.length = 0")
    mails = [
        Sent(site=OPEN + n // 2 if n % 2 else n % OPEN, content=alarm_mail(OPEN + n, photo=PHOTO))
        for n in range(count)
    ]
    with Steady(port, PACE, mails) as sender:
        while sender.is_sending:
            time.sleep(1)
            yield Memory.of(seat)
    yield Memory.of(seat)
