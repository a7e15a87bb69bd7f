"""What a person, or the clock, may do to an incident: pure decisions, made of nothing but facts.

`decide` answers with the entries to write, in order, or raises `Rejected`.  Whoever writes
them in the same transaction in which the facts were read lets exactly one of two operators win.
No entries: what was wanted is so already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

from attrs import evolve, field, frozen

from alarmgw.model import utc_moment, utc_text
from alarmgw.workflow import (
    ACCEPTED,
    CLOSED,
    NEW,
    OFFER,
    PARKED,
    Extent,
    Incident,
    after,
)
from alarmgw.workflow_entries import OPERATOR, SHIFT_LEADER, Stamp, Who

Action = Mapping[str, Any]
Entry = dict[str, Any]

#: Why a command was not carried out.
CODES = (
    "taken",
    "not_yours",
    "already_closed",
    "not_open",
    "unknown_incident",
    "outcome_missing",
    "bad_minutes",
    "not_allowed",
    "not_signed_on",
    "too_late",
    "try_later",
    "bad_request",
    "mixed",
    "own_shift",
)

#: Time to acceptance by class, in seconds: what is aimed at, and what is told when it passes.
TARGETS: Mapping[int, int] = {1: 30, 2: 90, 3: 90, 4: 900}
LIMITS: Mapping[int, int] = {1: 60, 2: 180, 3: 180, 4: 900}

#: An acceptance without input: its holder is warned, then all are shown.
WARNING = timedelta(minutes=3)
UNATTENDED = timedelta(minutes=5)

#: A clock that is put right by more than this has been put back: what it had promised for a
#: time of its own is over, so that nothing is hidden for longer than was wanted.
PUT_BACK = timedelta(minutes=1)

#: How long a closing can be taken back.
UNDO = timedelta(seconds=10)

#: Characters of a note or a reason.
NOTE_LENGTH = 4000

#: What may have been drawn of an alarm.
DISPLAYS = ("alarm", "picture")


class Rejected(Exception):
    """A command is not carried out: one of `CODES`, and who has the incident since when."""

    def __init__(self, code: str, by: str | None = None, since: str | None = None) -> None:
        super().__init__(code)
        self.code, self.by, self.since = code, by, since

    def as_json(self) -> dict[str, Any]:
        """The answer to the command."""
        return {"ok": False, "error": self.code, "by": self.by, "since": self.since}


@frozen(kw_only=True)
class Rules:
    """What the house allows: outcomes, and the most minutes for each role.

    ``outcomes`` are how an incident of each list may end, each with the causes of which one is
    chosen with it.
    """

    outcomes: Mapping[str, Mapping[str, tuple[str, ...]]]
    park_minutes: Mapping[str, int] = field(
        factory=lambda: {OPERATOR: 4 * 60, SHIFT_LEADER: 24 * 60}
    )
    suppress_minutes: Mapping[str, int] = field(
        factory=lambda: {OPERATOR: 8 * 60, SHIFT_LEADER: 72 * 60}
    )


@frozen(kw_only=True)
class Case:
    """An incident and what must be known to decide about it, read in one transaction.

    For ``close``: ``up_to`` is the number that was drawn, ``covered`` what that closes and
    ``rest`` what came later.  For ``displayed``: what of that alarm was drawn before.
    """

    incident: Incident | None
    up_to: int = 0
    covered: Extent | None = None
    rest: Extent | None = None
    displayed: frozenset[str] = frozenset()


def decide(case: Case, action: Action, stamp: Stamp, rules: Rules) -> tuple[Entry, ...]:
    """The entries that carry out ``action`` for ``stamp.who``.  Raises `Rejected`."""
    name = action.get("do")
    deed = DEEDS.get(name) if isinstance(name, str) else None
    if deed is None:
        raise Rejected("bad_request")
    if case.incident is None:
        raise Rejected("unknown_incident")
    if name != "displayed":
        person(stamp)
    return deed(case, case.incident, action, stamp, rules)


def person(stamp: Stamp) -> Who:
    """Who is signed on.  Raises `Rejected`."""
    if stamp.who is None or stamp.who.operator is None:
        raise Rejected("not_signed_on")
    return stamp.who


def elapsed(incident: Incident, stamp: Stamp, touched: datetime | None = None) -> tuple[Entry, ...]:
    """What the clock alone does to an incident; ``touched`` is its holder's last input."""
    if incident.state == PARKED and _is_due(incident, stamp):
        return (_returned(incident, "due", stamp),)
    if incident.state == NEW and not incident.late:
        limit = LIMITS.get(incident.priority)
        if limit is not None and stamp.now - utc_moment(incident.since) >= timedelta(seconds=limit):
            return (stamp.entry("late", {"incident": incident.id, "limit_s": limit}),)
    if incident.state == ACCEPTED and not incident.unattended:
        since = last_input(incident, touched)
        if stamp.now - since >= UNATTENDED:
            facts = {"incident": incident.id, "state": "start", "holder": incident.holder}
            return (stamp.entry("unattended", {**facts, "since": utc_text(since)}),)
    return ()


