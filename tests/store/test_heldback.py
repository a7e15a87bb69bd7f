"""What is told of a suppression when it is over, whichever program wrote its end."""

from __future__ import annotations

from typing import Any

import pytest

from alarmgw.store import shifts
from alarmgw.store.heldback import ended_since, old_ends, over
from alarmgw.store.history import Wanted, search
from alarmgw.store.ledger import Ledger
from alarmgw.workflow_shift import suppress, unsuppress
from tests.desk import RULES, fresh_ledger, line, ring, stamp


def begin(ledger: Ledger, id_: str, seconds: float = 0, **whom: str) -> None:
    """Anna holds somebody back."""
    action = {"minutes": 30, "reason": f"Bau {id_}", **whom}
    for entry in suppress(id_, action, stamp(seconds=seconds), RULES):
        ledger.append(line(entry))


def end(ledger: Ledger, id_: str, seconds: float, old: bool = False) -> int:
    """It is lifted; an ``old`` program did not write whose it was."""
    [entry] = unsuppress(shifts.suppression(ledger.connection, id_), stamp(seconds=seconds))
    if old:
        entry = {name: entry[name] for name in entry if name not in ("source", "site")}
    return ledger.append(line(entry))


@pytest.fixture(params=[False, True], ids=["as now", "of an older program"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """A source and a site were held back at the same time, and two alarms came."""
    ledger = fresh_ledger()
    begin(ledger, "s1", source="bq@4711")
    begin(ledger, "s2", 1, site="4712")
    ring(ledger, 1, 10, handling="suppressed", rule="suppression:s1")
    ring(ledger, 2, 20, handling="suppressed", rule="suppression:s1")
    end(ledger, "s1", 30, request.param)
    end(ledger, "s2", 40, request.param)
    return ledger


def rows(ledger: Ledger, **wanted: Any) -> list[dict[str, Any]]:
    """What is found."""
    return list(search(ledger.connection, Wanted(**wanted)).rows)


def test_a_search_finds_both_ends_of_a_suppression(ledger: Ledger) -> None:
    """By its source as by its site, between the alarms, and in parts of a long search."""
    types = [row["type"] for row in rows(ledger, source="bq@4711")]
    assert types == ["unsuppressed", "alarm", "alarm", "suppressed"]
    assert [row["seq"] for row in rows(ledger, site="4712")] == [6, 2]
    assert [row["seq"] for row in rows(ledger, site="4712", types=("unsuppressed",))] == [6]
    found = search(ledger.connection, Wanted(source="bq@4711", limit=1))
    assert (found.before, found.rows[0]["seq"]) == (5, 5)
    assert [row["seq"] for row in rows(ledger, source="bq@4711", before=5)] == [4, 3, 1]
    assert rows(ledger, source="bq@0815") == []


def test_the_end_says_what_was_held_back(ledger: Ledger) -> None:
    """Its row has all that is in both entries."""
    last, first = rows(ledger, types=("unsuppressed",))
    assert (first["source"], first["site"], first["why"]) == ("bq@4711", None, "lifted")
    assert (last["source"], last["site"]) == (None, "4712")
    beginning, *times = (row["time"] for row in reversed(rows(ledger, source="bq@4711")))
    assert first["over"] == {
        "by": "anna",
        "since": beginning,
        "reason": "Bau s1",
        "alarms": 2,
        "first": times[0],
        "last": times[1],
    }
    assert (last["over"]["alarms"], last["over"]["first"]) == (0, None)
    assert rows(ledger, types=("suppressed",))[0]["over"] is None


def test_those_that_ended_since_are_told_in_order(ledger: Ledger) -> None:
    """The newest last."""
    told = ended_since(ledger.connection, 4)
    assert [(one["seq"], one["reason"]) for one in told] == [(5, "Bau s1"), (6, "Bau s2")]
    assert [one["seq"] for one in ended_since(ledger.connection, 5)] == [6]
    assert {one["why"] for one in told} == {"lifted"}


def test_only_old_ends_are_looked_up_for_a_search() -> None:
    """The others say themselves whose they were."""
    ledger = fresh_ledger()
    for number, old in enumerate((True, False), 1):
        begin(ledger, f"s{number}", number, source=f"bq{number}")
        end(ledger, f"s{number}", number + 0.5, old)
    ends = list(old_ends(ledger.connection, 0, 99))
    assert [(seq, source, site) for seq, _, source, site in ends] == [(2, "bq1", None)]
    assert list(old_ends(ledger.connection, 2, 99)) == []


def test_an_id_is_not_another_that_begins_with_it() -> None:
    """Ids are looked for as a whole."""
    ledger = fresh_ledger()
    begin(ledger, "s1", source="bq1")
    begin(ledger, "s10", 1, source="bq10")
    end(ledger, "s1", 2)
    assert [one["reason"] for one in ended_since(ledger.connection, 0)] == ["Bau s1"]


def test_an_end_without_a_beginning_is_told_as_far_as_it_goes() -> None:
    """A damaged journal is shown all the same."""
    told = over(fresh_ledger().connection, 7, {"suppression": "s9", "alarms": 3})
    assert (told["source"], told["reason"], told["alarms"]) == (None, None, 3)


def test_a_damaged_beginning_keeps_nobody_from_the_rest(ledger: Ledger) -> None:
    """The end is told as far as it goes, in a search as at a hand-over."""
    cut = "UPDATE entry SET body = substr(body, 1, length(body) - 3) WHERE seq = 1"
    ledger.connection.execute(cut)
    assert [one["reason"] for one in ended_since(ledger.connection, 0)] == [None, "Bau s2"]
    assert {row["seq"] for row in rows(ledger)} == {2, 3, 4, 5, 6}
