"""The page of the hand-over: what the next shift takes over."""

from __future__ import annotations

from alarmgw import handover
from tests.desk import alarm_id
from tests.questions import AskingCase
from tests.rooms import SOURCE


class Handover(AskingCase):
    """Anna goes, Bert comes."""

    def test_everything_that_stands_open_is_told(self) -> None:
        """In lists of its own, each with its title; the counts are those of the entry."""
        self.ring(1, site="1")
        self.ring(2, site="2", priority=1)
        self.ring(3, site="3")
        self.ring(4, site="4", kind="fault", priority=4)
        self.command("accept", 3)
        self.command("park", 3, minutes=10)
        self.command("suppress", source="bq@4711", minutes=30, reason="Bau")
        self.command("note", text="Tor klemmt")
        told = self.ask("handover")
        ids = {name: [one["incident"] for one in told[name]] for name in ("open", "parked")}
        assert ids == {"open": [alarm_id(2), alarm_id(1)], "parked": [alarm_id(3)]}
        assert [one["event"] for one in told["faults"]] == ["motion"]
        assert [one["reason"] for one in told["suppressions"]] == ["Bau"]
        assert [one["note"] for one in told["notes"]] == ["Tor klemmt"]
        assert [one["operator"] for one in told["signed_on"]] == ["anna"]
        assert (told["last"], told["incidents_since"]) == (None, 4)
        assert (told["from"], told["may_take"], told["up_to"]) == ([], False, self.head)
        self.sign_on("bert", "platz-2")
        told = self.ask("handover", "platz-2")
        assert (told["from"], told["may_take"]) == (["anna"], True)
        assert self.command("hand_over", at="platz-2")["ok"]
        [entry] = self.told("handed_over")
        assert {name: entry[name] for name in told["counts"]} == told["counts"]

    def test_sites_and_sources_have_their_names(self) -> None:
        """What stands open, and what is held back."""
        self.administer("site add", number="5", name="Lager")
        self.administer("source add", address="tor@5", name="Tor", site="5")
        self.ring(1, source="tor@5", site="5")
        self.command("suppress", source="tor@5", minutes=30, reason="Bau")
        told = self.ask("handover")
        names = {key: told[key][0]["source_name"] for key in ("open", "suppressions")}
        assert names == {"open": "Tor", "suppressions": "Tor"}
        assert told["open"][0]["site_name"] == "Lager"

    def test_a_suppression_that_ended_since_is_told(self) -> None:
        """Whose it was, why, and what it held back; after the next hand-over no more."""
        self.command("suppress", source=SOURCE, minutes=30, reason="Bau")
        [began] = self.told("suppressed")
        rule = f"suppression:{began['suppression']}"
        self.ring(1, handling="suppressed", rule=rule)
        assert self.ask("handover")["ended"] == []
        self.command("unsuppress", suppression=began["suppression"])
        [told] = self.ask("handover")["ended"]
        names = ("source", "site", "reason", "by", "why", "alarms")
        assert [told[name] for name in names] == [SOURCE, None, "Bau", "anna", "lifted", 1]
        assert told["first"] == told["last"] == self.told("alarm")[0]["time"]
        assert told["source_name"] is None
        self.command("note", text="bis dann")
        self.sign_on("bert", "platz-2")
        assert self.command("hand_over", at="platz-2")["ok"]
        assert self.ask("handover")["ended"] == []

    def test_after_it_only_what_is_new_is_told(self) -> None:
        """Notes and counts begin anew; what is open stays."""
        self.ring(1)
        self.command("note", text="alt")
        self.sign_on("bert", "platz-2")
        self.command("hand_over", note="ruhig", at="platz-2")
        told = self.ask("handover")
        assert told["last"]["to"] == "bert" and told["last"]["note"] == "ruhig"
        assert told["notes"] == [] and len(told["open"]) == 1

    def test_a_note_that_came_after_the_drawing_stays(self) -> None:
        """Bert's page was drawn before it: he takes over what stood there."""
        self.sign_on("bert", "platz-2")
        self.command("note", text="auf dem Schirm")
        drawn = self.ask("handover", "platz-2")["up_to"]
        self.command("note", text="eben noch")
        assert self.command("hand_over", seen=drawn, at="platz-2")["ok"]
        told = self.ask("handover", "platz-2")
        assert [one["note"] for one in told["notes"]] == ["eben noch"]
        assert told["notes_since"] == 1

    def test_who_has_the_shift_does_not_confirm_it(self) -> None:
        """She wrote for the next one; that one confirms, once."""
        assert self.command("note", text="Tor klemmt")["ok"]
        assert self.command("hand_over")["error"] == "own_shift"
        self.sign_on("bert", "platz-2")
        assert self.command("hand_over", at="platz-2")["ok"]
        assert self.command("hand_over", at="platz-2")["error"] == "own_shift"
        assert len(self.told("handed_over")) == 1

    def test_of_very_many_the_most_urgent_are_told(self) -> None:
        """The counts are right all the same."""
        self.patch(handover, "MOST", 1)
        self.ring(1, site="1", priority=3)
        self.ring(2, site="2", priority=2)
        told = self.ask("handover")
        assert [one["incident"] for one in told["open"]] == [alarm_id(2)]
        assert told["counts"]["open"] == 2

    def test_people_are_told_with_their_places(self) -> None:
        """Everybody who is signed on, wherever."""
        self.sign_on("bert", "platz-2")
        people = self.ask("people")["people"]
        assert [(one["operator"], one["role"], one["workstation"]) for one in people] == [
            ("anna", "operator", "platz-1"),
            ("bert", "shift_leader", "platz-2"),
        ]
