"""Many with one key: such a command is cut into short jobs of the journal's writer.

Mails come first, and one that arrives while the writer works waits until its job
is done.  So a command about many incidents is carried out a few at a time, and
what has been answered of it so far is kept with each few: whoever asks again,
after a gateway that died in between, has the rest done and nothing twice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from attrs import evolve, frozen

from alarmgw.codec.requests import MOST, Command

#: What may be done to many incidents at a time.
BULK = ("accept", "park", "close", "undo")

#: One job decides about so many incidents, and begins no further one after so long.
INCIDENTS = 8
SECONDS = 0.003

#: One job tells of so many alarms that they are on a screen.
ALARMS = 40

Answer = dict[str, Any]


@frozen
class Progress:
    """How far a command about many incidents has come: an answer for each that is decided."""

    wanted: tuple[tuple[str, int], ...]
    each: tuple[Answer, ...] = ()

    @classmethod
    def of(cls, command: Command, kept: bytes | None) -> Progress:
        """As far as the ``kept`` answer goes."""
        each = json.loads(kept)["each"] if kept is not None else ()
        return cls(command.incidents, tuple(each))

    def next(self) -> tuple[tuple[str, int], ...]:
        """The incidents that the next job decides, each with the number that was drawn of it."""
        begun = len(self.each)
        return self.wanted[begun : begun + INCIDENTS]

    def then(self, decided: Sequence[Answer]) -> Progress:
        """It has come further."""
        return evolve(self, each=(*self.each, *decided))

    def answer(self) -> Answer:
        """What is kept of it; it says ``ok``, true or false, when all are decided."""
        each = list(self.each)
        if len(each) < len(self.wanted):
            return {"each": each}
        done = all(one["ok"] for one in each)
        return {"ok": done, **({} if done else {"error": "mixed"}), "each": each}


def is_bulk(command: Command) -> bool:
    """Whether it is about many incidents."""
    return bool(command.incidents) and command.action.get("do") in BULK


def is_done(answer: Answer) -> bool:
    """Whether an answer is the whole one."""
    return "ok" in answer


def parts(command: Command) -> list[Command]:
    """The command; in its stead several, one after the other, if it tells of many alarms.

    What is too much is left whole, to be refused whole.
    """
    alarms = command.action.get("alarms")
    if command.action.get("do") != "displayed" or not isinstance(alarms, list):
        return [command]
    if not ALARMS < len(alarms) <= MOST:
        return [command]
    return [
        evolve(command, action={**command.action, "alarms": alarms[n : n + ALARMS]})
        for n in range(0, len(alarms), ALARMS)
    ]
