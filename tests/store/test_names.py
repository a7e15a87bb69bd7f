"""Names of sites and sources, for who shows their numbers and addresses."""

from __future__ import annotations

import pytest

from alarmgw.model import Source
from alarmgw.store import accounts, names, sites
from alarmgw.store.names import (
    Meant,
    meant_sites,
    meant_sources,
    site_names,
    source_names,
    with_names,
)
from alarmgw.store.sites import Site
from tests.desk import fresh_ledger, ring

THEN = "2026-11-21T20:00:00.000Z"


def test_only_what_there_is_has_a_name_and_what_was_removed_keeps_it() -> None:
    """A nameless one is there all the same: nobody has to ask again."""
    connection = fresh_ledger().connection
    for number, name in (("1", "Lager"), ("2", None)):
        sites.add_site(connection, Site(number=number, name=name), THEN)
    sites.retire_site(connection, "1", THEN)
    accounts.put_source(connection, Source(address="bq3@gw", name="Tor"), THEN)
    assert site_names(connection, ["1", "2", "3"]) == {"1": "Lager", "2": None}
    assert source_names(connection, ["bq3@gw", "x"]) == {"bq3@gw": "Tor"}
    assert source_names(connection, []) == {}


def test_words_mean_whom_they_stand_in() -> None:
    """Parts of number, address and name in any order, without accents; removed ones as well."""
    connection = fresh_ledger().connection
    for number, name in (("47", None), ("4711", "Lager Süd"), ("4712", "Lager Nord")):
        sites.add_site(connection, Site(number=number, name=name), THEN)
    sites.retire_site(connection, "4712", THEN)
    accounts.put_source(connection, Source(address="tor1@gw", name="Kamera Größe"), THEN)
    means = [(words, meant_sites(connection, words).keys) for words in ("sud LAGER", "lager", "47")]
    assert means == [
        ("sud LAGER", ("4711",)),
        ("lager", ("4711", "4712")),
        ("47", ("47",)),  # that is one's whole number
    ]
    for words in ("tor1", "TOR1@GW", "kamera tor1", "GRÖSSE"):
        assert meant_sources(connection, words) == Meant(("tor1@gw",), 1), words
    assert meant_sources(connection, "tor2") == Meant((), 0)


def test_what_the_record_names_is_found_without_a_record_of_it() -> None:
    """By its whole name; whoever looks for it has it from an alarm."""
    ledger = fresh_ledger()
    ring(ledger, 1, site="0815")
    assert meant_sources(ledger.connection, "BQ@0815").keys == ("bq@0815",)
    assert meant_sites(ledger.connection, "0815").keys == ("0815",)
    assert meant_sites(ledger.connection, "081").keys == ()


def test_of_very_many_the_first_are_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told how many there are."""
    connection = fresh_ledger().connection
    for number in ("11", "12", "13"):
        sites.add_site(connection, Site(number=number, name="Lager"), THEN)
    monkeypatch.setattr(names, "MEANT", 2)
    assert meant_sites(connection, "lager") == Meant(("11", "12"), 3)


def test_rows_get_their_names() -> None:
    """What has none, is unknown or says no place has null; the rows given stay as they are."""
    connection = fresh_ledger().connection
    sites.add_site(connection, Site(number="1", name="Lager"), THEN)
    accounts.put_source(connection, Source(address="bq3@gw", name="Tor"), THEN)
    rows = [{"site": "1", "source": "bq3@gw"}, {"site": "2", "source": None}, {"note": "x"}]
    told = [(row["site_name"], row["source_name"]) for row in with_names(connection, rows)]
    assert told == [("Lager", "Tor"), (None, None), (None, None)]
    assert rows[2] == {"note": "x"}
