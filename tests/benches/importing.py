"""Importing thousands of sources beside a device that goes on sending."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from alarmgw.cli.spreadsheet import read_rows
from alarmgw.keeping import Keeping, Step
from alarmgw.store.journal import Ledger
from tests.benches.figures import Figure
from tests.benches.mails import Waits, waits, waits_during
from tests.commanding import CONTEXT
from tests.journals import done, started
from tests.live import LiveGateway, run
from tests.proposals import NAME, proposed

IMPORT_SECONDS = 10.0
#: The one job that makes all rows true holds the journal's writer so long: nearly all of it is
#: the writing of the entries that tell the import.  Any other job of an import is shorter.
HOLD_MS = 10.0
SLICE_MS = 3.0

#: Mails keep their time: with an import their 99th percentile is so much longer at most, and the
#: longest by that job and its sync.  A machine does not measure twice alike to the millisecond.
LONGER = 1.5
NOISE_MS = 3.0

#: Mails alone for so long before each import, and one so often: as many as during it.
ALONE_SECONDS = 2.5
PACE = 0.02


def write_sources(path: Path, count: int, name: str = "Tor") -> None:
    """A spreadsheet of sources, each with a login and a network of its own."""
    with path.open("w", encoding="utf-8") as file:
        file.write("address;name;site;login;networks;make;class;notes\n")
        for n in range(count):
            file.write(
                f"bq{n}@ebues.internal;{name} {n};{n // 20};cam{n};10.{n // 65536}."
                f"{n // 256 % 256}.{n % 256};Hikvision DS-2CD2143;2;Mast an der Zufahrt\n"
            )


def import_beside_mails(count: int = 10_000, rounds: int = 5) -> Iterator[Figure]:
    """So many sources are added, and then changed in each further round, while mails come.

    Before each import mails come without one.  Of each figure the median round counts, with an
    import and without: what else the machine does strikes some rounds, and not half of them.
    """
    without, beside, longest = list[Waits](), list[Waits](), 0.0
    with LiveGateway() as gateway:
        file = gateway.folder / "sources.csv"
        waits(gateway.port, 20, pace=PACE)  # the first ones find nothing ready
        for number in range(rounds):
            write_sources(file, count, f"Tor {number}.")
            without.append(waits_during(gateway.port, partial(time.sleep, ALONE_SECONDS), PACE))
            seconds, mails = _one_import(gateway, file)
            beside.append(mails)
            longest = max(longest, seconds)
    yield Figure(f"import of {count} sources beside mails", longest, "s", IMPORT_SECONDS)
    for what, figure, bound in (
        ("final dot to 250 meanwhile, median", _median, lambda alone: alone + 1.0),
        ("p99", _p99, lambda alone: max(LONGER * alone, alone + NOISE_MS)),
        ("longest", _most, lambda alone: alone + HOLD_MS),
    ):
        alone = statistics.median(map(figure, without))
        name = f"  {what} (alone {alone:.1f} ms)"
        told = statistics.median(map(figure, beside))
        yield Figure(name, told, "ms", round(bound(alone), 1))


def _median(mails: Waits) -> float:
    return mails.median


def _p99(mails: Waits) -> float:
    return mails.p99


def _most(mails: Waits) -> float:
    return mails.most


def longest_hold(count: int = 10_000) -> Iterator[Figure]:
    """How long the journal's writer is busy with one job of an import, by its processor time."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        journal = stack.enter_context(closing(started(folder / "journal.sqlite3")))
        write_sources(folder / "sources.csv", count)
        proposed(journal, "source", read_rows(folder / "sources.csv", "source"))
        keeping = stack.enter_context(closing(Keeping(folder, {"proposal": NAME}, CONTEXT)))
        held = []
        while (step := keeping.next()) is not None:
            held.append(done(journal.submit(partial(_timed, step), urgent=False)))
    *slices, most = sorted(held)
    yield Figure(f"making {count} sources true holds the journal's writer", most, "ms", HOLD_MS)
    yield Figure("  any other job of it", slices[-1], "ms", SLICE_MS)


def _timed(step: Step, ledger: Ledger) -> float:
    begun = time.thread_time()
    step(ledger)
    return 1000 * (time.thread_time() - begun)


def _one_import(gateway: LiveGateway, file: Path) -> tuple[float, Waits]:
    took = list[float]()

    def work() -> None:
        begun = time.perf_counter()
        run("source", "import", file, "--home", gateway.home)
        took.append(time.perf_counter() - begun)

    mails = waits_during(gateway.port, work, PACE)
    return took[0], mails
