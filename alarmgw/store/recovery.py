"""Recovery: what a start does before the greeting may mean "ready".

After a crash or a power cut the journal is right and the disk is behind it.
Every alarm after the settled mark is looked at: its rename is finished, its
files are compared with the entry and made again from the mail.  Then the
spool is swept: a draft without a journal line was never promised.  Stopped
at any step, recovery runs again from the beginning and comes to the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from attrs import field, frozen

from alarmgw.model import ALARM_ID_PATTERN, MAIL_ID_PATTERN, Now, Randomness
from alarmgw.store.journal import Journal
from alarmgw.store.mending import Mending
from alarmgw.store.safefile import Files
from alarmgw.store.settling import alarms_after
from alarmgw.store.spool import PROBE, SPOOL, Spool
from alarmgw.store.staging import FOLDER as PROPOSALS
from alarmgw.store.staging import sweep as sweep_proposals
from alarmgw.store.workshop import WORKSHOP


@frozen(kw_only=True)
class Recovered:
    """What a start found: renames finished, folders rebuilt, drafts swept, alarms damaged.

    ``unmended`` are alarms whose folders the disk did not let us mend (it may
    be full): hand them to `settle`, which tries again.  ``unswept`` are names in the spool
    that the disk did not let us remove: nobody needs them, and the next start tries again.
    """

    finished: int
    rebuilt: int
    swept: int
    damaged: tuple[str, ...]
    unmended: Mapping[str, str] = field(factory=dict)
    unswept: Mapping[str, str] = field(factory=dict)


def recover(
    home: Path, journal: Journal, files: Files, *, now: Now, randomness: Randomness
) -> Recovered:
    """Make the folders of ``home`` what its journal says, and sweep its spool.

    The caller holds the home's lock, has started the journal, and listens to
    nobody yet.  Raises `OSError` when the spool cannot be made or read.
    """
    Spool(home, files)
    return _Recovery(Mending(home, journal, files, now=now, randomness=randomness)).run()


class _Recovery:
    """One run of recovery, and what it has found so far."""

    def __init__(self, mending: Mending) -> None:
        self._mending = mending
        self._home = mending.home
        self._files = mending.files
        self._seen: set[str] = set()
        self._finished = 0
        self._rebuilt = 0
        self._swept = 0
        self._damaged: list[str] = []
        self._unmended: dict[str, str] = {}
        self._unswept: dict[str, str] = {}

    def run(self) -> Recovered:
        """Mend, then sweep."""
        journal = self._mending.journal
        for _, entry in alarms_after(journal, journal.settled(), journal.bounds()[1]):
            self._look_at(entry.alarm)
        for name in sorted(os.listdir(self._home / SPOOL)):
            self._try(name, partial(self._sweep, name))
        self._try(WORKSHOP, self._mending.close)
        self._try(PROPOSALS, partial(sweep_proposals, self._home))
        return Recovered(
            finished=self._finished,
            rebuilt=self._rebuilt,
            swept=self._swept,
            damaged=tuple(self._damaged),
            unmended=self._unmended,
            unswept=self._unswept,
        )

    def _try(self, name: str, sweep: Callable[[], None]) -> None:
        """Sweep; what cannot be removed is no reason to receive nothing."""
        try:
            sweep()
        except OSError as error:
            self._unswept[name] = str(error)

    def _look_at(self, alarm: str) -> None:
        """Restore one alarm's folder."""
        self._seen.add(alarm)
        facts = self._mending.facts(alarm)
        assert facts is not None, "only journalled alarms are looked at"
        try:
            restored = self._mending.restore(facts)
        except OSError as error:  # settling tries again; receiving need not wait for that
            self._unmended[alarm] = str(error)
            return
        if restored.gone:
            self._mending.tell_damage(facts)
        if restored.gone or restored.damaged:
            self._damaged.append(alarm)
        self._finished += restored.moved
        self._rebuilt += restored.changed

    def _sweep(self, name: str) -> None:
        """Remove what ``name`` is in the spool, unless it is needed or not ours."""
        path = self._home / SPOOL / name
        mail = _mail_of(name)
        if name == PROBE:
            self._files.unlink(path)
            return
        if mail is not None and self._is_dead(mail) and path.is_dir():
            # Not if it is gone: it may have moved to its place just now.
            self._files.remove_tree(path)

    def _is_dead(self, mail: str) -> bool:
        """May what is left of a mail in the spool go?"""
        alarms = list(self._mending.alarms(mail))
        if not alarms:
            self._swept += 1
            return True
        # Settled long ago, and yet here: a power cut may bring a removed name back.
        for facts in alarms:
            if facts.alarm not in self._seen:
                self._look_at(facts.alarm)
        return not any(facts.alarm in (*self._damaged, *self._unmended) for facts in alarms)


def _mail_of(name: str) -> str | None:
    """The mail whose draft, or whose further alarm's folder, bears this name."""
    if MAIL_ID_PATTERN.match(name):
        return name
    return name.rpartition("-")[0] if ALARM_ID_PATTERN.match(name) else None
