"""The gateway, except that it can be told to wait for a holder's input a second, not five minutes.

    python tests/browser/hurried.py --home HOME

SIGUSR1 tells it; whoever has accepted something has then left it alone.
"""

from __future__ import annotations

import signal
import sys
from datetime import timedelta

from twisted.scripts.twistd import run

from alarmgw import workflow_actions
from alarmgw.store import incidents


def hurry(*_: object) -> None:
    """From now on."""
    for place in (workflow_actions, incidents):
        vars(place)["UNATTENDED"] = timedelta(seconds=1)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, hurry)
    sys.argv = ["twistd", "-n", "--pidfile=", "alarmgw", *sys.argv[1:]]
    run()
