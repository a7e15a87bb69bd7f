"""What people and the clock may do to an incident, and what they are told otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from alarmgw.workflow import Extent, Incident, after, opened
from alarmgw.workflow_actions import (
    CODES,
    Case,
    Entry,
    Rejected,
    decide,
    elapsed,
    given_up,
    last_input,
    risen,
)
from alarmgw.workflow_entries import SHIFT_LEADER, Who
from tests.desk import ANNA, BERT, RULES, at, rung, stamp

NEW = opened(1, rung(1))
LEADER = evolve(ANNA, operator="lea", role=SHIFT_LEADER)
ELSEWHERE = evolve(ANNA, workstation="platz-9", session="9" * 16)


def extent(first: int, last: int, priority: int = 3) -> Extent:
    """Alarms ``first`` to ``last``."""
    return Extent(
        id=f"alarm-{first}", alarms=last - first + 1, priority=priority, opened="o",
        last_alarm="l", first_seq=first, last_seq=last,
    )  # fmt: skip


def case(incident: Incident, rest: Extent | None = None) -> Case:
    """Everything that was drawn is covered."""
    return Case(incident=incident, up_to=9, covered=extent(1, 3), rest=rest)


def done(
    incident: Incident, do: str, who: Who = ANNA, seconds: float = 10.0, **keys: Any
) -> tuple[Entry, ...]:
    """The entries that an action leads to."""
    return decide(case(incident), {"do": do, **keys}, stamp(who, seconds), RULES)


def result(
    incident: Incident, do: str, who: Who = ANNA, seconds: float = 10.0, **keys: Any
) -> Incident:
    """The incident after an action."""
    for seq, entry in enumerate(done(incident, do, who, seconds, **keys), incident.seq + 1):
        incident = after(incident, seq, entry)
    return incident


def rejected(
    incident: Incident, do: str, who: Who = ANNA, seconds: float = 10.0, **keys: Any
) -> str:
    """Why an action is not carried out."""
    with pytest.raises(Rejected) as caught:
        done(incident, do, who, seconds, **keys)
    assert caught.value.code in CODES
    return caught.value.code


ANNAS = result(NEW, "accept")
PARKED = result(ANNAS, "park", minutes=15)
CLOSED = result(ANNAS, "close", seconds=20, outcome="real")


def test_of_two_exactly_one_gets_it() -> None:
    """The other one learns who has it, and since when."""
    with pytest.raises(Rejected) as caught:
        done(ANNAS, "accept", BERT)
    answer = {"ok": False, "error": "taken", "by": "anna", "since": "2026-11-21T20:45:12.123Z"}
    assert caught.value.as_json() == answer


def test_what_is_so_already_needs_no_entry() -> None:
    """Two keys pressed for one thing do no harm; at another workstation it is not his place."""
    assert done(ANNAS, "accept") == ()
    assert rejected(ANNAS, "accept", ELSEWHERE) == "taken"
    assert result(ANNAS, "take_over", ELSEWHERE).workstation == "platz-9"


def test_a_take_over_is_told_with_who_lost_it() -> None:
    """It is explicit; of what nobody holds it is an acceptance."""
    [entry] = done(ANNAS, "take_over", BERT)
    assert (entry["how"], entry["from"], entry["operator"]) == ("take_over", "anna", "bert")
    [entry] = done(NEW, "take_over", BERT)
    assert (entry["how"], entry["from"]) == ("accept", None)


@pytest.mark.parametrize("do", ["accept", "resume", "take_over"])
def test_a_parked_one_is_resumed_by_anybody(do: str) -> None:
    """However the key is called."""
    [entry] = done(PARKED, do, BERT)
    assert entry["how"] == "resume" and after(PARKED, 9, entry).holder == "bert"


def test_a_follow_up_is_offered_to_its_closer_first() -> None:
    """For 30 s; a take-over is as explicit there as elsewhere."""
    offered = evolve(NEW, offered_to="anna", offered_until="2026-11-21T20:45:32.123Z")
    assert rejected(offered, "accept", BERT, seconds=29.9) == "taken"
    assert result(offered, "accept", ANNA, seconds=1).holder == "anna"
    assert result(offered, "accept", BERT, seconds=30).holder == "bert"
    assert result(offered, "take_over", BERT, seconds=1).holder == "bert"


@pytest.mark.parametrize(
    ("do", "keys"),
    [("release", {}), ("park", {"minutes": 5}), ("close", {"outcome": "test"}), ("touch", {})],
)
def test_only_its_holder_may(do: str, keys: dict[str, Any]) -> None:
    """At whatever workstation; on a closed one nobody may any more."""
    assert rejected(ANNAS, do, BERT, **keys) == "not_yours"
    assert rejected(CLOSED, do, ANNA, **keys) == "already_closed"
    done(ANNAS, do, ELSEWHERE, **keys)
    if do != "close":
        assert rejected(NEW, do, **keys) == "not_yours"


@pytest.mark.parametrize("do", ["accept", "take_over", "resume"])
def test_a_closed_one_cannot_be_had(do: str) -> None:
    """Who closed it is told."""
    with pytest.raises(Rejected) as caught:
        done(CLOSED, do, BERT)
    assert (caught.value.code, caught.value.by) == ("already_closed", "anna")


@pytest.mark.parametrize(
    ("who", "minutes", "fine"),
    [(ANNA, 1, True), (ANNA, 240, True), (ANNA, 241, False), (LEADER, 1440, True),
     (LEADER, 1441, False), (ANNA, 0, False), (ANNA, True, False), (ANNA, "5", False),
     (ANNA, None, False)],
)  # fmt: skip
def test_parking_has_its_bounds(who: Who, minutes: Any, fine: bool) -> None:
    """By role; 1 minute at least."""
    held = result(NEW, "accept", who)
    if fine:
        [entry] = done(held, "park", who, minutes=minutes, note=" Rückruf ")
        assert entry["note"] == "Rückruf"
        assert after(held, 9, entry).state == "parked"
    else:
        assert rejected(held, "park", who, minutes=minutes) == "bad_minutes"


def test_a_role_that_may_not_is_told_so() -> None:
    """A role without a bound has no right."""
    guest = evolve(ANNA, role="guest")
    assert rejected(result(NEW, "accept", guest), "park", guest, minutes=5) == "not_allowed"


@pytest.mark.parametrize("incident", [NEW, PARKED])
def test_one_key_accepts_and_closes(incident: Incident) -> None:
    """The fast lane: both entries, so that the record says who had it."""
    kinds = [entry["type"] for entry in done(incident, "close", BERT, outcome="test")]
    assert kinds == ["accepted", "closed"]


@pytest.mark.parametrize(
    ("outcome", "cause", "fine"),
    [("deceptive", "animal", True), ("deceptive", None, False), ("real", None, True),
     ("real", "animal", False), ("deceptive", "cat", False), (None, None, False),
     ("fixed", None, False), (["real"], None, False), ("deceptive", ["cat"], False)],
)  # fmt: skip
def test_an_outcome_of_the_list_is_obligatory(outcome: Any, cause: Any, fine: bool) -> None:
    """With a cause of that outcome's, if any."""
    if fine:
        [entry] = done(ANNAS, "close", outcome=outcome, cause=cause)
        assert (entry["outcome"], entry["cause"]) == (outcome, cause)
    else:
        assert rejected(ANNAS, "close", outcome=outcome, cause=cause) == "outcome_missing"


