"""The console's measured promises: a real gateway, real workstations, a real browser.

    python -m tests.browser [--short]

Each figure is printed beside its bound, with the load of the machine when it was taken;
exit 1 if one does not hold.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator

from tests.benches.figures import Figure
from tests.browser.chromium import missing
from tests.browser.crowd import crowded
from tests.browser.pace import alarms_seen, pictures_seen
from tests.browser.storm import weathered


def measured(short: bool) -> Iterator[Figure]:
    """All that is promised of the console's pace."""
    yield from alarms_seen(slowly=10 if short else 60, quickly=100 if short else 1200)
    yield from pictures_seen(steps=10 if short else 38)
    yield from weathered(alarms=600, pace=0.03 if short else 0.1).figures()
    yield from crowded(seconds=10 if short else 60)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="A minute instead of five.")
    options = parser.parse_args()
    lacking = missing()
    if lacking is not None:
        sys.stdout.write(f"the console was not measured: {lacking}\n")
        return 0
    missed = 0
    for figure in measured(options.short):
        sys.stdout.write(f"{figure} (load {os.getloadavg()[0]:.1f})\n")
        sys.stdout.flush()
        missed += not figure.holds
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
