"""The seat: who is signed on here, and commands that a lost link does not double or lose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from alarmgw.codec.requests import Command, SignOn
from alarmgw.errors import Cause, Refused, TryLater
from alarmgw.workstation.departed import Departed
from alarmgw.workstation.link import NoLink
from alarmgw.workstation.mirror import LinkState
from alarmgw.workstation.seat import REPEATED_SECONDS
from tests.desk import alarm_id, rung
from tests.workstation.memory_browser import console_of
from tests.workstation.memory_gateway import PASSWORD, MemoryGateway


class Desk:
    """A console at a gateway in memory; anna sits there."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.gateway = MemoryGateway()
        self.wire = self.gateway.wire("desk1", "f1")
        self.console, _ = console_of(self.wire, self.clock)
        self.seat = self.console.seat
        self.wire.connect()
        self.session = self.gateway.signed_on("anna", self.wire)
        self.gateway.write([rung(1)])

    def begin(self, **action: Any) -> Deferred[dict[str, Any]]:
        """A command about the first incident is under way."""
        command = Command(
            id=self.seat.new_id(),
            incident=alarm_id(1),
            seen=self.gateway.ledger.head,
            action=action,
        )
        return Deferred.fromCoroutine(self.seat.command(command))

    def types(self) -> list[str]:
        """What the journal says."""
        return [entry["type"] for entry in self.gateway.since(0)]


def result(under_way: Deferred[dict[str, Any]]) -> Any:
    """The answer, None while there is none."""
    found: list[Any] = [None]
    under_way.addCallback(lambda answer: found.insert(0, answer) or answer)
    return found[0]


def test_who_sits_here_is_read_from_the_entries() -> None:
    """By this workstation's certificate; somebody elsewhere is one of the people."""
    desk = Desk()
    other = desk.gateway.wire("desk2", "f2")
    desk.gateway.signed_on("bert", other)
    assert desk.seat.session is not None and desk.seat.session.operator == "anna"
    facts = desk.seat.facts()
    assert [one["operator"] for one in facts["people"]] == ["anna", "bert"]
    assert facts["seat"]["session"] == desk.session.session and desk.seat.is_relieved
    assert "fingerprint" not in str(facts)
    desk.gateway.left(desk.session, "signed_off")
    assert desk.seat.session is None and desk.seat.facts()["seat"] is None


def test_a_workstation_that_was_restarted_knows_who_sits_there() -> None:
    """The session is the gateway's."""
    desk = Desk()
    wire = desk.gateway.wire("desk1", "f1")
    again, _ = console_of(wire, Clock())
    wire.connect()
    assert again.seat.session == desk.seat.session


def test_nobody_is_sent_away_by_a_snapshot() -> None:
    """In the middle of one nobody knows who sits here, and the screen must not flicker."""
    desk = Desk()
    changes: list[None] = []
    desk.seat.on_change = lambda: changes.append(None)
    desk.console.state(LinkState(state="snapshot"))
    desk.console.entries([{"type": "system", "seq": 1}], 1)
    assert desk.seat.session is not None
    desk.console.state(LinkState(state="current"))
    assert desk.seat.session is None and len(changes) == 1


def test_a_command_is_carried_out_once_though_its_answer_was_lost() -> None:
    """It is repeated with its id when the link is back, and gets the first answer."""
    desk = Desk()
    desk.wire.losing = 1
    under_way = desk.begin(do="accept")
    assert result(under_way) is None and desk.types().count("accepted") == 1
    desk.clock.advance(1)
    assert result(under_way)["ok"] and desk.types().count("accepted") == 1


def test_a_command_waits_for_the_link_for_some_seconds() -> None:
    """After that it was not carried out, and says so; it does not happen behind his back."""
    desk = Desk()
    desk.wire.lose()
    under_way = desk.begin(do="accept")
    desk.clock.pump([0.25] * int(REPEATED_SECONDS * 4 - 4))
    assert result(under_way) is None
    desk.clock.pump([0.25] * 8)
    assert result(under_way) == {"ok": False, "error": "no_link"}
    desk.wire.connect()
    desk.clock.pump([0.25] * 80)
    assert "accepted" not in desk.types()