def test_faults_have_outcomes_of_their_own() -> None:
    """What ends an alarm ends no fault."""
    fault = evolve(ANNAS, list="fault")
    assert result(fault, "close", outcome="fixed").outcome == "fixed"
    assert rejected(fault, "close", outcome="real") == "outcome_missing"


def test_a_close_says_what_it_covers_and_what_it_leaves() -> None:
    """The rest is offered to who closed."""
    action = {"do": "close", "outcome": "test", "note": "n"}
    [entry] = decide(case(ANNAS, rest=extent(4, 5, priority=1)), action, stamp(), RULES)
    assert (entry["up_to"], entry["alarms"], entry["last_seq"]) == (9, 3, 3)
    assert (entry["follow_up"], entry["offered_to"]) == ("alarm-4", "anna")
    assert entry["rest"] == extent(4, 5, priority=1).as_json()


def test_what_nobody_saw_cannot_be_closed() -> None:
    """Not even its first alarm was on the screen."""
    with pytest.raises(Rejected, match="bad_request"):
        decide(Case(incident=ANNAS), {"do": "close", "outcome": "test"}, stamp(), RULES)


def test_a_close_is_taken_back_within_ten_seconds() -> None:
    """It is his again, and the entry has it whole for those who had forgotten it."""
    [entry] = done(CLOSED, "undo", seconds=29.9)
    back = after(CLOSED, 9, entry)
    assert (back.state, back.holder, back.outcome) == ("accepted", "anna", None)
    assert evolve(Incident.of(entry["standing"]), seq=9) == back


