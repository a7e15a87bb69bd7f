"""Power cuts: nothing that got its 250 may be missing, half or twice after any of them.

    python -m tests.powercut [--cuts 300] [--seed N] [--lying]

With ``--lying`` the disk's syncs do nothing, and faults must be found: that
shows that the others are worth something.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.powercut.campaign import Campaign, Tally
from tests.powercut.disk import missing


def main() -> int:
    """Cut, compare, say so; exit 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.powercut", description=__doc__)
    parser.add_argument("--cuts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--lying", action="store_true", help="syncs do nothing")
    options = parser.parse_args()
    if reason := missing():
        sys.exit(f"powercut: {reason}")
    begun = time.monotonic()

    def show(tally: Tally) -> None:
        minutes = (time.monotonic() - begun) / 60
        sys.stdout.write(
            f"\rcut {tally.cuts} of {options.cuts}, {_words(tally)}, {minutes:.1f} min "
        )
        sys.stdout.flush()

    tally = Campaign(options.seed, options.lying).run(options.cuts, show)
    sys.stdout.write(
        f"\n{tally.cuts} power cuts (seed {options.seed}) over {tally.moments} moments"
        f" of a short life and under load: {_words(tally)},"
        f" {tally.entries} entries told to workstations\n"
    )
    sys.stdout.writelines(f"  {fault}\n" for fault in tally.faults[:50])
    return 1 if tally.faults or not tally.mails else 0


def _words(tally: Tally) -> str:
    return f"{tally.mails} mails promised, {len(tally.faults)} faults"


if __name__ == "__main__":
    sys.exit(main())
