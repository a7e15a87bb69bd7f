"""Sessions, suppressions and the hand-over: what may be done, and what the clock does."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from alarmgw.workflow_actions import Rejected
from alarmgw.workflow_entries import SHIFT_LEADER, Who
from alarmgw.workflow_shift import (
    COUNTS,
    Session,
    Suppression,
    hand_over,
    note_shift,
    sign_off,
    sign_on,
    suppress,
    suppression_elapsed,
    unsuppress,
)
from tests.desk import ANNA, RULES, relieved, stamp

LEADER = evolve(ANNA, operator="lea", role=SHIFT_LEADER)
WANTED = {"site": "4711", "minutes": 30, "reason": " Bauarbeiten "}


def held_back(minutes: int = 30) -> Suppression:
    """Site 4711 is suppressed from now on."""
    [entry] = suppress("s1", {**WANTED, "minutes": minutes}, stamp(), RULES)
    return Suppression.of(5, entry)


def test_a_session_is_a_person_at_a_workstation() -> None:
    """Bound to the certificate; commands of it are his."""
    [entry] = sign_on("f" * 64, stamp())
    session = Session.of(3, entry)
    assert session.who == ANNA and session.fingerprint == "f" * 64
    assert session.as_json()["since"] == entry["time"]


def test_a_session_ends_for_a_reason() -> None:
    """One of three."""
    [entry] = sign_off("replaced", stamp())
    assert (entry["session"], entry["why"]) == (ANNA.session, "replaced")
    with pytest.raises(ValueError, match="bored"):
        sign_off("bored", stamp())


def test_a_suppression_has_an_end_and_a_reason() -> None:
    """Of a source or of a site."""
    [entry] = suppress("s1", WANTED, stamp(), RULES)
    assert entry["until"] == "2026-11-21T21:15:02.123Z"
    assert (entry["reason"], entry["source"], entry["site"]) == ("Bauarbeiten", None, "4711")


@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        (ANNA, {"minutes": 481}, "bad_minutes"),
        (LEADER, {"minutes": 4321}, "bad_minutes"),
        (ANNA, {"minutes": None}, "bad_minutes"),
        (ANNA, {"reason": " "}, "bad_request"),
        (ANNA, {"source": "a@x"}, "bad_request"),
        (ANNA, {"site": None}, "bad_request"),
        (evolve(ANNA, role="guest"), {}, "not_allowed"),
        (None, {}, "not_signed_on"),
    ],
)
def test_what_is_not_allowed_is_told(who: Who | None, changes: dict[str, Any], code: str) -> None:
    """Nothing is held back for ever, by nobody, or for no reason."""
    with pytest.raises(Rejected, match=code):
        suppress("s1", {**WANTED, **changes}, stamp(who), RULES)


def test_the_bounds_are_by_role() -> None:
    """Eight hours, and three days."""
    assert suppress("s1", {**WANTED, "minutes": 480}, stamp(), RULES)
    assert suppress("s1", {**WANTED, "minutes": 4320}, stamp(LEADER), RULES)


def test_a_suppression_ends_by_itself_with_a_notice_before() -> None:
    """The notice comes once; the end says how many alarms there were."""
    active = held_back()
    assert suppression_elapsed(active, stamp(None, 1199)) == ()
    [notice] = suppression_elapsed(active, stamp(None, 1200))
    assert notice["type"] == "suppression_notice"
    assert suppression_elapsed(active.noted(), stamp(None, 1799)) == ()
    counted = evolve(active.noted(), alarms=3, first="a", last="b")
    [end] = suppression_elapsed(counted, stamp(None, 1800))
    assert (end["why"], end["alarms"], end["first"], end["last"]) == ("ended", 3, "a", "b")


def test_a_clock_that_is_put_back_makes_no_suppression_longer() -> None:
    """It was allowed for so many minutes, not until a time that was wrong."""
    assert suppression_elapsed(held_back(), stamp(None, -59)) == ()
    [end] = suppression_elapsed(held_back(), stamp(None, -61))
    assert end["why"] == "ended"


def test_a_short_suppression_needs_no_notice() -> None:
    """It would come at its beginning."""
    assert suppression_elapsed(held_back(10), stamp(None, 1)) == ()


def test_anybody_may_lift_a_suppression() -> None:
    """One that is over is not there any more."""
    [entry] = unsuppress(held_back(), stamp())
    assert (entry["why"], entry["operator"]) == ("lifted", "anna")
    with pytest.raises(Rejected, match="not_open"):
        unsuppress(None, stamp())


def test_a_note_to_the_next_shift_is_about_no_incident() -> None:
    """It has words in it."""
    [entry] = note_shift({"text": "Schlüssel beim Pförtner"}, stamp())
    assert (entry["incident"], entry["note"]) == (None, "Schlüssel beim Pförtner")
    with pytest.raises(Rejected, match="bad_request"):
        note_shift({}, stamp())


def test_a_hand_over_says_who_to_whom_and_what_there_is() -> None:
    """It is confirmed by who comes."""
    counts = {name: number for number, name in enumerate(COUNTS)}
    known = relieved(7, givers=("bert", "carl"))
    [entry] = hand_over({"from": "dora", "note": "ruhig"}, known, counts, stamp())
    assert (entry["from"], entry["to"], entry["note"]) == ("bert, carl", "anna", "ruhig")
    assert [entry[name] for name in ("up_to", *COUNTS)] == [7, 0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("facts", "may"),
    [
        ({}, True),
        ({"givers": ()}, True),  # the room was empty when she came
        ({"givers": (), "is_new": False}, False),
        ({"givers": (), "own": 5}, False),
        ({"own": 5}, True),
        ({"has_taken": True}, False),
    ],
)
def test_nobody_takes_over_from_himself(facts: dict[str, Any], may: bool) -> None:
    """Only who came after others, or into an empty room, and once."""
    known = relieved(9, **facts)
    assert known.may_take is may
    if not may:
        with pytest.raises(Rejected, match="own_shift"):
            hand_over({}, known, dict.fromkeys(COUNTS, 0), stamp())


def test_a_hand_over_takes_what_was_seen_and_no_own_note() -> None:
    """And never less than the one before it."""
    assert relieved(9, covered=3).up_to == 9
    assert relieved(9, covered=3, own=6).up_to == 5
    assert relieved(1, covered=3).up_to == 3


def test_a_suppression_travels_as_json() -> None:
    """All its fields."""
    assert held_back().as_json()["suppression"] == "s1"
