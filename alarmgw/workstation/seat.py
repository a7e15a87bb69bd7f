"""The seat: who is signed on at this workstation, and what he has the gateway do.

Who sits here is read from the gateway's entries alone: the session that is
bound to this workstation's certificate.  So it survives a restart of this
process, a lost link and a restart of the gateway.  Only leaving does not wait
for them: who has left sits here no more, whether the gateway knows it or not,
and after a restart of this process neither.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from attrs import evolve, frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger

from alarmgw.codec.requests import Command, Question, SignOn
from alarmgw.errors import Refused, TryLater
from alarmgw.model import Randomness
from alarmgw.workflow_shift import Session
from alarmgw.workstation.link import NoLink
from alarmgw.workstation.mirror import Mirror

log = Logger()

#: A command whose answer was lost is repeated for so long, with the same id.
REPEATED_SECONDS = 10.0

#: How long to wait before the next attempt.
PAUSE_SECONDS = 0.25

Answer = dict[str, Any]


class Gateway(Protocol):
    """What can be had of the gateway (`alarmgw.workstation.link.Link`)."""

    async def sign_on(self, given: SignOn) -> Answer:
        """The answer to a person who wants to work here."""

    async def command(self, given: Command) -> Answer:
        """The answer to a decision."""

    async def ask(self, given: Question) -> Answer:
        """The answer to a question."""


class Departed(Protocol):
    """The session whose person left, kept (`alarmgw.workstation.departed.Departed`)."""

    def read(self) -> str | None:
        """The one that was kept."""

    def keep(self, session: str) -> None:
        """It is this one."""

    def forget(self) -> None:
        """The gateway knows it."""


@frozen(kw_only=True)
class Place:
    """This workstation: its name, its certificate, and what it lives by."""

    name: str
    fingerprint: str
    clock: IReactorTime
    randomness: Randomness
    departed: Departed


class Seat:
    """Who works here.  ``on_change`` is called when it is somebody else, or nobody any more."""

    def __init__(self, mirror: Mirror, gateway: Gateway, place: Place) -> None:
        self.on_change: Callable[[], None] = _nobody
        self.session: Session | None = None
        self._mirror, self._gateway, self._place = mirror, gateway, place
        #: The session whose person left; the gateway may not know it yet.
        self._left: str | None = None

    def start(self) -> None:
        """Tell of who left before this process began, as soon as there is a link."""
        self._left = self._place.departed.read()
        if self._left is not None:
            self._tell_again(self._leaving(self._left))

    def look(self) -> None:
        """See who sits here now.  In the middle of a snapshot nobody knows: then it stays."""
        if not self._mirror.is_whole:
            return
        before, self.session = self.session, self._seated()
        if _id(before) != _id(self.session):
            self.on_change()

    @property
    def people(self) -> list[Session]:
        """Everybody who is signed on, anywhere."""
        sessions = self._mirror.incidents.book.sessions.values()
        return sorted(sessions, key=lambda one: one.since)

    @property
    def is_relieved(self) -> bool:
        """Whether somebody is signed on at another workstation."""
        return any(one.fingerprint != self._place.fingerprint for one in self.people)

    async def sign_on(self, given: SignOn) -> Answer:
        """The answer to who wants to sign on; it is not repeated."""
        try:
            answer = await self._gateway.sign_on(given)
        except NoLink:
            return _failed("no_link")
        except TryLater:
            return _failed("busy")
        except Refused:
            return _failed("wrong")
        return {name: value for name, value in answer.items() if name != "session"}

    async def sign_off(self) -> Answer:
        """Whoever sits here leaves, at once and without a link too; the gateway hears it later."""
        if self.session is None:
            return _failed("not_signed_on")
        self._left, self.session = self.session.session, None
        self.on_change()
        self._place.departed.keep(self._left)
        return await self._told(self._leaving(self._left)) or {"ok": True}

    def _leaving(self, session: str) -> Command:
        return Command(id=self.new_id(), session=session, action={"do": "sign_off"})

    async def _told(self, given: Command) -> Answer | None:
        """The gateway's answer to who leaves; None if it will be told when it can hear it."""
        try:
            answer = await self._gateway.command(given)
        except Refused:
            return _failed("bad_request")
        except TryLater:
            answer = _failed("try_later")
        if answer.get("error") == "try_later":
            self._place.clock.callLater(PAUSE_SECONDS, self._tell_again, given)
            return None
        if self._left == given.session:
            self._place.departed.forget()
        return answer

    def _tell_again(self, given: Command) -> None:
        telling = Deferred.fromCoroutine(self._told(given))
        telling.addErrback(lambda why: log.failure("who left could not be told", why))

    async def command(self, given: Command) -> Answer:
        """The gateway's answer to a decision; without a link ``no_link``, after some time.

        What may have been lost on the way is sent again: the gateway answers an id once.  It is
        the decision of whoever sits here now, not of who signs on meanwhile.
        """
        if self.session is None and given.action.get("do") != "displayed":
            return _failed("not_signed_on")
        given = evolve(given, session=self.session.session if self.session else None)
        until = self._place.clock.seconds() + REPEATED_SECONDS
        while True:
            try:
                return await self._gateway.command(given)
            except Refused:
                return _failed("bad_request")
            except TryLater as later:
                if self._place.clock.seconds() + PAUSE_SECONDS > until:
                    return _failed("no_link" if isinstance(later, NoLink) else "try_later")
            await deferLater(self._place.clock, PAUSE_SECONDS, _nobody)

    async def ask(self, name: str, given: dict[str, Any]) -> Answer:
        """The gateway's answer to a question.  Raises as the link does."""
        return await self._gateway.ask(Question(name=name, given=given))

    def new_id(self) -> str:
        """The id of a new command."""
        return self._place.randomness(16).hex()

    def facts(self) -> dict[str, Any]:
        """``seat`` and ``people`` as the page's state has them."""
        here = self.session
        names = ("operator", "role", "session", "since")
        shown = ("operator", "role", "workstation", "since")
        return {
            "seat": {name: getattr(here, name) for name in names} if here else None,
            "people": [{name: getattr(one, name) for name in shown} for one in self.people],
        }

    def _seated(self) -> Session | None:
        here = self._place.fingerprint
        found = next((one for one in self.people if one.fingerprint == here), None)
        return None if _id(found) == self._left else found


def _id(session: Session | None) -> str | None:
    return session.session if session is not None else None


def _failed(error: str) -> Answer:
    return {"ok": False, "error": error}


def _nobody() -> None:
    """Nobody asked to hear of it."""
