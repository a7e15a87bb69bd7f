"""Power cuts: nothing that got its 250 may be missing, half or twice after any of them.

    python -m tests.powercut [--cuts 300] [--seed N] [--lying KIND | --lies]

``--lying`` makes one kind of sync do nothing, and faults must be found;
``--lies`` does that for each kind and fails where none was found: a test of
the test.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.powercut.campaign import Campaign, Tally
from tests.powercut.disk import missing
from tests.powercut.power import LIES

#: A lie comes out within so many cuts, or the test is worth nothing.
CUTS_A_LIE = 25


def main() -> int:
    """Cut, compare, say so; exit 1 if a promise was broken."""
    options = _options()
    if reason := missing():
        sys.exit(f"powercut: {reason}")
    if options.lies:
        return _lies(options.seed)
    begun = time.monotonic()

    def show(tally: Tally) -> None:
        minutes = (time.monotonic() - begun) / 60
        _say(f"\rcut {tally.cuts} of {options.cuts}, {_words(tally)}, {minutes:.1f} min ")

    tally = Campaign(options.seed, options.lying).run(options.cuts, show)
    _say(
        f"\n{tally.cuts} power cuts (seed {options.seed}), at {tally.moments} counted moments"
        f" of a short life and under load: {_words(tally)},"
        f" {tally.entries} entries told to workstations\n"
    )
    _say(f"starts: {', '.join(f'{number} {what}' for what, number in tally.mended.items())}\n")
    _say("".join(f"  {fault}\n" for fault in tally.faults[:50]))
    return 1 if tally.faults or not tally.mails else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.powercut", description=__doc__)
    parser.add_argument("--cuts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 20))
    parser.add_argument("--lying", default="", choices=LIES, help="these syncs do nothing")
    parser.add_argument("--lies", action="store_true", help="see that each lie is found out")
    return parser.parse_args()


def _lies(seed: int) -> int:
    """Let the disk lie about each kind of sync; exit 1 if nobody notices."""
    unnoticed = 0
    for lie in LIES:
        tally = Campaign(seed, lie).run(CUTS_A_LIE)
        unnoticed += not tally.faults
        _say(f"syncs that do nothing ({lie}): {_words(tally)} after {tally.cuts} cuts\n")
    return 1 if unnoticed else 0


def _words(tally: Tally) -> str:
    return f"{tally.mails} mails promised, {len(tally.faults)} faults"


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
