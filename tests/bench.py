"""The measured promises: from the final dot to the 250 and to a workstation's line.

    python -m tests.bench [--mails 200] [--size 200000]

Runs a real gateway and a real ``alarmgw watch`` over TLS on loopback, sends
one mail after the other and prints median and p99 of every stage, with the
machine beside it.  Then it measures what `tests.benches` promises: imports, thousands of
sources, a thousand devices that log in at once, the installer's view.  All clocks are this
machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from tests.benches.importing import import_beside_mails, longest_hold
from tests.benches.overhead import installers_view
from tests.benches.reconnecting import reconnecting
from tests.benches.thousands import cost_of_thousands
from tests.live import LiveGateway, picture_mail, stored_as, watching

BENCHES = (
    longest_hold,
    import_beside_mails,
    cost_of_thousands,
    reconnecting,
    installers_view,
)

STAGES = ("dot to eom", "eom to synced", "synced to 250", "dot to 250", "dot to watch")


def sync_milliseconds(folder: Path) -> float:
    """What one fdatasync of 60 KB takes on this disk, the median of 100."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(100):
            file.write(b"x" * 60_000)
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)


def one_mail(
    client: smtplib.SMTP, watch: subprocess.Popen[str], message: bytes
) -> dict[str, float]:
    """Send one mail; the stages' times in milliseconds."""
    client.mail("cam@site.example")
    client.rcpt("arc@gw.example")
    client.putcmd("data")
    assert client.getreply()[0] == 354
    client.send(message)
    time.sleep(0.02)
    dot = time.time()
    client.send(b"\r\n.\r\n")
    code, text = client.getreply()
    answered = time.time()
    assert code == 250, text
    assert watch.stdout is not None
    for line in watch.stdout:
        told = time.time()
        entry = json.loads(line)
        if entry["type"] == "alarm" and entry["mail"]["id"] == stored_as(text):
            break
    eom, synced = (
        datetime.fromisoformat(entry["times"][name]).timestamp() for name in ("eom", "synced")
    )
    stages = (eom - dot, synced - eom, answered - synced, answered - dot, told - dot)
    return {name: 1000 * value for name, value in zip(STAGES, stages, strict=True)}


def measure(mails: int, size: int) -> dict[str, list[float]]:
    """``mails`` mails through a gateway of their own, idle between them."""
    rows: dict[str, list[float]] = {name: [] for name in STAGES}
    with LiveGateway() as gateway, watching(gateway) as watch, gateway.smtp() as client:
        # The dot is a write of its own here: Nagle would keep it back for 40 ms.
        assert client.sock is not None
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.ehlo("bench")
        for number in range(mails):
            row = one_mail(client, watch, picture_mail(size, number))
            for name, value in row.items():
                rows[name].append(value)
    return rows


def main() -> int:
    """Measure and print; exit 1 if a promise of the design does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=200)
    parser.add_argument("--size", type=int, default=200_000)
    options = parser.parse_args()
    rows = measure(options.mails, options.size)
    write = sys.stdout.write
    write(f"{options.mails} mails of {options.size} octets, one at a time, over loopback; ")
    write(f"{os.cpu_count()} cores, Python {platform.python_version()}, ")
    write(f"a sync takes {sync_milliseconds(Path(tempfile.gettempdir())):.2f} ms\n\n")
    write(f"{'stage':16}{'median ms':>12}{'p99 ms':>12}\n")
    for name, values in rows.items():
        values.sort()
        p99 = values[int(len(values) * 0.99) - 1] if len(values) > 1 else values[0]
        write(f"{name:16}{statistics.median(values):12.2f}{p99:12.2f}\n")
    held = (
        statistics.median(rows["dot to 250"]) < 5 and statistics.median(rows["dot to watch"]) < 15
    )
    write(f"\nto the 250 under 5 ms and to the line under 15 ms: {'holds' if held else 'MISSED'}\n")
    write("\n")
    return 0 if all_hold() and held else 1


def all_hold() -> bool:
    """Measure what `BENCHES` promise, and print each figure."""
    missed = 0
    for bench in BENCHES:
        for figure in bench():
            sys.stdout.write(f"{figure}\n")
            sys.stdout.flush()
            missed += not figure.holds
    return not missed


if __name__ == "__main__":
    sys.exit(main())
