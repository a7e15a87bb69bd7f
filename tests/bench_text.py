"""The measured promise of reading: what a text mail costs, and what a hostile one.

    python -m tests.bench_text

Prints the processor time of one reading, octets to meaning, for mails of 5 KB
(no two of them alike) and for a megabyte of everything that is meant to cost
much: the best of many, so that other work on the machine counts little.
"""

from __future__ import annotations

import os
import platform
import sys

from tests.codec.test_texts import HOSTILE_MS, ORDINARY_MS, milliseconds, reading
from tests.codec.texts import HOSTILE, MANY_EVENTS, ONE_EVENT, plain_mail

ROUNDS = 300


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")


def report(name: str, cost: float, promised: float) -> None:
    """One line, marked where the promise is broken."""
    _write(f"  {name:32} {cost:8.3f} ms{'' if cost < promised else '   OVER'}")


def main() -> None:
    """Measure and print."""
    _write(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    for title, makers in (("one event", ONE_EVENT), ("30 to 64 events", MANY_EVENTS)):
        _write(f"5 KB of text, {title}: under {ORDINARY_MS:g} ms")
        for name, make in makers.items():
            mails = [plain_mail(text, subject) for subject, text in map(make, range(ROUNDS))]
            cost = milliseconds(lambda number, mails=mails: reading(mails[number]), ROUNDS)
            report(name, cost, ORDINARY_MS)
    _write(f"hostile mails: under {HOSTILE_MS:g} ms")
    for name, raw in HOSTILE.items():
        report(name, milliseconds(lambda _, raw=raw: reading(raw), 5), HOSTILE_MS)


if __name__ == "__main__":
    main()