def test_a_command_that_waited_is_that_of_who_gave_it() -> None:
    """It bears his session: somebody who signs on meanwhile does not act by it."""
    desk = Desk()
    heard: list[Command] = []

    async def keep(given: Command) -> dict[str, Any]:
        heard.append(given)
        if len(heard) == 1:
            raise NoLink("lost")
        return {"ok": True}

    desk.wire.command = keep  # type: ignore[method-assign]
    desk.begin(do="accept")
    desk.gateway.signed_on("bert", desk.wire)
    desk.clock.advance(1)
    assert [one.session for one in heard] == [desk.session.session] * 2
    assert heard[0].id == heard[1].id


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (Refused(Cause.BAD_VALUE, "malformed"), "bad_request"),
        (TryLater(Cause.BUSY, "too many"), "try_later"),
    ],
)
def test_other_failures_have_their_own_word(raised: Exception, error: str) -> None:
    """Never, or not now."""
    desk = Desk()

    async def fail(given: Command) -> dict[str, Any]:
        raise raised

    desk.wire.command = fail  # type: ignore[method-assign]
    under_way = desk.begin(do="accept")
    desk.clock.pump([0.25] * 60)
    assert result(under_way) == {"ok": False, "error": error}


def signed_on(desk: Desk, name: str, password: str) -> Any:
    """The answer to who signs on."""
    given = SignOn(name=name, password=password)
    return result(Deferred.fromCoroutine(desk.seat.sign_on(given)))


def test_signing_on_tells_the_name_and_no_secret() -> None:
    """The session stays in this process; a wrong password is told as such."""
    desk = Desk()
    assert signed_on(desk, "bert", "falsch") == {"ok": False, "error": "wrong"}
    answer = signed_on(desk, "bert", PASSWORD)
    assert answer == {"ok": True, "operator": "bert", "role": "operator"}
    assert desk.seat.session is not None and desk.seat.session.operator == "bert"


def test_signing_on_is_not_repeated() -> None:
    """Without a link it fails at once: a password does not wait around."""
    desk = Desk()
    desk.wire.lose()
    assert signed_on(desk, "bert", PASSWORD) == {"ok": False, "error": "no_link"}
    desk.wire.connect()
    desk.clock.pump([0.25] * 80)
    assert desk.types().count("signed_on") == 1


def test_signing_off_gives_back_what_was_accepted() -> None:
    """The incident is new again, and nobody sits here."""
    desk = Desk()
    assert result(desk.begin(do="accept"))["ok"]
    assert result(Deferred.fromCoroutine(desk.seat.sign_off()))["ok"]
    assert desk.types()[-2:] == ["returned", "signed_off"] and desk.seat.session is None


def test_what_nobody_decided_is_not_the_next_ones_decision() -> None:
    """Whoever signs on while a command is repeated has nothing to do with it."""
    desk = Desk()
    desk.gateway.left(desk.session, "signed_off")
    desk.wire.lose()
    nobodys = desk.begin(do="accept")
    desk.gateway.signed_on("bert", desk.wire)
    desk.wire.connect()
    desk.clock.pump([0.5] * 4)
    assert result(nobodys) == {"ok": False, "error": "not_signed_on"}
    assert "accepted" not in desk.types()


def leave(desk: Desk) -> Any:
    """The answer to who leaves."""
    return result(Deferred.fromCoroutine(desk.seat.sign_off()))


def test_leaving_needs_no_link() -> None:
    """The screen is veiled at once; the gateway hears of it when the link is back."""
    desk = Desk()
    desk.wire.lose()
    assert leave(desk) == {"ok": True}
    assert desk.seat.session is None and not desk.console.is_manned
    assert desk.console.facts()["seat"] is None
    assert "site" not in desk.console.since(None).incidents[0]
    desk.clock.pump([0.25] * 400)
    assert not desk.console.is_manned and "signed_off" not in desk.types()
    desk.wire.connect()
    assert not desk.console.is_manned
    desk.clock.advance(1)
    assert desk.types()[-1] == "signed_off" and desk.seat.people == []
    assert desk.types().count("signed_off") == 1


