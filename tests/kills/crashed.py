"""Make the home of a gateway that was killed: a long journal, and mails that were not settled.

    python -m tests.kills.crashed HOME ENTRIES UNSETTLED

Ends itself by SIGKILL, so that nothing is closed or checkpointed.  Of the
unsettled mails a third has not been renamed into the archive yet, and a third
has lost its pictures and texts, as after a power cut.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from alarmgw.entries import Record
from alarmgw.model import utc_now
from alarmgw.store.journal import Journal
from alarmgw.store.ledger import Ledger
from alarmgw.store.safefile import Files
from alarmgw.store.spool import Spool
from tests.journals import alarm_record, closed_record, system_record
from tests.store import lives

#: So many entries go into one transaction.
BATCH = 5000
#: One alarm in so many entries, and one that closes it: the rest is what the gateway says.
ALARM_EVERY = 20


class QuickFiles(Files):
    """Syncs nothing: a kill forgets nothing."""

    def sync(self, fd: int) -> None:
        """Nothing."""

    def sync_folder(self, path: Path) -> None:
        """Nothing."""


def batch(begun: int, count: int, said: Record) -> Callable[[Ledger], None]:
    """A job that appends entries ``begun`` + 1 and following; all of them are settled."""

    def append(ledger: Ledger) -> None:
        for number in range(begun + 1, begun + count + 1):
            if number % ALARM_EVERY == 0:
                ledger.append(alarm_record(number))
            elif number % ALARM_EVERY == 1 and number > 1:
                ledger.append(closed_record(alarm_record(number - 1).alarm or ""))
            else:
                ledger.append(said)
        ledger.set_settled(ledger.head)

    return append


def fill(journal: Journal, entries: int) -> None:
    """Append so many entries, and settle them."""
    said = system_record("The volume has little room")
    for begun in range(0, entries, BATCH):
        journal.submit(batch(begun, min(BATCH, entries - begun), said)).result()


def leave_unsettled(home: Path, journal: Journal, mails: int) -> None:
    """Receive mails that nobody settles."""
    files = QuickFiles()
    for number in range(mails):
        message = lives.mail_of(lives.picture(60_000, number % 251))
        draft = Spool(home, files).create(f"gw1-20261121-204503-{number:010x}")
        [alarm] = lives.sealed(draft, lives.stored(draft, message), lives.SOURCES[:1])
        written = lives.journalled(journal, [alarm])
        if number % 3:
            lives.published(home, files, [alarm], written)
        if number % 3 == 2:
            for lost in (home / alarm.path).iterdir():
                if lost.name != "message.eml":
                    os.truncate(lost, 0)


def main() -> None:
    """Fill, leave, and die."""
    home, entries, unsettled = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    journal = Journal(home / "journal.sqlite3", node="gw1", now=utc_now, randomness=os.urandom)
    journal.start(lambda told: None, lambda error: None)
    with contextlib.closing(journal):
        fill(journal, entries - unsettled)
        leave_unsettled(home, journal, unsettled)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
