"""The workflow: what an incident (Vorgang) is, and how each entry changes it.

An incident is a fold of entries.  The gateway's projection, its decisions and
the workstation's list all use this one fold, so that they cannot disagree.
What a person or the clock may do to an incident is decided in
`alarmgw.workflow_actions`; the result is again nothing but entries.

Times are entries' texts (RFC 3339, UTC, milliseconds): two of them compare as
their moments do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import attrs
from attrs import evolve, frozen

from alarmgw.model import normal_address, utc_moment, utc_text

NEW, ACCEPTED, PARKED, CLOSED = "new", "accepted", "parked", "closed"
OPEN = (NEW, ACCEPTED, PARKED)

#: The two lists; an incident stands in one of them for ever.
ALARMS, FAULTS = "alarm", "fault"

#: For so long after its first alarm an incident takes up later ones.
JOIN = timedelta(minutes=60)

#: For so long a follow-up is offered to whoever closed what it follows.
OFFER = timedelta(seconds=30)


@frozen(kw_only=True)
class Transition:
    """One row of the table: an entry (``word`` is its ``how`` or ``why``), and what it does."""

    entry: str
    word: str | None
    before: tuple[str, ...]
    after: str | None


#: The whole state machine.  ``after`` None: the state stays.  docs/workflow.rst shows it.
TRANSITIONS = (
    Transition(entry="alarm", word=None, before=OPEN, after=None),
    Transition(entry="accepted", word="accept", before=(NEW,), after=ACCEPTED),
    Transition(entry="accepted", word="take_over", before=(ACCEPTED,), after=ACCEPTED),
    Transition(entry="accepted", word="resume", before=(PARKED,), after=ACCEPTED),
    Transition(entry="parked", word=None, before=(ACCEPTED,), after=PARKED),
    Transition(entry="returned", word="released", before=(ACCEPTED,), after=NEW),
    Transition(entry="returned", word="signed_off", before=(ACCEPTED,), after=NEW),
    Transition(entry="returned", word="lost", before=(ACCEPTED,), after=NEW),
    Transition(entry="returned", word="due", before=(PARKED,), after=NEW),
    Transition(entry="returned", word="class", before=(PARKED,), after=NEW),
    Transition(entry="closed", word=None, before=(ACCEPTED,), after=CLOSED),
    Transition(entry="returned", word="undone", before=(CLOSED,), after=ACCEPTED),
    Transition(entry="noted", word=None, before=(*OPEN, CLOSED), after=None),
    Transition(entry="unattended", word="start", before=(ACCEPTED,), after=None),
    Transition(entry="unattended", word="end", before=(ACCEPTED,), after=None),
    Transition(entry="late", word=None, before=(NEW,), after=None),
)

#: Which field of an entry has the word that tells its rows apart.
WORDS = {"accepted": "how", "returned": "why", "unattended": "state"}

_ROWS: Mapping[tuple[str, str | None], Transition] = {
    (row.entry, row.word): row for row in TRANSITIONS
}


@frozen(kw_only=True)
class Incident:
    """What an operator accepts and closes: alarms of one site that belong together.

    ``id`` is its first alarm's.  ``list`` is alarm or fault; ``priority`` the lowest class
    number among its alarms.  ``since`` is when its state began, ``seq`` the last entry that
    changed it.  ``holder``, ``workstation`` and ``session`` say who accepted it; of a parked or
    closed one, who parked or closed it.  ``touched`` is the last input of its holder that was
    journalled.
    """

    id: str
    key: str
    list: str
    state: str
    priority: int
    since: str
    opened: str
    last_alarm: str
    count: int
    first_seq: int
    last_seq: int
    seq: int
    holder: str | None = None
    workstation: str | None = None
    session: str | None = None
    follows: str | None = None
    offered_to: str | None = None
    offered_until: str | None = None
    due: str | None = None
    unattended: bool = False
    late: bool = False
    touched: str | None = None
    outcome: str | None = None

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Incident:
        """The incident that `as_json` wrote; fields that are unknown here are left out."""
        return cls(**{name: facts[name] for name in _NAMES if name in facts})

    def as_json(self) -> dict[str, Any]:
        """All its fields, as a ``standing`` carries them."""
        return attrs.asdict(self)

    @property
    def open(self) -> bool:
        """Whether it is not closed."""
        return self.state != CLOSED


_NAMES = tuple(name.name for name in attrs.fields(Incident))


@frozen(kw_only=True)
class Extent:
    """Some alarms of an incident taken together: either those that a close covers, or the rest.

    ``id`` is the first one's.
    """

    id: str
    alarms: int
    priority: int
    opened: str
    last_alarm: str
    first_seq: int
    last_seq: int

    def as_json(self) -> dict[str, Any]:
        """As a ``closed`` entry tells of the rest."""
        return attrs.asdict(self)


# which incident an alarm belongs to


def list_of(entry: Mapping[str, Any]) -> str | None:
    """The list that an alarm entry may open an incident in; None where it opens none."""
    if entry["handling"] != "queue":
        return None
    return {"alarm": ALARMS, "fault": FAULTS}.get(entry["kind"])


def may_join(entry: Mapping[str, Any]) -> bool:
    """Whether an alarm entry may belong to an incident at all."""
    return entry["handling"] == "queue" and entry["kind"] in (ALARMS, FAULTS, "restore")


def key_of(entry: Mapping[str, Any]) -> str:
    """What alarms of one incident have in common: the site, else the source, else the sender."""
    if entry["site"] is not None:
        return f"site:{entry['site']}"
    if entry["source"] is not None:
        return f"source:{entry['source']}"
    said = entry["envelope"]
    return f"unassigned:{normal_address(said['from'] or '')}|{said['peer'] or ''}"


def place(
    entry: Mapping[str, Any], candidates: Iterable[Incident], first: Incident | None = None
) -> str | None:
    """The incident that an alarm entry goes to, maybe its own new one; None: to none.

    ``candidates`` are the open incidents of its key; ``first`` is the incident of the alarm
    that it ``joins``, a straggler's.
    """
    if not may_join(entry):
        return None
    kind = list_of(entry)
    open_ones = sorted(candidates, key=lambda one: one.first_seq, reverse=True)
    if first is not None and first.open and kind in (None, first.list):
        return first.id
    if kind is None:  # a restore: of the fault, if there is one
        open_ones.sort(key=lambda one: one.list != FAULTS)
        return open_ones[0].id if open_ones else None
    newest = next((one for one in open_ones if one.list == kind), None)
    if newest is not None and utc_moment(entry["time"]) - utc_moment(newest.opened) < JOIN:
        return newest.id
    alarm: str = entry["alarm"]
    return alarm


def followed(entry: Mapping[str, Any], candidates: Iterable[Incident]) -> str | None:
    """The incident that a new one, opened by this alarm entry, follows: still open, too old."""
    kind = list_of(entry)
    before = [one for one in candidates if one.list == kind and one.open]
    return max(before, key=lambda one: one.first_seq).id if before else None


# how entries change it


def opened(seq: int, entry: Mapping[str, Any], follows: str | None = None) -> Incident:
    """The incident that this alarm entry opens."""
    kind = list_of(entry)
    if kind is None:
        raise ValueError(f"{entry['kind']} {entry['alarm']} opens no incident")
    return Incident(
        id=entry["alarm"],
        key=key_of(entry),
        list=kind,
        state=NEW,
        priority=entry["priority"],
        since=entry["time"],
        opened=entry["time"],
        last_alarm=entry["time"],
        count=1,
        first_seq=seq,
        last_seq=seq,
        seq=seq,
        follows=follows,
    )


def fits(incident: Incident, entry: Mapping[str, Any]) -> bool:
    """Whether the table lets this entry be written about the incident as it stands."""
    row = _ROWS.get((entry["type"], entry.get(WORDS.get(entry["type"], ""))))
    return row is not None and incident.state in row.before


def after(incident: Incident, seq: int, entry: Mapping[str, Any]) -> Incident:
    """The incident when entry ``seq`` is known, too.

    An entry at or below its number is a repeat; that and what does not fit changes nothing.
    """
    if seq <= incident.seq or not fits(incident, entry):
        return incident
    row = _ROWS[entry["type"], entry.get(WORDS.get(entry["type"], ""))]
    changes = _FOLDS[entry["type"]](incident, seq, entry)
    return evolve(incident, **changes, seq=seq, state=row.after or incident.state)


def rises(incident: Incident, entry: Mapping[str, Any]) -> bool:
    """Whether an alarm entry that joins the incident raises its class, and so sounds again."""
    priority: int = entry["priority"]
    return entry["kind"] != "restore" and priority < incident.priority


def follow_up(incident: Incident, seq: int, closed: Mapping[str, Any]) -> Incident | None:
    """The incident that a ``closed`` entry opens for what came after ``up_to``, if anything did."""
    rest = closed["rest"]
    if rest is None:
        return None
    offered = closed["offered_to"]
    until = utc_text(utc_moment(closed["time"]) + OFFER)
    return Incident(
        id=rest["id"],
        key=incident.key,
        list=incident.list,
        state=NEW,
        priority=rest["priority"],
        since=rest["opened"],
        opened=rest["opened"],
        last_alarm=rest["last_alarm"],
        count=rest["alarms"],
        first_seq=rest["first_seq"],
        last_seq=rest["last_seq"],
        seq=seq,
        follows=incident.id,
        offered_to=offered,
        offered_until=until if offered else None,
    )


_Changes = dict[str, Any]


def _joined(incident: Incident, seq: int, entry: Mapping[str, Any]) -> _Changes:
    return {
        "count": incident.count + 1,
        "last_seq": seq,
        "last_alarm": max(incident.last_alarm, entry["time"]),
        "priority": entry["priority"] if rises(incident, entry) else incident.priority,
    }


def _accepted(incident: Incident, seq: int, entry: Mapping[str, Any]) -> _Changes:
    return {
        **_holder(entry),
        "since": entry["time"],
        "touched": entry["time"],
        "offered_to": None,
        "offered_until": None,
        "due": None,
        "unattended": False,
        "late": False,
    }


def _parked(incident: Incident, seq: int, entry: Mapping[str, Any]) -> _Changes:
    return {"since": entry["time"], "due": entry["until"], "unattended": False}


def _returned(incident: Incident, seq: int, entry: Mapping[str, Any]) -> _Changes:
    if entry["why"] == "undone":
        return {"since": entry["time"], "touched": entry["time"], "outcome": None}
    return {
        "holder": None,
        "workstation": None,
        "session": None,
        "since": entry["time"],
        "touched": None,
        "due": None,
        "unattended": False,
    }


def _closed(incident: Incident, seq: int, entry: Mapping[str, Any]) -> _Changes:
    return {
        **_holder(entry),
        "since": entry["time"],
        "unattended": False,
        "outcome": entry["outcome"],
        "count": entry["alarms"],
        "priority": entry["priority"],
        "last_seq": entry["last_seq"],
        "last_alarm": entry["last_alarm"],
    }


def _noted(incident: Incident, seq: int, entry: Mapping[str, Any]) -> _Changes:
    if incident.state != ACCEPTED or entry["operator"] != incident.holder:
        return {}
    return {"touched": entry["time"], "unattended": False}


def _unattended(incident: Incident, seq: int, entry: Mapping[str, Any]) -> _Changes:
    if entry["state"] == "start":
        return {"unattended": True}
    return {"unattended": False, "touched": entry["time"]}


def _late(incident: Incident, seq: int, entry: Mapping[str, Any]) -> _Changes:
    return {"late": True}


def _holder(entry: Mapping[str, Any]) -> _Changes:
    who = {name: entry[name] for name in ("workstation", "session")}
    return {"holder": entry["operator"], **who}


_FOLDS: Mapping[str, Callable[[Incident, int, Mapping[str, Any]], _Changes]] = {
    "alarm": _joined,
    "accepted": _accepted,
    "parked": _parked,
    "returned": _returned,
    "closed": _closed,
    "noted": _noted,
    "unattended": _unattended,
    "late": _late,
}