def test_who_left_is_not_shown_while_his_leaving_is_under_way() -> None:
    """A link that is silent, and not yet known to be lost, holds no texts on the screen."""
    desk = Desk()

    async def hang(given: Command) -> dict[str, Any]:
        return await Deferred()

    desk.wire.command = hang  # type: ignore[method-assign]
    assert leave(desk) is None and not desk.console.is_manned


def test_the_next_one_is_not_sent_away_by_who_left_without_a_link() -> None:
    """He signs on when the link is back; what the other one still had to tell bears his session."""
    desk = Desk()
    desk.wire.lose()
    assert leave(desk)["ok"]
    assert signed_on(desk, "bert", PASSWORD) == {"ok": False, "error": "no_link"}
    desk.wire.connect()
    assert signed_on(desk, "bert", PASSWORD)["ok"]
    desk.clock.pump([0.25] * 8)
    assert desk.seat.session is not None and desk.seat.session.operator == "bert"


def restarted(desk: Desk, departed: Departed) -> Desk:
    """The process has ended and the next one begins, without a link as yet."""
    desk.gateway.wires.remove(desk.wire)
    desk.clock, desk.wire = Clock(), desk.gateway.wire("desk1", "f1")
    desk.console, _ = console_of(desk.wire, desk.clock, departed=departed)
    desk.seat = desk.console.seat
    desk.console.start()
    return desk


def test_who_left_without_a_link_is_gone_after_a_restart(tmp_path: Path) -> None:
    """Nobody sits there when the link is back, and the gateway hears why, once."""
    desk = restarted(Desk(), Departed(tmp_path))
    desk.wire.connect()
    assert desk.console.is_manned
    desk.wire.lose()
    assert leave(desk) == {"ok": True}
    for _ in range(2):
        restarted(desk, Departed(tmp_path)).clock.pump([0.25] * 8)
    manned: list[bool] = []
    desk.console.listen(lambda: manned.append(desk.console.is_manned))
    desk.wire.connect()
    desk.clock.advance(1)
    assert not any(manned) and desk.types().count("signed_off") == 1
    assert list(tmp_path.iterdir()) == []
    assert signed_on(restarted(desk, Departed(tmp_path)), "bert", PASSWORD)["error"] == "no_link"


def test_who_left_is_kept_until_the_gateway_has_heard_it(tmp_path: Path) -> None:
    """Not longer, if it had ended the session by itself; nor is the next one's kept less."""
    desk = restarted(Desk(), Departed(tmp_path))
    desk.wire.connect()
    desk.wire.lose()
    assert leave(desk)["ok"] and Departed(tmp_path).read() == desk.session.session
    bert = desk.gateway.signed_on("bert", desk.wire)
    tell, late = desk.wire.command, [bert.session]

    async def held_up(given: Command) -> dict[str, Any]:
        if given.session in late:
            raise NoLink("lost")
        return await tell(given)

    desk.wire.command = held_up  # type: ignore[method-assign]
    desk.wire.connect()
    assert leave(desk)["ok"]
    desk.clock.advance(0.25)
    assert Departed(tmp_path).read() == bert.session and len(desk.gateway.sessions()) == 1
    late.clear()
    desk.clock.advance(0.25)
    assert Departed(tmp_path).read() is None and desk.gateway.sessions() == []


@pytest.mark.parametrize("error", ["try_later", None])
def test_a_gateway_that_is_busy_hears_later_who_left(error: str | None) -> None:
    """Whether it says so in an answer or in none."""
    desk, tell = Desk(), list[Any]()
    tell.append(desk.wire.command)

    async def busy(given: Command) -> dict[str, Any]:
        if error is None:
            raise TryLater(Cause.BUSY, "too many")
        return {"ok": False, "error": error}

    desk.wire.command = busy  # type: ignore[method-assign]
    assert leave(desk) == {"ok": True}
    desk.clock.advance(0.25)
    desk.wire.command = tell[0]  # type: ignore[method-assign]
    desk.clock.advance(0.25)
    assert desk.gateway.sessions() == []


def test_nobody_leaves_an_empty_seat() -> None:
    """The second key press of who leaves is no decision."""
    desk = Desk()
    assert leave(desk)["ok"]
    assert leave(desk) == {"ok": False, "error": "not_signed_on"}
