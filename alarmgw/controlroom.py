"""The control room: what people at workstations ask of the gateway, whatever way it came.

Signing on, decisions and questions, each answered with a JSON object; and what
time alone does to their incidents.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from alarmgw.codec.outcomes import LISTS, Outcomes
from alarmgw.codec.requests import Command, Question, SignOn
from alarmgw.deadlines import Deadlines
from alarmgw.decisions import Adopt, Decisions, Seat
from alarmgw.duty import Duty
from alarmgw.queries import Queries
from alarmgw.suppressions import Suppressions
from alarmgw.workflow_actions import Rules
from alarmgw.workplace import Workplace

#: The question for the house's list of outcomes.
OUTCOMES = "outcomes"


class ControlRoom:
    """One for the gateway.  Lives in the reactor's thread."""

    def __init__(
        self,
        place: Workplace,
        outcomes: Outcomes,
        suppressions: Suppressions,
        adopt: Adopt,
        queries: Queries,
        linked: Callable[[], Collection[str]],
    ) -> None:
        """``linked`` answers the certificates of the workstations that are linked now."""
        self._decisions = Decisions(place, rules_of(outcomes), adopt)
        self._decisions.on_suppressions = suppressions.read
        self._duty = Duty(place, linked)
        self._queries = queries
        self._outcomes = outcomes
        self.deadlines = Deadlines(place, self._decisions, self._duty)

    def allow(self, outcomes: Outcomes) -> None:
        """From now on these are the outcomes of the house."""
        self._outcomes = outcomes
        self._decisions.rules = rules_of(outcomes)
        self._queries.false_codes = outcomes.false_codes

    async def sign_on(self, workstation: str, fingerprint: str, given: SignOn) -> dict[str, Any]:
        """The answer to a person who wants to work there."""
        return await self._duty.sign_on(_seat(workstation, fingerprint), given)

    async def command(self, workstation: str, fingerprint: str, given: Command) -> dict[str, Any]:
        """The answer to a decision."""
        return await self._decisions.command(_seat(workstation, fingerprint), given)

    async def ask(self, workstation: str, fingerprint: str, given: Question) -> dict[str, Any]:
        """The answer to a question; how an incident may end a console knows before anybody asks."""
        if given.name == OUTCOMES:
            return {"ok": True, "outcomes": self._outcomes.as_json()}
        return await self._queries.answer(_seat(workstation, fingerprint), given)


def rules_of(outcomes: Outcomes) -> Rules:
    """What the house allows, with its own outcomes."""
    return Rules(
        outcomes={
            list_: {
                outcome.code: tuple(cause.code for cause in outcome.causes)
                for outcome in outcomes.of(list_)
            }
            for list_ in LISTS
        }
    )


def _seat(workstation: str, fingerprint: str) -> Seat:
    return Seat(workstation=workstation, fingerprint=fingerprint)