def test_a_close_is_taken_back_by_nobody_else_and_not_later() -> None:
    """Nor from another session."""
    assert rejected(CLOSED, "undo", seconds=30.1) == "too_late"
    assert rejected(CLOSED, "undo", BERT, seconds=21) == "not_yours"
    assert rejected(CLOSED, "undo", ELSEWHERE, seconds=21) == "not_yours"
    assert rejected(ANNAS, "undo", seconds=21) == "not_open"


@pytest.mark.parametrize("text", [None, "", "  ", 5, "x" * 4001])
def test_a_note_has_words_in_it(text: Any) -> None:
    """And an end."""
    assert rejected(ANNAS, "note", text=text) == "bad_request"


def test_anybody_may_note_even_on_a_closed_one() -> None:
    """The police calls later."""
    [entry] = done(CLOSED, "note", BERT, text="Az. 4711")
    assert (entry["type"], entry["note"]) == ("noted", "Az. 4711")


def test_a_touch_is_told_only_after_everybody_was_told() -> None:
    """Keys pressed all night are no entries."""
    assert done(ANNAS, "touch") == ()
    [entry] = done(evolve(ANNAS, unattended=True), "touch")
    assert (entry["type"], entry["state"]) == ("unattended", "end")


@pytest.mark.parametrize(
    ("what", "before", "entries"),
    [("alarm", (), 1), ("picture", ("alarm",), 1), ("alarm", ("alarm",), 0)],
)
def test_a_first_drawing_is_told_once(what: str, before: tuple[str, ...], entries: int) -> None:
    """Also with nobody signed on."""
    seen = Case(incident=NEW, displayed=frozenset(before))
    nobody = Who(operator=None, role=None, workstation="wand", session=None)
    told = decide(seen, {"do": "displayed", "alarm": NEW.id, "what": what}, stamp(nobody), RULES)
    assert [(entry["what"], entry["workstation"]) for entry in told] == [(what, "wand")] * entries


@pytest.mark.parametrize("action", [{"what": "clip"}, {"what": "alarm", "alarm": 5}])
def test_a_drawing_of_something_else_is_not_told(action: dict[str, Any]) -> None:
    """Words of a workstation are checked."""
    assert rejected(NEW, "displayed", **{"alarm": "x", **action}) == "bad_request"


def test_who_is_not_signed_on_can_do_nothing() -> None:
    """Whatever the page sends."""
    for who in (None, Who(operator=None, role=None, workstation="w", session=None)):
        with pytest.raises(Rejected, match="not_signed_on"):
            decide(case(NEW), {"do": "accept"}, stamp(who), RULES)


@pytest.mark.parametrize("do", ["dance", None, 5, ["accept"]])
def test_an_unknown_action_is_refused(do: Any) -> None:
    """Before anything else is looked at."""
    with pytest.raises(Rejected, match="bad_request"):
        decide(Case(incident=None), {"do": do}, stamp(), RULES)


