"""A workstation's questions, over Perspective Broker, to a real gateway."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet import threads
from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from alarmgw.codec.requests import Command, Question, SignOn
from alarmgw.codec.wire import Heartbeat
from alarmgw.errors import Refused
from alarmgw.workstation.bundle import load_bundle
from alarmgw.workstation.link import Link
from alarmgw.workstation.mirror import LinkState
from tests.live import LiveGateway, picture_mail, run

pytestmark = pytest.mark.sockets

BQ3, PASSWORD = "bq3@ebues.internal", "a long password"


class Ear:
    """Hears of a link; ``current`` fires when it has everything, ``rang`` at the first alarm."""

    def __init__(self) -> None:
        self.current: Deferred[None] = Deferred()
        self.rang: Deferred[dict[str, Any]] = Deferred()

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """Look for an alarm."""
        for entry in entries:
            if entry["type"] == "alarm" and not self.rang.called:
                self.rang.callback(entry)

    def state(self, state: LinkState) -> None:
        """Look whether it is current."""
        if state.state == "current" and not self.current.called:
            self.current.callback(None)

    def heartbeat(self, heartbeat: Heartbeat) -> int | None:
        """Nothing is drawn here."""
        return None


class Asked(TestCase):
    """One gateway, one workstation, one operator."""

    timeout = 60

    def setUp(self) -> None:
        """A gateway with a source that has a site, and a person who may sign on."""
        from twisted.internet import reactor

        self.gateway = LiveGateway()
        home = ("--home", self.gateway.home)
        password = self.gateway.folder / "password"
        password.write_text(PASSWORD)
        run("source", "add", BQ3, "--name", "Tor", "--site", "4711", *home)
        run("operator", "add", "anna", "--password-file", password, *home)
        self.gateway.start()
        self.addCleanup(self.gateway.__exit__, None)
        self.ear = Ear()
        self.link = Link(load_bundle(self.gateway.bundle), reactor, self.ear)
        self.link.start()
        self.addCleanup(self.link.stop)

    async def ask(self, name: str, /, **given: Any) -> dict[str, Any]:
        """The answer over the wire."""
        return await self.link.ask(Question(name=name, given=given))

    async def test_each_question_is_answered_after_signing_on(self) -> None:
        """What a mail has told is found again on every page; before it nothing is told."""
        await self.ear.current
        assert (await self.ask("people"))["error"] == "not_signed_on"
        signed_on = await self.link.sign_on(SignOn(name="anna", password=PASSWORD))
        assert signed_on["ok"], signed_on
        await threads.deferToThread(self.gateway.send, picture_mail(3000), BQ3)
        incident = (await self.ear.rang)["incident"]
        await self.looked_up_while_open(incident)
        action = {"do": "close", "outcome": "technical", "note": "Spinne"}
        closed = Command(id="1" * 32, incident=incident, seen=2**40, action=action)
        assert (await self.link.command(closed))["ok"]
        await self.looked_up_afterwards(incident)

    async def looked_up_while_open(self, incident: str) -> None:
        """The incident, its card, and what stands open."""
        card = await self.ask("card", incident=incident)
        assert card["site"]["number"] == "4711" and card["sources"][BQ3]["name"] == "Tor"
        names = await self.ask("names", sites="4711", sources=BQ3)
        assert names["sources"] == {BQ3: "Tor"}
        told = await self.ask("incident", incident=incident)
        assert [one["incident"] for one in told["alarms"]] == [incident]
        handover = await self.ask("handover")
        assert [one["incident"] for one in handover["open"]] == [incident]
        [person] = (await self.ask("people"))["people"]
        assert person["operator"] == "anna"

    async def looked_up_afterwards(self, incident: str) -> None:
        """The record, the board, the installer's view and the numbers; and what is refused."""
        found = await self.ask("history", text="spinne")
        assert [(row["type"], row["incident"]) for row in found["rows"]] == [("closed", incident)]
        [row] = (await self.ask("sources", search="tor"))["rows"]
        assert row["alarms_24h"] == 1 and row["last_kind"] == "alarm"
        assert (await self.ask("source_log", name=BQ3))["conversations"][0]["lines"]
        assert (await self.ask("unassigned"))["total"] == 0
        numbers = await self.ask("numbers", days=1)
        assert numbers["acceptance"]["n"] == 1 and numbers["sources"][0]["address"] == BQ3
        for name, given in (("passwords", {}), ("history", {"before": "x"})):
            with self.assertRaises(Refused):
                await self.ask(name, **given)
