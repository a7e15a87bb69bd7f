"""The workflow: which incident an alarm belongs to, and what each entry makes of one."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from alarmgw.workflow import (
    ACCEPTED,
    CLOSED,
    NEW,
    PARKED,
    TRANSITIONS,
    WORDS,
    Incident,
    after,
    fits,
    follow_up,
    followed,
    key_of,
    list_of,
    opened,
    place,
    rises,
)
from alarmgw.workflow_entries import FIELDS
from tests.desk import alarm_id, rung, stamp

FIRST = opened(1, {**rung(1), "incident": alarm_id(1)})


def step(kind: str, seconds: float = 10.0, **facts: Any) -> dict[str, Any]:
    """An entry of anna's about the first incident; what is not said is null."""
    nothing = dict.fromkeys(FIELDS[kind])
    return stamp(seconds=seconds).entry(kind, {**nothing, "incident": FIRST.id, **facts})


def closed(rest: dict[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
    """The entry that closes the first incident."""
    covered = {"alarms": 1, "priority": 3, "last_seq": 1, "last_alarm": FIRST.opened}
    return step("closed", outcome="test", up_to=1, rest=rest, **{**covered, **facts})


def test_a_first_alarm_opens_an_incident() -> None:
    """It is new, of the alarm's class, and bears the alarm's id."""
    assert (FIRST.id, FIRST.key, FIRST.list) == (alarm_id(1), "site:4711", "alarm")
    assert (FIRST.state, FIRST.priority, FIRST.count, FIRST.holder) == (NEW, 3, 1, None)
    assert FIRST.since == FIRST.opened == FIRST.last_alarm


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "site:4711"),
        ({"site": None}, "source:bq@4711"),
        ({"site": None, "source": None}, "unassigned:c@d|10.1.2.3"),
    ],
)
def test_alarms_belong_together_by_site_or_source_or_sender(
    changes: dict[str, Any], key: str
) -> None:
    """The first of them that is known."""
    assert key_of({**rung(1), **changes}) == key


@pytest.mark.parametrize(
    ("kind", "handling", "expected"),
    [
        ("alarm", "queue", "alarm"),
        ("fault", "queue", "fault"),
        ("restore", "queue", None),
        ("routine", "queue", None),
        ("alarm", "suppressed", None),
        ("fault", "test", None),
    ],
)
def test_only_alarms_and_faults_in_the_queue_open_incidents(
    kind: str, handling: str, expected: str | None
) -> None:
    """Each in its own list."""
    entry = rung(1, kind=kind, handling=handling)
    assert list_of(entry) == expected
    assert (place(entry, []) is None) == (expected is None)


def test_an_alarm_joins_what_was_opened_less_than_an_hour_ago() -> None:
    """Later ones open an incident of their own, which follows the old one."""
    assert place(rung(2, 3599), [FIRST]) == FIRST.id
    assert place(rung(2, 3600), [FIRST]) == alarm_id(2)
    assert followed(rung(2, 3600), [FIRST]) == FIRST.id
    assert followed(rung(2, kind="fault"), [FIRST]) is None


def test_an_alarm_joins_the_newest_incident() -> None:
    """There may be an older one that is open still."""
    newer = evolve(FIRST, id=alarm_id(5), first_seq=5)
    assert place(rung(7, 10), [newer, FIRST]) == place(rung(7, 10), [FIRST, newer]) == newer.id


def test_faults_never_join_an_alarms_incident() -> None:
    """Nor the other way round."""
    fault = evolve(FIRST, list="fault", id=alarm_id(5), first_seq=5)
    assert place(rung(2, 1, kind="fault"), [FIRST]) == alarm_id(2)
    assert place(rung(2, 1, kind="fault"), [FIRST, fault]) == fault.id
    assert place(rung(2, 1), [fault]) == alarm_id(2)


def test_a_restore_joins_the_fault_before_the_alarm_however_old() -> None:
    """It opens nothing, and never sounds."""
    fault = evolve(FIRST, list="fault", id=alarm_id(5), first_seq=5)
    restore = rung(9, 50_000, kind="restore", priority=1)
    assert place(restore, [FIRST, fault]) == fault.id
    assert place(restore, [FIRST]) == FIRST.id
    assert not rises(FIRST, restore) and after(FIRST, 2, restore).priority == 3


def test_late_pictures_go_where_their_alarm_went() -> None:
    """While that is open; later they are like any other alarm."""
    newer = evolve(FIRST, id=alarm_id(5), first_seq=5)
    late = rung(9, 5000, joins=alarm_id(1))
    assert place(late, [FIRST, newer], first=FIRST) == FIRST.id
    assert place(late, [newer], first=evolve(FIRST, state=CLOSED)) == alarm_id(9)
    assert place(late, [], first=evolve(FIRST, list="fault")) == alarm_id(9)


