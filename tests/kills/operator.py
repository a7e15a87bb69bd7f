"""Somebody who accepts and closes while gateways are killed, and asks again until answered."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from attrs import evolve

from alarmgw.store import incidents
from alarmgw.store.journal import JournalReader
from alarmgw.workflow_book import Book
from tests.seat import Seat, decision

#: What is done, more often than not to have an incident or to be rid of it.
DEEDS: tuple[dict[str, Any], ...] = (
    {"do": "accept"},
    {"do": "accept"},
    {"do": "take_over"},
    {"do": "release"},
    {"do": "close", "outcome": "other"},
)
#: So often a command that was answered is sent again.
AGAIN = 0.3
#: A link is made again within 4 s; where nothing is open there is nothing to decide.
PATIENCE_SECONDS = 10.0
#: So long a person thinks.
PAUSE_SECONDS = 0.03


class Operator(threading.Thread):
    """Works at one workstation, whose link is made again after each kill."""

    def __init__(self, seat: Seat, home: Path, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self._seat, self._journal, self._chance = seat, home / "journal.sqlite3", chance
        self._over = threading.Event()
        #: What each command was answered at last.
        self.answers: dict[str, dict[str, Any]] = {}
        #: Answers that were others when the same was asked again.
        self.faults: list[str] = []
        self.start()

    def run(self) -> None:
        """Decide about something that is open, again and again."""
        while not self._over.wait(PAUSE_SECONDS):
            found, head = self._open()
            if not found:
                continue
            deed = self._chance.choice(DEEDS)
            command = decision(incident=self._chance.choice(found), seen=head, **deed)
            first = self._answer(command)
            if self._chance.random() < AGAIN and (again := self._answer(command)) != first:
                self.faults.append(f"{command} was answered {first}, then {again}")
            self.answers[command["id"]] = first

    def wait(self) -> None:
        """Return when there is a link again and something was decided over it."""
        before, deadline = len(self.answers), time.monotonic() + PATIENCE_SECONDS
        while len(self.answers) == before and self.is_alive() and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)

    def close(self) -> None:
        """Go home once the last command is answered."""
        self._over.set()
        self.join(60)
        if self.is_alive():
            self.faults.append("a command was never answered")

    def _open(self) -> tuple[list[str], int]:
        with closing(JournalReader(self._journal)) as reader, reader.reading() as connection:
            return [one.id for one in incidents.open_incidents(connection)], reader.bounds()[1]

    def _answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """What the gateway decided, however often it has to be asked."""
        while True:
            self._seat.say("command", command)
            answer = self._seat.hear()
            if answer.get("error") not in ("no_answer", "try_later"):
                return answer
            self._seat.linked()
            time.sleep(PAUSE_SECONDS)


def faults(operators: list[Operator], journal: list[dict[str, Any]], home: Path) -> list[str]:
    """Where answers and journal differ, an incident is in two hands, or one is lost."""
    found = [fault for one in operators for fault in one.faults]
    written = Counter(entry["command"] for entry in journal if entry.get("command"))
    for one in operators:
        for command, answer in one.answers.items():
            if not answer["ok"] and written[command]:
                found.append(f"command {command} was refused, {answer}, and yet stands in entries")
            if written[command] > 2:  # a closing may be an acceptance as well
                found.append(f"command {command} was carried out more than once")
    return found + _lost(journal, home)


def _lost(journal: list[dict[str, Any]], home: Path) -> list[str]:
    """What whoever follows the entries knows otherwise than the gateway."""
    book, gone, named = Book(), set[str](), set[str]()
    for entry in journal:
        book.take(entry)
        if entry["type"] == "closed":
            gone.add(entry["incident"])
        elif entry["type"] == "alarm" and entry["incident"] is not None:
            named.add(entry["incident"])
    with (
        closing(JournalReader(home / "journal.sqlite3")) as reader,
        reader.reading() as connection,
    ):
        standing = {one.id: one for one in incidents.open_incidents(connection)}
    known = {id_: evolve(one, seq=0) for id_, one in book.incidents.items()}
    found = [f"incident {id_} is lost" for id_ in named - gone - known.keys()]
    if known != {id_: evolve(one, seq=0) for id_, one in standing.items()}:
        found.append("the gateway's incidents are not what its entries say")
    return found
