"""Questions of a signed-on workstation: read-only, in the pool, each with a bounded answer.

A question is one short read transaction, in which it is also seen that
somebody is signed on there.  What only the reactor's thread knows, what was
tolerated of devices, is put in before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

from twisted.internet.defer import Deferred, DeferredSemaphore

from alarmgw.arguments import Arguments
from alarmgw.asking import Asking, Result, arguments, within
from alarmgw.cards import called, card
from alarmgw.codec.requests import Question
from alarmgw.conversations import TOLD, Conversations
from alarmgw.decisions import Seat, signed_on
from alarmgw.errors import Cause, Refused
from alarmgw.handover import handover, people
from alarmgw.model import normal_address
from alarmgw.searches import board, figures, nobodys, record
from alarmgw.sourcelog import conversations_in, source_log
from alarmgw.store.casefile import alarm_file, case_file
from alarmgw.store.traces import Traces
from alarmgw.workplace import Workplace

#: A search ends after so long, and says where to go on.
SECONDS = 0.2

#: So many questions are looked up at a time, and so many of one workstation; the others wait.
#: The threads that do it are those that take in mails: alarms never wait for curiosity.
AT_ONCE = 3
OF_ONE = 2

NOT_SIGNED_ON: Result = {"ok": False, "error": "not_signed_on"}

_OLD_TLS = "old_tls"


def incident(asking: Asking) -> Result:
    """An incident, open or closed: how it stands, its newest alarms, and all that was done."""
    return case_file(asking.connection, asking.given.needed_word("incident"))


def alarm(asking: Asking) -> Result:
    """One alarm, in an incident or in none, with the late pictures that joined it."""
    return alarm_file(asking.connection, asking.given.needed_word("alarm"))


#: Every question: what it takes, and what answers it.
QUESTIONS: Mapping[str, tuple[Collection[str], Callable[[Asking], Result]]] = {
    "alarm": (("alarm",), alarm),
    "card": (("incident", "alarm"), card),
    "handover": ((), handover),
    "history": (
        (
            *("source", "site", "from", "to", "kind", "outcome", "text", "types"),
            *("before", "limit"),
        ),
        record,
    ),
    "incident": (("incident",), incident),
    "names": (("sites", "sources"), called),
    "numbers": (("days",), figures),
    "people": ((), people),
    "sources": (("search", "state", "limit"), board),
    "unassigned": ((), nobodys),
}

#: The question that is not answered from the journal.
SOURCE_LOG = "source_log"


class Queries:
    """Answers by name.  Lives in the reactor's thread; each question is one job of the pool."""

    def __init__(
        self, place: Workplace, conversations: Conversations, false_codes: Collection[str]
    ) -> None:
        """``false_codes`` are the outcomes that count as false alarms of a source."""
        self.false_codes = false_codes
        self._place, self._conversations = place, conversations
        self._traces = Traces(place.home)
        self._turns = DeferredSemaphore(AT_ONCE)
        self._turns_of: dict[str, DeferredSemaphore] = {}

    async def answer(self, seat: Seat, question: Question) -> Result:
        """The answer, or that nobody is signed on there.  Raises `Refusal`."""
        if question.name == SOURCE_LOG:
            return await self._source_log(seat, question)
        if question.name not in QUESTIONS:
            known = ", ".join(sorted((*QUESTIONS, SOURCE_LOG)))
            raise Refused(
                Cause.NOT_FOUND, f"there is no question {question.name}: it is one of {known}"
            )
        known_arguments, asked = QUESTIONS[question.name]
        given = arguments(question.name, question.given, known_arguments)
        lenient = self._conversations.lenient() if question.name == "sources" else ()
        answer = await self._in_turn(seat, partial(self._asked, seat, given, asked, lenient))
        if question.name == "sources" and answer["ok"]:
            for row in answer["rows"]:
                row |= self._tolerated(row["address"])
        return within(answer)

    def _asked(
        self,
        seat: Seat,
        given: Arguments,
        asked: Callable[[Asking], Result],
        lenient: Collection[str],
    ) -> Result:
        """In the pool: one question in one transaction."""
        seconds = self._place.reactor.seconds
        end = seconds() + SECONDS
        with self._place.journal.reading() as connection:
            session = signed_on(connection, seat)
            if session is None:
                return NOT_SIGNED_ON
            asking = Asking(
                connection=connection,
                operator=session.operator,
                given=given,
                now=self._place.now(),
                is_over=lambda: seconds() > end,
                false_codes=self.false_codes,
                lenient=lenient,
            )
            return {"ok": True, **asked(asking)}

    def _in_turn(self, seat: Seat, job: Callable[[], Result]) -> Deferred[Result]:
        """One question in the pool, when it is this workstation's turn."""
        own = self._turns_of.setdefault(seat.fingerprint, DeferredSemaphore(OF_ONE))
        turn: Deferred[Result] = own.run(self._turns.run, self._place.in_pool, job)
        return turn

    def _tolerated(self, address: str) -> Result:
        found = self._conversations.tolerated(address)
        return {
            "leniencies": [{"what": code, "n": count} for code, count in found.items()],
            "legacy_tls": _OLD_TLS in found,
        }

    async def _source_log(self, seat: Seat, question: Question) -> Result:
        """The last conversations of a name: those in memory, then the traces on disk."""
        given = arguments(question.name, question.given, ("name",))
        name = normal_address(given.needed_word("name", 254))
        held = conversations_in(self._conversations.told(name))

        def job() -> Result:
            with self._place.journal.reading() as connection:
                if signed_on(connection, seat) is None:
                    return NOT_SIGNED_ON
            return {"ok": True, **source_log(held, self._traces.latest(name, TOLD))}

        return within(await self._in_turn(seat, job))
