"""Sessions, suppressions and answers in the store."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from alarmgw.store import shifts
from alarmgw.store.ledger import Ledger, rebuild_projections
from alarmgw.workflow_shift import (
    Suppression,
    sign_off,
    sign_on,
    suppress,
    suppression_elapsed,
    unsuppress,
)
from tests.desk import ANNA, BERT, RULES, fresh_ledger, line, ring, stamp


@pytest.fixture
def ledger() -> Ledger:
    """The ledger of an empty journal."""
    return fresh_ledger()


def suppressed(ledger: Ledger, id_: str = "s1", **changes: Any) -> Suppression:
    """An active suppression."""
    wanted = {"site": "4711", "minutes": 30, "reason": "Bauarbeiten", **changes}
    ledger.append(line(suppress(id_, wanted, stamp(), RULES)[0]))
    return active(ledger, id_)


def active(ledger: Ledger, id_: str = "s1") -> Suppression:
    """The same, as it is now."""
    found = shifts.suppression(ledger.connection, id_)
    assert found is not None
    return found


def test_who_is_signed_on_is_known(ledger: Ledger) -> None:
    """Until he is not."""
    for who in (ANNA, BERT):
        ledger.append(line(sign_on("f" * 64, stamp(who))[0]))
    assert [one.who for one in shifts.sessions(ledger.connection)] == [ANNA, BERT]
    ledger.append(line(sign_off("lost", stamp(ANNA))[0]))
    [left] = shifts.sessions(ledger.connection)
    assert (left.who, left.fingerprint, left.seq) == (BERT, "f" * 64, 2)


def test_a_suppression_counts_what_it_holds_back(ledger: Ledger) -> None:
    """First and last with it; what another rule suppressed is not its own."""
    suppressed(ledger)
    for number, rule in enumerate(("suppression:s1", "suppression:s2", "suppression:s1", "x"), 1):
        ring(ledger, number, number, handling="suppressed", rule=rule)
    found = active(ledger)
    assert (found.alarms, found.first, found.last) == (
        2, "2026-11-21T20:45:03.123Z", "2026-11-21T20:45:05.123Z"
    )  # fmt: skip
    assert found.reason == "Bauarbeiten" and not found.noticed


def test_a_suppression_is_over_when_it_ended(ledger: Ledger) -> None:
    """The notice comes before."""
    first, second = suppressed(ledger), suppressed(ledger, "s2", minutes=60)
    ledger.append(line(suppression_elapsed(first, stamp(None, 1300))[0]))
    assert active(ledger) == evolve(first, noticed=True)
    ledger.append(line(unsuppress(first, stamp())[0]))
    assert shifts.suppressions(ledger.connection) == [second]
    assert shifts.suppression(ledger.connection, "s1") is None


def test_an_erased_reason_is_unknown(ledger: Ledger) -> None:
    """The suppression goes on."""
    ledger.erase(suppressed(ledger).seq)
    assert active(ledger).reason is None and active(ledger).site == "4711"


def test_entries_alone_make_it_again(ledger: Ledger) -> None:
    """Sessions and suppressions with their counts."""
    ledger.append(line(sign_on("f" * 64, stamp())[0]))
    suppressed(ledger)
    ring(ledger, 1, handling="suppressed", rule="suppression:s1")
    before = shifts.sessions(ledger.connection), active(ledger)
    rebuild_projections(ledger)
    assert (shifts.sessions(ledger.connection), active(ledger)) == before


def test_an_answer_is_kept_for_a_while(ledger: Ledger) -> None:
    """So that a command that comes again is not carried out again."""
    asked = shifts.Asked(workstation="f" * 64, command="c1", digest=b"d")
    shifts.keep_answer(ledger.connection, asked, "2026-11-21T20:45:00.000Z", b"{}")
    assert shifts.answered(ledger.connection, asked) == (b"{}", True)
    shifts.prune_answers(ledger.connection, "2026-11-21T20:45:00.000Z")
    assert shifts.answered(ledger.connection, asked) is not None
    shifts.prune_answers(ledger.connection, "2026-11-22T20:45:00.000Z")
    assert shifts.answered(ledger.connection, asked) is None


def test_an_answer_is_to_one_command(ledger: Ledger) -> None:
    """The same id of another workstation is another command; with other words it is no repeat."""
    asked = shifts.Asked(workstation="f" * 64, command="c1", digest=b"d")
    shifts.keep_answer(ledger.connection, asked, "2026-11-21T20:45:00.000Z", b"{}")
    other = evolve(asked, workstation="e" * 64)
    assert shifts.answered(ledger.connection, other) is None
    assert shifts.answered(ledger.connection, evolve(asked, digest=b"x")) == (b"{}", False)
