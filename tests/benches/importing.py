"""Importing thousands of sources beside a device that goes on sending."""

from __future__ import annotations

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
#: All rows become true in one transaction, which holds the journal's writer so long.  One mail
#: of an import may have to wait for it; the others wait as they would alone.
HOLD_MS = 40.0
LONGEST_MS = 2 * HOLD_MS
SLICE_MS = 5.0


def write_sources(path: Path, count: int, name: str = "Tor") -> None:
    """A spreadsheet of sources, each with a login and a network of its own."""
    with path.open("w", encoding="utf-8") as file:
        file.write("address;name;site;login;networks;make;class;notes\n")
        for n in range(count):
            file.write(
                f"bq{n}@ebues.internal;{name} {n};{n // 20};cam{n};10.{n // 65536}."
                f"{n // 256 % 256}.{n % 256};Hikvision DS-2CD2143;2;Mast an der Zufahrt\n"
            )


def import_beside_mails(count: int = 10_000, rounds: int = 3) -> Iterator[Figure]:
    """So many sources are added, and then changed in each further round, while mails come."""
    with LiveGateway() as gateway:
        file = gateway.folder / "sources.csv"
        alone = waits(gateway.port, 100)
        beside, longest = list[float](), 0.0
        for number in range(rounds):
            write_sources(file, count, f"Tor {number}.")
            seconds, mails = _one_import(gateway, file)
            beside += mails.values
            longest = max(longest, seconds)
        told = Waits(beside)
    yield Figure(f"import of {count} sources beside mails", longest, "s", IMPORT_SECONDS)
    bound = max(2 * alone.p99, HOLD_MS)
    yield Figure("  final dot to 250 meanwhile, median", told.median, "ms", 2 * alone.median + 2)
    yield Figure(f"  p99 of {len(beside)} (alone {alone.p99:.1f} ms)", told.p99, "ms", bound)
    yield Figure("  longest", told.most, "ms", max(LONGEST_MS, alone.most + HOLD_MS))


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

    mails = waits_during(gateway.port, work)
    return took[0], mails
