"""Entries of the workflow: who did what to which incident, and when.

Each type's own fields stand in `FIELDS`; all of them also have ``operator``,
``workstation``, ``session`` and ``command``, null where no person did it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

from alarmgw.model import utc_text

#: The fields of each type beside those that all of them have (docs/entries.rst).
FIELDS: Mapping[str, tuple[str, ...]] = {
    "accepted": ("incident", "how", "from"),
    "parked": ("incident", "until", "note"),
    "returned": ("incident", "why", "standing"),
    "closed": (
        "incident",
        "up_to",
        "outcome",
        "cause",
        "note",
        "alarms",
        "priority",
        "last_seq",
        "last_alarm",
        "follow_up",
        "offered_to",
        "rest",
    ),
    "noted": ("incident", "note"),
    "unattended": ("incident", "state", "holder", "since"),
    "late": ("incident", "limit_s"),
    "displayed": ("incident", "alarm", "what"),
    "suppressed": ("suppression", "source", "site", "until", "minutes", "reason"),
    "suppression_notice": ("suppression", "until"),
    "unsuppressed": ("suppression", "source", "site", "why", "alarms", "first", "last"),
    "signed_on": ("role", "fingerprint"),
    "signed_off": ("why",),
    "handed_over": (
        "from",
        "to",
        "up_to",
        "note",
        "open",
        "parked",
        "suppressed",
        "faults",
        "unassigned",
    ),
}

OPERATOR, SHIFT_LEADER = "operator", "shift_leader"


@frozen(kw_only=True)
class Who:
    """A person at a workstation; nobody is signed on where ``operator`` is None."""

    operator: str | None
    role: str | None
    workstation: str
    session: str | None


@frozen(kw_only=True)
class Stamp:
    """What every entry of one decision bears: the time, the node, who, by which command."""

    now: datetime
    node: str
    who: Who | None = None
    command: str | None = None

    @property
    def time(self) -> str:
        """The time as entries write it."""
        return utc_text(self.now)

    def entry(self, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """An entry of that type; ``facts`` are exactly its `FIELDS`."""
        if set(facts) != set(FIELDS[kind]):
            raise ValueError(f"{kind} has the fields {FIELDS[kind]}, not {tuple(facts)}")
        who = self.who
        return {
            "time": self.time,
            "type": kind,
            "node": self.node,
            **{name: facts[name] for name in FIELDS[kind]},
            "operator": who.operator if who else None,
            "workstation": who.workstation if who else None,
            "session": who.session if who else None,
            "command": self.command,
        }
