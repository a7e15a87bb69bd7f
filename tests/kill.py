"""SIGKILL at random moments under load: nothing that got its 250 may be missing, half or twice.

    python -m tests.kill [--kills 300] [--seed N]

Every kill of the gateway ends with a start, after which the home is compared
with what the senders know: each 250's mail is in journal and archive, whole,
once; nothing else is visible.  Two workstations, one of which is killed as
well, must show every alarm once, in the journal's order.  Two operators accept and
close all the while: no incident is in two hands or lost, and what they were told holds.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.kills.campaign import Campaign, Tally, add_sources
from tests.kills.home import digest, faults, folder_faults
from tests.powercut.senders import SOURCES

__all__ = ["SOURCES", "Campaign", "add_sources", "digest", "faults", "folder_faults"]


def main() -> int:
    """Kill, compare, say so; exit 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="of gateways; 1000 is the long form")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    begun = time.monotonic()

    def show(tally: Tally) -> None:
        minutes = (time.monotonic() - begun) / 60
        sys.stdout.write(f"\r{tally.words}, {minutes:.1f} min ")
        sys.stdout.flush()

    tally = Campaign(options.seed).run(options.kills, show)
    minutes = (time.monotonic() - begun) / 60
    sys.stdout.write(f"\r{tally.words}; seed {options.seed}, {minutes:.1f} min\n")
    sys.stdout.writelines(f"  {fault}\n" for fault in tally.faults[:50])
    broken = tally.faults or tally.twice or tally.missed
    return 1 if broken or not tally.mails else 0


if __name__ == "__main__":
    sys.exit(main())
