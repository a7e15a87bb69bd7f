"""The board of sources: found in an instant, and each as it is now."""

from __future__ import annotations

import gc
import time
from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from alarmgw.model import Source
from alarmgw.store import accounts, sites
from alarmgw.store.ledger import Ledger
from alarmgw.store.sites import Site
from alarmgw.store.sourceboard import ROWS, STATES, Search, board, town
from alarmgw.workflow_shift import suppress
from tests.desk import RULES, at, fresh_ledger, line, ring, stamp

THEN = "2026-11-21T20:00:00.000Z"


def keep(ledger: Ledger, address: str, **facts: Any) -> None:
    """A source's record."""
    accounts.put_source(ledger.connection, Source(address=address, **facts), THEN)


@pytest.fixture
def ledger() -> Ledger:
    """A gate and a yard in Hamburg, a disabled camera elsewhere."""
    ledger = fresh_ledger()
    at_port = Site(number="4711", name="Lager Süd", address="Hafenstr. 1, 20457 Hamburg")
    sites.add_site(ledger.connection, at_port, THEN)
    sites.add_site(ledger.connection, Site(number="4712", name="Werft"), THEN)
    keep(ledger, "tor@gw", name="Tor", site="4711", make="Axis", login="rec1")
    keep(ledger, "hof@gw", name="Hof", site="4711")
    keep(ledger, "alt@gw", site="4712", disabled=THEN)
    return ledger


def found(ledger: Ledger, seconds: float = 0, **search: Any) -> list[str]:
    """The addresses on the board."""
    told = board(ledger.connection, Search(**search), at(seconds))
    assert told["total"] == 3 and told["found"] == len(told["rows"])
    return [row["address"] for row in told["rows"]]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("", ["hof@gw", "tor@gw", "alt@gw"]),
        ("4711", ["hof@gw", "tor@gw"]),
        ("hamburg", ["hof@gw", "tor@gw"]),
        ("LAGER sud tor", ["tor@gw"]),
        ("rec1", ["tor@gw"]),
        ("alt@", ["alt@gw"]),
        ("nirgends", []),
    ],
)
def test_a_source_is_found_by_number_name_and_town(
    ledger: Ledger, text: str, addresses: Collection[str]
) -> None:
    """Every word must be found; upper case and accents do not matter."""
    assert found(ledger, text=text) == addresses


def test_a_row_says_how_the_source_is(ledger: Ledger) -> None:
    """Its record, its last mail and its alarms of a day."""
    ring(ledger, 1, -90_000, source="tor@gw")
    ring(ledger, 2, 5, source="tor@gw")
    ring(ledger, 3, 7, source="tor@gw", kind="test", handling="test")
    [row] = board(ledger.connection, Search(text="tor@"), at(60))["rows"]
    assert row == {
        "address": "tor@gw",
        "name": "Tor",
        "site": "4711",
        "site_name": "Lager Süd",
        "town": "Hamburg",
        "make": "Axis",
        "login": "rec1",
        "last_heard": "2026-11-21T20:45:09.123Z",
        "last_kind": "test",
        "clock_offset_s": None,
        "suppression": None,
        "suppressed_until": None,
        "disabled": None,
        "alarms_24h": 1,
    }


def test_who_was_not_heard_for_a_day_is_silent(ledger: Ledger) -> None:
    """With a routine call it is that which counts; what is disabled is never silent."""
    assert found(ledger, state="silent") == ["hof@gw", "tor@gw"]
    ring(ledger, 1, source="tor@gw")
    assert found(ledger, 86_399, state="silent") == ["hof@gw"]
    assert found(ledger, 86_401, state="silent") == ["hof@gw", "tor@gw"]
    keep(ledger, "tor@gw", site="4711", routine_minutes=1)
    assert found(ledger, 30, state="silent") == ["hof@gw"]
    assert found(ledger, 90, state="silent") == ["hof@gw", "tor@gw"]


def test_what_is_done_with_its_alarms_is_no_sign_of_life(ledger: Ledger) -> None:
    """A suppression names the source, and it is silent all the same."""
    action = {"source": "tor@gw", "minutes": 30, "reason": "Bau"}
    for entry in suppress("s1", action, stamp(), RULES):
        ledger.append(line(entry))
    assert "tor@gw" in found(ledger, state="silent")
    assert found(ledger, state="suppressed") == ["tor@gw"]
    [row] = board(ledger.connection, Search(state="suppressed"), at())["rows"]
    assert (row["suppression"], row["last_heard"]) == ("s1", None)


def test_a_sites_suppression_is_its_sources_too(ledger: Ledger) -> None:
    """Each source of the site shows until when it is held back."""
    action = {"site": "4711", "minutes": 30, "reason": "Bau"}
    for entry in suppress("s1", action, stamp(), RULES):
        ledger.append(line(entry))
    assert found(ledger, state="suppressed") == ["hof@gw", "tor@gw"]


def test_each_state_finds_its_own(ledger: Ledger) -> None:
    """A wrong clock, one out of use, one that is tolerated."""
    times = {"connected": None, "data": None, "eom": None, "synced": None, "clock_offset_s": 700.0}
    ring(ledger, 1, source="hof@gw", times=times)
    assert found(ledger, state="clock") == ["hof@gw"]
    assert found(ledger, state="disabled") == ["alt@gw"]
    assert found(ledger, state="lenient", lenient={"tor@gw"}) == ["tor@gw"]
    for state in STATES:
        assert found(ledger, state=state, text="nirgends") == []


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (None, None),
        ("Hamburg", "Hamburg"),
        ("Am Kai 3, 20457 Hamburg", "Hamburg"),
        ("Am Kai 3\n8000 Zürich", "Zürich"),
        ("Am Kai 3, ", None),
    ],
)
def test_the_town_is_what_follows_the_post_code(address: str | None, name: str | None) -> None:
    """Good enough for a column; the address is searched whole."""
    assert town(address) == name


def test_ten_thousand_sources_are_searched_in_an_instant() -> None:
    """Somebody types, and each letter asks: the time of the processor stays far below 0.1 s."""
    ledger = fresh_ledger()
    ledger.connection.execute("BEGIN")
    for number in range(2500):
        site = Site(number=str(number), name=f"Lager Süd {number}", address=f"Weg {number}, Köln")
        sites.add_site(ledger.connection, site, THEN)
        for camera in range(4):
            keep(ledger, f"cam{camera}@{number}", name=f"Zufahrt {camera}", site=str(number))
    board(ledger.connection, Search(text="koln"), at())
    gc.collect()  # what other tests have left is not the search's
    begun = time.thread_time()
    told = board(ledger.connection, Search(text="koln zufahrt 1"), at() + timedelta(days=1))
    took = time.thread_time() - begun
    assert (told["total"], len(told["rows"])) == (10_000, ROWS)
    assert took < 0.1, f"{1000 * took:.0f} ms"
