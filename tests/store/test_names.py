"""Names of sites and sources, for who shows their numbers and addresses."""

from __future__ import annotations

from alarmgw.model import Source
from alarmgw.store import accounts, sites
from alarmgw.store.names import site_names, source_names, with_names
from alarmgw.store.sites import Site
from tests.desk import fresh_ledger

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


def test_rows_get_their_names() -> None:
    """What has none, is unknown or says no place has null; the rows given stay as they are."""
    connection = fresh_ledger().connection
    sites.add_site(connection, Site(number="1", name="Lager"), THEN)
    accounts.put_source(connection, Source(address="bq3@gw", name="Tor"), THEN)
    rows = [{"site": "1", "source": "bq3@gw"}, {"site": "2", "source": None}, {"note": "x"}]
    told = [(row["site_name"], row["source_name"]) for row in with_names(connection, rows)]
    assert told == [("Lager", "Tor"), (None, None), (None, None)]
    assert rows[2] == {"note": "x"}