def _is_due(parked: Incident, stamp: Stamp) -> bool:
    passed = parked.due is not None and parked.due <= stamp.time
    return passed or was_put_back(parked.since, stamp)


def was_put_back(since: str, stamp: Stamp) -> bool:
    """Whether the clock was put back since something began."""
    return utc_moment(since) - stamp.now > PUT_BACK


def last_input(incident: Incident, touched: datetime | None = None) -> datetime:
    """When the holder of an accepted incident last did something, journalled or not."""
    journalled = utc_moment(incident.touched or incident.since)
    return journalled if touched is None else max(journalled, touched)


def given_up(incident: Incident, why: str, stamp: Stamp) -> tuple[Entry, ...]:
    """What becomes of an incident when its holder's session ends (``signed_off`` or ``lost``)."""
    return (_returned(incident, why, stamp),) if incident.state == ACCEPTED else ()


def risen(incident: Incident, stamp: Stamp) -> tuple[Entry, ...]:
    """What follows when an alarm has raised the class of an incident: a parked one comes back."""
    return (_returned(incident, "class", stamp),) if incident.state == PARKED else ()


def text_of(action: Action, name: str) -> str | None:
    """A text of the action that may be missing.  Raises `Rejected`."""
    value = action.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > NOTE_LENGTH:
        raise Rejected("bad_request")
    return value.strip() or None


def minutes_of(action: Action, most: int) -> int:
    """The minutes that the action names, from 1.  Raises `Rejected`."""
    value = action.get("minutes")
    if type(value) is not int or not 1 <= value <= most:
        raise Rejected("bad_minutes")
    return value


_Deed = Callable[[Case, Incident, Action, Stamp, Rules], tuple[Entry, ...]]


def _take(
    case: Case, incident: Incident, action: Action, stamp: Stamp, rules: Rules
) -> tuple[Entry, ...]:
    """accept, take_over and resume: what he wants is to have it, however it stands by now."""
    who = person(stamp)
    if incident.state == CLOSED:
        _closed(incident)
    if incident.state == ACCEPTED:
        if (incident.holder, incident.session) == (who.operator, who.session):
            return ()
        if action["do"] != "take_over":
            raise Rejected("taken", incident.holder, incident.since)
        return (_accepted(incident, "take_over", stamp),)
    if _offered_to_another(incident, who, stamp) and action["do"] != "take_over":
        raise Rejected("taken", incident.offered_to, incident.since)
    return (_accepted(incident, "accept" if incident.state == NEW else "resume", stamp),)


def _release(
    case: Case, incident: Incident, action: Action, stamp: Stamp, rules: Rules
) -> tuple[Entry, ...]:
    _must_hold(incident, stamp)
    return (_returned(incident, "released", stamp),)


def _park(
    case: Case, incident: Incident, action: Action, stamp: Stamp, rules: Rules
) -> tuple[Entry, ...]:
    minutes = minutes_of(action, _most(rules.park_minutes, stamp))
    note = text_of(action, "note")
    _must_hold(incident, stamp)
    until = utc_text(stamp.now + timedelta(minutes=minutes))
    return (stamp.entry("parked", {"incident": incident.id, "until": until, "note": note}),)


def _close(
    case: Case, incident: Incident, action: Action, stamp: Stamp, rules: Rules
) -> tuple[Entry, ...]:
    """Close what was drawn; a new or parked one is accepted with the same key."""
    outcome, cause = _outcome(incident, action, rules)
    note = text_of(action, "note")
    if incident.state in (NEW, PARKED):
        taken = _take(case, incident, {"do": "accept"}, stamp, rules)
    else:
        _must_hold(incident, stamp)
        taken = ()
    if case.covered is None:
        raise Rejected("bad_request")
    rest = case.rest
    facts = {
        "incident": incident.id,
        "up_to": case.up_to,
        "outcome": outcome,
        "cause": cause,
        "note": note,
        "alarms": case.covered.alarms,
        "priority": case.covered.priority,
        "last_seq": case.covered.last_seq,
        "last_alarm": case.covered.last_alarm,
        "follow_up": rest.id if rest else None,
        "offered_to": person(stamp).operator if rest else None,
        "rest": rest.as_json() if rest else None,
    }
    return (*taken, stamp.entry("closed", facts))


