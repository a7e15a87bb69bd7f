"""Who hands over to whom: by who was signed on, and since when."""

from __future__ import annotations

from typing import Any

import pytest

from alarmgw.store import relief as module
from alarmgw.store.ledger import Ledger
from alarmgw.store.relief import relief
from alarmgw.workflow_actions import Rejected
from alarmgw.workflow_entries import OPERATOR, Stamp, Who
from alarmgw.workflow_shift import COUNTS, Relief, hand_over, note_shift, sign_off, sign_on
from tests.desk import at, fresh_ledger, line


class House:
    """People come and go; times are hours."""

    def __init__(self) -> None:
        self.ledger: Ledger = fresh_ledger()
        self.sessions = dict[str, Who]()
        self.hour = 0.0

    def write(self, entries: tuple[dict[str, Any], ...]) -> None:
        """To the journal."""
        for entry in entries:
            self.ledger.append(line(entry))

    def stamp(self, name: str) -> Stamp:
        """Somebody does something, now."""
        return Stamp(now=at(self.hour * 3600), node="gw1", who=self.sessions[name])

    def come(self, *names: str, hour: float) -> None:
        """They sign on, one after the other; ``anna2`` is anna at another place."""
        self.hour = hour
        for name in names:
            session = f"{name}-{self.ledger.head}"
            operator = name.rstrip("2")
            self.sessions[name] = Who(
                operator=operator, role=OPERATOR, workstation=f"at-{name}", session=session
            )
            self.write(sign_on("f" * 64, self.stamp(name)))

    def go(self, *names: str, hour: float, why: str = "signed_off") -> None:
        """They leave."""
        self.hour = hour
        for name in names:
            self.write(sign_off(why, self.stamp(name)))

    def known(self, name: str) -> Relief:
        """What is known when she takes over all that there is."""
        return relief(self.ledger.connection, name, self.ledger.head)

    def take(self, name: str) -> str | None:
        """She confirms; answers who handed over, or why it is refused."""
        counts = dict.fromkeys(COUNTS, 0)
        try:
            [entry] = hand_over({}, self.known(name), counts, self.stamp(name))
        except Rejected as rejected:
            return rejected.code
        self.write((entry,))
        giver: str | None = entry["from"]
        return giver


@pytest.fixture
def house() -> House:
    """Nobody has been there yet."""
    return House()


def test_who_comes_takes_over_from_who_was_there(house: House) -> None:
    """Once; a shift passes its own on, whoever is there then."""
    house.come("anna", hour=6)
    house.come("bert", hour=13.9)
    assert house.take("bert") == "anna"
    assert house.take("bert") == house.take("anna") == "own_shift"
    house.go("anna", hour=14)
    house.come("carl", hour=21.9)
    assert house.take("bert") == "own_shift"
    assert house.take("carl") == "bert"  # anna, who handed over, left a little later


def test_a_name_may_have_a_comma(house: House) -> None:
    """Who handed over under such a name has done so, alone or with others."""
    house.come("meier, anna", "bert", hour=6)
    house.come("carl", hour=13.9)
    assert house.take("carl") == "meier, anna, bert"
    house.go("meier, anna", "bert", hour=14)
    house.come("dora", hour=21.9)
    assert house.take("dora") == "carl"


def test_a_damaged_entry_keeps_nobody_from_handing_over(house: House) -> None:
    """She who signed on with it is not known to be there; the others are."""
    house.come("anna", "bert", hour=6)
    house.go("anna", hour=7)
    house.come("carl", hour=13.9)
    cut = "UPDATE entry SET body = substr(body, 1, length(body) - 3) WHERE seq IN (1, 3)"
    house.ledger.connection.execute(cut)
    assert house.take("carl") == "bert"
    house.ledger.connection.execute(cut.replace("IN (1, 3)", "= 5"))  # the hand-over itself
    house.come("dora", hour=21.9)
    assert house.take("dora") == "bert, carl"


def test_several_hand_over_to_several(house: House) -> None:
    """Each who comes may confirm; those who came together do not hand over to one another."""
    house.come("anna", "bert", hour=6)
    house.go("bert", hour=13)
    house.come("carl", "dora", hour=13.9)
    assert house.take("carl") == "anna, bert"
    assert house.take("dora") == "anna, carl"
    house.go("anna", hour=14)
    house.come("emil", hour=21.9)
    assert house.take("carl") == house.take("dora") == "own_shift"
    assert house.take("emil") == "carl, dora"


def test_who_finds_an_empty_room_confirms(house: House) -> None:
    """The first of all; and the one who is alone there every night, whoever was there by day."""
    house.come("anna", hour=0)
    assert house.take("anna") is None
    house.write(note_shift({"text": "Tor klemmt"}, house.stamp("anna")))
    assert house.take("anna") == "own_shift"
    house.go("anna", hour=6)
    house.come("anna", hour=22)
    assert house.known("anna").own is None  # she wrote it the night before
    assert house.take("anna") is None
    house.go("anna", hour=30)
    house.come("bert", hour=32)
    house.go("bert", hour=36)
    house.come("anna", hour=46)
    assert house.take("anna") == "bert"


def test_who_wrote_for_the_next_shift_does_not_confirm_it(house: House) -> None:
    """Beside others she takes what they wrote; her own note stays for who comes after her."""
    house.come("anna", hour=0)
    house.write(note_shift({"text": "von Anna"}, house.stamp("anna")))
    assert house.take("anna") == "own_shift"
    house.come("bert", hour=7)
    house.write(note_shift({"text": "von Bert"}, house.stamp("bert")))
    known = house.known("bert")
    assert (known.own, known.up_to) == (4, 3)
    assert house.take("bert") == "anna"
    house.come("carl", hour=8)
    assert house.known("carl").up_to == house.ledger.head


def test_who_was_away_for_a_while_goes_on_with_her_shift(house: House) -> None:
    """A lost link, a meal, a second workstation make nobody a new one."""
    house.come("anna", hour=0)
    house.write(note_shift({"text": "Tor klemmt"}, house.stamp("anna")))
    house.go("anna", hour=1, why="lost")
    house.come("bert", hour=1.5)
    house.come("anna", hour=2)
    assert house.take("anna") == "own_shift"
    house.come("anna2", hour=3)
    house.go("anna", hour=3.5)
    assert house.take("anna") == "own_shift"
    assert house.take("bert") == "anna"


def test_who_was_relieved_and_comes_back_is_new(house: House) -> None:
    """However soon it is."""
    house.come("anna", hour=0)
    house.come("bert", hour=8)
    house.go("anna", hour=8.1)
    house.take("bert")
    house.come("anna", hour=11)
    assert house.take("anna") == "bert"


def test_only_the_newest_comings_are_looked_at(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is signed on is known all the same; who went and was not seen coming came before all."""
    house.come("anna", "dora", hour=0)
    for hour in range(1, 5):
        house.come("bert", hour=hour)
        house.go("bert", hour=hour + 0.5)
    house.go("dora", hour=9)
    house.come("carl", hour=10)
    monkeypatch.setattr(module, "_NEWEST", module._NEWEST.replace("LIMIT 300", "LIMIT 2"))
    assert house.known("carl").givers == ("dora", "anna", "bert")


def test_what_was_seen_is_no_more_than_there_is(house: House) -> None:
    """A page that says otherwise is not believed."""
    house.come("anna", hour=0)
    assert relief(house.ledger.connection, "anna", 99).seen == 1
