"""Who works and what is held back: sessions, suppressions (Sperren), hand-over; pure as well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs
from attrs import evolve, frozen

from alarmgw.model import utc_moment, utc_text
from alarmgw.workflow_actions import (
    Action,
    Entry,
    Rejected,
    Rules,
    minutes_of,
    person,
    text_of,
    was_put_back,
)
from alarmgw.workflow_entries import Stamp, Who

#: A suppression tells of its end so long before.
NOTICE = timedelta(minutes=10)

#: Why a session ended.
LEAVINGS = ("signed_off", "lost", "replaced", "revoked", "removed")

COUNTS = ("open", "parked", "suppressed", "faults", "unassigned")


@frozen(kw_only=True)
class Session:
    """A person signed on at a workstation, bound to its certificate."""

    session: str
    operator: str
    role: str
    workstation: str
    fingerprint: str
    since: str
    seq: int

    @classmethod
    def of(cls, seq: int, entry: Mapping[str, Any]) -> Session:
        """The session that a ``signed_on`` entry begins."""
        names = ("session", "operator", "role", "workstation", "fingerprint")
        return cls(**{name: entry[name] for name in names}, since=entry["time"], seq=seq)

    @property
    def who(self) -> Who:
        """As stamps name him."""
        return Who(
            operator=self.operator,
            role=self.role,
            workstation=self.workstation,
            session=self.session,
        )

    def as_json(self) -> dict[str, Any]:
        """All its fields."""
        return attrs.asdict(self)


@frozen(kw_only=True)
class Suppression:
    """Alarms of a source or a site are held back until a time."""

    suppression: str
    source: str | None
    site: str | None
    until: str
    minutes: int
    operator: str | None
    since: str
    seq: int
    reason: str | None = None
    noticed: bool = False
    alarms: int = 0
    first: str | None = None
    last: str | None = None

    @classmethod
    def of(cls, seq: int, entry: Mapping[str, Any]) -> Suppression:
        """The suppression that a ``suppressed`` entry begins."""
        names = ("suppression", "source", "site", "until", "minutes", "operator", "reason")
        return cls(**{name: entry[name] for name in names}, since=entry["time"], seq=seq)

    def noted(self) -> Suppression:
        """When everybody was told that it ends soon."""
        return evolve(self, noticed=True)

    def as_json(self) -> dict[str, Any]:
        """All its fields."""
        return attrs.asdict(self)


@frozen(kw_only=True)
class Relief:
    """What is known when somebody takes a shift over, read in the transaction that decides it.

    ``givers`` are those who hand it over, ``is_new`` whether the taker began since the last
    hand-over, ``has_taken`` whether that was hers and since she began, ``own`` the number of the
    first note that she wrote since then and nobody took.  Of the notes those up to ``covered``
    were taken before, and those up to ``seen`` were on her screen.
    """

    givers: tuple[str, ...]
    is_new: bool
    has_taken: bool
    own: int | None
    covered: int
    seen: int

    @property
    def may_take(self) -> bool:
        """Whether it is a hand-over: from others, or of a room that she found empty."""
        found_empty = self.is_new and self.own is None
        return not self.has_taken and (bool(self.givers) or found_empty)

    @property
    def up_to(self) -> int:
        """What is taken over: what she has seen, but no note of her own; that she hands over."""
        seen = self.seen if self.own is None else min(self.seen, self.own - 1)
        return max(self.covered, seen)


def sign_on(fingerprint: str, stamp: Stamp) -> tuple[Entry, ...]:
    """The entry by which ``stamp.who`` begins to work; his password was right."""
    facts = {"role": person(stamp).role, "fingerprint": fingerprint}
    return (stamp.entry("signed_on", facts),)


def sign_off(why: str, stamp: Stamp) -> tuple[Entry, ...]:
    """The entry by which ``stamp.who`` ends; what he had accepted goes back before it."""
    if why not in LEAVINGS:
        raise ValueError(f"nobody leaves because of {why}")
    return (stamp.entry("signed_off", {"why": why}),)


def suppress(suppression: str, action: Action, stamp: Stamp, rules: Rules) -> tuple[Entry, ...]:
    """Hold back a source's or a site's alarms; ``suppression`` is its new id.

    The caller has seen that the source or site exists.  Raises `Rejected`.
    """
    role = person(stamp).role or ""
    source, site = text_of(action, "source"), text_of(action, "site")
    reason = text_of(action, "reason")
    if (source is None) == (site is None) or reason is None:
        raise Rejected("bad_request")
    if role not in rules.suppress_minutes:
        raise Rejected("not_allowed")
    minutes = minutes_of(action, rules.suppress_minutes[role])
    facts = {
        "suppression": suppression,
        "source": source,
        "site": site,
        "until": utc_text(stamp.now + timedelta(minutes=minutes)),
        "minutes": minutes,
        "reason": reason,
    }
    return (stamp.entry("suppressed", facts),)


def unsuppress(suppression: Suppression | None, stamp: Stamp) -> tuple[Entry, ...]:
    """Lift a suppression before its end.  Raises `Rejected`."""
    person(stamp)
    if suppression is None:
        raise Rejected("not_open")
    return (_unsuppressed(suppression, "lifted", stamp),)


def suppression_elapsed(suppression: Suppression, stamp: Stamp) -> tuple[Entry, ...]:
    """What the clock does to a suppression: its end, or the notice of that."""
    until, length = utc_moment(suppression.until), timedelta(minutes=suppression.minutes)
    if until <= stamp.now or was_put_back(utc_text(until - length), stamp):
        return (_unsuppressed(suppression, "ended", stamp),)
    if length > NOTICE and not suppression.noticed and until - stamp.now <= NOTICE:
        facts = {"suppression": suppression.suppression, "until": suppression.until}
        return (stamp.entry("suppression_notice", facts),)
    return ()


def note_shift(action: Action, stamp: Stamp) -> tuple[Entry, ...]:
    """A note for the next shift, about no incident.  Raises `Rejected`."""
    person(stamp)
    text = text_of(action, "text")
    if text is None:
        raise Rejected("bad_request")
    return (stamp.entry("noted", {"incident": None, "note": text}),)


def hand_over(
    action: Action, relief: Relief, counts: Mapping[str, int], stamp: Stamp
) -> tuple[Entry, ...]:
    """The incoming operator confirms what the outgoing ones wrote.  Raises `Rejected`."""
    who = person(stamp)
    note = text_of(action, "note")
    if not relief.may_take:
        raise Rejected("own_shift")
    facts = {
        "from": ", ".join(relief.givers) or None,
        "to": who.operator,
        "up_to": relief.up_to,
        "note": note,
        **{name: counts[name] for name in COUNTS},
    }
    return (stamp.entry("handed_over", facts),)


def _unsuppressed(suppression: Suppression, why: str, stamp: Stamp) -> Entry:
    facts = {
        "suppression": suppression.suppression,
        "source": suppression.source,
        "site": suppression.site,
        "why": why,
        "alarms": suppression.alarms,
        "first": suppression.first,
        "last": suppression.last,
    }
    return stamp.entry("unsuppressed", facts)