def _undo(
    case: Case, incident: Incident, action: Action, stamp: Stamp, rules: Rules
) -> tuple[Entry, ...]:
    who = person(stamp)
    if incident.state != CLOSED:
        raise Rejected("not_open")
    if (incident.holder, incident.session) != (who.operator, who.session):
        raise Rejected("not_yours", incident.holder, incident.since)
    if abs(stamp.now - utc_moment(incident.since)) > UNDO:
        raise Rejected("too_late", incident.holder, incident.since)
    entry = _returned(incident, "undone", stamp)
    # Who has come since the closing does not know the incident: it stands in the entry.
    standing = after(incident, incident.seq + 1, entry)
    return ({**entry, "standing": evolve(standing, seq=0).as_json()},)


def _note(
    case: Case, incident: Incident, action: Action, stamp: Stamp, rules: Rules
) -> tuple[Entry, ...]:
    text = text_of(action, "text")
    if text is None:
        raise Rejected("bad_request")
    return (stamp.entry("noted", {"incident": incident.id, "note": text}),)


def _touch(
    case: Case, incident: Incident, action: Action, stamp: Stamp, rules: Rules
) -> tuple[Entry, ...]:
    """The holder did something; an entry only if everybody was told that he did not."""
    _must_hold(incident, stamp)
    if not incident.unattended:
        return ()
    facts = {"incident": incident.id, "state": "end", "holder": incident.holder}
    return (stamp.entry("unattended", {**facts, "since": stamp.time}),)


def _displayed(
    case: Case, incident: Incident, action: Action, stamp: Stamp, rules: Rules
) -> tuple[Entry, ...]:
    """An alarm, or a picture of it, is on a screen: told the first time, over all screens."""
    alarm, what = action.get("alarm"), action.get("what")
    if not isinstance(alarm, str) or what not in DISPLAYS:
        raise Rejected("bad_request")
    if what in case.displayed:
        return ()
    facts = {"incident": incident.id, "alarm": alarm, "what": what}
    return (stamp.entry("displayed", facts),)


#: What can be done to an incident.
DEEDS: Mapping[str, _Deed] = {
    "accept": _take,
    "take_over": _take,
    "resume": _take,
    "release": _release,
    "park": _park,
    "close": _close,
    "undo": _undo,
    "note": _note,
    "touch": _touch,
    "displayed": _displayed,
}


def _closed(incident: Incident) -> NoReturn:
    raise Rejected("already_closed", incident.holder, incident.since)


def _must_hold(incident: Incident, stamp: Stamp) -> None:
    """Raises `Rejected` unless the person has accepted it, at whatever workstation."""
    if incident.state == CLOSED:
        _closed(incident)
    if incident.state != ACCEPTED:
        raise Rejected("not_yours", None, incident.since)
    if incident.holder != person(stamp).operator:
        raise Rejected("not_yours", incident.holder, incident.since)


def _offered_to_another(incident: Incident, who: Who, stamp: Stamp) -> bool:
    if incident.offered_to in (None, who.operator) or incident.offered_until is None:
        return False
    return timedelta() < utc_moment(incident.offered_until) - stamp.now <= OFFER


def _outcome(incident: Incident, action: Action, rules: Rules) -> tuple[str, str | None]:
    """Outcome and cause, both of the house's list; a cause wherever there are some to choose.

    Raises `Rejected`.
    """
    outcomes = rules.outcomes[incident.list]
    outcome, cause = action.get("outcome"), action.get("cause")
    if not isinstance(outcome, str) or outcome not in outcomes:
        raise Rejected("outcome_missing")
    causes = outcomes[outcome]
    if cause not in causes and (causes or cause is not None):
        raise Rejected("outcome_missing")
    return outcome, cause


def _most(minutes: Mapping[str, int], stamp: Stamp) -> int:
    """What the person's role allows."""
    role = person(stamp).role
    if role is None or role not in minutes:
        raise Rejected("not_allowed")
    return minutes[role]


def _accepted(incident: Incident, how: str, stamp: Stamp) -> Entry:
    before = incident.holder if how == "take_over" else None
    return stamp.entry("accepted", {"incident": incident.id, "how": how, "from": before})


def _returned(incident: Incident, why: str, stamp: Stamp) -> Entry:
    return stamp.entry("returned", {"incident": incident.id, "why": why, "standing": None})
