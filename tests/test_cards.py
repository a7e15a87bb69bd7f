"""Cards: site, contacts, action text and what was before, for who handles an incident."""

from __future__ import annotations

from alarmgw.codec.requests import Question
from alarmgw.errors import Cause, Refused
from alarmgw.model import ActionText, Contact, Source
from alarmgw.store import accounts, sites
from alarmgw.store.journal import Ledger
from alarmgw.store.sites import Customer, Site
from tests.desk import alarm_id
from tests.journals import done
from tests.questions import AskingCase
from tests.rooms import DESKS, SITE, SOURCE

THEN = "2026-11-21T20:00:00.000Z"


class Cards(AskingCase):
    """One site with all that can be known of it."""

    def setUp(self) -> None:
        """Its record, its customer, its camera."""
        super().setUp()
        done(self.place.journal.submit(self.keep))

    def keep(self, ledger: Ledger) -> None:
        """The records."""
        customer = Customer(number="7", name="Werft AG")
        site = Site(
            number=SITE,
            name="Lager",
            customer="7",
            address="Am Kai 1, Hamburg",
            contacts=(Contact(name="Wache", phone="110"), Contact(name="Chef", phone="040 1")),
            action_text="Polizei rufen",
            notes="Hund",
            time_zone="Europe/Berlin",
        )
        text = ActionText(event="motion", text="Erst schauen")
        source = Source(
            address=SOURCE, name="Tor", site=SITE, make="Axis", action_texts=(text,), notes="hoch"
        )
        sites.put_customer(ledger.connection, customer, THEN)
        sites.put_site(ledger.connection, site, THEN)
        accounts.put_source(ledger.connection, source, THEN)

    def test_a_card_has_all_that_is_needed_beside_the_pictures(self) -> None:
        """Contacts in calling order, and the text for this event."""
        self.ring(1)
        self.close(1)
        self.ring(2)
        told = self.ask("card", incident=alarm_id(2))
        assert told["site"] == {
            "number": SITE,
            "name": "Lager",
            "address": "Am Kai 1, Hamburg",
            "customer": "Werft AG",
            "contacts": [{"name": "Wache", "phone": "110"}, {"name": "Chef", "phone": "040 1"}],
            "notes": "Hund",
            "time_zone": "Europe/Berlin",
        }
        assert told["action_text"] == "Erst schauen"
        assert told["sources"] == {
            SOURCE: {
                "name": "Tor",
                "make": "Axis",
                "pre_alarm_pictures": None,
                "notes": "hoch",
                "clock_offset_s": None,
            }
        }
        assert [one["incident"] for one in told["earlier"]] == [alarm_id(1)]

    def test_a_source_without_a_text_has_its_sites(self) -> None:
        """One that nobody has a record of, too."""
        self.ring(1, source="other@4711")
        told = self.ask("card", incident=alarm_id(1))
        assert told["action_text"] == "Polizei rufen"
        assert told["sources"]["other@4711"]["name"] is None

    def test_what_is_nobodys_has_a_card_too(self) -> None:
        """There is nothing on it."""
        self.ring(1, source=None, site=None)
        told = self.ask("card", incident=alarm_id(1))
        assert (told["site"], told["action_text"], told["sources"]) == (None, None, {})

    def test_of_no_incident_there_is_no_card(self) -> None:
        """It is refused, by its id."""
        question = Question(name="card", given={"incident": "gw1-x"})
        asked = self.room.ask("platz-1", DESKS["platz-1"], question)
        refusal = self.refusal(Refused, asked)
        assert refusal.cause is Cause.NOT_FOUND and "gw1-x" in refusal.text

    def test_an_alarm_in_no_incident_has_a_card_too(self) -> None:
        """The same site and people; nothing was before it."""
        self.ring(1, kind="test", handling="test")
        told = self.ask("card", alarm=alarm_id(1))
        assert (told["site"]["name"], told["action_text"]) == ("Lager", "Erst schauen")
        assert (list(told["sources"]), told["earlier"]) == ([SOURCE], [])
        self.ring(2, source=None, site=None)
        assert self.ask("card", alarm=alarm_id(2))["sources"] == {}
        question = Question(name="card", given={"alarm": "gw1-x"})
        asked = self.room.ask("platz-1", DESKS["platz-1"], question)
        assert self.refusal(Refused, asked).cause is Cause.NOT_FOUND

    def test_names_are_told_of_those_that_there_are(self) -> None:
        """Several at once, with commas between them."""
        told = self.ask("names", sites=f"{SITE},x", sources=SOURCE)
        assert told["sites"] == {SITE: "Lager"} and told["sources"] == {SOURCE: "Tor"}
        assert self.ask("names") == {"ok": True, "sites": {}, "sources": {}}
