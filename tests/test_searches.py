"""Questions about many things: as a page asks them, with texts for everything."""

from __future__ import annotations

from alarmgw.queries import SECONDS
from alarmgw.store import history
from tests.questions import AskingCase
from tests.rooms import SITE, SOURCE


class Searches(AskingCase):
    """Anna looks things up."""

    def test_the_record_goes_on_where_it_ended(self) -> None:
        """Until there is nothing before it."""
        for number in range(1, 6):
            self.ring(number)
        first = self.ask("history", kind="alarm", limit="2")
        second = self.ask("history", kind="alarm", limit="2", before=str(first["before"]))
        third = self.ask("history", kind="alarm", limit=2, before=second["before"])
        seqs = [row["seq"] for page in (first, second, third) for row in page["rows"]]
        assert len(seqs) == 5 and seqs == sorted(seqs, reverse=True)
        assert third["before"] is None

    def test_every_filter_of_the_page_is_understood(self) -> None:
        """An address is compared without upper and lower case, empty fields are none."""
        self.ring(1)
        self.close(1)
        given = {"from_": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "site": SITE}
        given |= {"source": SOURCE.upper(), "text": "zaun", "types": "alarm,closed", "kind": ""}
        assert [row["type"] for row in self.ask("history", **given)["rows"]] == ["alarm"]
        assert [row["type"] for row in self.ask("history", outcome="deceptive")["rows"]] == [
            "closed"
        ]

    def test_words_find_a_source_or_a_site(self) -> None:
        """Those that have them in number, address or name; how many is told."""
        self.administer("site add", number="5", name="Lager Süd")
        self.administer("source add", address="tor1@5", name="Kamera Hof", site="5")
        self.ring(1, source="tor1@5", site="5")
        self.ring(2)
        one = {"found": 1, "searched": 1}
        for given in ({"source": "tor1"}, {"source": "hof kamera"}, {"site": "lager sud"}):
            told = self.ask("history", types="alarm", **given)
            assert [row["source"] for row in told["rows"]] == ["tor1@5"], given
            assert [told["meant"][name] for name in given] == [one]
        assert self.ask("history")["meant"] == {"source": None, "site": None}
        nothing = self.ask("history", source="tor2")
        assert (nothing["rows"], nothing["before"]) == ([], None)
        assert nothing["meant"]["source"] == {"found": 0, "searched": 0}

    def test_a_row_says_what_its_site_and_source_are_called(self) -> None:
        """Alarms as steps; what has no name has none."""
        self.administer("site add", number="5", name="Lager")
        self.administer("source add", address="tor@5", name="Tor", site="5")
        self.ring(1, source="tor@5", site="5")
        self.close(1)
        self.ring(2, source="gone@x", site="9")
        told = self.ask("history", types="alarm,closed")["rows"]
        names = [(row["site_name"], row["source_name"]) for row in told]
        assert names == [(None, None), ("Lager", "Tor"), ("Lager", "Tor")]

    def test_a_search_that_takes_too_long_says_where_to_go_on(self) -> None:
        """The reactor's clock ends it."""
        for number in range(1, 3 * history._ASK_EVERY):
            self.ring(number)
        seconds = self.reactor.seconds
        asked = iter(range(10**6))
        self.reactor.seconds = lambda: seconds() + next(asked) * SECONDS * 2  # type: ignore[method-assign]
        told = self.ask("history", text="nothing")
        assert told["before"] is not None and told["scanned"] == history._ASK_EVERY

    def test_the_board_finds_sources(self) -> None:
        """Those of the records."""
        told = self.ask("sources", search=SITE, state="all", limit="5")
        assert (told["total"], told["found"]) == (1, 1)
        assert told["rows"][0]["address"] == SOURCE

    def test_who_is_nobodys_is_listed(self) -> None:
        """Each sender at its peer."""
        self.ring(1, source=None, site=None)
        told = self.ask("unassigned")
        assert told["total"] == 1 and told["rows"][0]["count"] == 1

    def test_numbers_of_days_and_of_a_year(self) -> None:
        """Of as many days as were asked for."""
        self.administer("site add", number="5", name="Lager")
        self.administer("source add", address="tor@5", name="Tor", site="5")
        self.ring(1, source="tor@5", site="5")
        self.close(1)
        told = self.ask("numbers", days="2")
        assert len(told["hours"]) == 48 and told["hours"][-1]["alarms"] == 1
        assert told["acceptance"]["n"] == 1
        assert told["sources"] == [
            {
                "address": "tor@5",
                "name": "Tor",
                "site": "5",
                "site_name": "Lager",
                "false": 1,
                "incidents": 1,
            }
        ]
