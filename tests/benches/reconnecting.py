"""A thousand devices log in at once after a power cut; a known one goes on sending."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator

from attrs import define, field

from tests.benches.figures import Figure
from tests.benches.logins import write_logins
from tests.benches.mails import SteadySender, Waits
from tests.live import LiveGateway, run
from tests.sources import ROOT

#: What AUTH adds to a mail: all that it costs, its three round trips among it.
ADDED_MS = 1.0
#: Who sends in the middle of the storm waits for a turn of the reactor, in which a thousand talk.
BESIDE_MS = 250.0
BESIDE_P99_MS = 1000.0
RECIPIENT = "bq0@ebues.internal"


@define
class _Storms:
    """What the storms of one kind were like: seconds each took, and waits of mails beside it."""

    seconds: list[float] = field(factory=list)
    waits: list[float] = field(factory=list)


def reconnecting(devices: int = 1000, rounds: int = 8) -> Iterator[Figure]:
    """The same storm with AUTH and without it, in turns; what it took, what mails waited."""
    kinds = {"auth": _Storms(), "plain": _Storms()}
    with LiveGateway() as gateway:
        write_logins(gateway.folder / "sources.csv", devices)
        run("source", "import", gateway.folder / "sources.csv", "--home", gateway.home)
        for number in range(2 * rounds):
            kind = ("auth", "plain")[number % 2]
            _storm(gateway.port, devices, kind, kinds[kind])
    auth, plain = kinds["auth"], kinds["plain"]
    added = 1000 * (statistics.median(auth.seconds) - statistics.median(plain.seconds)) / devices
    yield Figure(f"AUTH of {devices} at once, for each mail", added, "ms", ADDED_MS)
    for name, storms in (("with AUTH", auth), ("without", plain)):
        told = Waits(storms.waits)
        yield Figure(f"  a mail beside them, {name}, median", told.median, "ms", BESIDE_MS)
        yield Figure(f"    p99 of {len(told.values)}", told.p99, "ms", BESIDE_P99_MS)


def _storm(port: int, devices: int, kind: str, storms: _Storms) -> None:
    words = [sys.executable, "-m", "tests.benches.storm", str(port), str(devices), kind]
    with SteadySender(port, RECIPIENT) as sender:
        done = subprocess.run(
            words, check=True, timeout=120, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
    storms.seconds.append(float(done.stdout))
    storms.waits += sender.values