def test_an_alarm_that_joins_is_counted() -> None:
    """Only a more urgent one raises the class, and only that sounds again."""
    calm, urgent = rung(2, 5, priority=4), rung(3, 7, priority=1)
    joined = after(after(FIRST, 2, calm), 3, urgent)
    assert (joined.count, joined.priority, joined.last_seq, joined.seq) == (3, 1, 3, 3)
    assert joined.last_alarm == urgent["time"] > FIRST.last_alarm
    assert (rises(FIRST, calm), rises(FIRST, urgent)) == (False, True)


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: f"{row.entry}-{row.word}")
def test_each_row_of_the_table_is_what_happens(row: Any) -> None:
    """From each of its states to its next one; from all others it changes nothing."""
    entry = closed() if row.entry == "closed" else rung(2, 1)
    if row.entry not in ("closed", "alarm"):
        word = {WORDS[row.entry]: row.word} if row.word else {}
        entry = step(row.entry, **word)
    for state in (NEW, ACCEPTED, PARKED, CLOSED):
        before = evolve(FIRST, state=state)
        assert fits(before, entry) == (state in row.before)
        expected = row.after or state if state in row.before else state
        assert after(before, 2, entry).state == expected
        assert (after(before, 2, entry) is before) == (state not in row.before)


def test_each_step_of_the_workflow_is_in_the_table() -> None:
    """But what was displayed, which changes no incident, and what is about none."""
    about = {kind for kind, fields in FIELDS.items() if "incident" in fields}
    assert {row.entry for row in TRANSITIONS} == about - {"displayed"} | {"alarm"}


def test_a_repeat_changes_nothing() -> None:
    """Whoever hears an entry twice knows the same as before."""
    accepted = after(FIRST, 2, step("accepted", how="accept"))
    assert after(accepted, 2, step("parked", until="x")) is accepted


def test_unknown_words_of_a_later_version_change_nothing() -> None:
    """An older workstation goes on."""
    assert after(FIRST, 2, step("accepted", how="assigned")) is FIRST


def test_who_accepts_has_it() -> None:
    """With workstation and session, from that time on; an offer ends."""
    offered = evolve(FIRST, offered_to="bert", offered_until="2027", late=True)
    taken = after(offered, 2, step("accepted", how="accept"))
    assert (taken.holder, taken.workstation, taken.session) == ("anna", "platz-1", "a" * 16)
    assert taken.since == taken.touched == "2026-11-21T20:45:12.123Z"
    assert (taken.offered_to, taken.offered_until, taken.late) == (None, None, False)


def test_what_returns_is_nobodys() -> None:
    """And new again from that time on."""
    taken = after(FIRST, 2, step("accepted", how="accept"))
    parked = after(taken, 3, step("parked", 20, until="2026-11-21T21:00:00.000Z"))
    assert (parked.due, parked.holder) == ("2026-11-21T21:00:00.000Z", "anna")
    back = after(parked, 4, step("returned", 30, why="due"))
    assert (back.holder, back.session, back.due) == (None, None, None)
    assert back.since == "2026-11-21T20:45:32.123Z"


def test_input_of_the_holder_ends_unattended() -> None:
    """A note of somebody else does not."""
    taken = after(FIRST, 2, step("accepted", how="accept"))
    alone = after(taken, 3, step("unattended", state="start"))
    assert alone.unattended
    other = {**step("noted", note="x"), "operator": "bert"}
    assert after(alone, 4, other).unattended
    for entry in (step("noted", 400, note="x"), step("unattended", 400, state="end")):
        attended = after(alone, 4, entry)
        assert not attended.unattended and attended.touched == "2026-11-21T20:51:42.123Z"


def test_a_closed_incident_is_what_was_covered() -> None:
    """Its rest is an incident of its own, for a while offered to who closed."""
    taken = after(after(FIRST, 2, rung(2, 5, priority=1)), 3, step("accepted", how="accept"))
    rest = {
        "id": alarm_id(2), "alarms": 1, "priority": 1, "opened": "o", "last_alarm": "l",
        "first_seq": 2, "last_seq": 2,
    }  # fmt: skip
    entry = closed(rest, offered_to="anna", follow_up=alarm_id(2))
    done = after(taken, 4, entry)
    assert (done.state, done.count, done.priority, done.outcome) == (CLOSED, 1, 3, "test")
    later = follow_up(done, 4, entry)
    assert later == Incident(
        id=alarm_id(2), key=FIRST.key, list="alarm", state=NEW, priority=1, since="o",
        opened="o", last_alarm="l", count=1, first_seq=2, last_seq=2, seq=4, follows=FIRST.id,
        offered_to="anna", offered_until="2026-11-21T20:45:42.123Z",
    )  # fmt: skip
    assert follow_up(done, 4, closed()) is None


def test_an_incident_travels_as_json() -> None:
    """Fields of a later version are left out."""
    assert Incident.of({**FIRST.as_json(), "colour": "red"}) == FIRST


def test_what_opens_nothing_cannot_be_opened() -> None:
    """A bug is not hidden."""
    with pytest.raises(ValueError, match="opens no incident"):
        opened(1, rung(1, kind="restore"))