def test_an_unknown_incident_is_told() -> None:
    """Of another journal, maybe."""
    with pytest.raises(Rejected, match="unknown_incident"):
        decide(Case(incident=None), {"do": "accept"}, stamp(), RULES)


# the clock


@pytest.mark.parametrize(("priority", "limit"), [(1, 60), (2, 180), (3, 180), (4, 900)])
def test_a_new_one_is_late_after_its_limit(priority: int, limit: int) -> None:
    """Once."""
    waiting = evolve(NEW, priority=priority)
    assert elapsed(waiting, stamp(None, limit - 0.1)) == ()
    [entry] = elapsed(waiting, stamp(None, limit))
    assert (entry["type"], entry["limit_s"], entry["operator"]) == ("late", limit, None)
    assert elapsed(after(waiting, 2, entry), stamp(None, limit + 100)) == ()


def test_what_is_taken_or_only_information_is_never_late() -> None:
    """Class 5 has no limit."""
    assert elapsed(evolve(NEW, priority=5), stamp(None, 90_000)) == ()
    assert elapsed(ANNAS, stamp(None, 200)) == ()


def test_what_returned_has_its_time_again() -> None:
    """It counts from then on."""
    back = result(ANNAS, "release", seconds=500)
    assert elapsed(back, stamp(None, 679)) == ()
    assert elapsed(back, stamp(None, 680))[0]["type"] == "late"


def test_a_parked_one_comes_back_by_itself() -> None:
    """At its time, however long nobody looked."""
    assert elapsed(PARKED, stamp(None, 10 + 15 * 60 - 0.1)) == ()
    for seconds in (10 + 15 * 60, 90_000):
        [entry] = elapsed(PARKED, stamp(None, seconds))
        assert entry["why"] == "due" and after(PARKED, 9, entry).state == "new"


def test_a_clock_that_is_put_back_hides_nothing() -> None:
    """What was parked comes back, what was offered is everybody's, what was closed stays so."""
    assert elapsed(PARKED, stamp(None, -49)) == ()
    [entry] = elapsed(PARKED, stamp(None, -51))
    assert entry["why"] == "due" and after(PARKED, 9, entry).state == "new"
    offered = evolve(NEW, offered_to="anna", offered_until="2026-11-21T20:45:32.123Z")
    assert result(offered, "accept", BERT, seconds=-3600).holder == "bert"
    assert rejected(CLOSED, "undo", seconds=-3600) == "too_late"


def test_an_acceptance_without_input_is_shown_after_five_minutes() -> None:
    """Input that was not journalled counts as well."""
    assert elapsed(ANNAS, stamp(None, 309.9)) == ()
    [entry] = elapsed(ANNAS, stamp(None, 310))
    assert (entry["state"], entry["holder"]) == ("start", "anna")
    assert entry["since"] == ANNAS.touched and entry["operator"] is None
    assert elapsed(after(ANNAS, 9, entry), stamp(None, 400)) == ()
    assert elapsed(ANNAS, stamp(None, 310), touched=at(100)) == ()
    assert last_input(ANNAS, at(100)) == at(100)
    assert last_input(ANNAS, at(1)) > at(9)


@pytest.mark.parametrize("why", ["signed_off", "lost"])
def test_what_somebody_leaves_behind_returns(why: str) -> None:
    """What he has parked stays parked."""
    [entry] = given_up(ANNAS, why, stamp(ANNA, 50))
    assert (entry["why"], after(ANNAS, 9, entry).state) == (why, "new")
    assert given_up(PARKED, why, stamp(ANNA, 50)) == ()


def test_a_risen_class_brings_back_what_was_parked() -> None:
    """What is new or taken stays so."""
    [entry] = risen(PARKED, stamp(None, 50))
    assert after(PARKED, 9, entry).state == "new"
    assert risen(ANNAS, stamp(None, 50)) == risen(NEW, stamp(None, 50)) == ()
