"""Two workstations at a real gateway: one wins; kills and restarts change no decision."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.live import LiveGateway, picture_mail, run
from tests.seat import decision, seats

#: How often two press the same key together.
RACES = 50

#: How long a gateway may take for what is due.
PATIENCE = 90.0


def rung(gateway: LiveGateway, number: int, rcpt: str = "arc@gw.example") -> str:
    """An alarm from nobody known at an address of its own; the incident that it opens."""
    sender = f"cam{number}@site.example"
    mail = gateway.send(picture_mail(2_000, number), rcpt=rcpt, sender=sender)
    return f"{mail}-1"


def told(gateway: LiveGateway, *types: str) -> list[dict[str, Any]]:
    """The journal's entries of these types."""
    return [entry for entry in gateway.journal() if entry["type"] in types]


def until(true: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait for something to be true."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < patience, "it did not come true"
        time.sleep(0.02)


def test_of_two_who_accept_together_exactly_one_wins() -> None:
    """Fifty times; the other is told by whom, and the journal says the same."""
    with LiveGateway() as gateway, seats(gateway, "anna", "bert") as both:
        incidents = [rung(gateway, number) for number in range(RACES)]
        winners = []
        for number, incident in enumerate(incidents):
            first, second = both if number % 2 else both[::-1]
            first.say("command", decision("accept", incident))
            second.say("command", decision("accept", incident))
            answers = {name: seat.hear() for name, seat in zip(("anna", "bert"), both, strict=True)}
            [winner] = [name for name, answer in answers.items() if answer["ok"]]
            [loser] = answers.keys() - {winner}
            assert (answers[loser]["error"], answers[loser]["by"]) == ("taken", winner)
            winners.append((incident, winner))
        accepted = told(gateway, "accepted")
        assert [(entry["incident"], entry["operator"]) for entry in accepted] == winners


def test_a_gateway_killed_before_it_answers_gives_the_same_answer_later() -> None:
    """What was decided was decided: the repeat is told of it, and nothing is done twice."""
    with LiveGateway() as gateway, seats(gateway, "anna", "bert") as (anna, bert):
        for number in range(4):
            incident = rung(gateway, number)
            command = decision("accept", incident)
            anna.say("command", command)
            until(lambda incident=incident: incident in _accepted(gateway))  # type: ignore[misc]
            gateway.kill()
            anna.hear()  # the answer, or that the link is lost
            gateway.start()
            anna.linked()
            bert.linked()
            assert bert.command("accept", incident)["by"] == "anna"
            seq = _accepted(gateway)[incident]
            for _ in range(2):
                anna.say("command", command)
                assert anna.hear() == {"ok": True, "seq": seq}
        assert len(told(gateway, "accepted")) == 4
        assert told(gateway, "signed_off") == []


def _accepted(gateway: LiveGateway) -> dict[str, int]:
    return {entry["incident"]: entry["seq"] for entry in told(gateway, "accepted")}


def test_what_was_due_while_the_gateway_was_away_is_done(tmp_path: Path) -> None:
    """A parked incident is back, a suppression ends with its summary, a lost person is off."""
    with LiveGateway() as gateway:
        run("source", "add", "tor@gw.example", "--home", gateway.home)
        with seats(gateway, "anna", "bert") as (anna, bert):
            parked, held = rung(gateway, 1), rung(gateway, 2)
            for incident in (parked, held):
                assert anna.command("accept", incident)["ok"]
            assert anna.command("park", parked, minutes=1)["ok"]
            facts = {"source": "tor@gw.example", "minutes": 1, "reason": "Bauarbeiten"}
            assert bert.command("suppress", **facts)["ok"]
            back = rung(gateway, 3, "tor@gw.example")
            assert gateway.stop() == 0
            anna.close()
            time.sleep(1)
            gateway.start()
            bert.linked()
            until(lambda: told(gateway, "unsuppressed"))
            until(lambda: len(told(gateway, "returned")) == 2)
            until(lambda: told(gateway, "signed_off"))
            reasons = {entry["incident"]: entry["why"] for entry in told(gateway, "returned")}
            assert reasons == {parked: "due", held: "lost"}
            [ended] = told(gateway, "unsuppressed")
            assert (ended["why"], ended["alarms"]) == ("ended", 1)
            [off] = told(gateway, "signed_off")
            assert (off["operator"], off["why"]) == ("anna", "lost")
            [silent] = [entry for entry in told(gateway, "alarm") if entry["alarm"] == back]
            assert (silent["handling"], silent["incident"]) == ("suppressed", None)
            assert bert.command("accept", held)["ok"]


def test_a_revoked_workstation_and_a_removed_operator_are_off_at_once() -> None:
    """What they had accepted is back; the workstation's link is cut."""
    with LiveGateway() as gateway, seats(gateway, "anna", "bert", "carl") as (anna, bert, carl):
        first, second = rung(gateway, 1), rung(gateway, 2)
        assert anna.command("accept", first)["ok"] and bert.command("accept", second)["ok"]
        run("workstation", "revoke", "platz-anna", "--home", gateway.home)
        said = run("operator", "remove", "bert", "--home", gateway.home).stdout
        assert "signed off at platz-bert" in said
        assert anna.command("release", first)["error"] == "no_answer"
        assert bert.command("release", second)["error"] == "not_signed_on"
        assert carl.command("accept", first)["ok"] and carl.command("accept", second)["ok"]
        whys = {entry["operator"]: entry["why"] for entry in told(gateway, "signed_off")}
        assert whys == {"anna": "revoked", "bert": "removed"}


def test_a_screen_full_of_alarms_is_told_in_one_command() -> None:
    """All of them are displayed, each once, whoever draws them again."""
    with LiveGateway() as gateway, seats(gateway, "anna", "bert") as both:
        alarms = [rung(gateway, number) for number in range(20)]
        for seat in both:
            for what in ("alarm", "picture"):
                assert seat.command("displayed", alarms=alarms, what=what)["ok"]
        shown = [(entry["alarm"], entry["what"]) for entry in told(gateway, "displayed")]
        assert shown == [(alarm, what) for what in ("alarm", "picture") for alarm in alarms]
        run("verify", "--home", gateway.home)
